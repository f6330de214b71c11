//! The same in ad credits, which never meet cash.

use serde_json::json;

use crate::harness::{World, agreed, credits, document, usd};

#[tokio::test(flavor = "multi_thread")]
async fn lots_are_issued_budgeted_and_allocated_in_their_own_unit() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    for (place, amount, from, until) in [
        (3, "500000.00", "2024-11-01", "2025-04-30"),
        (4, "445000.00", "2025-02-01", "2025-07-31"),
        (5, "300000.00", "2025-06-01", "2025-11-30"),
    ] {
        let at = format!("/v1/instalments/{}/lots", pledge.instalments[place]);
        let lot = json!({"face": credits(amount), "kind": "free", "valid_from": from,
            "expires_at": until, "effective_date": from, "document": document()});
        let lot = preparer.post(&at, lot).await;
        let id = lot.created();
        let read = world
            .auditor()
            .get(&format!("/v1/lots/{id}"))
            .await
            .expect(200);
        assert_eq!(
            (&read["face"], &read["expires_at"]),
            (&credits(amount), &json!(until))
        );
    }
    let t2 = &pledge.instalments[4];
    let rest = json!({"amount": credits("5000.00"), "reason": "Revoked before issue",
        "document": document(), "effective_date": "2025-02-03"});
    let at = format!("/v1/instalments/{t2}/write-offs");
    world
        .by_two(&world.controller(), &at, rest)
        .await
        .expect(201);

    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    let jp = json!({"market": "JP", "amount": credits("150000.00"),
        "effective_date": "2024-11-04"});
    let budget = preparer.post(&at, jp).await.expect(201);
    assert_eq!(budget["available"], credits("150000.00"));
    let creator = world.creator("JP").await;
    let allocation = json!({"pledge_id": pledge.id, "creator_id": creator,
        "amount": credits("4000.00"), "effective_date": "2024-12-02"});
    let allocation = preparer.post("/v1/allocations", allocation).await.created();
    preparer
        .release(&allocation, credits("1500.00"), "2025-01-15")
        .await
        .expect(200);

    let summary = world.unit_summary(&pledge.id, "ADC:TIKTOK:USD").await;
    for (figure, amount) in [
        ("pledged", "1250000.00"),
        ("received", "1245000.00"),
        ("written_off", "5000.00"),
        ("budgeted", "150000.00"),
        ("allocated", "2500.00"),
        ("available", "147500.00"),
        ("unallocated", "1095000.00"),
    ] {
        assert_eq!(summary[figure], amount, "{figure} in {summary}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_and_cash_never_stand_in_for_each_other() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let (cash, lot) = (&pledge.instalments[0], &pledge.instalments[3]);
    let receipt = json!({"received": credits("1.00"), "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{lot}/receipts");
    preparer
        .post(&at, receipt)
        .await
        .expect_problem(422, "wrong-unit-kind");
    let issue = json!({"face": usd("1.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{cash}/lots");
    preparer
        .post(&at, issue)
        .await
        .expect_problem(422, "wrong-unit-kind");
    let charge = json!({"gross": credits("113.00"), "rate_percent": "13",
        "effective_date": "2024-11-01"});
    let at = format!("/v1/pledges/{}/support-costs", pledge.id);
    preparer
        .post(&at, charge)
        .await
        .expect_problem(422, "wrong-unit-kind");

    // A market rich in credits has no cash for that.
    let funded = world.funded_pledge().await;
    world
        .budget(&funded, "FR", credits("1000.00"), "2024-11-04")
        .await;
    let creator = world.creator("FR").await;
    let allocation = json!({"pledge_id": funded.id, "creator_id": creator,
        "amount": usd("1.00"), "effective_date": "2024-12-02"});
    let refused = preparer.post("/v1/allocations", allocation).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("0.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_could_never_be_used_is_refused() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    let lot = json!({"face": credits("1.00"), "kind": "free", "valid_from": "2024-11-02",
        "expires_at": "2024-11-01", "effective_date": "2024-11-01"});
    preparer
        .post(&at, lot)
        .await
        .expect_problem(422, "lot-never-valid");
    assert_eq!(world.database.row_counts().await["lots"], 0);
    world.finish().await;
}
