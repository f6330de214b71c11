//! Trial balance, summary, use of funds, confirmation: on stories with known figures, and they tie.

use serde_json::{Value, json};

use super::{CREDITS, hundredths, report, row, rows, sum, total};
use crate::finance::ads::{Ads, row as spent};
use crate::harness::{World, agreed, credits, document, usd};

/// The same figures in the summary that was there before.
fn agrees(line: &Value, told: &Value) {
    for name in ["budgeted", "allocated", "obligated", "spent", "expired"] {
        assert_eq!(line[name], told[name], "{name}: {line} and {told}");
    }
    let available = hundredths(&told["available"]) + hundredths(&told["held"]);
    assert_eq!(
        hundredths(&line["available"]),
        available,
        "{line} and {told}"
    );
}

/// What was given is the sum of what became of it.
fn ties(line: &Value) {
    let of = |name: &str| match &line[name] {
        Value::Null => 0,
        figure => hundredths(figure),
    };
    let gone = of("used") + of("expired") + of("returned") + of("left") + of("other");
    assert_eq!(hundredths(&line["given"]), gone, "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_balance_ties_by_unit_and_has_each_code_by_market() {
    let ads = Ads::placed().await;
    ads.import(&[spent("2025-01-15", "500.00", 1)]).await;
    let auditor = ads.world.auditor();
    let found = report(&auditor, &ads.pledge, "trial-balance").await;
    for unit in ["USD", CREDITS] {
        assert_eq!(sum(&found, "net", unit), 0, "{unit}");
        assert_eq!(total(&found, "net", Some(unit)), "0.00");
        let debits = total(&found, "debits", Some(unit));
        assert_eq!(debits, total(&found, "credits", Some(unit)));
        assert_eq!(sum(&found, "debits", unit), hundredths(&json!(debits)));
    }
    let cost = row(&found, &[("code", "5210"), ("market", "JP")]);
    assert_eq!(
        (&cost["balance"], &cost["normal_side"]),
        (&json!("500.00"), &json!("debit"))
    );
    // By code it is what the trial balance of the whole ledger says.
    let at = format!("/v1/trial-balance?pledge_id={}", ads.pledge);
    let whole = auditor.get(&at).await.expect(200);
    for unit in whole["units"].as_array().unwrap() {
        for told in unit["rows"].as_array().unwrap() {
            let own = rows(&found)
                .iter()
                .filter(|it| it["unit"] == unit["unit"] && it["code"] == told["code"]);
            let debits: i64 = own.map(|it| hundredths(&it["debits"])).sum();
            assert_eq!(debits, hundredths(&told["debits"]), "{told}");
        }
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_is_the_picture_of_the_pledge_by_unit_and_market() {
    let ads = Ads::placed().await;
    ads.import(&[spent("2025-01-15", "500.00", 1)]).await;
    let auditor = ads.world.auditor();
    let found = report(&auditor, &ads.pledge, "summary").await;
    let at = format!("/v1/pledges/{}/summary", ads.pledge);
    let picture = auditor.get(&at).await.expect(200);
    for told in picture["units"].as_array().unwrap() {
        let unit = told["unit"].as_str().unwrap();
        let line = row(&found, &[("unit", unit), ("market", "null")]);
        agrees(line, told);
        for name in [
            "pledged",
            "received",
            "written_off",
            "unallocated",
            "support_cost",
        ] {
            assert_eq!(line[name], told[name], "{name}");
        }
    }
    for told in picture["markets"].as_array().unwrap() {
        let (unit, market) = (told["unit"].as_str(), told["market"].as_str());
        let members = [("unit", unit.unwrap()), ("market", market.unwrap())];
        agrees(row(&found, &members), told);
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_is_what_was_used_expired_and_is_left_in_every_line() {
    let ads = Ads::placed().await;
    ads.import(&[spent("2025-01-15", "500.00", 1)]).await;
    let revoked = json!({"amount": credits("1000.00"), "reason": "The offer ended",
        "document": document(), "effective_date": "2025-03-03"});
    let at = format!("/v1/lots/{}/revocations", ads.lots[0]);
    let controller = ads.world.controller();
    ads.world
        .by_two(&controller, &at, revoked)
        .await
        .expect(201);
    let found = report(&ads.world.auditor(), &ads.pledge, "use-of-funds").await;
    rows(&found).iter().for_each(ties);
    let whole = row(&found, &[("unit", CREDITS), ("market", "null")]);
    let figures = ["given", "used", "expired", "returned", "left", "other"];
    let figures = figures.map(|name| whole[name].as_str().unwrap());
    let expected = [
        "950000.00",
        "500.00",
        "1000.00",
        "0.00",
        "948500.00",
        "0.00",
    ];
    assert_eq!(figures, expected);
    let japan = row(&found, &[("unit", CREDITS), ("market", "JP")]);
    assert_eq!(
        (&japan["given"], &japan["used"]),
        (&json!("150000.00"), &json!("500.00"))
    );
    // What is left of credits is what is in lots.
    let held = ["code=1310", "code=1320"]
        .map(|code| format!("/v1/accounts?pledge_id={}&{code}&limit=1000", ads.pledge));
    let mut left = 0;
    for at in held {
        let accounts = ads.world.auditor().get(&at).await.expect(200);
        let accounts = accounts["data"].as_array().unwrap().iter();
        left += accounts.map(|it| hundredths(&it["balance"])).sum::<i64>();
    }
    assert_eq!(left, hundredths(&whole["left"]));
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_and_what_goes_back_to_the_donor_are_told_apart_from_what_was_used() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let receipt = json!({"received": usd("699965.00"), "fee": usd("35.00"),
        "effective_date": "2024-10-22"});
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
    preparer.post(&at, receipt).await.expect(201);
    let back = json!({"amount": usd("65.00"), "reason": "Unspent", "document": document(),
        "effective_date": "2024-12-02"});
    let at = format!("/v1/pledges/{}/donor-refunds", pledge.id);
    world.controller().post(&at, back).await.expect(201);
    let auditor = world.auditor();
    let funds = report(&auditor, &pledge.id, "use-of-funds").await;
    let cash = row(&funds, &[("unit", "USD"), ("market", "null")]);
    ties(cash);
    let figures = ["given", "used", "returned", "left", "other"];
    let figures = figures.map(|name| cash[name].as_str().unwrap());
    assert_eq!(
        figures,
        ["700000.00", "0.00", "65.00", "699900.00", "35.00"]
    );

    let confirmed = report(&auditor, &pledge.id, "confirmation").await;
    let cash = row(&confirmed, &[("unit", "USD")]);
    let expected = json!({"unit": "USD", "pledged": "1750000.00", "received": "700000.00",
        "written_off": "0.00", "receivable": "600000.00", "conditional": "450000.00",
        "refundable": "0.00", "due_to_donor": "65.00", "left": "699900.00"});
    assert_eq!(*cash, expected);
    // It names the state of the log that binds every journal it comes of.
    let journals = confirmed["known_journal"].to_string();
    assert_eq!(total(&confirmed, "log_size", None), journals);
    let at = format!("/tlog/{}/checkpoint", pledge.id);
    let checkpoint = auditor.get(&at).await.text();
    let lines: Vec<&str> = checkpoint.lines().collect();
    assert_eq!(
        (lines[1], lines[2]),
        (journals.as_str(), &*total(&confirmed, "log_root", None))
    );
    world.finish().await;
}
