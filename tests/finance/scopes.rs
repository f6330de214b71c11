//! A lot that is for some markets or campaigns is placed and spent for these alone.

use serde_json::json;

use super::ads::{Ads, counts, refusals, row, with};
use crate::harness::credits;

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_is_for_some_campaigns_pays_for_these_alone_whatever_expires_first() {
    let scope = |place, lot: &mut serde_json::Value| {
        if place == 0 {
            lot["campaigns"] = json!(["K-2"]);
        }
    };
    let ads = Ads::with_lots(scope).await.with_placements().await;
    ads.campaign("K-2", "10000.00").await;
    let other = |day, voucher| with(row(day, voucher, 1), json!({"campaign": "K-2"}));
    let import = ads
        .import(&[
            row("2025-03-01", "100.00", 1), // of the second lot, though it expires later
            row("2025-01-15", "0.01", 1),   // when the first one was alone
            other("2025-01-15", "500.00"),  // which is for this campaign
            other("2025-03-01", "2600.00"), // of both: first the first
            row("2025-03-02", "4800.01", 1), // more than the second has left
            row("2025-03-03", "4800.00", 1),
        ])
        .await;
    assert_eq!(counts(&import), [4, 0, 0, 0, 0, 2], "{import}");
    let refused = ["2 insufficient-funds", "5 insufficient-funds"];
    assert_eq!(refusals(&import), refused);
    // What may not pay isn't counted as there.
    for (at, available) in [(0, "0.00"), (1, "4800.00")] {
        let detail = import["refusals"][at]["detail"].as_str().unwrap();
        let available = format!("{available} ADC:TIKTOK:USD available");
        assert!(detail.contains(&available), "{detail}");
    }
    let lines = ads.lines().await;
    let lots = |at: usize, amounts: &[&str]| {
        let uses = lines[at]["lots"].as_array().unwrap().iter();
        let uses: Vec<_> = uses.map(|it| it["amount"].as_str().unwrap()).collect();
        assert_eq!(uses, amounts);
    };
    lots(0, &["100.00"]);
    assert_eq!(lines[0]["lots"][0]["lot_id"], json!(ads.lots[1]));
    lots(2, &["2500.00", "100.00"]);
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("0.00".into(), "0.00".into())
    );
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_is_for_some_markets_is_placed_in_their_ad_accounts_alone() {
    let scope = |place, lot: &mut serde_json::Value| {
        lot["markets"] = json!(if place == 0 { ["US"] } else { ["JP"] });
    };
    let ads = Ads::with_lots(scope).await;
    let refused = ads.place(0, "3000.00", "2024-12-02").await;
    let problem = refused.expect_problem(422, "lot-out-of-scope");
    assert_eq!(problem["errors"][0]["pointer"], "/ad_account_id");
    ads.place(1, "5000.00", "2025-02-03").await.expect(201);
    let import = ads.import(&[row("2025-03-01", "100.00", 1)]).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 0], "{import}");
    let at = format!("/v1/lots/{}", ads.lots[0]);
    let lot = ads.client.get(&at).await.expect(200);
    assert_eq!(lot["remaining"], credits("500000.00"));
    ads.finish().await;
}
