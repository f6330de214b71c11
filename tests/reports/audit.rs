//! For auditors: the register's control totals are the journal's, and a journal is traced to all it
//! rests on.

use serde_json::{Value, json};

use super::{hundredths, report, row, rows, total};
use crate::harness::{World, document, usd};
use crate::operations::Place;

#[tokio::test(flavor = "multi_thread")]
async fn the_register_has_every_journal_and_its_control_totals_are_the_journal_s() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let auditor = world.auditor();
    let found = report(&auditor, &place.pledge, "journal-register").await;
    let of = "FROM journals j JOIN pledges p ON p.id = j.pledge_id WHERE p.reference = 'PLACE'";
    let count = world
        .database
        .number(&format!("SELECT count(*) {of}"))
        .await;
    let hash = world
        .database
        .number(&format!("SELECT sum(j.number) {of}"))
        .await;
    let plain = |name: &str| total(&found, name, None);
    assert_eq!(plain("journals"), count.to_string());
    assert_eq!(
        (plain("first_number"), plain("last_number")),
        ("1".into(), count.to_string())
    );
    assert_eq!(plain("hash_total"), hash.to_string());
    for unit in ["USD", super::CREDITS] {
        let query = format!(
            "SELECT sum(t.amount) FROM transfers t JOIN pledges p ON p.id = t.pledge_id
             WHERE p.reference = 'PLACE' AND t.unit = '{unit}'"
        );
        let moved = world.database.number(&query).await;
        for side in ["debits", "credits"] {
            let told = json!(total(&found, side, Some(unit)));
            assert_eq!(hundredths(&told), moved, "{side} of {unit}");
        }
    }
    let payment = rows(&found).iter().find(|it| it["kind"] == "payment");
    if let Some(payment) = payment {
        assert!(payment["approved_by"].is_string(), "{payment}");
    }
    world.finish().await;
}

/// A column, in the order of the rows.
fn column<'a>(report: &'a Value, name: &str) -> Vec<&'a Value> {
    rows(report).iter().map(|it| &it[name]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_sorted_as_it_is_asked_for_and_comes_to_the_same() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let auditor = world.auditor();
    let plain = report(&auditor, &place.pledge, "journal-register").await;
    for name in ["number", "effective_date", "amount", "kind"] {
        let up = format!("journal-register?sort={name}");
        let up = report(&auditor, &place.pledge, &up).await;
        let down = format!("journal-register?sort=-{name}");
        let down = report(&auditor, &place.pledge, &down).await;
        assert_eq!(up["totals"], plain["totals"], "{name}");
        for (found, descending) in [(&up, false), (&down, true)] {
            for pair in rows(found).windows(2) {
                let key = |it: &Value| match name {
                    "number" => (String::new(), it[name].as_i64().unwrap(), String::new()),
                    "amount" => (it["unit"].to_string(), hundredths(&it[name]), String::new()),
                    _ => (String::new(), 0, it[name].to_string()),
                };
                let (a, b) = (key(&pair[0]), key(&pair[1]));
                let units = a.0.cmp(&b.0);
                let keys = (a.1, a.2).cmp(&(b.1, b.2));
                let keys = if descending { keys.reverse() } else { keys };
                assert!(units.then(keys).is_le(), "{name}: {pair:?}");
            }
        }
        assert_eq!(column(&up, "number").len(), column(&down, "number").len());
    }
    let at = format!(
        "/v1/pledges/{}/reports/journal-register?sort=reason",
        place.pledge
    );
    auditor
        .get(&at)
        .await
        .expect_problem(422, "malformed-parameter");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_traced_to_its_document_approval_trail_reversal_and_log() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let auditor = world.auditor();
    // An instalment that won't come takes two.
    let journals = format!("/v1/journals?pledge_id={}&limit=1000", pledge.id);
    let listed = auditor.get(&journals).await.expect(200);
    let budget = listed["data"].as_array().unwrap().iter();
    let budget = budget.rev().find(|it| it["kind"] == "budget").unwrap();
    let at = format!("/v1/journals/{}/reversals", budget["id"].as_str().unwrap());
    let reversal = json!({"reason": "Entered wrongly", "document": document(),
        "effective_date": "2025-06-01"});
    let controller = world.controller();
    let reversal = world.by_two(&controller, &at, reversal).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let trace = async |client: &crate::harness::Client, id: &str| {
        client
            .get(&format!("/v1/journals/{id}/trace"))
            .await
            .expect(200)
    };
    let traced = trace(&auditor, &reversal).await;
    assert_eq!(traced["journal"]["document"], document());
    assert_eq!(traced["reverses"], budget["id"]);
    assert_eq!(traced["reversed_by"], json!([]));
    let number = traced["journal"]["number"].as_i64().unwrap();
    assert_eq!(traced["log_index"], number - 1);
    let events = traced["audit_events"].as_array().unwrap();
    assert!(events.iter().any(|it| it["outcome"] == "done"), "{traced}");
    let proof = auditor
        .get(traced["proof"].as_str().unwrap())
        .await
        .expect(200);
    assert_eq!(
        (&proof["journal"], &proof["index"]),
        (&json!(reversal), &traced["log_index"])
    );
    let checkpoint = auditor.get(traced["checkpoint"].as_str().unwrap()).await;
    assert_eq!(checkpoint.status, 200);
    let original = trace(&auditor, budget["id"].as_str().unwrap()).await;
    assert_eq!(original["reversed_by"], json!([reversal]));
    // Whoever may not read the trail isn't told of it.
    let seen = trace(&world.preparer(), &reversal).await;
    assert!(seen["audit_events"].is_null(), "{seen}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reversals_and_overrides_are_lines_and_violations_are_none() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("100.00"), "2024-12-02")
        .await;
    let auditor = world.auditor();
    let register = report(&auditor, &pledge.id, "journal-register?sort=-number").await;
    let last = rows(&register)[0]["journal_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let at = format!("/v1/journals/{last}/reversals");
    let reversal = json!({"reason": "=Entered wrongly", "document": document(),
        "effective_date": "2025-06-01"});
    let controller = world.controller();
    let reversal = world.by_two(&controller, &at, reversal).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let found = report(&auditor, &pledge.id, "control-exceptions").await;
    assert_eq!(total(&found, "violations", None), "0");
    assert_eq!(total(&found, "reversal", None), "1");
    let line = row(&found, &[("finding", "reversal")]);
    assert_eq!(
        (&line["id"], &line["kind"]),
        (&json!(reversal), &json!("allocation"))
    );
    assert_eq!(
        (&line["meaning"], &line["reason"]),
        (&json!("exception"), &json!("=Entered wrongly"))
    );
    assert!(line["recorded_at"].is_string(), "{line}");
    let at = format!("/v1/pledges/{}/reports/control-exceptions", pledge.id);
    let known_at = found["known_at"].as_str().unwrap();
    let again = auditor.get(&format!("{at}?known_at={known_at}")).await;
    assert_eq!(again.expect(200), found);
    let csv = auditor.get(&format!("{at}.csv")).await.text();
    assert!(csv.contains("'=Entered wrongly"), "{csv}");
    // A reversal counts on its own day.
    for (day, reversals) in [("2025-05-31", "0"), ("2025-06-01", "1")] {
        let dated = format!("control-exceptions?as_of={day}");
        let dated = report(&auditor, &pledge.id, &dated).await;
        assert_eq!(total(&dated, "reversal", None), reversals, "{day}");
        assert_eq!(rows(&dated).len().to_string(), reversals, "{dated}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_approval_matrix_has_a_line_for_each_action_and_threshold_in_force() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .state_threshold(&pledge.id, "budget", usd("1000.00"), 1)
        .await;
    let auditor = world.auditor();
    let found = report(&auditor, &pledge.id, "approval-matrix").await;
    let stated = row(&found, &[("action", "budget")]);
    assert_eq!(
        (&stated["above"], &stated["unit"]),
        (&json!("1000.00"), &json!("USD"))
    );
    assert_eq!(
        (&stated["approvals"], &stated["stated_by"]),
        (&json!(1), &json!("carlos"))
    );
    let none = row(&found, &[("action", "allocation")]);
    assert!(
        none["above"].is_null() && none["takes_two"] == false,
        "{none}"
    );
    // Before it was stated there was none.
    let at = format!(
        "/v1/pledges/{}/reports/approval-matrix?as_of=2024-12-31",
        pledge.id
    );
    let before = auditor.get(&at).await.expect(200);
    assert!(
        row(&before, &[("action", "budget")])["above"].is_null(),
        "{before}"
    );
    world.finish().await;
}
