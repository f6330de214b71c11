//! The segregation report: what broke a control is found in the rows, whoever put it there; and
//! what held and stands out is told as well.

use almoner::http::access::Role;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::harness::{Funded, World, document, usd};

async fn report(world: &World, pledge: &Funded) -> Value {
    let at = format!("/v1/segregation-report?pledge_id={}", pledge.id);
    world.auditor().get(&at).await.expect(200)
}

/// The findings of which there are any, with how many.
fn found(report: &Value) -> Vec<(String, i64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|it| it["count"] != 0)
        .map(|it| {
            assert_eq!(
                it["count"].as_u64().unwrap() as usize,
                it["entries"].as_array().unwrap().len()
            );
            let name = it["name"].as_str().unwrap().to_owned();
            (name, it["count"].as_i64().unwrap())
        })
        .collect()
}

async fn budget(world: &World, pledge: &Funded, amount: &str) -> crate::harness::Answer {
    let budget = json!({"market": "FR", "amount": usd(amount), "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    world.preparer().post(&at, budget).await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_control_holds_only_what_stands_out_is_told() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .state_threshold(&pledge.id, "budget", usd("1000.00"), 1)
        .await;
    let first = report(&world, &pledge).await;
    assert_eq!(
        (&first["is_empty"], &first["violations"]),
        (&json!(true), &json!(0))
    );

    // Above it and approved, far below it, just below it.
    let waits = budget(&world, &pledge, "2000.00").await.waits();
    let herself = world.user(Role::Approver, "petra");
    herself
        .approve(&waits)
        .await
        .expect_problem(409, "same-person");
    world.approver().approve(&waits).await.expect(200);
    budget(&world, &pledge, "500.00").await.expect(201);
    let near = budget(&world, &pledge, "995.00").await.expect(201);
    let taken_back = json!({"reason": "Entered twice", "document": document()});
    let at = format!(
        "/v1/journals/{}/reversals",
        near["journal_id"].as_str().unwrap()
    );
    let reversed = world.controller().post(&at, taken_back).await;
    assert_eq!(reversed.status, 201, "{reversed:?}");

    let report = report(&world, &pledge).await;
    assert_eq!(report["violations"], 0);
    let expected = [
        ("self-approval-refused", 1),
        ("just-below-threshold", 1),
        ("reversal", 1),
    ];
    let expected: Vec<(String, i64)> = expected
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect();
    assert_eq!(found(&report), expected);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_got_round_the_controls_is_found_in_the_rows() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .state_threshold(&pledge.id, "budget", usd("1000.00"), 1)
        .await;
    let waits = budget(&world, &pledge, "2000.00").await.waits();
    world.approver().approve(&waits).await.expect(200);
    // A superuser makes as if the maker had approved it, and then as if nobody had been asked.
    let mut owner = world.database.connect().await;
    let decided = "UPDATE approval_decisions SET actor = 'petra' \
        FROM approvals a WHERE a.id = approval_id AND a.action = 'budget'";
    let unhindered = "SET session_replication_role = replica";
    owner.batch_execute(unhindered).await.unwrap();
    owner.batch_execute(decided).await.unwrap();
    let told = report(&world, &pledge).await;
    assert_eq!(found(&told), [("decided-by-maker".to_owned(), 1)]);
    assert_eq!(told["violations"], 1);
    let unasked = "UPDATE journals SET approval_id = NULL WHERE kind = 'budget' \
        AND approval_id IS NOT NULL";
    owner.batch_execute(unasked).await.unwrap();
    let told = report(&world, &pledge).await;
    let names: Vec<String> = found(&told).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["decided-by-maker", "above-threshold-unapproved"]);
    let entry = &told["findings"][4]["entries"][0];
    assert_eq!(
        (&entry["minor"], &entry["above_minor"]),
        (&json!(200_000), &json!(100_000))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_to_approve_what_is_told_as_of_a_day() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .state_threshold(&pledge.id, "budget", usd("1000.00"), 2)
        .await;
    world
        .state_threshold(&pledge.id, "budget", usd("500.00"), 1)
        .await;
    let at = format!("/v1/pledges/{}/approval-matrix", pledge.id);
    let matrix = world.auditor().get(&at).await.expect(200);
    let of = |matrix: &Value, action: &str| {
        let actions = matrix["actions"].as_array().unwrap().clone();
        actions
            .into_iter()
            .find(|it| it["action"] == action)
            .unwrap()
    };
    let budgets = of(&matrix, "budget");
    assert_eq!(budgets["thresholds"].as_array().unwrap().len(), 1);
    assert_eq!(budgets["thresholds"][0]["above"], usd("500.00"));
    assert_eq!(budgets["decided_by"], json!(["approver"]));
    let placement = of(&matrix, "placement");
    assert_eq!(
        (&placement["takes_two"], &placement["thresholds"]),
        (&json!(true), &json!([]))
    );
    let before = world.auditor().get(&format!("{at}?at=2025-01-01")).await;
    assert_eq!(of(&before.expect(200), "budget")["thresholds"], json!([]));
    let later = world.auditor().get(&format!("{at}?at=2099-01-01")).await;
    later.expect_problem(422, "malformed-parameter");
    world.finish().await;
}
