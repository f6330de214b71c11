//! What the ledger posted of spend is matched with what platforms reported and say is left.

use serde_json::{Value, json};

use super::ads::{Ads, counts, row, with};
use crate::harness::{Answer, credits, document, usd};

async fn matched(ads: &Ads) -> Value {
    let at = format!("/v1/pledges/{}/spend-match", ads.pledge);
    ads.world.auditor().get(&at).await.expect(200)
}

async fn note(ads: &Ads, amount: Value, as_of: &str) -> Answer {
    let at = format!("/v1/ad-accounts/{}/platform-balances", ads.account);
    let balance = json!({"amount": amount, "as_of": as_of, "document": document()});
    ads.client.post(&at, balance).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_is_matched_by_ad_account_and_month_and_what_is_overdue_is_counted() {
    let ads = Ads::placed().await;
    let provisional = |day, voucher| with(row(day, voucher, 1), json!({"final": false}));
    ads.import(&[
        row("2025-02-28", "100.00", 1),
        row("2025-03-01", "4000.00", 1),
        row("2025-03-01", "3900.00", 2),
        provisional("2025-03-07", "50.00"),
        provisional("2025-03-05", "20.00"),
        provisional("2025-03-06", "1.00"),
        row("2025-03-06", "2.00", 2),
    ])
    .await;
    // What is moved between lots changes nothing of what was spent.
    let line = ads.lines().await[2]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/spend-lines/{line}/attributions");
    let named = json!({"uses": [{"lot_id": ads.lots[1], "amount": credits("3900.00")}],
        "document": document()});
    ads.client.post(&at, named).await.expect(200);
    let found = matched(&ads).await;
    assert_eq!(found["balances"], json!([]));
    let months = found["months"].as_array().unwrap();
    let month = |month: &str, posted, held, reported, overdue: i64, since: Value| {
        json!({"ad_account_id": ads.account, "reference": "7301", "month": month,
            "posted": credits(posted), "held": credits(held), "reported": credits(reported),
            "difference": credits("0.00"), "within_tolerance": true, "overdue": overdue,
            "overdue_since": since, "profile_version": 1})
    };
    let expected = [
        month("2025-02", "100.00", "0.00", "100.00", 0, Value::Null),
        month(
            "2025-03",
            "3902.00",
            "70.00",
            "3972.00",
            2,
            json!("2025-03-05"),
        ),
    ];
    assert_eq!(*months, expected);
    // Of other markets than a partner's there is nothing to be seen.
    let at = format!("/v1/pledges/{}/spend-match", ads.pledge);
    let partner = ads.world.partner(&[&ads.pledge], &["US"]);
    assert_eq!(partner.get(&at).await.expect(200)["months"], json!([]));
    let foreign = ads.world.partner(&[], &["*"]).get(&at).await;
    foreign.expect_problem(404, "not-found");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provisional_spend_of_today_is_not_overdue_yet_and_may_be_final_at_once() {
    let scope = |place, lot: &mut Value| {
        if place == 1 {
            lot["expires_at"] = json!("2090-12-31");
        }
    };
    let ads = Ads::with_lots(scope).await.with_placements().await;
    // In Tokyo it is the same day as in UTC, or the next one; the profile says three days.
    let sql = "SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date::text AS line";
    let today = ads.world.database.lines(sql).await.remove(0);
    let provisional = with(row(&today, "5.00", 1), json!({"final": false}));
    let import = ads.import(&[provisional]).await;
    assert_eq!(counts(&import), [0, 1, 0, 0, 0, 0], "{import}");
    let month = matched(&ads).await["months"][0].clone();
    assert_eq!(
        (&month["overdue"], &month["held"]),
        (&json!(0), &credits("5.00"))
    );
    let import = ads.import(&[row(&today, "6.00", 2)]).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 0], "{import}");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_says_is_left_is_compared_with_what_the_ledger_has_that_day() {
    let ads = Ads::placed().await;
    let provisional = with(row("2025-03-02", "20.00", 1), json!({"final": false}));
    ads.import(&[
        row("2025-03-01", "100.00", 1),
        provisional,
        row("2025-03-09", "7.00", 1),
    ])
    .await;
    // 8,000 were placed; 100 of them were spent by then, and 20 are.
    let noted = note(&ads, credits("7879.99"), "2025-03-08")
        .await
        .expect(200);
    assert_eq!(
        (&noted["amount"], &noted["as_of"]),
        (&credits("7879.99"), &json!("2025-03-08"))
    );
    let balance = matched(&ads).await["balances"][0].clone();
    assert_eq!(
        (
            &balance["ledger"],
            &balance["provisional"],
            &balance["difference"]
        ),
        (&credits("7900.00"), &credits("20.00"), &credits("-0.01"))
    );
    assert_eq!(
        (&balance["within_tolerance"], &balance["profile_version"]),
        (&json!(false), &json!(1))
    );
    // Of a day the last one counts, and of days the latest.
    note(&ads, credits("7880.00"), "2025-03-08")
        .await
        .expect(200);
    note(&ads, credits("0.00"), "2025-03-07").await.expect(200);
    let balances = matched(&ads).await["balances"].clone();
    assert_eq!(balances.as_array().unwrap().len(), 1);
    assert_eq!(
        (&balances[0]["difference"], &balances[0]["within_tolerance"]),
        (&credits("0.00"), &json!(true))
    );
    let refused = note(&ads, usd("1.00"), "2025-03-08").await;
    refused.expect_problem(422, "wrong-unit");
    let refused = note(&ads, credits("1.00"), "2090-03-08").await;
    refused.expect_problem(422, "date-out-of-range");
    let at = "/v1/ad-accounts/ada_00000000000000000000000000000001/platform-balances";
    let balance = json!({"amount": credits("1.00"), "as_of": "2025-03-08",
        "document": document()});
    ads.client
        .post(at, balance)
        .await
        .expect_problem(404, "not-found");
    ads.finish().await;
}
