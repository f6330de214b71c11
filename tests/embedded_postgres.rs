//! The private Postgres starts on any folder, is durable and private, and goes when it should.

mod fixtures;
mod kills;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use almoner::embedded::{Embedded, EmbeddedError, Throwaway};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use fixtures::*;

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let folder = Folder::new();
    let first = open(&folder).await;
    assert!(!first.joined());
    note(first.url(), "kept").await;
    let pid = first.postmaster_pid().unwrap();
    first.stop().await.unwrap();
    assert!(!alive(pid));
    let second = open(&folder).await;
    assert_eq!(notes(second.url()).await, ["kept"]);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_database_is_durable_and_private() {
    use std::os::unix::fs::MetadataExt;
    let folder = Folder::new();
    let guard = Path::new(GUARD);
    let embedded = Embedded::open_guarded(&folder, guard, Vec::new())
        .await
        .unwrap();
    let query = "SELECT name || '=' || setting AS line FROM pg_settings WHERE name IN \
        ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses', \
        'TimeZone', 'server_encoding') ORDER BY name COLLATE \"C\"";
    let expected = [
        "TimeZone=UTC",
        "data_checksums=on",
        "fsync=on",
        "full_page_writes=on",
        "listen_addresses=",
        "server_encoding=UTF8",
        "synchronous_commit=on",
    ];
    assert_eq!(lines(embedded.url(), query).await, expected);
    let mode = |name: &str| fs::metadata(folder.home().join(name)).unwrap().mode() & 0o777;
    assert_eq!(mode("credentials.json"), 0o600);
    assert_eq!(mode("socket"), 0o700);
    let (start, rest) = embedded.url().split_once("almoner:").unwrap();
    let wrong = format!("{start}almoner:wrong{rest}");
    assert!(AsyncPgConnection::establish(&wrong).await.is_err());
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn the_url_is_one_that_libpq_takes() {
    let embedded = throwaway().await;
    let Some(psql) = embedded.programs().find("psql") else {
        return;
    };
    let output = Command::new(psql)
        .args(["-Atc", "SELECT 42", embedded.url()])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "42",
        "{output:?}"
    );
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_process_joins_and_leaves_without_stopping_the_first() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let (url, pid) = service.ready().await;
    let joined = open(&folder).await;
    assert!(joined.joined());
    assert_eq!(
        (joined.url(), joined.postmaster_pid()),
        (url.as_str(), Some(pid))
    );
    note(joined.url(), "from the second").await;
    joined.stop().await.unwrap();
    assert_eq!(notes(&url).await, ["from the second"]);
    service.end();
    assert!(!alive(pid));
}

#[tokio::test(flavor = "multi_thread")]
async fn openers_at_the_same_moment_share_one_database() {
    let folder = Folder::new();
    let all = futures_util::future::join_all((0..4).map(|_| open(&folder))).await;
    let pids: Vec<_> = all.iter().map(Embedded::postmaster_pid).collect();
    assert!(
        pids.iter().all(|pid| pid.is_some() && *pid == pids[0]),
        "{pids:?}"
    );
    assert_eq!(all.iter().filter(|one| !one.joined()).count(), 1);
    for one in all {
        one.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_stale_process_id_of_somebody_else_is_no_obstacle() {
    let folder = Folder::new();
    open(&folder).await.stop().await.unwrap();
    // As after a restart of a container, where the same small numbers are given again: this very
    // process is alive, and no Postgres.
    let file = folder.home().join("cluster/postmaster.pid");
    let cluster = folder.home().join("cluster");
    let text = format!(
        "{}\n{}\n1\n5432\n\n\n\nready\n",
        std::process::id(),
        cluster.display()
    );
    fs::write(&file, text).unwrap();
    fs::create_dir_all(folder.home().join("socket")).unwrap();
    fs::write(folder.home().join("socket/.s.PGSQL.5432.lock"), "1\n").unwrap();
    open(&folder).await.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let folder = Folder::named(&format!("-{}, größe", "long".repeat(25)));
    let embedded = open(&folder).await;
    note(embedded.url(), "kept").await;
    let socket = embedded
        .url()
        .split_once("?host=")
        .unwrap()
        .1
        .replace("%2F", "/");
    assert!(Path::new(&socket).is_dir(), "{socket}");
    embedded.stop().await.unwrap();
    assert!(!Path::new(&socket).exists(), "{socket}");
}

#[tokio::test]
async fn a_throwaway_database_goes_with_its_process() {
    let embedded = throwaway().await;
    note(embedded.url(), "soon gone").await;
    let setting = lines(embedded.url(), "SELECT current_setting('fsync') AS line").await;
    assert_eq!(setting, ["off"]);
    let folder = embedded.log().parent().unwrap().to_path_buf();
    let (postmaster, guard) = {
        let postmaster = embedded.postmaster_pid().unwrap();
        (postmaster, parent(postmaster))
    };
    assert!(folder.is_dir());
    // Not stopped: a test that panics, or a static that is never dropped, doesn't either.
    drop(embedded);
    gone(postmaster).await;
    gone(guard).await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_lost_password_is_named_and_the_data_is_left_alone() {
    let folder = Folder::new();
    open(&folder).await.stop().await.unwrap();
    fs::remove_file(folder.home().join("credentials.json")).unwrap();
    let error = try_open(&folder).await.unwrap_err();
    assert!(
        matches!(error, EmbeddedError::Credentials { .. }),
        "{error}"
    );
    assert!(folder.home().join("cluster/PG_VERSION").exists());
}

#[tokio::test]
async fn a_server_that_refuses_to_start_says_why() {
    let settings = vec![("shared_buffers".to_string(), "plenty".to_string())];
    let wanted = Throwaway {
        guard: PathBuf::from(GUARD),
        parent: None,
        settings,
    };
    let error = Embedded::throwaway(wanted).await.unwrap_err().to_string();
    assert!(
        error.contains("invalid value for parameter \"shared_buffers\""),
        "{error}"
    );
}

#[tokio::test]
async fn root_keeps_the_database_where_its_user_can_go() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = Folder::new();
    fs::create_dir(&*folder).unwrap();
    if fs::metadata(&*folder).unwrap().uid() != 0 {
        return;
    }
    fs::set_permissions(&*folder, fs::Permissions::from_mode(0o700)).unwrap();
    let data = folder.join("data");
    let embedded = open(&data).await;
    note(embedded.url(), "kept").await;
    let home = fs::read_to_string(data.join("postgres.location")).unwrap();
    let notice = embedded.notice().unwrap();
    assert!(notice.contains(home.trim()), "{notice}");
    embedded.stop().await.unwrap();
    let moved = folder.join("moved");
    fs::rename(&data, &moved).unwrap();
    let again = open(&moved).await;
    assert_eq!(notes(again.url()).await, ["kept"]);
    again.stop().await.unwrap();
    fs::remove_dir_all(home.trim()).unwrap();
    let lost = try_open(&moved).await.unwrap_err();
    assert!(matches!(lost, EmbeddedError::Lost { .. }), "{lost}");
}

#[tokio::test]
async fn a_guard_that_is_none_is_told_soon() {
    let settings = Vec::new();
    let wanted = Throwaway {
        guard: PathBuf::from("/bin/sh"),
        parent: None,
        settings,
    };
    let error = Embedded::throwaway(wanted).await.unwrap_err().to_string();
    assert!(error.contains("its guard ended with"), "{error}");
    let folder = Folder::new();
    let error = Embedded::open_guarded(&folder, Path::new("/no/such/program"), Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(error, EmbeddedError::Guard { .. }), "{error}");
}
