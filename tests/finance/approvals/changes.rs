//! What is approved is what posts, or nothing: what was seen, while it is still so.

use serde_json::{Value, json};

use super::{budget, budgeted, guarded, read};
use crate::harness::{Waiting, World, document, new_key, usd};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_approves_names_the_digest_of_what_they_saw() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let waits = budget(&world.preparer(), &pledge, "2000.00", "")
        .await
        .waits();
    let other = Waiting {
        digest: "0".repeat(64),
        ..waits.clone()
    };
    let refused = world.approver().approve(&other).await;
    let problem = refused.expect_problem(409, "approval-not-as-shown");
    assert_eq!(problem["errors"][0]["pointer"], "/digest");
    let at = format!("/v1/approvals/{}/approval", waits.id);
    for (body, code) in [
        (json!({}), "missing-field"),
        (json!({"digest": "abc"}), "digest-malformed"),
    ] {
        let refused = world.approver().post(&at, body).await;
        refused.expect_problem(422, code);
    }
    assert_eq!(read(&world, &waits).await["state"], "pending");
    let nothing = "/v1/approvals/apr_00000000000000000000000000000001/approval";
    let refused = world
        .approver()
        .post(nothing, json!({"digest": waits.digest}))
        .await;
    refused.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_purse_covers_any_more_is_refused_and_goes_on_waiting() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let preparer = world.preparer();
    let waits = budget(&preparer, &pledge, "1500000.00", "").await.waits();
    // Nothing is held for it, so another may be first.
    let other = budget(&preparer, &pledge, "300000.00", "").await.waits();
    world.approver().approve(&other).await.expect(200);
    let refused = world.approver().approve(&waits).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert!(problem["shortfall"].is_object());
    assert_eq!(read(&world, &waits).await["state"], "pending");
    let back = json!({"market": "FR", "amount": usd("300000.00"), "reason": "Fewer creators",
        "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets/returns", pledge.id);
    preparer.post(&at, back).await.expect(201);
    world.approver().approve(&waits).await.expect(200);
    assert_eq!(budgeted(&world, &pledge).await, "1500000.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_something_else_by_now_is_refused_and_says_what() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let zero = usd("0.00");
    world.state_threshold(&pledge.id, "reversal", zero, 1).await;
    let budget = budget(&world.preparer(), &pledge, "100.00", "")
        .await
        .expect(201);
    let at = format!(
        "/v1/journals/{}/reversals",
        budget["journal_id"].as_str().unwrap()
    );
    let because = |amount: Option<Value>| {
        let mut body = json!({"reason": "One too many", "document": document(),
            "effective_date": "2024-11-05"});
        if let Some(amount) = amount {
            body["amount"] = amount;
        }
        body
    };
    let controller = world.controller();
    // All that is left: 100.00 as it is, 60.00 once part was taken back.
    let rest = controller.post(&at, because(None)).await.waits();
    let part = controller
        .post(&at, because(Some(usd("40.00"))))
        .await
        .waits();
    world.approver().approve(&part).await.expect(200);
    let refused = world.approver().approve(&rest).await;
    let problem = refused.expect_problem(409, "approval-outdated");
    let detail = problem["detail"].as_str().unwrap();
    for part in ["100.00 USD", "60.00 USD"] {
        assert!(detail.contains(part), "{part} in {detail}");
    }
    assert_eq!(read(&world, &rest).await["state"], "pending");
    controller.withdraw(&rest).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_or_withdrawn_is_never_posted_and_says_why() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let (preparer, approver) = (world.preparer(), world.approver());
    let rejected = budget(&preparer, &pledge, "2000.00", "").await.waits();
    let withdrawn = budget(&preparer, &pledge, "2000.00", "").await.waits();
    approver.reject(&rejected).await.expect(200);
    preparer.withdraw(&withdrawn).await.expect(200);
    for (waits, state, actor, reason) in [
        (&rejected, "rejected", "aiko", "Not agreed"),
        (&withdrawn, "withdrawn", "petra", "Asked in error"),
    ] {
        let approval = read(&world, waits).await;
        let decision = &approval["decisions"][0];
        assert_eq!(
            (&approval["state"], &decision["actor"], &decision["reason"]),
            (&json!(state), &json!(actor), &json!(reason))
        );
        approver
            .approve(waits)
            .await
            .expect_problem(409, "wrong-state");
        preparer
            .withdraw(waits)
            .await
            .expect_problem(409, "wrong-state");
        let at = format!("/v1/approvals?pledge_id={}&state={state}", pledge.id);
        let found = world.auditor().get(&at).await.expect(200);
        assert_eq!(found["data"].as_array().unwrap().len(), 1, "{state}");
        assert_eq!(found["data"][0]["id"], *waits.id);
    }
    assert_eq!(budgeted(&world, &pledge).await, "0.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_is_told_that_it_waits_whatever_became_of_it() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let body = json!({"market": "FR", "amount": usd("2000.00"), "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    let key = new_key();
    let first = world.preparer().post_with_key(&at, &key, &body).await;
    let waits = first.waits();
    world.approver().approve(&waits).await.expect(200);
    let again = world.preparer().post_with_key(&at, &key, &body).await;
    assert!(again.replayed());
    assert_eq!((again.status, &again.body), (202, &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(budgeted(&world, &pledge).await, "2000.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_later_is_foreseen_with_the_same_digest_each_time() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let budget = json!({"market": "JP", "amount": usd("100.00"), "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    world.preparer().post(&at, budget).await.expect(201);
    world
        .allocate(&pledge, &creator, usd("50.00"), "2024-12-02")
        .await;
    let contract = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "C-1",
        "amount": usd("40.00"), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
        "effective_date": "2024-12-02"});
    let at = "/v1/obligations?validate_only=true";
    let digest = async || {
        let foreseen = world.preparer().post(at, &contract).await.expect(200);
        foreseen["digest"].as_str().unwrap().to_owned()
    };
    assert_eq!(digest().await, digest().await);
    world
        .state_threshold(&pledge.id, "obligation", usd("10.00"), 1)
        .await;
    let foreseen = digest().await;
    let asked = world.preparer().post("/v1/obligations", &contract).await;
    assert_eq!(asked.waits().digest, foreseen);
    let approved = world.approver().approve(&asked.waits()).await.expect(200);
    let id = approved["result"]["id"].as_str().unwrap();
    let at = format!("/v1/obligations/{id}");
    let made = world.auditor().get(&at).await.expect(200);
    assert_eq!(made["remaining"], usd("40.00"));
    world.finish().await;
}
