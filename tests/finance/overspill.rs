//! What platforms are owed in cash, and what they give back.

use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use crate::harness::{Answer, credits, document, usd};

/// Of a report in cash, all of it: what the campaign spent when the credits had run out.
fn spilled(day: &str, cash: &str, revision: u32) -> Value {
    let cash = json!({"cash_spend": cash, "spend": cash});
    with(row(day, "0.00", revision), cash)
}

#[tokio::test(flavor = "multi_thread")]
async fn overspill_is_charged_to_the_market_or_goes_into_suspense() {
    let ads = Ads::placed().await;
    let rows = [
        with(
            spilled("2025-03-01", "60.00", 1),
            json!({"spend": "70.00", "voucher_spend": "10.00"}),
        ),
        spilled("2025-03-02", "50.00", 1), // beyond the market's 100.00
        spilled("2025-03-03", "40.00", 1),
    ];
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [3, 0, 0, 0, 0, 0], "{import}");
    assert_eq!(import["overspilled"], 3);
    let suspended: Vec<_> = import["overspill"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["suspended"].as_bool().unwrap())
        .collect();
    assert_eq!(suspended, [false, true, false]);
    assert_eq!(ads.balance("code=3120&unit=USD&market=JP").await, "0.00");
    assert_eq!(ads.balance("code=5220").await, "100.00");
    assert_eq!(ads.balance("code=1900").await, "50.00");
    assert_eq!(ads.balance("code=2110").await, "150.00");

    // Restated to less, it comes out of suspense first, then out of the cost.
    let import = ads
        .import(&[
            spilled("2025-03-02", "0.00", 2),
            spilled("2025-03-03", "30.00", 2),
        ])
        .await;
    assert_eq!(counts(&import), [0, 0, 2, 0, 0, 0], "{import}");
    assert_eq!(ads.balance("code=1900").await, "0.00");
    assert_eq!(ads.balance("code=5220").await, "90.00");
    assert_eq!(ads.balance("code=3120&unit=USD&market=JP").await, "10.00");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_paid_for_overspill_and_tax_what_it_is_owed_and_once() {
    let ads = Ads::placed().await;
    ads.import(&[spilled("2025-03-03", "90.00", 1)]).await;
    // The platform is paid what it is owed, once, and tax on top.
    let at = format!("/v1/ad-accounts/{}/taxes", ads.account);
    let tax = |amount: Value| {
        json!({"amount": amount, "document": document(),
        "effective_date": "2025-03-31"})
    };
    ads.client
        .post(&at, tax(usd("10.01")))
        .await
        .expect_problem(409, "insufficient-funds");
    ads.client
        .post(&at, tax(credits("1.00")))
        .await
        .expect_problem(422, "wrong-unit");
    ads.client.post(&at, tax(usd("10.00"))).await.expect(201);
    assert_eq!(ads.balance("code=5230").await, "10.00");
    let at = format!("/v1/pledges/{}/platform-payments", ads.pledge);
    let payment = |platform: &str, amount: Value| {
        json!({"platform": platform,
        "amount": amount, "bank_reference": "B-7", "effective_date": "2025-04-10"})
    };
    let pay = async |platform, amount| ads.client.post(&at, payment(platform, amount)).await;
    pay("META", usd("1.00"))
        .await
        .expect_problem(422, "unknown-reference");
    pay("TIKTOK", credits("1.00"))
        .await
        .expect_problem(422, "wrong-unit-kind");
    pay("TIKTOK", usd("100.01"))
        .await
        .expect_problem(409, "insufficient-funds");
    pay("TIKTOK", usd("100.00")).await.expect(201);
    pay("TIKTOK", usd("1.00"))
        .await
        .expect_problem(409, "duplicate-reference");
    assert_eq!(ads.balance("code=2110").await, "0.00");
    // What was paid can't be restated away.
    let import = ads.import(&[spilled("2025-03-03", "0.00", 3)]).await;
    assert_eq!(refusals(&import), ["1 insufficient-funds"]);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_names_its_line_and_goes_back_where_it_came_from() {
    let ads = Ads::placed().await;
    ads.import(&[row("2025-03-01", "4000.00", 1)]).await;
    let line = ads.lines().await[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/spend-lines/{line}/refunds");
    let refund = async |amount: Value, reference: &str, day: &str| -> Answer {
        let in_cash = amount["unit"] == "USD";
        let refund = json!({"amount": amount, "reference": reference, "in_cash": in_cash,
            "effective_date": day});
        ads.client.post(&at, refund).await
    };
    // 1,000 stand in the second lot, used last.
    let refunded = refund(credits("1200.00"), "IVT-1", "2025-03-20")
        .await
        .expect(201);
    assert_eq!(refunded["refundable"], credits("2800.00"));
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("200.00".into(), "5000.00".into())
    );
    assert_eq!(ads.purse().await, "7200.00");
    refund(credits("1.00"), "IVT-1", "2025-03-20")
        .await
        .expect_problem(409, "duplicate-reference");
    // In cash it is the donor's.
    refund(usd("300.00"), "IVT-2", "2025-03-21")
        .await
        .expect(201);
    assert_eq!(ads.balance("code=2400").await, "300.00");
    let refused = refund(credits("2500.01"), "IVT-3", "2025-03-22").await;
    refused.expect_problem(409, "exceeds-spend");
    // Into a lot past its life it lapses at once.
    refund(credits("100.00"), "IVT-4", "2025-05-02")
        .await
        .expect(201);
    assert_eq!(ads.left(0).await, "200.00");
    assert_eq!(ads.purse().await, "7200.00");
    assert_eq!(ads.balance("code=5910&market=JP").await, "100.00");
    assert_eq!(ads.balance("code=4930").await, "100.00");

    // What was refunded stays refunded: 1,600 of 4,000, so it can be restated to 1,600.
    let import = ads.import(&[row("2025-03-01", "1599.99", 2)]).await;
    assert_eq!(refusals(&import), ["1 exceeds-spend"]);
    let import = ads.import(&[row("2025-03-01", "1600.00", 2)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(ads.lines().await[1]["refunded"], "1600.00");
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("2600.00".into(), "5000.00".into())
    );
    let nowhere = "/v1/spend-lines/spl_00000000000000000000000000000001/refunds";
    let body = json!({"amount": credits("1.00"), "reference": "X"});
    ads.client
        .post(nowhere, body)
        .await
        .expect_problem(404, "not-found");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_not_final_is_not_refunded() {
    let ads = Ads::placed().await;
    ads.import(&[with(row("2025-03-01", "10.00", 1), json!({"final": false}))])
        .await;
    let line = ads.lines().await[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/spend-lines/{line}/refunds");
    let refund = json!({"amount": credits("1.00"), "reference": "IVT-1"});
    ads.client
        .post(&at, refund)
        .await
        .expect_problem(409, "wrong-state");
    ads.finish().await;
}
