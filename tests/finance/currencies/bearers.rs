//! Who bears what is lost or gained on exchange, as the pledge says.

use serde_json::{Value, json};

use super::super::desk::{Desk, go};
use super::{balances, charged, invoice, jpy, sent};
use crate::harness::{World, demonstration, usd};

/// A desk of a pledge whose markets bear differences, with 150,000 yen owed that carry 1,000.00.
async fn of_markets(world: &World) -> Desk {
    let fields = json!({"reference": "MARKETS", "exchange_differences": "market"});
    let desk = Desk::of(world, world.funded_pledge_with(fields).await).await;
    let at = format!("/v1/pledges/{}", desk.pledge.id);
    let read = world.auditor().get(&at).await.expect(200);
    assert_eq!(read["exchange_differences"], "market");
    let invoiced = invoice(world, &desk, "I-1", "150000", "150").await;
    invoiced.expect(201);
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_pledge_says_so_the_market_s_budget_bears_a_loss_and_has_a_gain() {
    let world = World::new().await;
    let desk = of_markets(&world).await;
    let id = sent(&world, &desk, "PO-1", "75000").await;
    // 500.00 were carried: there is no reserve, and none is needed.
    let settled = go(&world.preparer(), &id, "settle", charged("B-1", "512.50")).await;
    assert_eq!(settled.expect(200)["paid"], jpy("75000"));
    balances(
        &world,
        &desk,
        &[
            ("code=7100&unit=USD", "12.50"),
            ("code=3120&unit=USD&market=JP", "147487.50"),
        ],
    )
    .await;
    let id = sent(&world, &desk, "PO-2", "75000").await;
    let settled = go(&world.preparer(), &id, "settle", charged("B-2", "490.00")).await;
    settled.expect(200);
    let after = [
        ("code=7100&unit=USD", "2.50"),
        ("code=3120&unit=USD&market=JP", "147497.50"),
        ("code=1950&unit=USD", "0.00"),
    ];
    balances(&world, &desk, &after).await;
    // What comes back for less is the market's loss as well.
    let back = json!({"reason": "Account closed", "effective_date": "2025-02-05",
        "returned": usd("480.00")});
    go(&world.preparer(), &id, "return", back).await.expect(200);
    let after = [
        ("code=7100&unit=USD", "22.50"),
        ("code=3120&unit=USD&market=JP", "147477.50"),
    ];
    balances(&world, &desk, &after).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_s_budget_that_does_not_cover_a_loss_refuses_it() {
    let world = World::new().await;
    let desk = of_markets(&world).await;
    let at = format!("/v1/pledges/{}/budgets/returns", desk.pledge.id);
    let rest = json!({"market": "JP", "amount": usd("147495.00"), "reason": "Elsewhere",
        "effective_date": "2025-01-21"});
    world.preparer().post(&at, rest).await.expect(201);
    let id = sent(&world, &desk, "PO-1", "150000").await;
    let refused = go(&world.preparer(), &id, "settle", charged("B-1", "1012.50")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (&problem["account"]["code"], &problem["shortfall"]),
        (&json!("3120"), &usd("7.50"))
    );
    let settled = go(&world.preparer(), &id, "settle", charged("B-1", "1005.00")).await;
    settled.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bearer_is_the_reserve_or_the_market_and_the_reserve_if_nothing_is_said() {
    let world = World::new().await;
    let mut pledge: Value = demonstration();
    pledge["exchange_differences"] = json!("nobody");
    let refused = world.preparer().post("/v1/pledges", &pledge).await;
    let problem = refused.expect_problem(422, "bearer-malformed");
    assert_eq!(problem["errors"][0]["pointer"], "/exchange_differences");
    pledge
        .as_object_mut()
        .unwrap()
        .remove("exchange_differences");
    let announced = world.preparer().post("/v1/pledges", &pledge).await;
    assert_eq!(announced.expect(201)["exchange_differences"], "reserve");
    world.finish().await;
}
