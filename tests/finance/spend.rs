//! What platforms report of campaigns is held, posted and restated.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use crate::harness::{Answer, credits, document, new_key, usd};

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

/// Sends a file.
async fn upload(ads: &Ads, key: &str, file: &str) -> Answer {
    let at = format!("/v1/pledges/{}/spend-imports", ads.pledge);
    let request = ads.client.request(Method::POST, &at);
    let request = request.header("Idempotency-Key", key);
    let request = request.header("Content-Type", "text/csv; charset=utf-8");
    ads.client.send(request.body(file.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_list_of_rows() {
    let ads = Ads::placed().await;
    let file = "\u{feff}day,account,campaign,currency,spend,cash_spend,voucher_spend,revision,final\r\n\
        2025-03-01,7301,K-1,USD,10.00,0.00,10.00,1,true\r\n\
        2025-03-02,\"7301\",\"K-1\",USD,11.00,1.00,10.00,1,true\r\n\
        2025-03-03,7301,K-1,USD,12.00,1.00,10.00,1,true\r\n\
        2025-03-04,7301,\"K-1,USD,10.00,0.00,10.00,1,true\r\n\
        2025-03-05,7301,K-1,USD,10.00,0.00,10.00\r\n\
        2025-03-06,7301,K-1,USD,10.00,0.00,10.00,1,false\r\n\
        2025-03-07,7301,K-1,USD,10.00,0.00,10.00,1,true";
    let key = new_key();
    let import = upload(&ads, &key, file).await;
    assert!(!import.replayed());
    let first = import.expect(200);
    assert_eq!(counts(&first), [3, 1, 0, 0, 0, 3], "{first}");
    let expected = [
        "4 spend-not-adding-up",
        "5 malformed-row",
        "6 malformed-row",
    ];
    assert_eq!(refusals(&first), expected);
    assert_eq!(
        (&first["overspilled"], ads.lines().await.len()),
        (&json!(1), 4)
    );
    // With the same key it is the same answer; with another one nothing new.
    let again = upload(&ads, &key, file).await;
    assert!(again.replayed());
    assert_eq!(again.expect(200), first);
    let anew = upload(&ads, &new_key(), file).await.expect(200);
    assert_eq!(counts(&anew), [0, 0, 0, 4, 0, 3], "{anew}");
    let other = file.replace("10.00", "11.00");
    upload(&ads, &key, &other)
        .await
        .expect_problem(422, "idempotency-key-reused");
    for (file, code) in [
        ("", "body-missing"),
        ("day,account\n", "malformed-header"),
        ("day;account;campaign\n1;2;3\n", "malformed-header"),
    ] {
        upload(&ads, &new_key(), file)
            .await
            .expect_problem(400, code);
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_many_chunks_is_one_import() {
    let ads = Ads::placed().await;
    let mut file = String::from(
        "account,campaign,day,currency,spend,cash_spend,voucher_spend,revision,final\n",
    );
    for revision in 1..=4_500 {
        let voucher = format!("{}.00", 1 + revision % 7);
        file += &format!("7301,K-1,2025-03-01,USD,{voucher},0.00,{voucher},{revision},true\n");
    }
    let import = upload(&ads, &new_key(), &file).await.expect(200);
    assert_eq!(counts(&import), [1, 0, 4_499, 0, 0, 0], "{import}");
    assert_eq!(ads.left(0).await, "2993.00");
    let anew = upload(&ads, &new_key(), &file).await.expect(200);
    assert_eq!(counts(&anew), [0, 0, 0, 1, 4_499, 0], "{anew}");
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
