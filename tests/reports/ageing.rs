//! Receivables and advances by age come to their accounts' balances.

use serde_json::json;

use super::{hundredths, report, row, rows, sum, total};
use crate::finance::desk::Desk;
use crate::harness::{World, agreed, document, usd};

#[tokio::test(flavor = "multi_thread")]
async fn receivables_are_in_the_band_of_their_days_and_come_to_the_accounts() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let receipt = json!({"received": usd("600000.00"), "effective_date": "2024-10-22"});
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
    preparer.post(&at, receipt).await.expect(201);
    let auditor = world.auditor();
    for (day, first, second) in [
        ("2024-10-22", "1-30", "not-due"),
        ("2024-11-14", "1-30", "not-due"),
        ("2024-11-15", "31-60", "not-due"),
        ("2025-01-14", "over-90", "not-due"),
        ("2025-03-31", "over-90", "not-due"),
        ("2025-04-01", "over-90", "1-30"),
    ] {
        let name = format!("receivables-ageing?as_of={day}");
        let found = report(&auditor, &pledge.id, &name).await;
        let c1 = row(&found, &[("reference", "C1")]);
        assert_eq!(
            (&c1["band"], &c1["outstanding"]),
            (&json!(first), &json!("100000.00")),
            "{day}"
        );
        let c2 = row(&found, &[("reference", "C2")]);
        assert_eq!(
            (&c2["band"], &c2["outstanding"]),
            (&json!(second), &json!("600000.00"))
        );
        // The third is owed once its condition is met.
        assert!(
            rows(&found).iter().all(|it| it["reference"] != "C3"),
            "{found}"
        );
        assert_eq!(sum(&found, "outstanding", "USD"), 70_000_000);
        assert_eq!(total(&found, "outstanding", Some("USD")), "700000.00");
    }
    let found = report(&auditor, &pledge.id, "receivables-ageing").await;
    let at = format!("/v1/accounts?pledge_id={}&code=1110", pledge.id);
    let accounts = auditor.get(&at).await.expect(200);
    let balances = accounts["data"].as_array().unwrap().iter();
    let balance: i64 = balances.map(|it| hundredths(&it["balance"])).sum();
    assert_eq!(sum(&found, "outstanding", "USD"), balance);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_of_advances_went_to_the_oldest_and_the_rest_is_the_balance() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    for (reference, amount, day) in [
        ("A-1", "300.00", "2024-12-09"),
        ("A-2", "500.00", "2025-01-20"),
    ] {
        let advance = json!({"amount": usd(amount), "bank_reference": reference,
            "effective_date": day});
        let at = desk.of_contract("advances");
        preparer.post(&at, advance).await.expect(201);
    }
    let accounted = json!({"amount": usd("350.00"), "reference": "R-1",
        "effective_date": "2025-01-31", "document": document()});
    let at = desk.of_contract("liquidations");
    preparer.post(&at, accounted).await.expect(201);
    let auditor = world.auditor();
    let of = async |day: &str| {
        let name = format!("advances-ageing?as_of={day}");
        report(&auditor, &desk.pledge.id, &name).await
    };
    let early = of("2025-01-25").await;
    assert_eq!(
        (rows(&early).len(), sum(&early, "outstanding", "USD")),
        (2, 80_000)
    );
    assert_eq!(rows(&early)[0]["band"], "31-60");
    let late = of("2025-03-05").await;
    assert_eq!(rows(&late).len(), 1, "{late}");
    let open = &rows(&late)[0];
    assert_eq!(open["obligation_id"], desk.contract);
    assert_eq!(
        (&open["paid"], &open["outstanding"]),
        (&json!("500.00"), &json!("450.00"))
    );
    assert_eq!(
        (&open["days"], &open["band"]),
        (&json!(44), &json!("31-60"))
    );
    assert_eq!(desk.balance(&world, "code=1400").await, "450.00");
    assert_eq!(total(&late, "outstanding", Some("USD")), "450.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_advance_that_was_taken_back_is_not_open_though_another_is_older() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let preparer = world.preparer();
    for (reference, amount, day) in [
        ("A-1", "300.00", "2024-12-09"),
        ("A-2", "500.00", "2025-01-20"),
    ] {
        let advance = json!({"amount": usd(amount), "bank_reference": reference,
            "effective_date": day});
        let at = desk.of_contract("advances");
        preparer.post(&at, advance).await.expect(201);
    }
    let auditor = world.auditor();
    let found = report(&auditor, &desk.pledge.id, "advances-ageing").await;
    let second = row(&found, &[("paid_on", "2025-01-20")]);
    let at = format!(
        "/v1/journals/{}/reversals",
        second["journal_id"].as_str().unwrap()
    );
    let reversal = json!({"reason": "Paid twice", "document": document(),
        "effective_date": "2025-01-21"});
    world
        .by_two(&world.controller(), &at, reversal)
        .await
        .expect(201);
    let found = report(&auditor, &desk.pledge.id, "advances-ageing").await;
    assert_eq!(rows(&found).len(), 1, "{found}");
    assert_eq!(
        (&rows(&found)[0]["paid"], &rows(&found)[0]["outstanding"]),
        (&json!("300.00"), &json!("300.00"))
    );
    assert_eq!(desk.balance(&world, "code=1400").await, "300.00");
    world.finish().await;
}
