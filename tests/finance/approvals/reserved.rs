//! What waits may be held for, and is let go of when it ends, whatever way.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::{budget, budgeted, guarded, read};
use crate::harness::{Waiting, World, usd};

/// Makes an approval's time run out now.
async fn let_expire(world: &World, waits: &Waiting) {
    let hex = waits.id.trim_start_matches("apr_");
    let sql = format!(
        "BEGIN; SET LOCAL session_replication_role = replica; \
         UPDATE approvals SET proposed_at = now() - interval '9 days', \
         expires_at = now() - interval '1 day' WHERE id = '{hex}'; COMMIT"
    );
    let mut connection = world.database.connect().await;
    connection.batch_execute(&sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_takes_what_is_held_for_what_waits() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let preparer = world.preparer();
    let waits = budget(&preparer, &pledge, "1599500.00", "?reserve=true").await;
    let waits = waits.waits();
    assert_eq!(read(&world, &waits).await["reserved"], true);
    let much = budget(&preparer, &pledge, "1000.00", "").await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["requested"], usd("1000.00"));
    // What is held for it is there for itself.
    world.approver().approve(&waits).await.expect(200);
    assert_eq!(budgeted(&world, &pledge).await, "1599500.00");
    assert_eq!(read(&world, &waits).await["reserved"], false);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_is_free_again_once_it_is_rejected_or_withdrawn_or_has_expired() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let preparer = world.preparer();
    for end in ["reject", "withdraw", "expire"] {
        let waits = budget(&preparer, &pledge, "1599500.00", "?reserve=true").await;
        let waits = waits.waits();
        let held = budget(&preparer, &pledge, "1000.00", "").await;
        held.expect_problem(409, "insufficient-funds");
        match end {
            "reject" => _ = world.approver().reject(&waits).await.expect(200),
            "withdraw" => _ = preparer.withdraw(&waits).await.expect(200),
            _ => {
                let_expire(&world, &waits).await;
                // It can't be approved, though no job has noticed yet.
                let late = world.approver().approve(&waits).await;
                late.expect_problem(409, "wrong-state");
                assert_eq!(read(&world, &waits).await["state"], "expired");
                for done in [1, 0] {
                    let at = "/v1/jobs/approval-expiry/runs";
                    let run = world.controller().post(at, json!({})).await.expect(200);
                    assert_eq!(run["done"], done);
                }
                let decisions = &read(&world, &waits).await["decisions"];
                assert_eq!(decisions[0]["verdict"], "expired");
            }
        }
        budget(&preparer, &pledge, "10.00", "").await.expect(201);
        let back = budget(&preparer, &pledge, "1599500.00", "?validate_only=true").await;
        back.expect(200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_something_waits_can_be_said() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let preparer = world.preparer();
    let days = |approval: &serde_json::Value| {
        let at = |name: &str| {
            let text = approval[name].as_str().unwrap();
            let format = &time::format_description::well_known::Rfc3339;
            time::OffsetDateTime::parse(text, format).unwrap()
        };
        (at("expires_at") - at("proposed_at")).whole_days()
    };
    let usual = budget(&preparer, &pledge, "2000.00", "").await.expect(202);
    assert_eq!(days(&usual), 14);
    let short = budget(&preparer, &pledge, "2000.00", "?expires_in_days=3").await;
    assert_eq!(days(&short.expect(202)), 3);
    let never = budget(&preparer, &pledge, "2000.00", "?expires_in_days=0").await;
    never.expect_problem(422, "malformed-parameter");
    world.finish().await;
}
