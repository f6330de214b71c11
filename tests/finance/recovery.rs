//! Cash that was spent on what is not eligible: claimed back from its creator, recovered in parts,
//! or never to come; and cash that goes back to the donor.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::harness::{Answer, Client, World, credits, document, usd};

/// What says why, and what shows it.
fn because(reason: &str, more: Value) -> Value {
    let mut body = json!({"reason": reason, "document": document(),
        "effective_date": "2025-06-30"});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

async fn claim(desk: &Desk, by: &Client, amount: &str) -> Answer {
    let claim = because("Travel is not eligible", json!({"amount": usd(amount)}));
    by.post(&desk.of_contract("clawbacks"), claim).await
}

async fn recover(desk: &Desk, by: &Client, amount: &str, reference: &str) -> Answer {
    let at = format!("/v1/creators/{}/recoveries", desk.creator);
    let paid = json!({"pledge_id": desk.pledge.id, "amount": usd(amount),
        "bank_reference": reference, "effective_date": "2025-07-14"});
    by.post(&at, paid).await
}

async fn give_up(world: &World, desk: &Desk, by: &Client, amount: &str) -> Answer {
    let at = format!("/v1/creators/{}/bad-debts", desk.creator);
    let more = json!({"pledge_id": desk.pledge.id, "amount": usd(amount),
        "effective_date": "2025-09-30"});
    world
        .by_two(by, &at, because("The studio was dissolved", more))
        .await
}

async fn balances(world: &World, desk: &Desk, expected: &[(&str, &str)]) {
    for (account, balance) in expected {
        let filters = format!("{account}&unit=USD");
        assert_eq!(desk.balance(world, &filters).await, *balance, "{account}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cost_that_was_not_eligible_is_claimed_back_and_comes_back_in_parts() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let claimed = claim(&desk, &controller, "250.00").await.expect(201);
    assert_eq!(claimed["amount"], usd("250.00"));
    let open = [
        ("code=1420", "250.00"),
        ("code=5110", "750.00"),
        ("code=4910", "750.00"),
        ("code=3170", "250.00"),
        ("code=3120&market=JP", "147500.00"),
    ];
    balances(&world, &desk, &open).await;
    // What is pending isn't to be spent: it is no market's yet.
    recover(&desk, &preparer, "100.00", "B-1").await.expect(201);
    let part = [
        ("code=1420", "150.00"),
        ("code=3170", "150.00"),
        ("code=3120&market=JP", "147600.00"),
        ("code=1010", "1750100.00"),
    ];
    balances(&world, &desk, &part).await;
    let much = recover(&desk, &preparer, "150.01", "B-2").await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (&problem["available"], &problem["shortfall"]),
        (&usd("150.00"), &usd("0.01"))
    );
    let again = recover(&desk, &preparer, "50.00", "B-1").await;
    again.expect_problem(409, "duplicate-reference");
    recover(&desk, &preparer, "150.00", "B-2").await.expect(201);
    let done = [
        ("code=1420", "0.00"),
        ("code=3170", "0.00"),
        ("code=3120&market=JP", "147750.00"),
        ("code=1010", "1750250.00"),
    ];
    balances(&world, &desk, &done).await;
    let more = recover(&desk, &preparer, "0.01", "B-3").await;
    more.expect_problem(409, "insufficient-funds");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_claimed_back_than_was_spent_on_the_contract_nor_by_a_preparer() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let controller = world.controller();
    let much = claim(&desk, &controller, "1000.01").await;
    let problem = much.expect_problem(409, "exceeds-liquidated");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("1000.00 USD"), "{detail}");
    claim(&desk, &controller, "600.00").await.expect(201);
    claim(&desk, &controller, "400.01")
        .await
        .expect_problem(409, "exceeds-liquidated");
    let forbidden = claim(&desk, &world.preparer(), "1.00").await;
    forbidden.expect_problem(403, "forbidden");
    let wrong = because("Travel", json!({"amount": credits("1.00")}));
    let wrong = controller.post(&desk.of_contract("clawbacks"), wrong).await;
    wrong.expect_problem(422, "wrong-unit");
    for missing in ["reason", "document"] {
        let mut claim = because("Travel", json!({"amount": usd("1.00")}));
        claim.as_object_mut().unwrap().remove(missing);
        let refused = controller.post(&desk.of_contract("clawbacks"), claim).await;
        assert_eq!(refused.status, 422, "{missing}");
    }
    claim(&desk, &controller, "400.00").await.expect(201);
    balances(&world, &desk, &[("code=5110", "0.00")]).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_creator_will_not_pay_back_is_written_off_in_parts_and_no_more() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let nothing = give_up(&world, &desk, &controller, "1.00").await;
    nothing.expect_problem(409, "insufficient-funds");
    claim(&desk, &controller, "250.00").await.expect(201);
    let forbidden = give_up(&world, &desk, &preparer, "1.00").await;
    forbidden.expect_problem(403, "forbidden");
    give_up(&world, &desk, &controller, "60.00")
        .await
        .expect(201);
    recover(&desk, &preparer, "90.00", "B-1").await.expect(201);
    let much = give_up(&world, &desk, &controller, "100.01").await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    give_up(&world, &desk, &controller, "100.00")
        .await
        .expect(201);
    let done = [
        ("code=1420", "0.00"),
        ("code=3170", "0.00"),
        ("code=5930", "160.00"),
        ("code=4930", "160.00"),
        ("code=3120&market=JP", "147590.00"),
    ];
    balances(&world, &desk, &done).await;
    let at = "/v1/creators/crt_00000000000000000000000000000001/bad-debts";
    let more = json!({"pledge_id": desk.pledge.id, "amount": usd("1.00")});
    let nobody = controller.post(at, because("Gone", more)).await;
    nobody.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unspent_cash_goes_back_to_the_donor_as_far_as_a_purse_has_it_and_never_credits() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let of_pledge = |what: &str| format!("/v1/pledges/{}/{what}", desk.pledge.id);
    let owe = async |amount: Value, market: Option<&str>| {
        let mut refund = because("Unspent", json!({"amount": amount}));
        if let Some(market) = market {
            refund["market"] = json!(market);
        }
        controller.post(&of_pledge("donor-refunds"), refund).await
    };
    // 147,500 of the market's, of which 2,500 are a creator's: these don't go back with it.
    let much = owe(usd("147500.01"), Some("JP")).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    owe(usd("147500.00"), Some("JP")).await.expect(201);
    owe(usd("500.00"), None).await.expect(201);
    for (amount, market, status, code) in [
        (credits("1.00"), None, 422, "wrong-unit-kind"),
        (usd("1.00"), Some("JP"), 409, "insufficient-funds"),
        (usd("1600000.00"), None, 409, "insufficient-funds"),
    ] {
        owe(amount, market).await.expect_problem(status, code);
    }
    let due = [
        ("code=2400", "148000.00"),
        ("code=3120&market=JP", "0.00"),
        ("code=3110", "1599500.00"),
        ("code=1010", "1750000.00"),
    ];
    balances(&world, &desk, &due).await;
    let pay = async |amount: Value, reference: &str| {
        let payment = json!({"amount": amount, "bank_reference": reference,
            "effective_date": "2025-07-01"});
        preparer.post(&of_pledge("donor-payments"), payment).await
    };
    pay(usd("148000.01"), "B-1")
        .await
        .expect_problem(409, "insufficient-funds");
    pay(credits("1.00"), "B-1")
        .await
        .expect_problem(422, "wrong-unit-kind");
    pay(usd("100000.00"), "B-1").await.expect(201);
    pay(usd("1.00"), "B-1")
        .await
        .expect_problem(409, "duplicate-reference");
    pay(usd("48000.00"), "B-2").await.expect(201);
    let done = [("code=2400", "0.00"), ("code=1010", "1602000.00")];
    balances(&world, &desk, &done).await;
    world.finish().await;
}
