//! The harness: worlds are apart from each other, and what it looks for it finds.

use diesel_async::SimpleAsyncConnection;

use crate::harness::{World, usd};

#[tokio::test(flavor = "multi_thread")]
async fn worlds_share_nothing() {
    let (here, there) = tokio::join!(World::new(), World::new());
    let pledge = here.funded_pledge_as("FIDES-2024").await;
    there.funded_pledge_as("FIDES-2024").await;
    let creator = here.creator("JP").await;
    here.allocate(&pledge, &creator, usd("2500.00"), "2024-12-02")
        .await;
    assert_eq!(here.database.row_counts().await["allocations"], 1);
    assert_eq!(there.database.row_counts().await["allocations"], 0);
    here.finish().await;
    there.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_keep_one_ledger() {
    let world = World::new().await;
    let mut second = world.second_process().await;
    let elsewhere = world.preparer().at(second.address());
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/agreement", pledge.id);
    let again = serde_json::json!({"document": crate::harness::document()});
    elsewhere
        .post(&at, again)
        .await
        .expect_problem(409, "wrong-state");
    second.kill();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "debits-equal-credits")]
async fn books_that_do_not_balance_are_noticed() {
    let world = World::new().await;
    world.funded_pledge().await;
    let mut connection = world.database.connect().await;
    let falsify = "SET session_replication_role = replica; \
        UPDATE accounts SET debits = debits + 1 WHERE code = '1010'";
    connection.batch_execute(falsify).await.unwrap();
    world.finish().await;
}
