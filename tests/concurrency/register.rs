//! Many at once of what belongs to no pledge, and so waits for no pledge's lock: creators, keys,
//! rates.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::{Doors, winners};
use crate::harness::{Answer, demonstration, eventually, new_key};

#[tokio::test(flavor = "multi_thread")]
async fn of_creators_with_one_reference_enrolled_at_once_one_is_enrolled() {
    let doors = Doors::two().await;
    for round in 0..10 {
        let reference = format!("JP-{round:04}");
        let creator = json!({"reference": reference, "name": "山田 花子", "market": "JP"});
        let answers = doors.at_once("/v1/creators", vec![creator; 16]).await;
        assert_eq!(winners(&answers, "duplicate-reference"), 1);
    }
    assert_eq!(doors.world.database.row_counts().await["creators"], 10);
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_pledges_with_one_reference_announced_at_once_one_is_announced() {
    let doors = Doors::two().await;
    let pledge = demonstration();
    let answers = doors.at_once("/v1/pledges", vec![pledge; 16]).await;
    assert_eq!(winners(&answers, "duplicate-reference"), 1);
    let rows = doors.world.database.row_counts().await;
    assert_eq!((rows["pledges"], rows["instalments"]), (1, 6));
    doors.finish().await;
}

fn creator(round: usize, number: usize) -> Value {
    json!({"reference": format!("JP-{round}-{number}"), "name": "山田 花子", "market": "JP",
        "idempotency_key": new_key()})
}

/// A day's rates of seven currencies.
fn rates(day: &str) -> Vec<Value> {
    let rate = |quote: &&str| {
        json!({"base": "USD", "quote": quote, "date": day, "rate": "2", "source": "ECB",
            "idempotency_key": new_key()})
    };
    let quotes = ["EUR", "GBP", "JPY", "KRW", "IDR", "MXN", "BRL"];
    quotes.iter().map(rate).collect()
}

/// The items in a bulk request: every other turn the other way round.
fn bulk(mode: &str, turn: usize, mut items: Vec<Value>) -> Value {
    if turn.is_multiple_of(2) {
        items.reverse();
    }
    json!({"mode": mode, "items": items})
}

#[tokio::test(flavor = "multi_thread")]
async fn bulks_of_the_same_creators_the_other_way_round_end_in_one_enrolment_of_each() {
    let doors = Doors::two().await;
    for round in 0..10 {
        let bulks = (0..4).map(|turn| {
            let items = (0..30).map(|number| creator(round, number)).collect();
            bulk("atomic", turn, items)
        });
        let answers = doors.at_once("/v1/creators/bulk", bulks.collect()).await;
        assert_eq!(winners(&answers, "bulk-refused"), 1);
        let lost = answers.iter().find(|answer| answer.status == 409).unwrap();
        assert_eq!(lost.json()["errors"][0]["code"], "duplicate-reference");
    }
    assert_eq!(doors.world.database.row_counts().await["creators"], 300);
    doors.finish().await;
}

/// The ids of what was done, in their order; everything was.
fn ids(answer: &Answer) -> Vec<String> {
    let answer = answer.expect(207);
    let results = answer["results"].as_array().unwrap().iter();
    let mut ids: Vec<String> = results
        .map(|it| {
            assert_eq!(it["status"], 201, "{it}");
            it["id"].as_str().unwrap().to_owned()
        })
        .collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn bulks_with_the_same_keys_the_other_way_round_are_each_answered_alike() {
    let doors = Doors::two().await;
    for round in 0..10 {
        let items: Vec<Value> = (0..30).map(|number| creator(round, number)).collect();
        let bulks = (0..4).map(|turn| bulk("independent", turn, items.clone()));
        let answers = doors.at_once("/v1/creators/bulk", bulks.collect()).await;
        let mut enrolled: Vec<Vec<String>> = answers.iter().map(ids).collect();
        enrolled.dedup();
        assert_eq!(enrolled.len(), 1, "{enrolled:?}");
    }
    assert_eq!(doors.world.database.row_counts().await["creators"], 300);
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulks_of_the_same_rates_the_other_way_round_end_in_one_of_each() {
    let doors = Doors::two().await;
    let controllers = doors.as_controllers();
    for day in 1..=10 {
        let day = format!("2025-01-{day:02}");
        let bulks = (0..4).map(|turn| bulk("atomic", turn, rates(&day)));
        let at = "/v1/exchange-rates/bulk";
        let answers = controllers.at_once(at, bulks.collect()).await;
        assert_eq!(winners(&answers, "bulk-refused"), 1);
    }
    assert_eq!(
        doors.world.database.row_counts().await["exchange_rates"],
        70
    );
    doors.finish().await;
}

/// What is answered if a row is in the way that somebody else is about to insert, until both doors
/// wait; then it is taken back.
async fn held_up(
    doors: &Doors,
    row: &str,
    sends: impl Future<Output = Vec<Answer>>,
) -> Vec<Answer> {
    let database = &doors.world.database;
    let mut other = database.connect().await;
    other.batch_execute(&format!("BEGIN; {row}")).await.unwrap();
    let let_go = async {
        let waiting = "(SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock')";
        let both = async || (database.number(waiting).await == 2).then_some(());
        eventually("both doors wait", both).await;
        other.batch_execute("ROLLBACK").await.unwrap();
    };
    let (answers, ()) = futures_util::join!(sends, let_go);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn bulks_that_are_held_up_half_way_do_not_wait_for_each_other_in_a_circle() {
    let doors = Doors::two().await;
    let bulks = (0..2).map(|turn| {
        let items = (0..30).map(|number| creator(0, number)).collect();
        bulk("atomic", turn, items)
    });
    let creators = doors.at_once("/v1/creators/bulk", bulks.collect());
    let row = "INSERT INTO creators (id, reference, market, enrolled_at) \
         VALUES (gen_random_uuid(), 'JP-0-15', 'JP', now())";
    let answers = held_up(&doors, row, creators).await;
    assert_eq!(winners(&answers, "bulk-refused"), 1);
    let controllers = doors.as_controllers();
    let bulks = (0..2).map(|turn| bulk("atomic", turn, rates("2025-02-01")));
    let rates = controllers.at_once("/v1/exchange-rates/bulk", bulks.collect());
    let row = "INSERT INTO exchange_rates \
             (id, base, quote, day, rate_e8, source, stated_by, stated_at) \
         VALUES (gen_random_uuid(), 'USD', 'IDR', '2025-02-01', 1, 'ECB', 'ada', now())";
    let answers = held_up(&doors, row, rates).await;
    assert_eq!(winners(&answers, "bulk-refused"), 1);
    doors.finish().await;
}
