//! What platforms report of campaigns is held, posted and restated.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use crate::harness::credits;

#[tokio::test(flavor = "multi_thread")]
async fn final_spend_uses_the_lot_first_that_expires_first() {
    let ads = Ads::placed().await;
    let rows = [
        row("2025-01-15", "500.00", 1),
        row("2025-03-01", "4000.00", 1),
    ];
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 0, 0], "{import}");
    // 500 and 2,500 of the first lot, which is then empty, and 1,500 of the second.
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("0.00".into(), "3500.00".into())
    );
    assert_eq!(ads.purse().await, "5500.00");
    assert_eq!(
        ads.balance("code=5210&unit=ADC:TIKTOK:USD").await,
        "4500.00"
    );
    assert_eq!(
        ads.balance("code=4920&unit=ADC:TIKTOK:USD").await,
        "4500.00"
    );
    let lines = ads.lines().await;
    assert_eq!(lines[1]["state"], "final");
    let lots = json!([{"lot_id": ads.lots[0], "amount": "2500.00"},
        {"lot_id": ads.lots[1], "amount": "1500.00"}]);
    assert_eq!(lines[1]["lots"], lots);
    let journals = ads.journals().await;
    let spend: Vec<&Value> = journals.iter().filter(|it| it["kind"] == "spend").collect();
    assert_eq!(spend.len(), 2);
    assert_eq!(spend[1]["effective_date"], "2025-03-01");
    assert_eq!(spend[1]["subject_id"], *ads.account);
    assert_eq!(lines[1]["journal"], spend[1]["number"]);

    // The same again changes nothing.
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [0, 0, 0, 2, 0, 0], "{import}");
    assert_eq!(ads.journals().await.len(), journals.len());
    assert_eq!(ads.lines().await, lines);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_on_a_day_outside_a_lot_s_life_never_uses_it() {
    let ads = Ads::placed().await;
    let import = ads
        .import(&[
            row("2025-05-01", "10.00", 1),   // the first lot has expired
            row("2025-04-30", "10.00", 1),   // its last day
            row("2025-07-31", "10.00", 1),   // the second one's last day
            row("2025-08-01", "10.00", 1),   // none is left
            row("2024-12-01", "10.00", 1),   // nothing was placed yet
            row("2025-01-31", "3000.00", 1), // the second isn't valid yet
        ])
        .await;
    assert_eq!(counts(&import), [3, 0, 0, 0, 0, 3], "{import}");
    let refused = [
        "4 insufficient-funds",
        "5 insufficient-funds",
        "6 insufficient-funds",
    ];
    assert_eq!(refusals(&import), refused);
    let detail = import["refusals"][2]["detail"].as_str().unwrap();
    assert!(
        detail.contains("2990.00 ADC:TIKTOK:USD available"),
        "{detail}"
    );
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("2990.00".into(), "4980.00".into())
    );
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_is_named_and_stops_no_other() {
    let ads = Ads::placed().await;
    let good = || row("2025-03-01", "10.00", 1);
    let rows = [
        with(good(), json!({"spend": "11.00"})),
        with(
            good(),
            json!({"currency": "JPY", "spend": "10", "cash_spend": "0",
            "voucher_spend": "10"}),
        ),
        with(good(), json!({"campaign": "K-9"})),
        with(good(), json!({"account": "7309"})),
        with(good(), json!({"day": "2025-02-30"})),
        with(good(), json!({"voucher_spend": "10.001"})),
        with(good(), json!({"voucher_spend": 10})),
        with(good(), json!({"cash_spend": "-1.00"})),
        with(good(), json!({"revision": "one"})),
        with(good(), json!({"revision": 1.5})),
        with(good(), json!({"final": "maybe"})),
        with(good(), json!({"currency": "ADC:TIKTOK:USD"})),
        with(good(), json!({"surplus": "1"})),
        json!("a row"),
        with(
            good(),
            json!({"voucher_spend": "10000.01", "spend": "10000.01"}),
        ),
        good(),
    ];
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 15], "{import}");
    let expected = [
        "1 spend-not-adding-up",
        "2 wrong-unit",
        "3 unknown-reference",
        "4 unknown-reference",
        "5 date-malformed",
        "6 amount-too-precise",
        "7 wrong-type",
        "8 amount-negative",
        "9 revision-malformed",
        "10 revision-malformed",
        "11 finality-malformed",
        "12 unknown-unit",
        "13 unknown-field",
        "14 wrong-type",
        "15 insufficient-funds",
    ];
    assert_eq!(refusals(&import), expected);

    // All or none: nothing is taken, and every reason is told.
    let rows = json!({"mode": "atomic", "rows": [row("2025-03-02", "10.00", 1), rows[0]]});
    let problem = ads.import_as(rows).await;
    let problem = problem.expect_problem(422, "spend-rows-refused");
    assert_eq!(problem["errors"][0]["pointer"], "/rows/1");
    assert_eq!(problem["errors"][0]["code"], "spend-not-adding-up");
    let rows = json!({"mode": "atomic",
        "rows": [row("2025-03-02", "10.00", 1), row("2025-08-01", "1.00", 1)]});
    let problem = ads.import_as(rows).await;
    problem.expect_problem(409, "spend-rows-refused");
    assert_eq!(ads.lines().await.len(), 1);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provisional_spend_is_held_until_it_is_final() {
    let ads = Ads::placed().await;
    let provisional = |voucher, revision| {
        with(
            row("2025-03-01", voucher, revision),
            json!({"final": false}),
        )
    };
    let import = ads.import(&[provisional("4000.00", 1)]).await;
    assert_eq!(counts(&import), [0, 1, 0, 0, 0, 0], "{import}");
    assert_eq!(ads.purse().await, "10000.00");
    // 4,000 of 10,000 can't be given back meanwhile.
    let at = format!("/v1/obligations/{}/release", ads.campaign);
    let release = |amount| {
        json!({"amount": credits(amount), "reason": "Ended early",
        "effective_date": "2025-03-05"})
    };
    let refused = ads.client.post(&at, release("6000.01")).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], credits("6000.00"));
    // Nor spent by another campaign: 8,000 were placed.
    ads.campaign("K-2", "10000.00").await;
    let other = with(row("2025-03-02", "4000.01", 1), json!({"campaign": "K-2"}));
    assert_eq!(
        refusals(&ads.import(&[other]).await),
        ["1 insufficient-funds"]
    );
    let other = with(row("2025-03-02", "4000.00", 1), json!({"campaign": "K-2"}));
    assert_eq!(counts(&ads.import(&[other]).await), [1, 0, 0, 0, 0, 0]);

    // Reported anew it holds less, and final it is posted, with nothing held any more.
    let import = ads
        .import(&[provisional("4000.00", 1), provisional("3000.00", 2)])
        .await;
    assert_eq!(counts(&import), [0, 1, 0, 1, 0, 0], "{import}");
    let import = ads.import(&[row("2025-03-01", "3500.00", 3)]).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 0], "{import}");
    assert_eq!(ads.purse().await, "6500.00");
    ads.client.post(&at, release("6500.00")).await.expect(200);
    let held = "SELECT coalesce(sum(held), 0)::bigint FROM accounts";
    assert_eq!(ads.world.database.number(held).await, 0);
    let import = ads.import(&[provisional("1.00", 4)]).await;
    assert_eq!(refusals(&import), ["1 spend-already-final"]);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restatement_posts_the_difference_and_gives_back_what_was_used_last() {
    let ads = Ads::placed().await;
    ads.import(&[row("2025-03-01", "4000.00", 1)]).await;
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("0.00".into(), "4000.00".into())
    );
    // Less: the second lot was used last.
    let import = ads.import(&[row("2025-03-01", "2500.00", 2)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("500.00".into(), "5000.00".into())
    );
    assert_eq!(ads.purse().await, "7500.00");
    // More, in one import with what was replaced meanwhile and what is the same.
    let rows = [
        row("2025-03-01", "4000.00", 1),
        row("2025-03-01", "2500.00", 2),
        row("2025-03-01", "2600.00", 2),
        row("2025-03-01", "3100.00", 3),
        row("2025-03-01", "3200.00", 4),
    ];
    let import = ads.import(&rows).await;
    assert_eq!(counts(&import), [0, 0, 2, 1, 1, 1], "{import}");
    assert_eq!(refusals(&import), ["3 spend-revision-conflict"]);
    assert_eq!(
        (ads.left(0).await, ads.left(1).await),
        ("0.00".into(), "4800.00".into())
    );
    assert_eq!(
        ads.balance("code=5210&unit=ADC:TIKTOK:USD").await,
        "3200.00"
    );
    let import = ads.import(&[row("2025-03-01", "0.00", 5)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(ads.purse().await, "10000.00");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_of_the_same_rows_at_once_one_is_posted() {
    let ads = Ads::placed().await;
    let days = (1..=28).map(|day| row(&format!("2025-03-{day:02}"), "10.00", 1));
    let rows: Vec<Value> = days.collect();
    let imports = join_all((0..2).map(|_| ads.import(&rows))).await;
    let mut seen: Vec<_> = imports.iter().map(counts).collect();
    seen.sort_unstable();
    assert_eq!(seen, [[0, 0, 0, 28, 0, 0], [28, 0, 0, 0, 0, 0]]);
    assert_eq!(ads.purse().await, "9720.00");
    assert_eq!(ads.lines().await.len(), 28);
    ads.finish().await;
}
