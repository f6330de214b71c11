//! Holds of payouts that run out.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::desk::{Desk, go};
use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_whose_hold_ran_out_is_voided_and_what_it_held_is_free_again() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "150.00").await;
    let forgotten = desk.propose(&world, "PO-1", "100.00").await;
    let kept = desk.propose(&world, "PO-2", "50.00").await;
    let controller = world.controller();
    let run = async || {
        let run = controller
            .post("/v1/jobs/hold-expiry/runs", json!({}))
            .await;
        let run = run.expect(200);
        ["found", "done", "refused", "outcome"].map(|field| run[field].clone())
    };
    let done = |count: u32| [json!(count), json!(count), json!(0), json!("done")];
    assert_eq!(run().await, done(0));
    // A month later.
    let ran_out = format!(
        "ALTER TABLE payouts DISABLE TRIGGER USER;
         UPDATE payouts SET hold_expires_on = current_date - 1 WHERE id = '{}';
         ALTER TABLE payouts ENABLE TRIGGER USER",
        uuid::Uuid::parse_str(&forgotten[4..]).unwrap()
    );
    let mut owner = world.database.connect().await;
    owner.batch_execute(&ran_out).await.unwrap();
    assert_eq!(run().await, done(1));
    assert_eq!(run().await, done(0));
    let read = async |id: &str| {
        let at = format!("/v1/payouts/{id}");
        world.auditor().get(&at).await.expect(200)["state"].clone()
    };
    assert_eq!(
        (read(&forgotten).await, read(&kept).await),
        (json!("void"), json!("proposed"))
    );
    desk.propose(&world, "PO-3", "100.00").await;
    let approved = go(&world.approver(), &forgotten, "approve", json!({})).await;
    approved.expect_problem(409, "wrong-state");
    world.finish().await;
}
