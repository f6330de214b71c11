//! Payouts: one proposes, another approves, the bank pays, and sometimes gives it back.

use serde_json::{Value, json};

use super::desk::{Desk, go, settlement};
use crate::harness::{World, credits, money, new_key, usd};

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_goes_from_its_proposal_to_the_bank_and_out_of_the_books() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let preparer = world.preparer();
    let id = desk.sent(&world, "PO-1", "600.00").await;
    // It is held, not posted.
    assert_eq!(desk.balance(&world, "code=2120").await, "1000.00");
    let settled = go(&preparer, &id, "settle", settlement("B-1")).await;
    let settled = settled.expect(200);
    assert_eq!(
        (&settled["state"], &settled["paid"]),
        (&json!("settled"), &usd("600.00"))
    );
    let journal = settled["journal_id"].as_str().unwrap();
    let journal = preparer.get(&format!("/v1/journals/{journal}")).await;
    let journal = journal.expect(200);
    assert_eq!(
        (&journal["kind"], &journal["subject_id"]),
        (&json!("payment"), &json!(id))
    );
    assert_eq!(desk.balance(&world, "code=2120").await, "400.00");
    assert_eq!(desk.balance(&world, "code=1010").await, "1749400.00");
    let read = world.auditor().get(&format!("/v1/payouts/{id}")).await;
    let read = read.expect(200);
    for (field, value) in [
        ("state", json!("settled")),
        ("bank_reference", json!("B-1")),
        ("proposed_by", json!("petra")),
        ("approved_by", json!("aiko")),
        ("paid", usd("600.00")),
    ] {
        assert_eq!(read[field], value, "{field}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_never_exceeds_what_the_creator_is_owed_nor_what_is_promised_already() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let preparer = world.preparer();
    let much = desk.payout("PO-1", usd("1000.01"));
    let much = preparer.post("/v1/payouts", much).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("1000.00"));
    desk.propose(&world, "PO-1", "700.00").await;
    let again = desk.payout("PO-1", usd("1.00"));
    let again = preparer.post("/v1/payouts", again).await;
    again.expect_problem(409, "duplicate-reference");
    let more = desk.payout("PO-2", usd("300.01"));
    let problem = preparer.post("/v1/payouts", more).await;
    let problem = problem.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (&problem["available"], &problem["shortfall"]),
        (&usd("300.00"), &usd("0.01"))
    );
    for (amount, code) in [
        (credits("1.00"), "wrong-unit-kind"),
        (money("1.00", "GBP"), "wrong-unit"),
    ] {
        let wrong = preparer
            .post("/v1/payouts", desk.payout("PO-3", amount))
            .await;
        wrong.expect_problem(422, code);
    }
    let mut past = desk.payout("PO-3", usd("1.00"));
    past["hold_expires_on"] = json!("2025-01-01");
    let past = preparer.post("/v1/payouts", past).await;
    past.expect_problem(422, "ends-before-start");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_proposed_does_not_approve_and_whoever_did_either_does_not_send() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let id = desk.propose(&world, "PO-1", "600.00").await;
    let preparer = world.preparer();
    let refused = go(&preparer, &id, "approve", json!({})).await;
    refused.expect_problem(403, "forbidden");
    use almoner::http::access::Role;
    let herself = world.user(Role::Approver, "petra");
    let refused = go(&herself, &id, "approve", json!({})).await;
    refused.expect_problem(409, "same-person");
    let approved = go(&world.approver(), &id, "approve", json!({})).await;
    assert_eq!(approved.expect(200)["approved_by"], "aiko");
    let herself = world.user(Role::Preparer, "aiko");
    for (by, did) in [(&herself, "approved"), (&preparer, "proposed")] {
        let refused = go(by, &id, "send", json!({})).await;
        let problem = refused.expect_problem(409, "same-person");
        assert!(problem["detail"].as_str().unwrap().contains(did));
    }
    let controller = world.controller();
    go(&controller, &id, "send", json!({})).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_not_open_says_which_are() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let (preparer, approver) = (world.preparer(), world.approver());
    let id = desk.propose(&world, "PO-1", "600.00").await;
    let back = || json!({"reason": "Closed", "effective_date": "2025-02-04"});
    let void = || json!({"reason": "Twice"});
    let refused = async |step: &str, body: Value, open: &str| {
        let by = if step == "approve" {
            &approver
        } else {
            &preparer
        };
        let problem = go(by, &id, step, body).await;
        let problem = problem.expect_problem(409, "wrong-state");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(open), "{step}: {detail}");
    };
    for (step, body) in [
        ("send", json!({})),
        ("settle", settlement("B")),
        ("return", back()),
    ] {
        refused(step, body, "approved or voided").await;
    }
    go(&approver, &id, "approve", json!({})).await.expect(200);
    for (step, body) in [
        ("approve", json!({})),
        ("settle", settlement("B")),
        ("return", back()),
    ] {
        refused(step, body, "sent or voided").await;
    }
    go(&world.payer(), &id, "send", json!({})).await.expect(200);
    for (step, body) in [
        ("approve", json!({})),
        ("send", json!({})),
        ("void", void()),
    ] {
        refused(step, body, "settled, or returned").await;
    }
    let settled = go(&preparer, &id, "settle", settlement("B-1")).await;
    settled.expect(200);
    for (step, body) in [
        ("send", json!({})),
        ("settle", settlement("B-2")),
        ("void", void()),
    ] {
        refused(step, body, "can be returned").await;
    }
    go(&preparer, &id, "return", back()).await.expect(200);
    for (step, body) in [("approve", json!({})), ("return", back()), ("void", void())] {
        refused(step, body, "proposed anew").await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_for_less_lets_the_rest_go_and_more_is_never_paid() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let preparer = world.preparer();
    let id = desk.sent(&world, "PO-1", "1000.00").await;
    let mut much = settlement("B-1");
    much["amount"] = usd("1000.01");
    let refused = go(&preparer, &id, "settle", much).await;
    refused.expect_problem(422, "exceeds-payout");
    let mut less = settlement("B-1");
    less["amount"] = usd("950.00");
    let settled = go(&preparer, &id, "settle", less).await.expect(200);
    assert_eq!(settled["paid"], usd("950.00"));
    // The rest is owed still, and can be proposed anew.
    let rest = desk.propose(&world, "PO-2", "50.00").await;
    let void = json!({"reason": "Later"});
    let void = go(&preparer, &rest, "void", void).await.expect(200);
    assert_eq!(
        (&void["state"], &void["reason"]),
        (&json!("void"), &json!("Later"))
    );
    desk.propose(&world, "PO-3", "50.00").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_gives_back_is_owed_again_whether_it_was_settled_or_not() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let preparer = world.preparer();
    let back = json!({"reason": "Account closed", "effective_date": "2025-02-05"});
    let first = desk.sent(&world, "PO-1", "1000.00").await;
    let returned = go(&preparer, &first, "return", back.clone())
        .await
        .expect(200);
    assert_eq!(
        (&returned["state"], &returned["journal_id"]),
        (&json!("returned"), &Value::Null)
    );
    let second = desk.sent(&world, "PO-2", "1000.00").await;
    let settled = go(&preparer, &second, "settle", settlement("B-2")).await;
    settled.expect(200);
    let returned = go(&preparer, &second, "return", back).await.expect(200);
    assert_eq!(
        (&returned["state"], &returned["paid"]),
        (&json!("returned"), &usd("0.00"))
    );
    assert_eq!(desk.balance(&world, "code=2120").await, "1000.00");
    assert_eq!(desk.balance(&world, "code=1010").await, "1750000.00");
    desk.sent(&world, "PO-3", "1000.00").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_proposed_approved_and_settled_in_bulk_each_by_whom_it_is_for() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let (preparer, approver) = (world.preparer(), world.approver());
    let item = |reference: &str, amount: &str| {
        let mut item = desk.payout(reference, usd(amount));
        item["batch"] = json!("W05");
        item["idempotency_key"] = json!(new_key());
        item
    };
    let bulk = json!({"mode": "atomic", "items": [item("A", "400.00"), item("B", "500.00")]});
    let made = preparer.post_without_key("/v1/payouts/bulk", bulk).await;
    let made = made.expect(201);
    let ids: Vec<&str> = made["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    let moves = |step: &str| {
        let items: Vec<Value> = ids
            .iter()
            .map(|id| {
                let mut item = json!({"payout_id": id, "move": step,
                    "idempotency_key": new_key()});
                if step == "settle" {
                    item["bank_reference"] = json!("B-1");
                    item["effective_date"] = json!("2025-02-03");
                }
                item
            })
            .collect();
        json!({"mode": "atomic", "items": items})
    };
    let at = "/v1/payouts/moves/bulk";
    for (by, step) in [(&preparer, "approve"), (&approver, "send")] {
        let refused = by.post_without_key(at, moves(step)).await;
        let problem = refused.expect_problem(422, "bulk-refused");
        assert_eq!(problem["errors"][0]["code"], "move-not-permitted");
    }
    for (by, step) in [
        (&approver, "approve"),
        (&world.payer(), "send"),
        (&preparer, "settle"),
    ] {
        by.post_without_key(at, moves(step)).await.expect(201);
    }
    let listed = |filters: &str| format!("/v1/payouts?pledge_id={}&{filters}", desk.pledge.id);
    for (filters, count) in [
        ("batch=W05&state=settled", 2),
        ("batch=W05&state=sent", 0),
        ("market=JP", 2),
        ("market=FR", 0),
        ("batch=W06", 0),
    ] {
        let found = preparer.get(&listed(filters)).await.expect(200);
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{filters}");
    }
    let wrong = preparer.get(&listed("state=paid")).await;
    wrong.expect_problem(422, "malformed-parameter");
    let partner = world.partner(&[&desk.pledge.id], &["JP"]);
    let seen = partner.get("/v1/payouts").await.expect(200);
    assert_eq!(seen["data"].as_array().unwrap().len(), 2);
    assert_eq!(seen["data"][0]["proposed_by"], Value::Null);
    let elsewhere = world.partner(&[&desk.pledge.id], &["FR"]);
    let seen = elsewhere.get("/v1/payouts").await.expect(200);
    assert_eq!(seen["data"], json!([]));
    world.finish().await;
}
