//! On both time axes: what a report was cut by says what it is, whatever is posted since.

use serde_json::json;

use super::{ALL, hundredths, report, row};
use crate::harness::{World, allocation, document, usd};
use crate::operations::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_report_known_at_a_moment_is_the_same_to_the_byte_after_backdated_postings() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let auditor = world.auditor();
    let mut before = Vec::new();
    for name in ALL {
        for day in ["", "&as_of=2025-01-31"] {
            let at = format!("/v1/pledges/{}/reports/{name}", place.pledge);
            let now = auditor.get(&at).await.expect(200);
            let known_at = now["known_at"].as_str().unwrap();
            for ending in ["", ".csv", ".xlsx"] {
                let at = format!("{at}{ending}?known_at={known_at}{day}");
                let answer = auditor.get(&at).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                before.push((at, answer));
            }
        }
    }
    let preparer = world.preparer();
    for (amount, day) in [("7.00", "2024-12-03"), ("3.00", "2025-02-01")] {
        let body = json!({"pledge_id": place.pledge, "creator_id": place.creator,
            "amount": usd(amount), "effective_date": day});
        preparer.post("/v1/allocations", body).await.expect(201);
    }
    let receipt = json!({"received": usd("10.00"), "bank_reference": "LATE-1",
        "effective_date": "2024-11-20"});
    let at = format!("/v1/instalments/{}/receipts", place.instalments[1]);
    preparer.post(&at, receipt).await.expect(201);
    let extension = json!({"expires_at": "2025-06-30", "reason": "Late", "document": document()});
    let at = format!("/v1/lots/{}/extensions", place.lot);
    world.controller().post(&at, extension).await.expect(200);
    for (at, answer) in before {
        let again = auditor.get(&at).await;
        assert!(again.body == answer.body, "{at}:\n{again:?}\n{answer:?}");
        assert_eq!(again.header("etag"), answer.header("etag"), "{at}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_shows_what_counted_by_a_day_and_what_was_known_by_a_moment() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("100.00"), "2024-12-02")
        .await;
    let auditor = world.auditor();
    let first = report(&auditor, &pledge.id, "summary").await;
    let preparer = world.preparer();
    let late = allocation(&pledge, &creator, usd("20.00"), "2024-11-20");
    preparer.post("/v1/allocations", late).await.created();
    let known_at = first["known_at"].as_str().unwrap();
    for (query, allocated) in [
        (String::new(), "120.00"),
        ("?as_of=2024-11-30".to_owned(), "20.00"),
        (format!("?known_at={known_at}"), "100.00"),
        (format!("?known_at={known_at}&as_of=2024-11-30"), "0.00"),
    ] {
        let at = format!("/v1/pledges/{}/reports/summary{query}", pledge.id);
        let summary = auditor.get(&at).await.expect(200);
        let japan = row(&summary, &[("unit", "USD"), ("market", "JP")]);
        assert_eq!(japan["allocated"], allocated, "{query}");
        let left = hundredths(&json!("150000.00")) - hundredths(&japan["allocated"]);
        assert_eq!(hundredths(&japan["available"]), left, "{query}");
    }
    let future = "known_at=2999-01-01T00:00:00Z";
    let at = format!("/v1/pledges/{}/reports/summary?{future}", pledge.id);
    auditor
        .get(&at)
        .await
        .expect_problem(422, "known-at-in-future");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_was_known_a_report_is_empty_and_says_so() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/reports/trial-balance", pledge.id);
    let at = format!("{at}?known_at=2020-01-01T00:00:00Z");
    let empty = world.auditor().get(&at).await.expect(200);
    assert_eq!(
        (&empty["known_journal"], &empty["rows"]),
        (&json!(0), &json!([]))
    );
    world.finish().await;
}
