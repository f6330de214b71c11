//! What an agreement, a condition, an obligation, a lot or a write-off did goes with it.

use serde_json::{Value, json};

use super::{allocated, balance, because, outstanding, received, text};
use crate::harness::{World, agreed, credits, document, usd};

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_under_which_nothing_came_is_taken_back_and_signed_anew() {
    let world = World::new().await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let pledge = agreed(&preparer).await;
    let wrong = received(&world, &pledge, "5.00", "0.00", "B-1").await;
    let at = format!("/v1/journals?pledge_id={}", pledge.id);
    let journals = world.auditor().get(&at).await.expect(200);
    let agreement = text(&journals["data"][0]["id"]);
    let refused = controller.reverse(&agreement, because(json!({}))).await;
    refused.expect_problem(409, "wrong-state");
    controller.reversed(&wrong, because(json!({}))).await;
    let back = controller.reversed(&agreement, because(json!({}))).await;
    let shown = world
        .auditor()
        .get(&format!("/v1/pledges/{}", pledge.id))
        .await;
    assert_eq!(shown.expect(200)["state"], "announced");
    let refused = controller.reverse(&back, because(json!({}))).await;
    refused.expect_problem(422, "not-reversible");
    let signed = json!({"effective_date": "2024-09-27", "document": document()});
    let at = format!("/v1/pledges/{}/agreement", pledge.id);
    assert_eq!(
        preparer.post(&at, signed).await.expect(200)["state"],
        "agreed"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_is_unmet_again_unless_something_came_since() {
    let world = World::new().await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let pledge = agreed(&preparer).await;
    let c3 = &pledge.instalments[2];
    let receive = async |amount: &str, day: &str| {
        let receipt = json!({"received": usd(amount), "effective_date": day});
        let at = format!("/v1/instalments/{c3}/receipts");
        text(&preparer.post(&at, receipt).await.expect(201)["journal_id"])
    };
    let early = receive("50.00", "2025-01-10").await;
    let met = json!({"met_on": "2025-02-01", "document": document()});
    let at = format!("/v1/instalments/{c3}/condition");
    let met_now = preparer.post(&at, &met).await.expect(200);
    let condition = text(&met_now["journal_id"]);
    // What came early was earned by the condition.
    let refused = controller.reverse(&early, because(json!({}))).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["account"]["code"], "2300");
    let late = receive("20.00", "2025-02-10").await;
    let refused = controller.reverse(&condition, because(json!({}))).await;
    refused.expect_problem(409, "wrong-state");
    controller.reversed(&late, because(json!({}))).await;
    let back = controller.reversed(&condition, because(json!({}))).await;
    let at_instalment = format!("/v1/instalments/{c3}");
    let shown = world.auditor().get(&at_instalment).await.expect(200);
    assert_eq!(shown["condition_met_on"], Value::Null);
    assert_eq!(
        balance(&world, &pledge.id, "code=2300&unit=USD").await,
        "50.00"
    );
    let refused = controller.reverse(&back, because(json!({}))).await;
    refused.expect_problem(422, "not-reversible");
    let undone = controller.reversed(&early, because(json!({}))).await;
    preparer.post(&at, &met).await.expect(200);
    // It came before the condition was met; now that it is, it is received anew.
    let refused = controller.reverse(&undone, because(json!({}))).await;
    refused.expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_obligation_and_its_release_are_taken_back() {
    let world = World::new().await;
    let (pledge, allocation, _) = allocated(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let at = format!("/v1/allocations/{allocation}");
    let creator = text(&world.auditor().get(&at).await.expect(200)["creator_id"]);
    let contract = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "C-1",
        "amount": usd("40.00"), "starts_on": "2025-03-02", "ends_on": "2025-09-30",
        "effective_date": "2025-03-02"});
    let contract = preparer.post("/v1/obligations", contract).await.expect(201);
    let (id, bound) = (text(&contract["id"]), text(&contract["journal_id"]));
    let at = format!("/v1/obligations/{id}/release");
    let release = json!({"amount": usd("15.00"), "reason": "One video fewer",
        "effective_date": "2025-03-03"});
    let released = preparer.post(&at, release).await.expect(200);
    let undone = controller
        .reversed(&text(&released["journal_id"]), because(json!({})))
        .await;
    let shown = async || {
        let at = format!("/v1/obligations/{id}");
        let shown = world.auditor().get(&at).await.expect(200);
        (shown["released"].clone(), shown["remaining"].clone())
    };
    assert_eq!(shown().await, (usd("0.00"), usd("40.00")));
    controller.reversed(&undone, because(json!({}))).await;
    assert_eq!(shown().await, (usd("15.00"), usd("25.00")));
    let much = because(json!({"amount": usd("25.01")}));
    let refused = controller.reverse(&bound, much).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["account"]["code"], "3140");
    let rest = because(json!({"amount": usd("25.00")}));
    controller.reversed(&bound, rest).await;
    assert_eq!(shown().await, (usd("15.00"), usd("0.00")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_and_a_write_off_are_taken_back() {
    let world = World::new().await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let pledge = agreed(&preparer).await;
    let t1 = &pledge.instalments[3];
    let lot = json!({"face": credits("500.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{t1}/lots");
    let lot = preparer.post(&at, lot).await.expect(201);
    let part = because(json!({"amount": credits("200.00")}));
    controller.reversed(&text(&lot["journal_id"]), part).await;
    assert_eq!(outstanding(&world, t1).await, credits("499700.00"));
    let at = format!("/v1/instalments/{t1}/write-offs");
    let lost = json!({"amount": credits("700.00"), "reason": "Fewer were issued",
        "document": document(), "effective_date": "2025-05-02"});
    let lost = world.by_two(&controller, &at, lost).await.expect(201);
    assert_eq!(outstanding(&world, t1).await, credits("499000.00"));
    let back = controller
        .reversed(&text(&lost["journal_id"]), because(json!({})))
        .await;
    assert_eq!(outstanding(&world, t1).await, credits("499700.00"));
    controller.reversed(&back, because(json!({}))).await;
    assert_eq!(outstanding(&world, t1).await, credits("499000.00"));
    world.finish().await;
}
