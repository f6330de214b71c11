//! What is entered late counts on its own day, and never makes a day since then negative.

use serde_json::json;

use crate::harness::{World, allocation, usd};

#[tokio::test(flavor = "multi_thread")]
async fn a_backdated_allocation_is_refused_if_a_day_in_between_would_go_negative() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "KR", usd("100.00"), "2025-03-01")
        .await;
    let creator = world.creator("KR").await;
    let first = world
        .allocate(&pledge, &creator, usd("100.00"), "2025-03-10")
        .await;
    preparer
        .release(&first, usd("100.00"), "2025-03-20")
        .await
        .expect(200);

    // Today there are 100.00, but from the 10th to the 20th there was nothing.
    let early = allocation(&pledge, &creator, usd("50.00"), "2025-03-05");
    let refused = preparer.post("/v1/allocations", early).await;
    let problem = refused.expect_problem(409, "backdated-overdraft");
    assert_eq!(problem["available"], usd("0.00"));
    assert_eq!(problem["shortfall"], usd("50.00"));
    assert_eq!(problem["errors"][0]["pointer"], "/effective_date");
    // Before there was any budget at all.
    let before = allocation(&pledge, &creator, usd("0.01"), "2025-02-28");
    let refused = preparer.post("/v1/allocations", before).await;
    refused.expect_problem(409, "backdated-overdraft");
    // From the 20th on it is there.
    let late = allocation(&pledge, &creator, usd("50.00"), "2025-03-20");
    preparer.post("/v1/allocations", late).await.created();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_of_a_day_changes_with_what_is_backdated_and_that_of_the_day_before_does_not() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("300.00"), "2025-02-01")
        .await;
    world
        .allocate(&pledge, &creator, usd("20.00"), "2025-01-10")
        .await;
    let account = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    let id = account["id"].as_str().unwrap();
    let auditor = world.auditor();
    for (day, balance) in [
        ("2024-11-03", "0.00"),
        ("2025-01-09", "150000.00"),
        ("2025-01-10", "149980.00"),
        ("2025-01-31", "149980.00"),
        ("2025-02-01", "149680.00"),
        ("2026-11-24", "149680.00"),
    ] {
        let read = auditor
            .get(&format!("/v1/accounts/{id}?as_of={day}"))
            .await
            .expect(200);
        assert_eq!(read["balance"], balance, "{day}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_returned_as_far_as_it_is_not_allocated() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("140000.00"), "2024-12-02")
        .await;
    let at = format!("/v1/pledges/{}/budgets/returns", pledge.id);
    let back = |amount| {
        json!({"market": "JP", "amount": usd(amount), "effective_date": "2025-02-03",
            "reason": "Fewer creators than planned"})
    };
    let refused = preparer.post(&at, back("10000.01")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    let returned = preparer.post(&at, back("10000.00")).await.expect(201);
    assert_eq!(returned["available"], usd("0.00"));
    world.finish().await;
}
