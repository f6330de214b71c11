//! Creators owed and paid in their own currency, from a pledge in dollars: nothing turns into
//! anything else, and what the bank makes of it is a gain or a loss that is accounted for.

mod bearers;
mod files;
mod months;
mod returns;
mod revaluations;

use serde_json::{Value, json};

use super::desk::{Desk, go};
use crate::harness::{Answer, World, document, money, usd};

fn jpy(amount: &str) -> Value {
    money(amount, "JPY")
}

fn rate(rate: &str) -> Value {
    json!({"rate": rate, "source": "ECB", "date": "2025-01-20"})
}

async fn invoice(world: &World, desk: &Desk, reference: &str, yen: &str, at: &str) -> Answer {
    let invoice = json!({"reference": reference, "amount": jpy(yen), "rate": rate(at),
        "payer_country": "CH", "effective_date": "2025-01-20", "document": document()});
    world
        .preparer()
        .post(&desk.of_contract("invoices"), invoice)
        .await
}

async fn reserve(world: &World, desk: &Desk, amount: &str) {
    let reserve = json!({"amount": usd(amount), "effective_date": "2024-11-05"});
    let at = format!("/v1/pledges/{}/reserve", desk.pledge.id);
    world.preparer().post(&at, reserve).await.expect(201);
}

/// The id of a payout in yen that is with the bank.
async fn sent(world: &World, desk: &Desk, reference: &str, yen: &str) -> String {
    let mut payout = desk.payout(reference, jpy(yen));
    payout["rate"] = rate("150");
    let id = world.preparer().post("/v1/payouts", payout).await.created();
    go(&world.approver(), &id, "approve", json!({}))
        .await
        .expect(200);
    go(&world.payer(), &id, "send", json!({})).await.expect(200);
    id
}

fn charged(reference: &str, dollars: &str) -> Value {
    json!({"bank_reference": reference, "charged": usd(dollars), "effective_date": "2025-02-03"})
}

async fn balances(world: &World, desk: &Desk, expected: &[(&str, &str)]) {
    for (account, balance) in expected {
        assert_eq!(desk.balance(world, account).await, *balance, "{account}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_in_yen_uses_up_dollars_and_is_owed_in_yen() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    // 150,000 / 150.25 = 998.3361…
    let invoice = invoice(&world, &desk, "I-1", "150000", "150.25").await;
    let invoice = invoice.expect(201);
    assert_eq!(
        (&invoice["gross"], &invoice["net"], &invoice["value"]),
        (&jpy("150000"), &jpy("150000"), &usd("998.34"))
    );
    assert_eq!(invoice["rate"]["rate"], "150.25");
    assert_eq!(invoice["obligation"]["remaining"], usd("1001.66"));
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "150000"),
            ("code=1950&unit=JPY", "150000"),
            ("code=1950&unit=USD", "-998.34"),
            ("code=5110&unit=USD", "998.34"),
            ("code=4910&unit=USD", "998.34"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_an_exchange_is_needed_where_there_is_one_and_refused_where_there_is_none()
{
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let invoiced = async |amount: Value, rate: Option<Value>| {
        let mut invoice = json!({"reference": "I-1", "amount": amount, "document": document(),
            "effective_date": "2025-01-20"});
        if let Some(rate) = rate {
            invoice["rate"] = rate;
        }
        preparer.post(&desk.of_contract("invoices"), invoice).await
    };
    let refused = invoiced(jpy("150000"), None).await;
    let problem = refused.expect_problem(422, "rate-needed");
    assert_eq!(problem["errors"][0]["pointer"], "/rate");
    let refused = invoiced(usd("1.00"), Some(rate("1"))).await;
    refused.expect_problem(422, "rate-not-needed");
    let refused = invoiced(money("1.00", "GBP"), Some(rate("1"))).await;
    refused.expect_problem(422, "wrong-unit");
    let refused = invoiced(jpy("1"), Some(rate("1000"))).await;
    refused.expect_problem(422, "worth-nothing");
    for wrong in [
        "0",
        "-1",
        "1e2",
        "150.123456789",
        "",
        ".5",
        "99999999999999999999",
    ] {
        let refused = invoiced(jpy("1"), Some(rate(wrong))).await;
        refused.expect_problem(422, "rate-malformed");
    }
    let much = invoiced(jpy("300002"), Some(rate("150"))).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    let refused = preparer
        .post("/v1/payouts", desk.payout("P", jpy("1")))
        .await;
    refused.expect_problem(422, "rate-needed");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_on_exchange_is_covered_from_the_reserve_and_clears_exactly() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let invoiced = invoice(&world, &desk, "I-1", "150000", "150").await;
    assert_eq!(invoiced.expect(201)["value"], usd("1000.00"));
    let id = sent(&world, &desk, "PO-1", "150000").await;
    let read = preparer.get(&format!("/v1/payouts/{id}")).await.expect(200);
    assert_eq!(
        (&read["bank_amount"], &read["rate"]["source"]),
        (&usd("1000.00"), &json!("ECB"))
    );
    let without = json!({"bank_reference": "B-1", "effective_date": "2025-02-03"});
    let refused = go(&preparer, &id, "settle", without).await;
    refused.expect_problem(422, "rate-needed");
    // The bank took 1,012.50: without a reserve there is nothing to cover the loss with.
    let refused = go(&preparer, &id, "settle", charged("B-1", "1012.50")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["requested"], usd("12.50"));
    reserve(&world, &desk, "20.00").await;
    let settled = go(&preparer, &id, "settle", charged("B-1", "1012.50")).await;
    let settled = settled.expect(200);
    assert_eq!(
        (&settled["paid"], &settled["charged"]),
        (&jpy("150000"), &usd("1012.50"))
    );
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "0"),
            ("code=1950&unit=JPY", "0"),
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "12.50"),
            ("code=3150&unit=USD", "7.50"),
            ("code=1010&unit=USD", "1748987.50"),
        ],
    )
    .await;
    // What is left of the reserve may go back, and no more.
    let at = format!("/v1/pledges/{}/reserve/returns", desk.pledge.id);
    let back = |amount| json!({"amount": usd(amount), "effective_date": "2025-02-04"});
    let much = preparer.post(&at, back("7.51")).await;
    much.expect_problem(409, "insufficient-funds");
    let given = preparer.post(&at, back("7.50")).await.expect(201);
    assert_eq!(given["reserve"], usd("0.00"));
    let wrong = json!({"amount": jpy("1")});
    let refused = preparer.post(&at, wrong).await;
    refused.expect_problem(422, "wrong-unit");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gain_on_exchange_is_added_to_the_reserve() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    invoice(&world, &desk, "I-1", "150000", "150")
        .await
        .expect(201);
    let id = sent(&world, &desk, "PO-1", "150000").await;
    let settled = go(&preparer, &id, "settle", charged("B-1", "990.00")).await;
    settled.expect(200);
    balances(
        &world,
        &desk,
        &[
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "-10.00"),
            ("code=3150&unit=USD", "10.00"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_in_parts_and_at_other_rates_nothing_is_made_or_lost_by_rounding() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    reserve(&world, &desk, "100.00").await;
    // 333.35 and 66.62 dollars, at different rates, and paid in three parts that don't divide them.
    invoice(&world, &desk, "I-1", "50003", "150")
        .await
        .expect(201);
    invoice(&world, &desk, "I-2", "10001", "150.11")
        .await
        .expect(201);
    for (at, (yen, dollars)) in [
        ("20001", "133.00"),
        ("20002", "134.11"),
        ("20001", "133.33"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = sent(&world, &desk, &format!("PO-{at}"), yen).await;
        let settled = go(&preparer, &id, "settle", charged("B-1", dollars)).await;
        settled.expect(200);
        world.prove_books().await;
    }
    // Paid 400.44 for what came to 399.97.
    balances(
        &world,
        &desk,
        &[
            ("code=2120&unit=JPY", "0"),
            ("code=1950&unit=JPY", "0"),
            ("code=1950&unit=USD", "0.00"),
            ("code=7100&unit=USD", "0.47"),
            ("code=3150&unit=USD", "99.53"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tax_withheld_in_yen_carries_its_own_part_and_clears_with_its_payment() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    reserve(&world, &desk, "20.00").await;
    let rule = json!({"payer_country": "CH", "payee_country": "JP", "payment_kind": "service",
        "rate_percent": "20.42", "legal_reference": "Article 212", "valid_from": "2025-01-01"});
    world
        .controller()
        .post("/v1/withholding-rules", rule)
        .await
        .expect(201);
    let invoice = invoice(&world, &desk, "I-1", "150001", "150")
        .await
        .expect(201);
    assert_eq!(
        (&invoice["withheld"], &invoice["net"], &invoice["value"]),
        (&jpy("30630"), &jpy("119371"), &usd("1000.01"))
    );
    let at = format!("/v1/pledges/{}/tax-payments", desk.pledge.id);
    let tax = json!({"market": "JP", "amount": jpy("30630"), "bank_reference": "T-1",
        "charged": usd("205.00"), "effective_date": "2025-02-10"});
    preparer.post(&at, tax).await.expect(201);
    // 204.20 was the tax's part; what the creator is owed carries the rest.
    balances(
        &world,
        &desk,
        &[
            ("code=2210&unit=JPY", "0"),
            ("code=1950&unit=USD", "-795.81"),
            ("code=7100&unit=USD", "0.80"),
        ],
    )
    .await;
    let id = sent(&world, &desk, "PO-1", "119371").await;
    let settled = go(&preparer, &id, "settle", charged("B-1", "795.81")).await;
    settled.expect(200);
    balances(
        &world,
        &desk,
        &[
            ("code=1950&unit=USD", "0.00"),
            ("code=1950&unit=JPY", "0"),
            ("code=7100&unit=USD", "0.80"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_rates_are_stated_once_a_day_and_source_and_never_of_credits() {
    let world = World::new().await;
    let controller = world.controller();
    let stated = |base: &str, quote: &str, rate: &str| {
        json!({"base": base, "quote": quote, "rate": rate, "source": "ECB",
            "date": "2025-01-20"})
    };
    let at = "/v1/exchange-rates";
    controller
        .post(at, stated("USD", "JPY", "150.25"))
        .await
        .created();
    let again = controller.post(at, stated("USD", "JPY", "150.26")).await;
    again.expect_problem(409, "duplicate-reference");
    for (body, code) in [
        (stated("USD", "USD", "1"), "repeated"),
        (stated("ADC:TIKTOK:USD", "USD", "1"), "wrong-unit-kind"),
        (stated("USD", "ADC:TIKTOK:USD", "1"), "wrong-unit-kind"),
        (stated("USD", "KRW", "0"), "rate-malformed"),
    ] {
        controller.post(at, body).await.expect_problem(422, code);
    }
    let item = |quote: &str, rate: &str| {
        let mut item = stated("USD", quote, rate);
        item["idempotency_key"] = json!(quote);
        item
    };
    let items = [
        item("KRW", "1380"),
        item("JPY", "1"),
        item("IDR", "15700.5"),
    ];
    let bulk = json!({"mode": "independent", "items": items});
    let done = controller
        .post_without_key("/v1/exchange-rates/bulk", bulk)
        .await;
    let done = done.expect(207);
    assert_eq!(done["results"][1]["problem"]["code"], "duplicate-reference");
    let listed = world.auditor().get("/v1/exchange-rates?quote=IDR").await;
    let listed = listed.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed["data"][0]["rate"], "15700.5");
    let refused = world
        .preparer()
        .post(at, stated("USD", "GBP", "0.77"))
        .await;
    refused.expect_problem(403, "forbidden");
    world.finish().await;
}
