//! What no purse covered is charged to its market once that has budget.

use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use crate::harness::{Answer, credits, document, usd};

/// A report of the first of March in cash alone.
fn spilled(cash: &str, revision: u32) -> Value {
    let cash = json!({"cash_spend": cash, "spend": cash});
    with(row("2025-03-01", "0.00", revision), cash)
}

/// Of which Japan's budget of 100.00 covers nothing: a line that has 150.00 in suspense.
async fn suspended() -> Ads {
    let ads = Ads::placed().await;
    ads.import(&[spilled("150.00", 1)]).await;
    assert_eq!(ads.balance("code=1900").await, "150.00");
    ads
}

/// What is in suspense, what the overspill cost, and the budget that is left.
async fn standing(ads: &Ads) -> [String; 3] {
    [
        ads.balance("code=1900").await,
        ads.balance("code=5220").await,
        ads.balance("code=3120&unit=USD&market=JP").await,
    ]
}

/// Clears something of the line by its report of that place.
async fn clear(ads: &Ads, report: usize, changes: Value) -> Answer {
    let lines = ads.lines().await;
    let at = format!(
        "/v1/spend-lines/{}/suspense-clearings",
        lines[report]["id"].as_str().unwrap()
    );
    let clearing = json!({"reason": "Japan was given budget", "effective_date": "2025-03-20"});
    ads.client.post(&at, with(clearing, changes)).await
}

/// Gives Japan more to spend in cash.
async fn budget(ads: &Ads, amount: &str, day: &str) {
    let at = format!("/v1/pledges/{}/budgets", ads.pledge);
    let budget = json!({"market": "JP", "amount": usd(amount), "effective_date": day});
    ads.client.post(&at, budget).await.expect(201);
}

/// What is in suspense of each report.
async fn of_reports(ads: &Ads) -> Vec<Value> {
    let lines = ads.lines().await;
    lines.iter().map(|it| it["suspended"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_suspense_is_cleared_in_parts_until_nothing_is_left() {
    let ads = suspended().await;
    let part = json!({"amount": usd("60.00"), "document": document()});
    let cleared = clear(&ads, 0, part).await.expect(201);
    assert_eq!(
        (&cleared["amount"], &cleared["suspended"]),
        (&usd("60.00"), &usd("90.00"))
    );
    assert_eq!(standing(&ads).await, ["90.00", "60.00", "40.00"]);
    assert_eq!(of_reports(&ads).await, ["90.00"]);
    let at = format!("/v1/journals/{}", cleared["journal_id"].as_str().unwrap());
    let journal = ads.client.get(&at).await.expect(200);
    assert_eq!(journal["kind"], "suspense-clearing");
    assert_eq!(journal["subject_id"], ads.account);
    assert_eq!(journal["reason"], "Japan was given budget");

    // All that is left, once the budget covers it.
    let refused = clear(&ads, 0, json!({})).await;
    let refused = refused.expect_problem(409, "insufficient-funds");
    assert!(refused.to_string().contains("50.00"), "{refused}");
    budget(&ads, "50.00", "2025-03-25").await;
    let too_early = clear(&ads, 0, json!({})).await;
    too_early.expect_problem(409, "backdated-overdraft");
    let rest = json!({"effective_date": "2025-03-25"});
    let cleared = clear(&ads, 0, rest).await.expect(201);
    assert_eq!(cleared["suspended"], usd("0.00"));
    assert_eq!(standing(&ads).await, ["0.00", "150.00", "0.00"]);
    assert_eq!(of_reports(&ads).await, ["0.00"]);
    clear(&ads, 0, json!({}))
        .await
        .expect_problem(409, "wrong-state");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_cleared_than_is_in_suspense_nor_before_it_was() {
    let ads = suspended().await;
    budget(&ads, "500.00", "2025-03-02").await;
    let refused = clear(&ads, 0, json!({"amount": usd("150.01")})).await;
    let refused = refused.expect_problem(409, "exceeds-suspended");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("150.00") && detail.contains("150.01"),
        "{detail}"
    );
    clear(&ads, 0, json!({"amount": credits("1.00")}))
        .await
        .expect_problem(422, "wrong-unit");
    clear(&ads, 0, json!({"effective_date": "2025-02-28"}))
        .await
        .expect_problem(422, "ends-before-start");
    clear(&ads, 0, json!({"reason": ""}))
        .await
        .expect_problem(422, "text-empty");
    let nowhere = "/v1/spend-lines/spl_00000000000000000000000000000001/suspense-clearings";
    let answer = ads.client.post(nowhere, json!({"reason": "Why"})).await;
    answer.expect_problem(404, "not-found");
    // A line that its market's budget covered, and one that isn't final, have nothing there.
    let covered = with(spilled("10.00", 1), json!({"day": "2025-03-03"}));
    let held = with(
        row("2025-03-04", "5.00", 1),
        json!({"final": false, "cash_spend": "3.00", "spend": "8.00"}),
    );
    ads.import(&[covered, held]).await;
    for report in [1, 2] {
        clear(&ads, report, json!({}))
            .await
            .expect_problem(409, "wrong-state");
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cleared_is_restated_as_what_was_charged_at_first() {
    let ads = suspended().await;
    clear(&ads, 0, json!({"amount": usd("100.00")}))
        .await
        .expect(201);
    assert_eq!(standing(&ads).await, ["50.00", "100.00", "0.00"]);
    // To less: first what is still in suspense, then what was charged.
    let import = ads.import(&[spilled("80.00", 2)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(standing(&ads).await, ["0.00", "80.00", "20.00"]);
    assert_eq!(of_reports(&ads).await, ["50.00", "0.00"]);
    clear(&ads, 1, json!({}))
        .await
        .expect_problem(409, "wrong-state");

    // To more than the budget has: only what is more is in suspense, and is cleared by any report.
    ads.import(&[spilled("110.00", 3)]).await;
    assert_eq!(standing(&ads).await, ["30.00", "80.00", "20.00"]);
    assert_eq!(of_reports(&ads).await, ["50.00", "0.00", "30.00"]);
    clear(&ads, 0, json!({"amount": usd("10.00")}))
        .await
        .expect(201);
    assert_eq!(of_reports(&ads).await, ["50.00", "0.00", "20.00"]);
    // What a later report takes over is what is left.
    ads.import(&[spilled("105.00", 4)]).await;
    assert_eq!(of_reports(&ads).await, ["50.00", "0.00", "20.00", "15.00"]);
    let refused = clear(&ads, 3, json!({"amount": usd("15.01")})).await;
    refused.expect_problem(409, "exceeds-suspended");
    budget(&ads, "5.00", "2025-03-20").await;
    clear(&ads, 3, json!({})).await.expect(201);
    assert_eq!(standing(&ads).await, ["0.00", "105.00", "0.00"]);
    // And all of it can go.
    ads.import(&[spilled("0.00", 5)]).await;
    assert_eq!(standing(&ads).await, ["0.00", "0.00", "105.00"]);
    assert_eq!(ads.balance("code=2110").await, "0.00");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearing_is_not_reversed_but_restated() {
    let ads = suspended().await;
    let cleared = clear(&ads, 0, json!({"amount": usd("60.00")}))
        .await
        .expect(201);
    let journal = cleared["journal_id"].as_str().unwrap();
    let at = format!("/v1/journals/{journal}/reversals");
    let reversal = json!({"reason": "Mistaken", "document": document(),
        "effective_date": "2025-03-21"});
    let refused = ads.world.controller().post(&at, reversal).await;
    let refused = refused.expect_problem(422, "not-reversible");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("a later report of less"), "{detail}");
    let import = ads.import(&[spilled("0.00", 2)]).await;
    assert_eq!(refusals(&import), Vec::<String>::new());
    assert_eq!(standing(&ads).await, ["0.00", "0.00", "100.00"]);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_clearings_at_once_of_all_there_is_one_wins() {
    let ads = suspended().await;
    budget(&ads, "500.00", "2025-03-02").await;
    let (one, other) = tokio::join!(clear(&ads, 0, json!({})), clear(&ads, 0, json!({})));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(standing(&ads).await, ["0.00", "150.00", "450.00"]);
    ads.finish().await;
}
