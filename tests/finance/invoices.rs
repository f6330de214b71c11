//! Invoices against a contract, and what is withheld from them.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::harness::{World, credits, document, usd};

fn rule(kind: &str, percent: &str, from: &str) -> Value {
    json!({"payer_country": "CH", "payee_country": "JP", "payment_kind": kind,
        "rate_percent": percent, "legal_reference": format!("Article {percent}"),
        "valid_from": from})
}

fn from_abroad(reference: &str, amount: &str, day: &str) -> Value {
    json!({"reference": reference, "amount": usd(amount), "payer_country": "CH",
        "effective_date": day, "document": document()})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_uses_the_contract_up_and_is_owed_in_full_without_a_rule() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let invoice = desk.invoice(&preparer, "INV-1", usd("1500.00")).await;
    let invoice = invoice.expect(201);
    assert_eq!(
        (&invoice["gross"], &invoice["withheld"], &invoice["net"]),
        (&usd("1500.00"), &usd("0.00"), &usd("1500.00"))
    );
    assert_eq!(invoice["withholding"], Value::Null);
    let contract = &invoice["obligation"];
    assert_eq!(
        (&contract["state"], &contract["remaining"]),
        (&json!("part_liquidated"), &usd("500.00"))
    );
    assert_eq!(desk.read(&world).await["liquidated"], usd("1500.00"));
    let journal = invoice["journal_id"].as_str().unwrap();
    let journal = preparer.get(&format!("/v1/journals/{journal}")).await;
    let journal = journal.expect(200);
    assert_eq!(
        (&journal["kind"], &journal["subject_id"]),
        (&json!("invoice"), &json!(desk.contract))
    );
    assert_eq!(journal["bank_reference"], "INV-1");
    for (account, balance) in [
        ("code=5110&market=JP", "1500.00"),
        ("code=2120&market=JP", "1500.00"),
        ("code=3140&unit=USD", "500.00"),
        ("code=4910&unit=USD", "1500.00"),
    ] {
        assert_eq!(desk.balance(&world, account).await, balance, "{account}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_refused_twice_beyond_the_contract_and_in_another_unit() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let first = desk.invoice(&preparer, "INV-1", usd("1500.00")).await;
    first.expect(201);
    let again = desk.invoice(&preparer, "INV-1", usd("1.00")).await;
    again.expect_problem(409, "duplicate-reference");
    let much = desk.invoice(&preparer, "INV-2", usd("500.01")).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (&problem["available"], &problem["shortfall"]),
        (&usd("500.00"), &usd("0.01"))
    );
    let wrong = desk.invoice(&preparer, "INV-2", credits("1.00")).await;
    wrong.expect_problem(422, "wrong-unit-kind");
    let nothing = desk.of_contract("invoices").replace("obl_0", "obl_f");
    let absent = preparer.post(&nothing, from_abroad("X", "1.00", "2025-01-20"));
    absent.await.expect_problem(404, "not-found");
    // Outside the contract's days work may still be invoiced.
    let late = from_abroad("INV-2", "500.00", "2025-06-01");
    let late = preparer.post(&desk.of_contract("invoices"), late).await;
    assert_eq!(late.expect(201)["obligation"]["state"], "closed");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_never_invoiced() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    let account = json!({"reference": "7301", "name": "Japan", "unit": "ADC:TIKTOK:USD",
        "market": "JP", "time_zone": "Asia/Tokyo", "opened_on": "2024-10-28"});
    let at = format!("/v1/pledges/{}/ad-accounts", desk.pledge.id);
    let account = preparer.post(&at, account).await.created();
    world
        .allocate(&desk.pledge, &desk.creator, credits("100.00"), "2024-12-02")
        .await;
    let campaign = json!({"pledge_id": desk.pledge.id, "creator_id": desk.creator,
        "reference": "CP-1", "amount": credits("100.00"), "starts_on": "2024-12-02",
        "ends_on": "2025-03-31", "effective_date": "2024-12-02",
        "campaign": {"ad_account_id": account, "campaign": "C-1"}});
    let campaign = preparer.post("/v1/obligations", campaign).await.created();
    for amount in [usd("1.00"), credits("1.00")] {
        let invoice = json!({"reference": "INV-1", "amount": amount, "document": document()});
        let at = format!("/v1/obligations/{campaign}/invoices");
        let refused = preparer.post(&at, invoice).await;
        refused.expect_problem(422, "wrong-unit-kind");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_in_force_on_the_day_says_what_is_withheld_and_the_parts_add_up() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    for (percent, from) in [
        ("20.42", "2025-01-01"),
        ("10", "2025-03-01"),
        ("0", "2025-05-01"),
    ] {
        let stated = rule("service", percent, from);
        let stated = controller.post("/v1/withholding-rules", stated).await;
        stated.expect(201);
    }
    let other = rule("royalty", "50", "2024-01-01");
    controller
        .post("/v1/withholding-rules", other)
        .await
        .expect(201);
    let at = desk.of_contract("invoices");
    for (reference, day, amount, withheld, net) in [
        ("I-1", "2024-12-31", "100.00", "0.00", "100.00"),
        ("I-2", "2025-01-01", "333.33", "68.07", "265.26"),
        ("I-3", "2025-02-28", "100.00", "20.42", "79.58"),
        // Half a cent goes to the even neighbour, up as well as down.
        ("I-4", "2025-03-01", "0.25", "0.02", "0.23"),
        ("I-5", "2025-03-02", "0.35", "0.04", "0.31"),
        ("I-6", "2025-05-01", "100.00", "0.00", "100.00"),
    ] {
        let invoice = preparer
            .post(&at, from_abroad(reference, amount, day))
            .await;
        let invoice = invoice.expect(201);
        assert_eq!(
            (&invoice["withheld"], &invoice["net"]),
            (&usd(withheld), &usd(net)),
            "{reference}"
        );
    }
    let listed = preparer.get("/v1/withholding-rules").await.expect(200);
    let listed = listed["data"].as_array().unwrap();
    assert_eq!(listed.len(), 4);
    assert_eq!(
        (&listed[0]["rate_percent"], &listed[0]["legal_reference"]),
        (&json!("20.42"), &json!("Article 20.42"))
    );
    // Stated once; and not by whoever pays.
    let again = rule("service", "5", "2025-01-01");
    let refused = controller.post("/v1/withholding-rules", &again).await;
    refused.expect_problem(409, "duplicate-reference");
    let refused = preparer.post("/v1/withholding-rules", &again).await;
    refused.expect_problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_withheld_is_paid_to_the_tax_office_once_and_no_more() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let stated = rule("service", "20", "2025-01-01");
    controller
        .post("/v1/withholding-rules", stated)
        .await
        .expect(201);
    let invoice = from_abroad("I-1", "1000.00", "2025-01-20");
    let at = desk.of_contract("invoices");
    let invoice = preparer.post(&at, invoice).await.expect(201);
    assert_eq!(invoice["withholding"]["rate_percent"], "20");
    let at = format!("/v1/pledges/{}/tax-payments", desk.pledge.id);
    let tax = |reference: &str, amount| {
        json!({"market": "JP", "amount": amount, "bank_reference": reference,
            "effective_date": "2025-02-10"})
    };
    let paid = preparer.post(&at, tax("T-1", usd("150.00"))).await;
    assert_eq!(paid.expect(201)["outstanding"], usd("50.00"));
    let again = preparer.post(&at, tax("T-1", usd("1.00"))).await;
    again.expect_problem(409, "duplicate-reference");
    let much = preparer.post(&at, tax("T-2", usd("50.01"))).await;
    much.expect_problem(409, "insufficient-funds");
    let wrong = preparer.post(&at, tax("T-2", credits("1.00"))).await;
    wrong.expect_problem(422, "wrong-unit-kind");
    let rest = preparer.post(&at, tax("T-2", usd("50.00"))).await;
    assert_eq!(rest.expect(201)["outstanding"], usd("0.00"));
    assert_eq!(desk.balance(&world, "code=1010").await, "1749800.00");
    world.finish().await;
}
