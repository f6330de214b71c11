//! Whatever is killed, whenever: nothing committed is lost, and nothing is left running.

use std::fs;
use std::path::PathBuf;

use almoner::embedded::Embedded;
use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::fixtures::*;

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
