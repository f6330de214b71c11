//! What binds a creator's allocation, how it is let go again, and a pledge that is wound down, in
//! which nothing new is bound.

use serde_json::{Value, json};

use super::ads::Ads;
use super::desk::Desk;
use crate::harness::{World, allocation, credits, demonstration, document, money, usd};

/// A contract of the desk's creator with members changed.
fn contract(desk: &Desk, changes: Value) -> Value {
    let mut contract = json!({"pledge_id": desk.pledge.id, "creator_id": desk.creator,
        "reference": "CT-2", "amount": usd("500.00"), "starts_on": "2025-01-06",
        "ends_on": "2025-03-31", "effective_date": "2025-01-06"});
    let changes = changes.as_object().unwrap().clone();
    contract.as_object_mut().unwrap().extend(changes);
    contract
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_binds_what_is_left_of_the_allocation_and_no_more() {
    let world = World::new().await;
    // 2,500.00 are allocated, of which 2,000.00 are bound.
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    for (changes, status, code) in [
        (json!({"amount": usd("500.01")}), 409, "insufficient-funds"),
        (
            json!({"effective_date": "2024-12-01"}),
            409,
            "backdated-overdraft",
        ),
        (json!({"reference": "CT-1"}), 409, "duplicate-reference"),
        (json!({"ends_on": "2025-01-05"}), 422, "ends-before-start"),
        (json!({"amount": credits("1.00")}), 422, "wrong-unit-kind"),
        (
            json!({"amount": money("1", "JPY")}),
            422,
            "unit-not-pledged",
        ),
    ] {
        let told = changes.to_string();
        let refused = preparer
            .post("/v1/obligations", contract(&desk, changes))
            .await;
        assert_eq!(refused.json()["code"], code, "{told}: {}", refused.json());
        refused.expect_problem(status, code);
    }
    let bound = preparer
        .post("/v1/obligations", contract(&desk, json!({})))
        .await;
    assert_eq!(bound.expect(201)["remaining"], usd("500.00"));
    let purse = desk.balance(&world, "code=3130&unit=USD").await;
    assert_eq!(purse, "0.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_contract_no_longer_binds_goes_back_to_its_creator() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1200.00").await;
    let preparer = world.preparer();
    let release = |amount: Value| {
        json!({"amount": amount, "reason": "One video fewer",
            "effective_date": "2025-02-03"})
    };
    let at = desk.of_contract("release");
    let much = preparer.post(&at, release(usd("800.01"))).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    let wrong = preparer.post(&at, release(credits("1.00"))).await;
    wrong.expect_problem(422, "wrong-unit");
    let released = preparer.post(&at, release(usd("800.00"))).await.expect(200);
    assert_eq!(
        (
            &released["state"],
            &released["released"],
            &released["remaining"]
        ),
        (&json!("closed"), &usd("800.00"), &usd("0.00"))
    );
    let purse = desk.balance(&world, "code=3130&unit=USD").await;
    assert_eq!(purse, "1300.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_creator_to_creator_is_two_moves_through_the_market() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (one, other) = (world.creator("JP").await, world.creator("JP").await);
    let preparer = world.preparer();
    let all = || usd("150000.00");
    let given = world.allocate(&pledge, &one, all(), "2024-12-02").await;
    let claim = allocation(&pledge, &other, usd("100.00"), "2024-12-09");
    let early = preparer.post("/v1/allocations", &claim).await;
    early.expect_problem(409, "insufficient-funds");
    let back = preparer.release(&given, usd("100.00"), "2024-12-09").await;
    back.expect(200);
    preparer.post("/v1/allocations", &claim).await.expect(201);
    let purse = world.account(&pledge.id, "code=3120&unit=USD").await;
    assert_eq!(purse["balance"], "0.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn support_cost_is_set_aside_as_far_as_there_is_something_unallocated() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let preparer = world.preparer();
    world
        .budget(&pledge, "US", usd("1590000.00"), "2024-11-05")
        .await;
    let at = format!("/v1/pledges/{}/support-costs", pledge.id);
    let charge = |gross: &str| {
        json!({"gross": usd(gross), "rate_percent": "13",
            "effective_date": "2024-11-06"})
    };
    // 10,000.00 are left; 13 % on top of 76,923.15 is a cent more than that.
    let much = preparer.post(&at, charge("86923.16")).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    let charged = preparer.post(&at, charge("86923.08")).await.expect(201);
    assert_eq!(charged["support_cost"], usd("10000.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_tells_when_its_creator_s_authorisation_code_expires() {
    let ads = Ads::new().await;
    let allocation = json!({"pledge_id": ads.pledge, "creator_id": ads.creator,
        "amount": credits("10.00"), "effective_date": "2024-11-05"});
    let allocated = ads.client.post("/v1/allocations", allocation).await;
    allocated.expect(201);
    let campaign = |code_expires_on: &str| {
        json!({"pledge_id": ads.pledge, "creator_id": ads.creator, "reference": "K-2",
            "amount": credits("10.00"), "starts_on": "2024-12-02", "ends_on": "2025-07-31",
            "effective_date": "2024-11-05", "campaign": {"ad_account_id": ads.account,
            "campaign": "K-2", "code_expires_on": code_expires_on}})
    };
    let never = ads
        .client
        .post("/v1/obligations", campaign("2025-02-30"))
        .await;
    assert_eq!(never.status, 422);
    let opened = ads
        .client
        .post("/v1/obligations", campaign("2025-02-28"))
        .await;
    let at = format!("/v1/obligations/{}", opened.created());
    let read = ads.client.get(&at).await.expect(200);
    assert_eq!(read["campaign"]["code_expires_on"], "2025-02-28");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_bound_in_a_pledge_that_is_wound_down_until_it_is_resumed() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let at = |what: &str| format!("/v1/pledges/{}/{what}", desk.pledge.id);
    let why = json!({"reason": "The programme ends", "document": document(),
        "effective_date": "2025-06-30"});
    let signed = preparer.post(&at("cancellation"), &why).await;
    signed.expect_problem(409, "wrong-state");
    let early = controller.post(&at("resumption"), &why).await;
    early.expect_problem(409, "wrong-state");
    controller.post(&at("closing"), &why).await.expect(200);
    let budget = json!({"market": "JP", "amount": usd("1.00"), "effective_date": "2025-07-01"});
    let claim = allocation(&desk.pledge, &desk.creator, usd("1.00"), "2025-07-01");
    for (path, body) in [
        (at("budgets"), &budget),
        ("/v1/allocations".to_owned(), &claim),
        ("/v1/obligations".to_owned(), &contract(&desk, json!({}))),
    ] {
        let refused = preparer.post(&path, body).await;
        refused.expect_problem(409, "wrong-state");
    }
    // What is bound is still invoiced.
    let invoiced = desk.invoice(&preparer, "I-1", usd("1.00")).await;
    invoiced.expect(201);
    let resumed = controller.post(&at("resumption"), &why).await.expect(200);
    assert_eq!(resumed["state"], "active");
    preparer.post("/v1/allocations", &claim).await.expect(201);
    let mut unsigned = demonstration();
    unsigned["reference"] = json!("UNSIGNED");
    let unsigned = preparer.post("/v1/pledges", unsigned).await.created();
    let closing = format!("/v1/pledges/{unsigned}/closing");
    let refused = controller.post(&closing, &why).await;
    refused.expect_problem(409, "wrong-state");
    world.finish().await;
}
