//! What the bank returns of payments in yen: owed again as it was, whatever the bank gave back.

use serde_json::{Value, json};

use super::super::desk::{Desk, go, settlement};
use super::{balances, charged, invoice, jpy, reserve, sent};
use crate::harness::{World, usd};

/// 150,000 yen that carried 1,000.00 dollars were paid for 1,012.50; there are 20.00 in reserve.
async fn paid(world: &World) -> (Desk, String) {
    let desk = Desk::new(world).await;
    reserve(world, &desk, "20.00").await;
    let invoiced = invoice(world, &desk, "I-1", "150000", "150").await;
    invoiced.expect(201);
    let id = sent(world, &desk, "PO-1", "150000").await;
    let settled = go(&world.preparer(), &id, "settle", charged("B-1", "1012.50")).await;
    settled.expect(200);
    (desk, id)
}

fn back(returned: Option<Value>) -> Value {
    let mut back = json!({"reason": "Account closed", "effective_date": "2025-02-05"});
    if let Some(returned) = returned {
        back["returned"] = returned;
    }
    back
}

/// Pays the 150,000 yen again.
async fn pay_again(world: &World, desk: &Desk, dollars: &str) {
    let id = sent(world, desk, "PO-2", "150000").await;
    let mut later = charged("B-2", dollars);
    later["effective_date"] = json!("2025-02-06");
    let settled = go(&world.preparer(), &id, "settle", later).await;
    settled.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_yen_that_comes_back_is_owed_again_at_what_it_carried_before() {
    let world = World::new().await;
    let (desk, id) = paid(&world).await;
    let returned = go(&world.preparer(), &id, "return", back(None)).await;
    assert_eq!(returned.expect(200)["state"], "returned");
    // The bank gave back all it had charged, so nothing was lost in the end.
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "150000"),
            ("code=1950&unit=JPY", "150000"),
            ("code=1950&unit=USD", "-1000.00"),
            ("code=7100&unit=USD", "0.00"),
            ("code=3150&unit=USD", "20.00"),
            ("code=1010&unit=USD", "1750000.00"),
        ],
    )
    .await;
    pay_again(&world, &desk, "1012.50").await;
    balances(
        &world,
        &desk,
        &[
            ("code=1950&unit=JPY", "0"),
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "12.50"),
            ("code=3150&unit=USD", "7.50"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_keeps_of_a_returned_payment_is_a_loss_and_paid_again_clearing_is_zero() {
    let world = World::new().await;
    let (desk, id) = paid(&world).await;
    let returned = go(&world.preparer(), &id, "return", back(Some(usd("995.00")))).await;
    let returned = returned.expect(200);
    let journal = returned["journal_id"].as_str().unwrap();
    let journal = world
        .auditor()
        .get(&format!("/v1/journals/{journal}"))
        .await;
    let journal = journal.expect(200);
    assert_eq!(
        (
            &journal["kind"],
            journal["transfers"].as_array().unwrap().len()
        ),
        (&json!("payment-return"), 4)
    );
    // 12.50 were lost when it was paid, and 5.00 more when it came back.
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "150000"),
            ("code=1950&unit=JPY", "150000"),
            ("code=1950&unit=USD", "-1000.00"),
            ("code=7100&unit=USD", "17.50"),
            ("code=3150&unit=USD", "2.50"),
            ("code=1010&unit=USD", "1749982.50"),
        ],
    )
    .await;
    world.prove_books().await;
    pay_again(&world, &desk, "1001.00").await;
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "0"),
            ("code=1950&unit=JPY", "0"),
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "18.50"),
            ("code=3150&unit=USD", "1.50"),
            ("code=1010&unit=USD", "1748981.50"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_gives_back_beyond_what_it_carried_is_added_to_the_reserve_also_in_bulk() {
    let world = World::new().await;
    let (desk, id) = paid(&world).await;
    let mut item = back(Some(usd("1020.00")));
    item["payout_id"] = json!(id);
    item["move"] = json!("return");
    item["idempotency_key"] = json!("back-1");
    let bulk = json!({"mode": "atomic", "items": [item]});
    let returned = world
        .preparer()
        .post_without_key("/v1/payouts/moves/bulk", bulk)
        .await;
    returned.expect(201);
    balances(
        &world,
        &desk,
        &[
            ("code=1950&unit=USD", "-1000.00"),
            ("code=7100&unit=USD", "-7.50"),
            ("code=3150&unit=USD", "27.50"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_on_a_return_that_the_reserve_does_not_cover_is_refused() {
    let world = World::new().await;
    let (desk, id) = paid(&world).await;
    let preparer = world.preparer();
    let give = json!({"amount": usd("7.00"), "effective_date": "2025-02-04"});
    let at = format!("/v1/pledges/{}/reserve/returns", desk.pledge.id);
    preparer.post(&at, give).await.expect(201);
    // Half a dollar is left, and 987.50 would take 12.50 of it.
    let refused = go(&preparer, &id, "return", back(Some(usd("987.50")))).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (&problem["available"], &problem["requested"]),
        (&usd("0.50"), &usd("12.50"))
    );
    let returned = go(&preparer, &id, "return", back(Some(usd("999.50")))).await;
    returned.expect(200);
    assert_eq!(desk.balance(&world, "code=3150&unit=USD").await, "0.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_comes_back_only_of_what_was_exchanged_and_paid() {
    let world = World::new().await;
    let (desk, id) = paid(&world).await;
    let preparer = world.preparer();
    let refused = go(&preparer, &id, "return", back(Some(jpy("150000")))).await;
    let problem = refused.expect_problem(422, "wrong-unit");
    assert_eq!(problem["errors"][0]["pointer"], "/returned/unit");
    desk.invoice(&preparer, "I-2", usd("100.00"))
        .await
        .expect(201);
    let own = desk.sent(&world, "PO-9", "100.00").await;
    go(&preparer, &own, "settle", settlement("B-9"))
        .await
        .expect(200);
    let refused = go(&preparer, &own, "return", back(Some(usd("99.00")))).await;
    let problem = refused.expect_problem(422, "returned-whole");
    assert_eq!(problem["errors"][0]["pointer"], "/returned");
    go(&preparer, &own, "return", back(None)).await.expect(200);
    invoice(&world, &desk, "I-3", "15000", "150")
        .await
        .expect(201);
    let unpaid = sent(&world, &desk, "PO-3", "15000").await;
    let refused = go(&preparer, &unpaid, "return", back(Some(usd("99.00")))).await;
    refused.expect_problem(409, "wrong-state");
    go(&preparer, &unpaid, "return", back(None))
        .await
        .expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_does_not_divide_its_debt_comes_back_at_exactly_what_it_had_carried() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    reserve(&world, &desk, "100.00").await;
    // 60,004 yen came to 399.97 dollars, at two rates; the first 20,001 of them carried 133.32.
    let first = invoice(&world, &desk, "I-1", "50003", "150").await;
    first.expect(201);
    let second = invoice(&world, &desk, "I-2", "10001", "150.11").await;
    second.expect(201);
    let id = sent(&world, &desk, "PO-1", "20001").await;
    let settled = go(&preparer, &id, "settle", charged("B-1", "134.00")).await;
    settled.expect(200);
    assert_eq!(desk.balance(&world, "code=1950&unit=USD").await, "-266.65");
    let returned = go(&preparer, &id, "return", back(Some(usd("131.07")))).await;
    returned.expect(200);
    assert_eq!(desk.balance(&world, "code=1950&unit=USD").await, "-399.97");
    world.prove_books().await;
    let rest = sent(&world, &desk, "PO-2", "60004").await;
    let mut later = charged("B-2", "401.00");
    later["effective_date"] = json!("2025-02-06");
    go(&preparer, &rest, "settle", later).await.expect(200);
    // Lost: 0.68, then 2.25, then 1.03.
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "0"),
            ("code=1950&unit=JPY", "0"),
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "3.96"),
            ("code=3150&unit=USD", "96.04"),
        ],
    )
    .await;
    world.finish().await;
}
