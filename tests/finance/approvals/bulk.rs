//! Many at once: what of them waits, and many that are approved.

use serde_json::{Value, json};

use super::{budget, budgeted, guarded};
use crate::harness::{Funded, Waiting, World, allocation, new_key, usd};

fn in_bulk(mode: &str, items: Vec<Value>) -> Value {
    let items = items.into_iter().map(|mut item| {
        item["idempotency_key"] = json!(new_key());
        item
    });
    json!({"mode": mode, "items": items.collect::<Vec<_>>()})
}

fn statuses(answer: &Value) -> Vec<u64> {
    let results = answer["results"].as_array().unwrap().iter();
    results.map(|it| it["status"].as_u64().unwrap()).collect()
}

/// A pledge with budget and a creator, of which allocations beyond 100.00 need approval.
async fn allocating(world: &World) -> (Funded, String) {
    let pledge = world.funded_pledge().await;
    let creator = world.creator("FR").await;
    budget(&world.preparer(), &pledge, "1000.00", "")
        .await
        .expect(201);
    world
        .state_threshold(&pledge.id, "allocation", usd("100.00"), 1)
        .await;
    (pledge, creator)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_above_the_threshold_waits_and_the_others_are_posted() {
    let world = World::new().await;
    let (pledge, creator) = allocating(&world).await;
    let item = |amount: &str| allocation(&pledge, &creator, usd(amount), "2024-12-02");
    let items = vec![item("100.00"), item("100.01"), item("5000.00")];
    let at = "/v1/allocations/bulk";
    let answer = world
        .preparer()
        .post_without_key(at, in_bulk("independent", items))
        .await;
    let answer = answer.expect(207);
    assert_eq!(statuses(&answer), [201, 202, 409]);
    let id = answer["results"][1]["id"].as_str().unwrap();
    let at = format!("/v1/approvals/{id}");
    let waits = world.auditor().get(&at).await.expect(200);
    assert_eq!(waits["amount"], usd("100.01"));
    assert_eq!(waits["request"]["path"], "/v1/allocations");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_all_or_none_is_refused_if_part_of_it_would_have_to_wait() {
    let world = World::new().await;
    let (pledge, creator) = allocating(&world).await;
    let item = |amount: &str| allocation(&pledge, &creator, usd(amount), "2024-12-02");
    let at = "/v1/allocations/bulk";
    let items = vec![item("100.00"), item("100.01")];
    let answer = world
        .preparer()
        .post_without_key(at, in_bulk("atomic", items))
        .await;
    let problem = answer.expect_problem(409, "bulk-refused");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    assert_eq!(problem["errors"][0]["pointer"], "/items/1");
    assert_eq!(problem["errors"][0]["code"], "approval-needed");
    let split = json!({"pledge_id": pledge.id, "amount": usd("100.01"),
        "effective_date": "2025-01-15", "shares": [{"creator_id": creator, "weight": 1}]});
    let answer = world.preparer().post("/v1/allocations/split", split).await;
    let problem = answer.expect_problem(409, "bulk-refused");
    assert_eq!(problem["errors"][0]["code"], "approval-needed");
    let at = format!("/v1/approvals?pledge_id={}&state=pending", pledge.id);
    let none = world.auditor().get(&at).await.expect(200);
    assert_eq!(none["data"], json!([]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_approved_at_once_each_on_its_own() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let mut waiting: Vec<Waiting> = Vec::new();
    for amount in ["2000.00", "3000.00", "1599000.00"] {
        waiting.push(budget(&world.preparer(), &pledge, amount, "").await.waits());
    }
    let item = |waits: &Waiting| json!({"approval_id": waits.id, "digest": waits.digest});
    let mut wrong = item(&waiting[0]);
    wrong["digest"] = json!("0".repeat(64));
    let mut nothing = item(&waiting[0]);
    nothing["approval_id"] = json!("apr_00000000000000000000000000000001");
    let mut items: Vec<Value> = vec![wrong, nothing];
    items.extend(waiting.iter().map(item));
    let body = in_bulk("independent", items);
    let at = "/v1/approvals/bulk";
    let answer = world.approver().post_without_key(at, &body).await;
    let answer = answer.expect(207);
    assert_eq!(statuses(&answer), [409, 422, 201, 201, 409]);
    let codes = [
        (0, "approval-not-as-shown"),
        (1, "unknown-reference"),
        (4, "insufficient-funds"),
    ];
    for (at, code) in codes {
        assert_eq!(answer["results"][at]["problem"]["code"], code, "{answer}");
    }
    assert_eq!(budgeted(&world, &pledge).await, "5000.00");
    let again = world
        .approver()
        .post_without_key(at, &body)
        .await
        .expect(207);
    assert_eq!(again["results"][2]["replayed"], true);
    assert_eq!(budgeted(&world, &pledge).await, "5000.00");
    // A controller decides thresholds and nothing else.
    let body = in_bulk("independent", vec![item(&waiting[2])]);
    let answer = world
        .controller()
        .post_without_key(at, body)
        .await
        .expect(207);
    let code = &answer["results"][0]["problem"]["code"];
    assert_eq!(code, "approval-not-permitted");
    let trail = "/v1/audit-trail?actor=carlos&outcome=refused&code=forbidden";
    let trail = world.auditor().get(trail).await.expect(200);
    assert_eq!(trail["data"][0]["request"], "POST /v1/approvals/bulk");
    world.finish().await;
}
