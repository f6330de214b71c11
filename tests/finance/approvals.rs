//! What is above a threshold waits until somebody else approves it, and then exactly that is
//! posted.

mod bulk;
mod changes;
mod people;
mod races;
mod reserved;

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Funded, Waiting, World, usd};

/// A pledge of which whatever budgets move beyond 1,000.00 USD needs approval.
pub(super) async fn guarded(world: &World, approvals: i16) -> Funded {
    let pledge = world.funded_pledge().await;
    world
        .state_threshold(&pledge.id, "budget", usd("1000.00"), approvals)
        .await;
    pledge
}

pub(super) async fn budget(by: &Client, pledge: &Funded, amount: &str, query: &str) -> Answer {
    let budget = json!({"market": "FR", "amount": usd(amount), "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets{query}", pledge.id);
    by.post(&at, budget).await
}

pub(super) async fn read(world: &World, waiting: &Waiting) -> Value {
    let at = format!("/v1/approvals/{}", waiting.id);
    world.auditor().get(&at).await.expect(200)
}

/// What France has in cash.
pub(super) async fn budgeted(world: &World, pledge: &Funded) -> String {
    let at = format!(
        "/v1/accounts?pledge_id={}&code=3120&unit=USD&market=FR",
        pledge.id
    );
    let found = world.auditor().get(&at).await.expect(200);
    let balance = found["data"][0]["balance"].as_str();
    balance.unwrap_or("0.00").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_above_its_threshold_waits_and_is_posted_by_another_in_its_makers_name() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let (preparer, approver) = (world.preparer(), world.approver());
    budget(&preparer, &pledge, "1000.00", "").await.expect(201);
    let foreseen = budget(&preparer, &pledge, "1000.01", "?validate_only=true").await;
    let foreseen = foreseen.expect(200);
    assert_eq!(foreseen["approvals_needed"], 1);

    let asked = budget(&preparer, &pledge, "1000.01", "").await;
    let waits = asked.waits();
    assert_eq!(budgeted(&world, &pledge).await, "1000.00");
    let approval = read(&world, &waits).await;
    assert_eq!(approval["digest"], foreseen["digest"]);
    assert_eq!(approval["postings"][0], foreseen["would_post"]);
    for (member, value) in [
        ("state", json!("pending")),
        ("action", json!("budget")),
        ("amount", usd("1000.01")),
        ("maker", json!("petra")),
        ("approvals_needed", json!(1)),
        ("decisions", json!([])),
        ("journal_id", json!(null)),
    ] {
        assert_eq!(approval[member], value, "{member}");
    }

    let approved = approver.approve(&waits).await.expect(200);
    assert_eq!(budgeted(&world, &pledge).await, "2000.01");
    assert_eq!(approved["state"], "approved");
    assert_eq!(approved["decisions"][0]["actor"], "aiko");
    assert_eq!(approved["result"]["amount"], usd("1000.01"));
    assert_eq!(
        read(&world, &waits).await["journal_id"],
        approved["journal_id"]
    );
    let at = format!("/v1/journals/{}", approved["journal_id"].as_str().unwrap());
    let journal = world.auditor().get(&at).await.expect(200);
    assert_eq!(
        (&journal["actor"], &journal["approval_id"]),
        (&json!("petra"), &json!(waits.id))
    );
    let again = approver.approve(&waits).await;
    again.expect_problem(409, "wrong-state");
    world.finish().await;
}
