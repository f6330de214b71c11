//! Where the platform reports which credits a line's spend was taken from, that wins.

use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use super::expiry::expire;
use super::lots::read;
use crate::harness::{Answer, credits, document};

/// How much of each lot of the campaign a line stands in, in the order of the lots named.
fn named(ads: &Ads, uses: &[(usize, &str)]) -> Value {
    let uses = uses
        .iter()
        .map(|(lot, amount)| json!({"lot_id": ads.lots[*lot], "amount": credits(amount)}));
    json!({"uses": uses.collect::<Vec<_>>(), "document": document()})
}

/// Attributes the line that was reported at that place.
async fn attribute(ads: &Ads, line: usize, uses: &[(usize, &str)]) -> Answer {
    let lines = ads.lines().await;
    let at = format!(
        "/v1/spend-lines/{}/attributions",
        lines[line]["id"].as_str().unwrap()
    );
    ads.client.post(&at, named(ads, uses)).await
}

async fn left(ads: &Ads) -> [String; 2] {
    [ads.left(0).await, ads.left(1).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_says_a_line_was_taken_from_wins_once_and_is_gone_by() {
    let ads = Ads::placed().await;
    ads.import(&[row("2025-03-01", "4000.00", 1)]).await;
    assert_eq!(left(&ads).await, ["0.00", "4000.00"]);
    let before = ads.journals().await.len();
    let done = attribute(&ads, 0, &[(1, "3500.00"), (0, "500.00")]).await;
    let done = done.expect(200);
    assert_eq!(left(&ads).await, ["2500.00", "1500.00"]);
    let lots = json!([{"lot_id": ads.lots[1], "amount": "3500.00"},
        {"lot_id": ads.lots[0], "amount": "500.00"}]);
    assert_eq!(done["lots"], lots);
    assert_eq!(done["lapsed"], "0.00");
    assert_eq!(ads.lines().await[0]["lots"], lots);
    // One journal of the line's day, from the one lot to the other, on the platform's report.
    let journals = ads.journals().await;
    assert_eq!(journals.len(), before + 1);
    let at = format!("/v1/journals/{}", done["journal_id"].as_str().unwrap());
    let journal = ads.client.get(&at).await.expect(200);
    assert_eq!(
        (
            &journal["kind"],
            &journal["effective_date"],
            &journal["document"]
        ),
        (&json!("spend"), &json!("2025-03-01"), &document())
    );
    let transfers = journal["transfers"].as_array().unwrap();
    assert_eq!(transfers.len(), 1);
    assert_eq!(transfers[0]["amount"], credits("2500.00"));
    assert_eq!(ads.purse().await, "6000.00");

    // The same again moves nothing.
    let done = attribute(&ads, 0, &[(1, "3500.00"), (0, "500.00")]).await;
    assert_eq!(done.expect(200)["journal_id"], Value::Null);
    assert_eq!(ads.journals().await.len(), before + 1);
    // What is restated to less goes back as it is named: the last first; and so do refunds.
    let import = ads.import(&[row("2025-03-01", "3000.00", 2)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(left(&ads).await, ["3000.00", "2000.00"]);
    let at = format!(
        "/v1/spend-lines/{}/refunds",
        ads.lines().await[1]["id"].as_str().unwrap()
    );
    let refund = json!({"amount": credits("1000.00"), "reference": "IVT-1",
        "effective_date": "2025-03-20"});
    ads.client.post(&at, refund).await.expect(201);
    assert_eq!(left(&ads).await, ["3000.00", "3000.00"]);
    // Of the rest, 2,000, a part is another lot's after all; what was refunded stays where it is.
    attribute(&ads, 1, &[(0, "2000.00")]).await.expect(200);
    assert_eq!(left(&ads).await, ["1000.00", "5000.00"]);
    let refused = attribute(&ads, 1, &[(0, "3000.00")]).await;
    refused.expect_problem(422, "uses-not-adding-up");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_cannot_have_paid_for_a_line_is_refused() {
    let ads = Ads::placed().await;
    let provisional = with(row("2025-03-05", "1.00", 1), json!({"final": false}));
    ads.import(&[
        row("2025-01-15", "100.00", 1),
        row("2025-02-02", "100.00", 1),
        row("2025-03-01", "3000.00", 1),
        row("2025-03-02", "2500.00", 1),
        provisional,
    ])
    .await;
    let refused = attribute(&ads, 0, &[(1, "100.00")]).await;
    refused.expect_problem(422, "lot-not-for-line"); // it wasn't valid yet
    let refused = attribute(&ads, 1, &[(1, "100.00")]).await;
    let problem = refused.expect_problem(409, "backdated-overdraft"); // nor placed, a day before
    assert_eq!(problem["shortfall"], credits("100.00"));
    assert!(
        problem["detail"].as_str().unwrap().contains("2025-02-02"),
        "{problem}"
    );
    // Of the second lot 2,700 are used and 1.00 is held; 2,800 more would be 500.99 too many.
    let refused = attribute(&ads, 2, &[(1, "3000.00")]).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], credits("2299.00"));
    assert_eq!(problem["requested"], credits("2800.00"));
    for uses in [&[(1, "2999.99")][..], &[(0, "2800.00"), (1, "200.01")]] {
        let refused = attribute(&ads, 2, uses).await;
        refused.expect_problem(422, "uses-not-adding-up");
    }
    let refused = attribute(&ads, 2, &[(0, "2800.00"), (0, "200.00")]).await;
    refused.expect_problem(422, "repeated");
    let refused = attribute(&ads, 4, &[(1, "1.00")]).await;
    refused.expect_problem(409, "wrong-state");
    let line = ads.lines().await[2]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/spend-lines/{line}/attributions");
    let mut body = named(&ads, &[(0, "3000.00")]);
    body["uses"][0]["lot_id"] = json!("lot_00000000000000000000000000000001");
    let refused = ads.client.post(&at, body).await;
    refused.expect_problem(422, "unknown-reference");
    let mut body = named(&ads, &[(0, "3000.00")]);
    body["uses"][0]["amount"]["unit"] = json!("USD");
    ads.client
        .post(&at, body)
        .await
        .expect_problem(422, "wrong-unit");
    let nowhere = "/v1/spend-lines/spl_00000000000000000000000000000001/attributions";
    let body = named(&ads, &[(0, "1.00")]);
    ads.client
        .post(nowhere, body)
        .await
        .expect_problem(404, "not-found");
    assert_eq!(left(&ads).await, ["0.00", "2300.00"]);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_to_a_lot_that_lapsed_lapses_at_once() {
    let scope = |place, lot: &mut Value| {
        if place == 1 {
            lot["expires_at"] = json!("2090-12-31");
        }
    };
    let ads = Ads::with_lots(scope).await.with_placements().await;
    ads.import(&[row("2025-03-01", "3500.00", 1)]).await;
    assert_eq!(left(&ads).await, ["0.00", "4500.00"]);
    expire(&ads.world.controller()).await;
    let lapsed = async || read(&ads.world, &ads.lots[0]).await["lapsed"].clone();
    assert_eq!(lapsed().await, credits("497000.00"));
    let done = attribute(&ads, 0, &[(1, "3500.00")]).await.expect(200);
    assert_eq!(done["lapsed"], "3000.00");
    assert_eq!(lapsed().await, credits("500000.00"));
    assert_eq!(left(&ads).await, ["0.00", "1500.00"]);
    assert_eq!(read(&ads.world, &ads.lots[0]).await["state"], "expired");
    let before = ads.journals().await.len();
    expire(&ads.world.controller()).await;
    assert_eq!(ads.journals().await.len(), before);
    // And from there it can be won back, for a day on which nothing else was there.
    let rows = [
        row("2025-01-10", "3000.00", 1),
        row("2025-01-11", "0.01", 1),
    ];
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 1], "{import}");
    assert_eq!(refusals(&import), ["2 insufficient-funds"]);
    assert_eq!(lapsed().await, credits("497000.00"));
    ads.finish().await;
}
