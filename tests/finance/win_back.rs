//! Spend that was in time and is reported after its lot lapsed wins back what it needs.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::ads::{Ads, counts, refusals, row, with};
use super::expiry::expire;
use super::lots::read;
use crate::harness::{credits, document};

/// What was won back: the day it counts from, of what it was taken, and how much.
async fn won(ads: &Ads) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', j.effective_date, e.kind, (sum(t.amount) / 2)::bigint) \
        AS line FROM journals j \
        JOIN journals e ON e.pledge_id = j.pledge_id AND e.number = j.reverses \
                        AND e.subject = j.subject \
        JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number \
        WHERE j.kind = 'expiry-correction' GROUP BY j.number, j.effective_date, e.kind \
        ORDER BY j.number";
    ads.world.database.lines(sql).await
}

/// A lot's state, what lapsed of it, and what is left.
async fn lot(ads: &Ads, at: usize) -> [String; 3] {
    let lot = read(&ads.world, &ads.lots[at]).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let amount = |name: &str| text(&lot[name]["amount"]);
    [text(&lot["state"]), amount("lapsed"), amount("remaining")]
}

/// Expiring again finds nothing to do.
async fn nothing_more_lapses(ads: &Ads) {
    let before = ads.journals().await.len();
    let run = expire(&ads.world.controller()).await;
    assert_eq!((&run["done"], &run["refused"]), (&json!(0), &json!(0)));
    assert_eq!(ads.journals().await.len(), before);
    ads.world.prove_books().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn final_spend_that_is_reported_after_its_lot_lapsed_wins_back_what_it_needs() {
    let ads = Ads::placed().await;
    ads.import(&[row("2025-01-10", "1000.00", 1)]).await;
    expire(&ads.world.controller()).await;
    assert_eq!(lot(&ads, 0).await, ["expired", "499000.00", "0.00"]);
    let import = ads.import(&[row("2025-01-15", "600.00", 1)]).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 0], "{import}");
    // The first lot's lapse took nothing of the campaign's purse, the second one's all of it: so
    // both are corrected, and of the second as much lapses again of what wasn't the campaign's.
    assert_eq!(
        won(&ads).await,
        ["2025-05-01 expiry 60000", "2025-08-01 expiry 60000"]
    );
    assert_eq!(lot(&ads, 0).await, ["expired", "498400.00", "0.00"]);
    assert_eq!(lot(&ads, 1).await, ["expired", "450000.00", "0.00"]);
    assert_eq!(ads.purse().await, "0.00");
    assert_eq!(
        ads.balance("code=5210&unit=ADC:TIKTOK:USD").await,
        "1600.00"
    );
    nothing_more_lapses(&ads).await;
    // The same again changes nothing.
    let import = ads.import(&[row("2025-01-15", "600.00", 1)]).await;
    assert_eq!(counts(&import), [0, 0, 0, 1, 0, 0], "{import}");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_won_back_stands_as_if_it_had_been_reported_in_time() {
    let rows = [
        row("2025-03-01", "4000.00", 1),
        row("2025-03-02", "1500.00", 1),
    ];
    let figures = async |ads: &Ads| {
        let sql = "SELECT concat_ws(' ', address, debits - credits) AS line FROM accounts \
            WHERE unit LIKE 'ADC%' AND debits <> credits ORDER BY code, debits - credits";
        ads.world
            .database
            .lines(sql)
            .await
            .into_iter()
            .map(|line| {
                let mut words: Vec<_> = line.split(' ').collect();
                words.retain(|word| word.len() < 36); // ids differ
                words.join(" ")
            })
            .collect::<Vec<_>>()
    };
    let early = Ads::placed().await;
    early.import(&rows).await;
    expire(&early.world.controller()).await;
    let late = Ads::placed().await;
    expire(&late.world.controller()).await;
    let import = late.import(&rows).await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 0, 0], "{import}");
    assert_eq!(figures(&early).await, figures(&late).await);
    // Two lots, used in their order.
    let lots = json!([{"lot_id": late.lots[0], "amount": "3000.00"},
        {"lot_id": late.lots[1], "amount": "1000.00"}]);
    assert_eq!(late.lines().await[0]["lots"], lots);
    for at in [0, 1] {
        assert_eq!(lot(&early, at).await, lot(&late, at).await);
    }
    nothing_more_lapses(&late).await;
    early.finish().await;
    late.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_won_back_than_lapsed_where_and_while_it_could_be_spent() {
    let ads = Ads::placed().await;
    let notice = json!({"amount": credits("499000.00"), "reason": "Withdrawn",
        "document": document(), "effective_date": "2025-04-01"});
    let at = format!("/v1/lots/{}/revocations", ads.lots[0]);
    ads.world.controller().post(&at, notice).await.expect(201);
    expire(&ads.world.controller()).await;
    // Of the first lot 497,000 were in the pool, 2,000 of what was placed were revoked.
    let import = ads
        .import(&[
            row("2025-01-15", "1000.01", 1), // 2,000 were revoked
            row("2025-03-01", "6000.01", 1), // what lapsed in the account
            row("2025-08-01", "1.00", 1),    // no lot lived that day
            row("2024-12-01", "1.00", 1),    // nothing was placed by then
            row("2025-03-02", "6000.00", 1),
            row("2025-03-03", "0.01", 1),
        ])
        .await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 5], "{import}");
    let refused: Vec<_> = [1, 2, 3, 4, 6]
        .iter()
        .map(|line| format!("{line} insufficient-funds"))
        .collect();
    assert_eq!(refusals(&import), refused);
    for (at, available) in [(0, "1000.00"), (1, "6000.00"), (2, "0.00")] {
        let detail = import["refusals"][at]["detail"].as_str().unwrap();
        let available = format!("{available} ADC:TIKTOK:USD available");
        assert!(detail.contains(&available), "{detail}");
    }
    let figures = read(&ads.world, &ads.lots[0]).await;
    assert_eq!(figures["revoked"], credits("499000.00"));
    assert_eq!(lot(&ads, 0).await, ["exhausted", "0.00", "0.00"]);
    nothing_more_lapses(&ads).await;
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_report_frees_of_a_lot_that_lapsed_lapses_again_at_once() {
    let ads = Ads::placed().await;
    expire(&ads.world.controller()).await;
    let day = |voucher, revision| row("2025-03-01", voucher, revision);
    ads.import(&[day("4000.00", 1)]).await;
    let before = lot(&ads, 1).await;
    assert_eq!(before, ["expired", "449000.00", "0.00"]);
    let import = ads.import(&[day("2500.00", 2)]).await;
    assert_eq!(counts(&import), [0, 0, 1, 0, 0, 0], "{import}");
    assert_eq!(lot(&ads, 0).await, ["expired", "497500.00", "0.00"]);
    assert_eq!(lot(&ads, 1).await, ["expired", "450000.00", "0.00"]);
    assert_eq!(ads.purse().await, "0.00");
    nothing_more_lapses(&ads).await;
    // And what lapsed again is won back again; what one row frees, another of the import takes.
    let import = ads
        .import(&[
            day("3500.00", 3),
            day("3000.00", 4),
            row("2025-03-02", "500.00", 1),
        ])
        .await;
    assert_eq!(counts(&import), [1, 0, 2, 0, 0, 0], "{import}");
    assert_eq!(
        ads.balance("code=5210&unit=ADC:TIKTOK:USD").await,
        "3500.00"
    );
    assert_eq!(lot(&ads, 0).await, ["expired", "497000.00", "0.00"]);
    assert_eq!(lot(&ads, 1).await, ["expired", "449500.00", "0.00"]);
    nothing_more_lapses(&ads).await;
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn provisional_spend_wins_back_what_it_holds_and_lets_the_rest_lapse_again() {
    let ads = Ads::placed().await;
    expire(&ads.world.controller()).await;
    let provisional = |voucher, revision| {
        let row = row("2025-01-15", voucher, revision);
        with(row, json!({"final": false}))
    };
    let import = ads.import(&[provisional("600.00", 1)]).await;
    assert_eq!(counts(&import), [0, 1, 0, 0, 0, 0], "{import}");
    assert_eq!(lot(&ads, 0).await, ["expired", "499400.00", "600.00"]);
    nothing_more_lapses(&ads).await;
    ads.import(&[provisional("500.00", 2)]).await;
    assert_eq!(lot(&ads, 0).await, ["expired", "499500.00", "500.00"]);
    ads.import(&[row("2025-01-15", "450.00", 3)]).await;
    assert_eq!(lot(&ads, 0).await, ["expired", "499550.00", "0.00"]);
    assert_eq!(ads.purse().await, "0.00");
    nothing_more_lapses(&ads).await;
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_spend_won_back_is_not_reversed_nor_the_lapse_beyond_what_is_left_of_it() {
    let ads = Ads::placed().await;
    expire(&ads.world.controller()).await;
    ads.import(&[row("2025-01-15", "3000.00", 1)]).await;
    let journals = ads.journals().await;
    let of = |kind: &str| {
        let mut own = journals.iter().filter(|it| it["kind"] == kind);
        let subject = json!(ads.lots[0]);
        own.find(|it| it["subject_id"] == subject).unwrap()["id"].clone()
    };
    let client = ads.world.controller();
    let reverse = async |journal: &Value, more: Value| {
        let mut body = json!({"reason": "Wrong", "document": document(),
            "effective_date": "2025-05-01"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let at = format!("/v1/journals/{}/reversals", journal.as_str().unwrap());
        client.post(&at, body).await
    };
    let correction = of("expiry-correction");
    let refused = reverse(&correction, json!({})).await;
    refused.expect_problem(422, "not-reversible");
    let shown = client
        .get(&format!("/v1/journals/{}", correction.as_str().unwrap()))
        .await
        .expect(200);
    let expiry = of("expiry");
    assert_eq!(shown["reverses"], expiry);
    // Of what was in the ad account nothing is left to reverse; in the pool 497,000 are.
    let all = json!({"lines": [{"line": 1, "amount": credits("497000.00")},
        {"line": 2, "amount": credits("3000.00")}, {"line": 3, "amount": credits("500000.00")}]});
    let refused = reverse(&expiry, all).await;
    refused.expect_problem(409, "exceeds-reversible");
    reverse(&expiry, json!({})).await.expect(201);
    assert_eq!(
        read(&ads.world, &ads.lots[0]).await["lapsed"],
        credits("0.00")
    );
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pledge_that_is_closed_nothing_is_won_back() {
    let ads = Ads::placed().await;
    expire(&ads.world.controller()).await;
    // What is left elsewhere of this pledge is another story; that it was closed is told the ledger
    // by its owner, past the gate.
    let sql = "ALTER TABLE pledges DISABLE TRIGGER USER; \
        UPDATE pledges SET state = 'closed' WHERE state = 'active'; \
        ALTER TABLE pledges ENABLE TRIGGER USER";
    let mut owner = ads.world.database.connect().await;
    owner.batch_execute(sql).await.unwrap();
    let before = ads.journals().await.len();
    let late = json!({"mode": "independent", "rows": [row("2025-01-15", "600.00", 1)]});
    let refused = ads.import_as(late).await;
    refused.expect_problem(409, "wrong-state");
    assert_eq!(ads.journals().await.len(), before);
    ads.world.finish().await;
}
