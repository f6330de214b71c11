//! Advances on a contract: paid, accounted for, and what wasn't spent taken back.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::harness::{World, credits, document, usd};

fn advance(reference: &str, amount: Value) -> Value {
    json!({"amount": amount, "bank_reference": reference, "effective_date": "2024-12-09"})
}

fn account(reference: &str, amount: &str) -> Value {
    json!({"amount": usd(amount), "reference": reference, "effective_date": "2025-01-31",
        "document": document()})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_advance_is_held_on_its_contract_until_it_is_accounted_for_or_comes_back() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let post = async |what: &str, body: Value| preparer.post(&desk.of_contract(what), body).await;
    let paid = post("advances", advance("A-1", usd("800.00"))).await;
    let paid = paid.expect(201);
    assert_eq!(
        (&paid["advanced"], &paid["remaining"], &paid["state"]),
        (&usd("800.00"), &usd("2000.00"), &json!("open"))
    );
    assert_eq!(desk.balance(&world, "code=1400").await, "800.00");
    assert_eq!(desk.balance(&world, "code=1010").await, "1749200.00");

    // What is advanced can't be invoiced, given back or advanced again.
    let much = desk.invoice(&preparer, "INV-1", usd("1200.01")).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("1200.00"));
    let release = json!({"amount": usd("1200.01"), "reason": "Less"});
    let much = post("release", release).await;
    much.expect_problem(409, "insufficient-funds");
    let much = post("advances", advance("A-2", usd("1200.01"))).await;
    much.expect_problem(409, "insufficient-funds");

    let done = post("liquidations", account("R-1", "500.00")).await;
    let done = done.expect(201);
    assert_eq!(
        (&done["advanced"], &done["liquidated"], &done["remaining"]),
        (&usd("300.00"), &usd("500.00"), &usd("1500.00"))
    );
    let mut back = advance("A-3", usd("300.00"));
    back["effective_date"] = json!("2025-02-01");
    let back = post("advance-returns", back).await.expect(201);
    assert_eq!(
        (&back["advanced"], &back["released"], &back["remaining"]),
        (&usd("0.00"), &usd("300.00"), &usd("1200.00"))
    );
    let read = desk.read(&world).await;
    for field in ["advanced", "released", "remaining", "liquidated", "state"] {
        assert_eq!(read[field], back[field], "{field}");
    }
    for (account, balance) in [
        ("code=1400", "0.00"),
        ("code=1010", "1749500.00"),
        ("code=3130&unit=USD", "800.00"),
        ("code=5110", "500.00"),
    ] {
        assert_eq!(desk.balance(&world, account).await, balance, "{account}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_accounted_for_or_taken_back_than_was_advanced_on_that_contract() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    // The same creator's other contract has an advance of its own.
    let other = json!({"pledge_id": desk.pledge.id, "creator_id": desk.creator,
        "reference": "CT-2", "amount": usd("500.00"), "starts_on": "2024-12-02",
        "ends_on": "2025-03-31", "effective_date": "2024-12-02"});
    let other = preparer.post("/v1/obligations", other).await.created();
    let at = format!("/v1/obligations/{other}/advances");
    let paid = preparer.post(&at, advance("A-1", usd("400.00"))).await;
    paid.expect(201);
    let post = async |what: &str, body: Value| preparer.post(&desk.of_contract(what), body).await;
    let none = post("liquidations", account("R-1", "0.01")).await;
    none.expect_problem(409, "exceeds-advance");
    let paid = post("advances", advance("A-1", usd("100.00"))).await;
    paid.expect(201);
    let again = post("advances", advance("A-1", usd("100.00"))).await;
    again.expect_problem(409, "duplicate-reference");
    for what in ["liquidations", "advance-returns"] {
        let body = match what {
            "liquidations" => account("R-1", "100.01"),
            _ => advance("A-2", usd("100.01")),
        };
        post(what, body)
            .await
            .expect_problem(409, "exceeds-advance");
    }
    let wrong = post("advances", advance("A-2", credits("1.00"))).await;
    wrong.expect_problem(422, "wrong-unit-kind");
    let done = post("liquidations", account("R-1", "100.00")).await;
    done.expect(201);
    world.finish().await;
}
