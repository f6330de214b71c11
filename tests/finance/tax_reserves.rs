//! Cash a market sets aside for tax on the use of its credits.

use serde_json::{Value, json};

use super::ads::{Ads, row, with};
use crate::harness::{Answer, credits, document, usd};

async fn reserve(ads: &Ads, rest: &str, amount: Value) -> Answer {
    let at = format!("/v1/pledges/{}/tax-reserves{rest}", ads.pledge);
    let body = json!({"market": "JP", "amount": amount});
    ads.client.post(&at, body).await
}

/// What the summary says of the market: available and held of its cash, and the reserve that is
/// shown beside its credits.
async fn shown(ads: &Ads) -> [Value; 3] {
    let at = format!("/v1/pledges/{}/summary", ads.pledge);
    let summary = ads.world.auditor().get(&at).await.expect(200);
    let markets = summary["markets"].as_array().unwrap();
    let of = |unit: &str| {
        let own = |it: &&Value| it["market"] == "JP" && it["unit"] == unit;
        markets.iter().find(own).unwrap().clone()
    };
    let (cash, in_credits) = (of("USD"), of("ADC:TIKTOK:USD"));
    assert_eq!(cash["tax_reserve"], Value::Null);
    [
        cash["available"].clone(),
        cash["held"].clone(),
        in_credits["tax_reserve"].clone(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_that_is_set_aside_for_tax_is_there_when_it_falls_due() {
    let ads = Ads::placed().await;
    let [before, ..] = shown(&ads).await;
    assert_eq!(before, "100.00");
    let reserved = reserve(&ads, "", usd("30.00")).await.expect(200);
    let figures = [&reserved["reserve"], &reserved["available"]];
    assert_eq!(figures, [&usd("30.00"), &usd("70.00")]);
    assert_eq!(
        shown(&ads).await,
        [json!("70.00"), json!("30.00"), usd("30.00")]
    );
    // Nothing else gets at it: neither what goes back, nor overspill.
    let at = format!("/v1/pledges/{}/budgets/returns", ads.pledge);
    let back = json!({"market": "JP", "amount": usd("70.01"), "reason": "Not needed",
        "effective_date": "2025-03-01"});
    let refused = ads.client.post(&at, back).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("70.00"));
    let spilled = with(
        row("2025-03-03", "0.00", 1),
        json!({"spend": "80.00", "cash_spend": "80.00"}),
    );
    let import = ads.import(&[spilled]).await;
    assert_eq!(import["overspill"][0]["suspended"], true, "{import}");
    // Tax is taken from it first, and from the rest of the budget what is more.
    let at = format!("/v1/ad-accounts/{}/taxes", ads.account);
    let tax = |amount: &str| {
        let (amount, document) = (usd(amount), document());
        json!({"amount": amount, "document": document, "effective_date": "2025-03-31"})
    };
    ads.client.post(&at, tax("12.00")).await.expect(201);
    assert_eq!(
        shown(&ads).await,
        [json!("70.00"), json!("18.00"), usd("18.00")]
    );
    let refused = ads.client.post(&at, tax("88.01")).await;
    refused.expect_problem(409, "insufficient-funds");
    ads.client.post(&at, tax("20.00")).await.expect(201);
    assert_eq!(
        shown(&ads).await,
        [json!("68.00"), json!("0.00"), usd("0.00")]
    );
    ads.world.prove_books().await;
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reserve_is_given_back_in_part_and_is_never_more_than_the_budget() {
    let ads = Ads::placed().await;
    let refused = reserve(&ads, "", usd("100.01")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["shortfall"], usd("0.01"));
    reserve(&ads, "", usd("100.00")).await.expect(200);
    let given = reserve(&ads, "/returns", usd("40.00")).await.expect(200);
    let figures = [&given["reserve"], &given["available"]];
    assert_eq!(figures, [&usd("60.00"), &usd("40.00")]);
    let refused = reserve(&ads, "/returns", usd("60.01")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("60.00"));
    let refused = reserve(&ads, "", credits("1.00")).await;
    refused.expect_problem(422, "wrong-unit");
    let at = format!("/v1/pledges/{}/tax-reserves", ads.pledge);
    let elsewhere = json!({"market": "US", "amount": usd("1.00")});
    let refused = ads.client.post(&at, elsewhere).await;
    refused.expect_problem(409, "insufficient-funds");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_who_knows_an_older_summary_is_told_of_a_reserve() {
    let ads = Ads::placed().await;
    let at = format!("/v1/pledges/{}/summary", ads.pledge);
    let auditor = ads.world.auditor();
    let known = auditor.get(&at).await;
    let tag = known.header("etag").unwrap().to_owned();
    let again = auditor.get_with(&at, ("if-none-match", &tag)).await;
    assert_eq!(again.status, 304);
    reserve(&ads, "", usd("1.00")).await.expect(200);
    let again = auditor.get_with(&at, ("if-none-match", &tag)).await;
    assert_eq!(again.status, 200);
    ads.finish().await;
}
