//! How the logs are kept: by themselves, by one at a time, and with one key.

use futures_util::future::join_all;

use super::Story;
use crate::harness::{Process, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_keeps_the_logs_by_itself() {
    let story = Story::new().await;
    let size = "SELECT coalesce(max(size), 0)::bigint FROM log_checkpoints WHERE head IS NOT NULL";
    assert_eq!(
        story.world.database.number(size).await,
        0,
        "nobody has asked"
    );
    let settings = [("ALMONER_LOG_EVERY_S", "1"), ("ALMONER_JOBS_EVERY_S", "0")];
    let (url, folder) = (story.world.database.url(), story.world.data_dir());
    let _process = Process::start_with(url, folder, &settings).await;
    for more in [0, 2] {
        if more > 0 {
            story.allocate(more).await;
        }
        let count = i64::try_from(story.journals().await.len()).unwrap();
        let what = "what was posted is signed, and the log over all logs has it";
        let heads = "SELECT count(*) FILTER (WHERE head IS NOT NULL) - \
            coalesce(max(size) FILTER (WHERE head IS NULL), 0) FROM log_checkpoints";
        let database = &story.world.database;
        eventually(what, async || {
            let signed = database.number(size).await == count;
            (signed && database.number(heads).await == 0).then_some(())
        })
        .await;
    }
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_ask_at_once_there_is_one_log() {
    let story = Story::new().await;
    let process = story.world.second_process().await;
    let there = story.auditor.at(process.address());
    for _ in 0..3 {
        story.allocate(40).await;
        let at = format!("{}/checkpoint", story.log());
        let asked = (0..12).map(|turn| match turn % 2 {
            0 => story.auditor.get(&at),
            _ => there.get(&at),
        });
        let mut notes: Vec<String> = Vec::new();
        for answer in join_all(asked).await {
            assert_eq!(answer.status, 200, "{answer:?}");
            notes.push(answer.text());
        }
        notes.dedup();
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
    let (holds, said) = story.almoner(&["check"]);
    assert!(holds, "{said}");
    assert!(said.contains("holds  log-signatures"), "{said}");
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_a_log_stops_and_the_ledger_goes_on() {
    let story = Story::new().await;
    let kept = story.checkpoint().await;
    let elsewhere = crate::harness::Folder::new();
    let from = story.world.data_dir().join("signing-key.pem");
    std::fs::copy(from, elsewhere.path().join("signing-key.pem")).unwrap();
    let process = Process::start(story.world.database.url(), elsewhere.path()).await;
    story.allocate(2).await;
    let there = story.auditor.at(process.address());
    let at = format!("{}/checkpoint", story.log());
    there.get(&at).await.expect_problem(500, "internal");
    assert_ne!(
        story.checkpoint().await,
        kept,
        "whoever has the key goes on"
    );
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_salt_is_random_and_nobody_but_the_database_sets_it() {
    let story = Story::new().await;
    let count = "SELECT count(*) - count(DISTINCT salt) FROM journals";
    assert_eq!(story.world.database.number(count).await, 0);
    let may = "SELECT (has_column_privilege('almoner_service', 'journals', 'salt', 'INSERT') OR \
        has_column_privilege('almoner_service', 'journals', 'salt', 'UPDATE'))::int";
    assert_eq!(story.world.database.number(may).await, 0);
    story.finish().await;
}
