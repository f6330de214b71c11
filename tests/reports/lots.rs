//! Lots, gifts in kind, spend and suspense, against the accounts they come of.

use serde_json::{Value, json};

use super::{CREDITS, hundredths, report, row, rows, sum, total};
use crate::finance::ads::{Ads, row as spent, with};
use crate::harness::{credits, document};

async fn balance(ads: &Ads, code: &str) -> i64 {
    let at = format!(
        "/v1/accounts?pledge_id={}&code={code}&limit=1000",
        ads.pledge
    );
    let accounts = ads.world.auditor().get(&at).await.expect(200);
    let accounts = accounts["data"].as_array().unwrap().iter();
    accounts.map(|it| hundredths(&it["balance"])).sum()
}

/// Two lots of which something was spent, and of the first something revoked.
async fn used() -> Ads {
    let ads = Ads::placed().await;
    let rows = [
        spent("2025-01-15", "500.00", 1),
        spent("2025-03-01", "4000.00", 1),
    ];
    ads.import(&rows).await;
    let revoked = json!({"amount": credits("1000.00"), "reason": "The offer ended",
        "document": document(), "effective_date": "2025-03-03"});
    let at = format!("/v1/lots/{}/revocations", ads.lots[0]);
    let controller = ads.world.controller();
    ads.world
        .by_two(&controller, &at, revoked)
        .await
        .expect(201);
    ads
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_of_lots_comes_to_the_accounts_and_every_lot_ties() {
    let ads = used().await;
    let auditor = ads.world.auditor();
    let found = report(&auditor, &ads.pledge, "lot-register?as_of=2025-03-10").await;
    assert_eq!(rows(&found).len(), 2);
    for lot in rows(&found) {
        let of = |name: &str| hundredths(&lot[name]);
        assert_eq!(of("left"), of("in_pool") + of("placed"), "{lot}");
        let gone = of("spent") + of("expired") + of("revoked");
        assert_eq!(of("received"), gone + of("left"), "{lot}");
    }
    let first = row(&found, &[("lot_id", &ads.lots[0])]);
    assert_eq!(
        (&first["spent"], &first["revoked"]),
        (&json!("3000.00"), &json!("1000.00"))
    );
    assert_eq!(
        (&first["days_left"], &first["band"]),
        (&json!(51), &json!("60"))
    );
    assert_eq!(first["spent_lately"], "2500.00");
    let second = row(&found, &[("lot_id", &ads.lots[1])]);
    assert_eq!(
        (&second["spent"], &second["placed"]),
        (&json!("1500.00"), &json!("3500.00"))
    );
    assert_eq!(sum(&found, "in_pool", CREDITS), balance(&ads, "1310").await);
    assert_eq!(sum(&found, "placed", CREDITS), balance(&ads, "1320").await);
    assert_eq!(sum(&found, "spent", CREDITS), balance(&ads, "5210").await);
    assert_eq!(sum(&found, "revoked", CREDITS), balance(&ads, "5910").await);
    assert_eq!(total(&found, "received", Some(CREDITS)), "950000.00");

    // 2,500 in 28 days, of 52 days that are left of 496,000.
    let horizon = report(&auditor, &ads.pledge, "expiry-horizon?as_of=2025-03-10").await;
    let first = &rows(&horizon)[0];
    assert_eq!(
        (&first["lot_id"], &first["left"]),
        (&json!(ads.lots[0]), &json!("496000.00"))
    );
    assert_eq!(first["forecast_loss"], "491357.15");
    assert_eq!(
        total(&horizon, "forecast_loss 60", Some(CREDITS)),
        "491357.15"
    );
    // Before the second was issued there was one.
    let early = report(&auditor, &ads.pledge, "lot-register?as_of=2025-01-31").await;
    assert_eq!(rows(&early).len(), 1);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts_in_kind_say_their_basis_and_come_to_what_was_received() {
    let worth = |place: usize, lot: &mut Value| {
        if place == 0 {
            let technique = "Quoted rate cards";
            lot["fair_value"] = json!({"rate_percent": "85", "technique": technique});
        }
    };
    let ads = Ads::with_lots(worth).await.with_placements().await;
    ads.import(&[spent("2025-01-15", "500.00", 1)]).await;
    let found = report(&ads.world.auditor(), &ads.pledge, "in-kind").await;
    let used = row(&found, &[("lot_id", &ads.lots[0]), ("part", "used")]);
    assert_eq!(
        (&used["market"], &used["denomination"]),
        (&json!("JP"), &json!("USD"))
    );
    assert_eq!(used["face_value"], "500.00");
    assert_eq!(
        (&used["fair_value"], &used["basis"]),
        (&json!("425.00"), &json!("Quoted rate cards"))
    );
    let second = row(&found, &[("lot_id", &ads.lots[1]), ("part", "received")]);
    assert_eq!(
        (&second["fair_value"], &second["basis"]),
        (&json!("450000.00"), &json!("face value"))
    );
    let of = |part: &str| -> i64 {
        let own = rows(&found).iter().filter(|it| it["part"] == part);
        own.map(|it| hundredths(&it["face_value"])).sum()
    };
    assert_eq!(
        of("received"),
        of("used") + of("expired") + of("revoked") + of("left")
    );
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suspense_has_its_postings_and_what_of_them_is_still_in_it() {
    let ads = Ads::placed().await;
    let cash = json!({"cash_spend": "150.00", "spend": "150.00"});
    ads.import(&[with(spent("2025-03-01", "0.00", 1), cash)])
        .await;
    let found = report(
        &ads.world.auditor(),
        &ads.pledge,
        "suspense?as_of=2025-03-31",
    )
    .await;
    let posting = row(&found, &[("what", "posting")]);
    assert_eq!(
        (&posting["debit"], &posting["balance"]),
        (&json!("150.00"), &json!("150.00"))
    );
    let open = row(&found, &[("what", "open")]);
    assert_eq!(
        (&open["balance"], &open["days"]),
        (&json!("150.00"), &json!(30))
    );
    assert_eq!(open["ad_account_id"], ads.account);
    let totals = ["balance", "open"].map(|name| total(&found, name, Some("USD")));
    assert_eq!(totals, ["150.00", "150.00"]);
    // Restated to less, what comes out goes to that; as of the day before, it was all there.
    let less = json!({"cash_spend": "40.00", "spend": "40.00"});
    let restated = ads
        .import(&[with(spent("2025-03-01", "0.00", 2), less)])
        .await;
    assert_eq!(restated["restated"], 1, "{restated}");
    let found = report(&ads.world.auditor(), &ads.pledge, "suspense").await;
    let left: i64 = rows(&found)
        .iter()
        .filter(|it| it["what"] == "open")
        .map(|it| hundredths(&it["balance"]))
        .sum();
    assert_eq!(left, balance(&ads, "1900").await);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_match_of_spend_is_the_one_that_is_read_as_a_whole() {
    let ads = Ads::placed().await;
    ads.import(&[spent("2025-01-15", "500.00", 1)]).await;
    let auditor = ads.world.auditor();
    let found = report(&auditor, &ads.pledge, "spend-match").await;
    let at = format!("/v1/pledges/{}/spend-match", ads.pledge);
    let whole = auditor.get(&at).await.expect(200);
    let month = &whole["months"][0];
    let line = row(&found, &[("what", "month")]);
    assert_eq!(line["ledger"], month["posted"]["amount"]);
    assert_eq!(line["platform"], month["reported"]["amount"]);
    assert_eq!(line["difference"], month["difference"]["amount"]);
    assert_eq!(line["within_tolerance"], month["within_tolerance"]);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_match_of_spend_is_told_up_to_a_day_and_as_it_was_known() {
    let ads = Ads::placed().await;
    let provisional =
        |day, amount, revision| with(spent(day, amount, revision), json!({"final": false}));
    ads.import(&[
        spent("2025-01-15", "500.00", 1),
        provisional("2025-01-16", "40.00", 1),
    ])
    .await;
    let auditor = ads.world.auditor();
    let match_of = async |query: &str| {
        let at = format!("/v1/pledges/{}/reports/spend-match{query}", ads.pledge);
        auditor.get(&at).await.expect(200)
    };
    let figures = |found: &Value| {
        let line = row(found, &[("what", "month")]).clone();
        ["ledger", "provisional", "platform"].map(|it| line[it].as_str().unwrap().to_owned())
    };
    let first = match_of("").await;
    assert_eq!(figures(&first), ["500.00", "40.00", "540.00"]);
    let known_at = first["known_at"].as_str().unwrap().to_owned();
    // A provisional report alone, with which no journal is posted.
    ads.import(&[provisional("2025-01-17", "7.00", 1)]).await;
    let second = match_of("").await;
    assert_eq!(figures(&second), ["500.00", "47.00", "547.00"]);
    let later = second["known_at"].as_str().unwrap().to_owned();
    ads.import(&[spent("2025-01-16", "45.00", 2)]).await;
    for (query, expected) in [
        (String::new(), ["545.00", "7.00", "552.00"]),
        (
            format!("?known_at={known_at}"),
            ["500.00", "40.00", "540.00"],
        ),
        (format!("?known_at={later}"), ["500.00", "47.00", "547.00"]),
        ("?as_of=2025-01-15".to_owned(), ["500.00", "0.00", "500.00"]),
        (
            format!("?as_of=2025-01-16&known_at={later}"),
            ["500.00", "40.00", "540.00"],
        ),
    ] {
        assert_eq!(figures(&match_of(&query).await), expected, "{query}");
    }
    let none = match_of("?as_of=2025-01-14").await;
    assert_eq!(none["rows"].as_array().unwrap().len(), 0);
    ads.finish().await;
}
