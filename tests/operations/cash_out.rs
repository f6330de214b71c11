//! Invoices, advances and payouts.

use serde_json::{Value, json};

use super::{Names, Need, Operation, Place, in_bulk, post};
use crate::harness::{World, document, usd};

fn invoice(reference: &str, amount: &str) -> Value {
    json!({"reference": reference, "amount": usd(amount), "effective_date": "2025-01-20",
        "document": document()})
}

fn advance(reference: &str, amount: &str) -> Value {
    json!({"amount": usd(amount), "bank_reference": reference, "effective_date": "2025-01-13"})
}

fn payout(pledge: &str, creator: &str, reference: &str) -> Value {
    json!({"pledge_id": pledge, "creator_id": creator, "amount": usd("5.00"),
        "reference": reference})
}

/// A contract on which 10.00 was paid in advance and 30.00 invoiced, and three payouts.
pub(super) async fn paid(world: &World, pledge: &str, creator: &str) -> (String, [String; 3]) {
    let preparer = world.preparer();
    let contract = json!({"pledge_id": pledge, "creator_id": creator, "reference": "C-9",
        "amount": usd("50.00"), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
        "effective_date": "2024-12-02"});
    let contract = preparer.post("/v1/obligations", contract).await.created();
    let at = |what: &str| format!("/v1/obligations/{contract}/{what}");
    // Rules are the whole ledger's, so the second pledge's is there already.
    let mut taxed = rule("royalty");
    taxed["rate_percent"] = json!("10");
    world
        .controller()
        .post("/v1/withholding-rules", taxed)
        .await;
    let mut invoiced = invoice("INV-1", "30.00");
    invoiced["payment_kind"] = json!("royalty");
    invoiced["payer_country"] = json!("CH");
    preparer.post(&at("invoices"), invoiced).await.expect(201);
    let advanced = advance("ADV-1", "10.00");
    preparer.post(&at("advances"), advanced).await.expect(201);
    let at = format!("/v1/pledges/{pledge}/reserve");
    preparer.post(&at, reserve("5.00")).await.expect(201);
    let at = format!("/v1/pledges/{pledge}/tax-reserves");
    let reserved = json!({"market": "JP", "amount": usd("1.00")});
    preparer.post(&at, reserved).await.expect(200);
    let mut payouts = Vec::new();
    for reference in ["PO-1", "PO-2", "PO-3"] {
        let proposed = payout(pledge, creator, reference);
        payouts.push(preparer.post("/v1/payouts", proposed).await.created());
    }
    for id in &payouts[1..] {
        let at = format!("/v1/payouts/{id}/approve");
        world.approver().post(&at, json!({})).await.expect(200);
    }
    let at = format!("/v1/payouts/{}/send", payouts[2]);
    world.payer().post(&at, json!({})).await.expect(200);
    let claim = json!({"amount": usd("3.00"), "reason": "Travel", "document": document(),
        "effective_date": "2025-06-30"});
    let at = format!("/v1/obligations/{contract}/clawbacks");
    world.controller().post(&at, claim).await.expect(201);
    (contract, payouts.try_into().unwrap())
}

fn rate() -> Value {
    json!({"base": "USD", "quote": "JPY", "rate": "150.25", "source": "ECB",
        "date": "2025-01-20"})
}

fn reserve(amount: &str) -> Value {
    json!({"amount": usd(amount), "effective_date": "2025-01-10"})
}

fn proposed(place: &Place) -> Value {
    payout(&place.pledge, &place.creator, "PO-4")
}

fn moves(place: &Place) -> Value {
    in_bulk(json!({"payout_id": place.payouts[0], "move": "void",
        "reason": "Twice"}))
}

fn rule(kind: &str) -> Value {
    json!({"payer_country": "CH", "payee_country": "JP", "payment_kind": kind,
        "rate_percent": "20.42", "legal_reference": "Article 212", "valid_from": "2025-01-01"})
}

fn of_contracts() -> Vec<Operation> {
    use Need::Money;
    vec![
        post(
            "/v1/obligations/{id}/invoices",
            Money,
            Names::Obligation,
            |_| invoice("INV-2", "1.00"),
        ),
        post(
            "/v1/obligations/{id}/advances",
            Money,
            Names::Obligation,
            |_| advance("ADV-2", "1.00"),
        ),
        post(
            "/v1/obligations/{id}/liquidations",
            Money,
            Names::Advanced,
            |_| invoice("REP-1", "1.00"),
        ),
        post(
            "/v1/obligations/{id}/advance-returns",
            Money,
            Names::Advanced,
            |_| advance("BACK-1", "1.00"),
        ),
    ]
}

fn of_reserves() -> Vec<Operation> {
    use Need::Money;
    vec![
        post("/v1/pledges/{id}/reserve", Money, Names::Pledge, |_| {
            reserve("20.00")
        }),
        post(
            "/v1/pledges/{id}/reserve/returns",
            Money,
            Names::Pledge,
            |_| reserve("1.00"),
        ),
        post(
            "/v1/pledges/{id}/tax-reserves",
            Money,
            Names::Pledge,
            |_| json!({"market": "JP", "amount": usd("2.00")}),
        ),
        post(
            "/v1/pledges/{id}/tax-reserves/returns",
            Money,
            Names::Pledge,
            |_| json!({"market": "JP", "amount": usd("0.50")}),
        ),
    ]
}

pub(super) fn writes() -> Vec<Operation> {
    use Need::{Approval, Money, PayoutMoves, Rates};
    let mut all = of_contracts();
    all.extend(of_reserves());
    all.extend([
        post("/v1/withholding-rules", Rates, Names::Nothing, |_| {
            rule("service")
        }),
        post(
            "/v1/pledges/{id}/tax-payments",
            Money,
            Names::Pledge,
            |_| json!({"market": "JP", "amount": usd("1.00"), "bank_reference": "TAX-1"}),
        ),
        post("/v1/exchange-rates", Rates, Names::Nothing, |_| rate()),
        post("/v1/exchange-rates/bulk", Rates, Names::Nothing, |_| {
            in_bulk(rate())
        }),
        post(
            "/v1/pledges/{id}/revaluations",
            Need::RunJobs,
            Names::Pledge,
            |_| json!({"month": "2025-03"}),
        ),
        post("/v1/payouts", Money, Names::Nothing, proposed),
        post("/v1/payouts/bulk", Money, Names::Nothing, |place| {
            in_bulk(proposed(place))
        }),
        post("/v1/payouts/moves/bulk", PayoutMoves, Names::Nothing, moves),
        post("/v1/payouts/{id}/approve", Approval, Names::Payout, |_| {
            json!({})
        }),
        post(
            "/v1/payouts/{id}/send",
            Need::Sending,
            Names::ApprovedPayout,
            |_| json!({}),
        ),
        post(
            "/v1/payouts/{id}/settle",
            Money,
            Names::SentPayout,
            |_| json!({"bank_reference": "B-9", "effective_date": "2025-02-03"}),
        ),
        post(
            "/v1/payouts/{id}/return",
            Money,
            Names::SentPayout,
            |_| json!({"reason": "Account closed", "effective_date": "2025-02-03"}),
        ),
        post(
            "/v1/payouts/{id}/void",
            Money,
            Names::Payout,
            |_| json!({"reason": "Twice"}),
        ),
    ]);
    all
}
