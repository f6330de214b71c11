//! The private Postgres survives what a machine does to it, and leaves nothing behind.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::{Embedded, EmbeddedError, Throwaway};
use diesel::sql_query;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

const GUARD: &str = env!("CARGO_BIN_EXE_almoner");

/// Names the data folder for [`a_service_in_a_process_of_its_own`].
const SERVICE_FOLDER: &str = "ALMONER_TEST_SERVICE_FOLDER";

/// What a test waits for happens in a second; a loaded machine may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self::named("")
    }

    fn named(rest: &str) -> Self {
        let name = format!("almoner-test-{:08x}{rest}", fastrand::u32(..));
        Self(std::env::temp_dir().join(name))
    }

    fn home(&self) -> PathBuf {
        self.0.join("postgres")
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn open(folder: &Path) -> Embedded {
    Embedded::open_guarded(folder, Path::new(GUARD))
        .await
        .unwrap()
}

async fn throwaway() -> Embedded {
    let settings = vec![("fsync".to_string(), "off".to_string())];
    let wanted = Throwaway {
        guard: PathBuf::from(GUARD),
        parent: None,
        settings,
    };
    Embedded::throwaway(wanted).await.unwrap()
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap()
}

async fn note(url: &str, text: &str) {
    let mut connection = connect(url).await;
    connection
        .batch_execute("CREATE TABLE IF NOT EXISTS notes (note text)")
        .await
        .unwrap();
    let insert = sql_query("INSERT INTO notes VALUES ($1)");
    insert
        .bind::<diesel::sql_types::Text, _>(text)
        .execute(&mut connection)
        .await
        .unwrap();
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

async fn lines(url: &str, query: &str) -> Vec<String> {
    let found: Vec<Line> = sql_query(query)
        .load(&mut connect(url).await)
        .await
        .unwrap();
    found.into_iter().map(|found| found.line).collect()
}

async fn notes(url: &str) -> Vec<String> {
    lines(url, "SELECT note AS line FROM notes ORDER BY note").await
}

/// Processes of others tell nobody when they end, so they are looked at again and again.
async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("this didn't happen within {PATIENCE:?}: {what}");
}

async fn gone(pid: u32) {
    eventually("the process ends", || (!alive(pid)).then_some(())).await;
}

/// Field 3 and 4 of a process's status: its state, and its parent.
fn state_and_parent(pid: u32) -> Option<(String, u32)> {
    let text = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(text) => text.rsplit_once(") ")?.1.to_string(),
        Err(_) if cfg!(target_os = "linux") => return None,
        Err(_) => {
            let columns = ["-o", "stat=,ppid=", "-p", &pid.to_string()];
            let output = Command::new("ps").args(columns).output().ok()?;
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    };
    let mut fields = text.split_whitespace();
    Some((fields.next()?.to_string(), fields.next()?.parse().ok()?))
}

/// A dead process that nobody has reaped yet doesn't count.
fn alive(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| !state.starts_with('Z'))
}

fn parent(pid: u32) -> u32 {
    state_and_parent(pid).unwrap().1
}

fn kill(pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let line = format!("kill -9 {}", pids.join(" "));
    assert!(
        Command::new("sh")
            .args(["-c", &line])
            .status()
            .unwrap()
            .success()
    );
}

/// A process that opens a data folder and keeps it open until its stdin closes.
struct Service {
    process: Child,
    /// Held to the end, as the process goes on to print.
    stdout: Option<Lines<BufReader<ChildStdout>>>,
}

impl Service {
    fn start(folder: &Path) -> Self {
        let name = "embedded_postgres::a_service_in_a_process_of_its_own";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([name, "--exact", "--ignored", "--nocapture"])
            .env(SERVICE_FOLDER, folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdout = process.stdout.take().unwrap();
        let stdout = Some(BufReader::new(stdout).lines());
        Self { process, stdout }
    }

    /// The database's URL and the postmaster.
    async fn ready(&mut self) -> (String, u32) {
        let mut stdout = self.stdout.take().unwrap();
        let listen = tokio::task::spawn_blocking(move || {
            let told = stdout.find_map(|line| {
                let line = line.unwrap();
                Some(line.split_once("service: ")?.1.to_string())
            });
            (told.unwrap(), stdout)
        });
        let (told, stdout) = listen.await.unwrap();
        self.stdout = Some(stdout);
        let (url, pid) = told.split_once(' ').unwrap();
        (url.to_string(), pid.parse().unwrap())
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn end(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "other tests start it, to have a service that they can kill"]
async fn a_service_in_a_process_of_its_own() {
    let Some(folder) = std::env::var_os(SERVICE_FOLDER) else {
        return;
    };
    let embedded = open(Path::new(&folder)).await;
    println!(
        "service: {} {}",
        embedded.url(),
        embedded.postmaster_pid().unwrap()
    );
    let wait = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(wait).await.unwrap().unwrap();
    embedded.stop().await.unwrap();
}

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
    let embedded = open(&folder).await;
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
async fn a_killed_service_leaves_no_process_and_loses_nothing() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let (url, postmaster) = service.ready().await;
    let guard = parent(postmaster);
    note(&url, "before the kill").await;
    service.kill();
    gone(postmaster).await;
    gone(guard).await;
    let again = open(&folder).await;
    assert_eq!(notes(again.url()).await, ["before the kill"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_right_after_a_kill_takes_over() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let (url, _) = service.ready().await;
    note(&url, "before the kill").await;
    service.kill();
    // The old guard may still be stopping the old server.
    let again = open(&folder).await;
    assert!(!again.joined());
    assert_eq!(notes(again.url()).await, ["before the kill"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn service_and_guard_killed_together_are_recovered_by_the_next_start() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let (url, postmaster) = service.ready().await;
    note(&url, "before the kill").await;
    kill(&[service.process.id(), parent(postmaster)]);
    service.process.wait().unwrap();
    let again = open(&folder).await;
    assert!(!alive(postmaster));
    assert_eq!(notes(again.url()).await, ["before the kill"]);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn everything_killed_at_once_loses_nothing() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let (url, postmaster) = service.ready().await;
    note(&url, "before the kill").await;
    kill(&[service.process.id(), parent(postmaster), postmaster]);
    service.process.wait().unwrap();
    let again = open(&folder).await;
    assert_eq!(notes(again.url()).await, ["before the kill"]);
    again.stop().await.unwrap();
}

async fn comes_back(embedded: &Embedded, old: u32) {
    let back = || embedded.postmaster_pid().filter(|pid| *pid != old);
    eventually("another postmaster is ready", back).await;
    assert_eq!(notes(embedded.url()).await, ["before the kill"]);
}

#[tokio::test]
async fn a_killed_postmaster_comes_back() {
    let folder = Folder::new();
    let embedded = open(&folder).await;
    note(embedded.url(), "before the kill").await;
    let old = embedded.postmaster_pid().unwrap();
    kill(&[old]);
    comes_back(&embedded, old).await;
    embedded.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postmaster_comes_back_past_a_session_that_never_looks_up() {
    let folder = Folder::new();
    let embedded = open(&folder).await;
    note(embedded.url(), "before the kill").await;
    let old = embedded.postmaster_pid().unwrap();
    let mut busy = connect(embedded.url()).await;
    let find = "SELECT pg_backend_pid()::text AS line";
    let found: Line = sql_query(find).get_result(&mut busy).await.unwrap();
    let session: u32 = found.line.parse().unwrap();
    let endless = "DO $$ BEGIN LOOP NULL; END LOOP; END $$";
    let endless = tokio::spawn(async move { busy.batch_execute(endless).await });
    let query = "SELECT pid::text AS line FROM pg_stat_activity WHERE query LIKE 'DO %LOOP%' AND \
        state = 'active' AND pid <> pg_backend_pid()";
    while lines(embedded.url(), query).await.is_empty() {}
    kill(&[old]);
    comes_back(&embedded, old).await;
    assert!(endless.await.unwrap().is_err());
    assert!(!alive(session));
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_guard_is_replaced() {
    let folder = Folder::new();
    let embedded = open(&folder).await;
    note(embedded.url(), "before the kill").await;
    let old = embedded.postmaster_pid().unwrap();
    kill(&[parent(old)]);
    comes_back(&embedded, old).await;
    assert!(!alive(old));
    embedded.stop().await.unwrap();
}

#[tokio::test]
async fn a_kill_while_the_cluster_is_made_leaves_nothing_half_made() {
    let folder = Folder::new();
    let mut service = Service::start(&folder);
    let unfinished = |home: PathBuf| -> Vec<PathBuf> {
        let entries = fs::read_dir(home).into_iter().flatten().flatten();
        let new = |path: &PathBuf| path.to_string_lossy().contains("cluster.new");
        entries.map(|entry| entry.path()).filter(new).collect()
    };
    let begun = || {
        unfinished(folder.home())
            .iter()
            .any(|new| new.join("base").exists())
    };
    eventually("initdb is at work", || begun().then_some(())).await;
    service.kill();
    assert!(!folder.home().join("cluster").exists());
    let again = open(&folder).await;
    assert!(!again.joined());
    note(again.url(), "kept").await;
    assert_eq!(unfinished(folder.home()), Vec::<PathBuf>::new());
    again.stop().await.unwrap();
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
    let error = Embedded::open_guarded(&folder, Path::new(GUARD))
        .await
        .unwrap_err();
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
    let lost = Embedded::open_guarded(&moved, Path::new(GUARD))
        .await
        .unwrap_err();
    assert!(matches!(lost, EmbeddedError::Lost { .. }), "{lost}");
}
