//! What other programs are given to check, read by readers that share nothing with the writers.

mod beancount;
mod hledger;
mod tables;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{World, usd};

/// What somebody wrote who knows how journals, strings and formulas begin and end.
const REASON: &str = "=SUM(A1); she said \"half\" \\ 2 | 3, or so";

/// The forms there are, with their media types.
const FORMS: &[(&str, &str)] = &[
    ("journal.hledger", "text/plain"),
    ("journal.beancount", "text/plain"),
    ("gl-detail.csv", "text/csv"),
    ("trial-balance.csv", "text/csv"),
    ("fec.txt", "text/plain"),
];

/// Figures by account and unit, in hundredths; debits are positive.
type Figures = BTreeMap<(String, String), i64>;

/// `-1250.00` in hundredths.
fn hundredths(figure: &str) -> i64 {
    let (whole, cents) = figure.split_once('.').unwrap();
    assert_eq!(cents.len(), 2, "{figure}");
    format!("{whole}{cents}").parse().unwrap()
}

/// A pledge some of whose money was allocated, and some given back.
async fn moved(world: &World) -> String {
    let funded = world.funded_pledge().await;
    let preparer = world.preparer();
    let creator = world.creator("JP").await;
    let mut allocations = Vec::new();
    for amount in ["100.00", "250.50"] {
        let allocation = json!({"pledge_id": funded.id, "creator_id": creator,
            "amount": usd(amount), "effective_date": "2024-12-02"});
        let made = preparer.post("/v1/allocations", allocation).await;
        allocations.push(made.expect(201)["id"].as_str().unwrap().to_owned());
    }
    let at = format!("/v1/allocations/{}/release", allocations[1]);
    let release = json!({"amount": usd("0.49"), "reason": REASON, "effective_date": "2024-12-03"});
    preparer.post(&at, release).await.expect(200);
    funded.id
}

/// Exports the pledge, as an auditor.
async fn export(world: &World, pledge: &str, form: &str, media_type: &str) -> String {
    let at = format!("/v1/pledges/{pledge}/{form}");
    let answer = world.auditor().get(&at).await;
    assert_eq!(answer.status, 200);
    let stated = answer.header("content-type").unwrap();
    assert_eq!(stated, format!("{media_type}; charset=utf-8"));
    answer.text()
}

/// What the ledger says each account comes to, by `name` of its JSON.
async fn ledgers(world: &World, pledge: &str, name: fn(&Value) -> (String, String)) -> Figures {
    let at = format!("/v1/accounts?pledge_id={pledge}&limit=1000");
    let accounts = world.auditor().get(&at).await.expect(200);
    let figure =
        |account: &Value, side: &str| account[side].as_str().map(hundredths).expect("a figure");
    let accounts = accounts["data"].as_array().unwrap().iter();
    let of = |it| (name(it), figure(it, "debits") - figure(it, "credits"));
    accounts.map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_for_those_who_see_the_whole_ledger() {
    let world = World::new().await;
    let id = world.funded_pledge().await.id;
    for (form, media_type) in FORMS {
        let at = format!("/v1/pledges/{id}/{form}");
        for hidden in [world.partner(&[&id], &["*"]), world.admin()] {
            hidden.get(&at).await.expect_problem(403, "forbidden");
        }
        let auditor = world.auditor();
        let absent = at.replace(&id, "plg_00000000000000000000000000000000");
        auditor.get(&absent).await.expect_problem(404, "not-found");
        let taken = auditor.get_with(&at, ("Accept", *media_type)).await;
        assert_eq!(taken.status, 200, "{form}");
        let other = auditor.get_with(&at, ("Accept", "application/json")).await;
        match *media_type {
            "text/csv" => assert_eq!(other.status, 200, "{form}"),
            _ => drop(other.expect_problem(406, "not-acceptable")),
        };
    }
    world.finish().await;
}
