//! Statements of all accounts of a pledge, as one job.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::harness::{Client, Funded, World, eventually, usd};

async fn run(by: &Client, pledge: &Funded, body: Value) -> crate::harness::Answer {
    by.post(&format!("/v1/pledges/{}/statement-runs", pledge.id), body)
        .await
}

/// The run once it is done.
pub async fn done(by: &Client, run: &str) -> Value {
    let at = format!("/v1/statement-runs/{run}");
    let look = async || {
        let seen = by.get(&at).await.expect(200);
        (seen["state"] == "done").then_some(seen)
    };
    eventually("the run is done", look).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_of_a_pledge_is_issued_its_next_statement_as_known_at_one_moment() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (controller, auditor) = (world.controller(), world.auditor());
    let begun = run(&controller, &pledge, json!({"to": "2024-11-30"})).await;
    let location = begun.header("location").unwrap().to_owned();
    let begun = begun.expect(201);
    assert!(location.ends_with(begun["id"].as_str().unwrap()));
    let ended = done(&auditor, begun["id"].as_str().unwrap()).await;
    assert_eq!(ended["issued"], ended["accounts"]);
    let at = format!(
        "/v1/statements?run_id={}&limit=100",
        begun["id"].as_str().unwrap()
    );
    let issued = auditor.get(&at).await.expect(200);
    let issued = issued["data"].as_array().unwrap();
    assert_eq!(json!(issued.len()), ended["accounts"]);
    for statement in issued {
        assert_eq!(statement["number"], 1);
        assert_eq!(statement["known_journal"], begun["known_journal"]);
        assert_eq!(statement["opening"], "0.00");
    }
    // What they close with is the trial balance of that day, to the digit.
    let at = format!("/v1/trial-balance?pledge_id={}&as_of=2024-11-30", pledge.id);
    let trial = auditor.get(&at).await.expect(200);
    let amounts = |rows: &[Value], name: &str| {
        let rows = rows
            .iter()
            .map(|row| row[name].as_str().unwrap().to_owned());
        let mut all: Vec<String> = rows.collect();
        all.sort();
        all
    };
    let units = trial["units"].as_array().unwrap().iter();
    let rows: Vec<Value> = units
        .flat_map(|it| it["rows"].as_array().unwrap().clone())
        .collect();
    assert_eq!(amounts(issued, "closing"), amounts(&rows, "balance"));
    let nothing = run(&controller, &pledge, json!({"to": "2024-11-30"})).await;
    nothing.expect_problem(409, "nothing-to-issue");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_issues_again_what_late_entries_changed_if_it_is_given_a_reason() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (controller, auditor) = (world.controller(), world.auditor());
    let first = run(&controller, &pledge, json!({"to": "2024-11-30"}))
        .await
        .expect(201);
    done(&auditor, first["id"].as_str().unwrap()).await;
    world
        .budget(&pledge, "FR", usd("250.00"), "2024-11-20")
        .await;
    let refused = run(&controller, &pledge, json!({"to": "2024-12-31"})).await;
    let problem = refused.expect_problem(409, "statement-behind");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("reissue_reason")
    );
    let body = json!({"to": "2024-12-31", "reissue_reason": "A budget was entered late"});
    let second = run(&controller, &pledge, body).await.expect(201);
    let ended = done(&auditor, second["id"].as_str().unwrap()).await;
    // Of what is unallocated; the market's own budget begins with it.
    assert_eq!(ended["reissued"], 1, "{ended}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_although_somebody_issued_a_statement_that_knows_more_than_it_does() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (controller, auditor) = (world.controller(), world.auditor());
    // A run that was asked for, and whose service stopped before it began.
    let uuid = format!("substr('{}', 5)::uuid", pledge.id);
    let asked_for = format!(
        "INSERT INTO statement_runs
         SELECT p.id, gen_random_uuid(), '2024-12-31', p.journals, p.last_recorded_at, NULL,
                'carlos', 'carlos', now()
         FROM pledges p WHERE p.id = {uuid};
         INSERT INTO statement_run_accounts
         SELECT r.pledge_id, r.id, a.number FROM statement_runs r
         JOIN accounts a ON a.pledge_id = r.pledge_id"
    );
    let mut connection = world.database.connect().await;
    connection.batch_execute(&asked_for).await.unwrap();
    world
        .budget(&pledge, "FR", usd("250.00"), "2024-11-20")
        .await;
    let account = world.account(&pledge.id, "code=3110&unit=USD").await;
    let at = format!(
        "/v1/accounts/{}/statements",
        account["id"].as_str().unwrap()
    );
    let ahead = controller
        .post(&at, json!({"to": "2024-11-30"}))
        .await
        .expect(201);
    let job = "/v1/jobs/statement-issue/runs";
    let done = controller.post(job, json!({})).await.expect(200);
    assert_eq!(
        (&done["outcome"], &done["refused"]),
        (&json!("done"), &json!(0)),
        "{done}"
    );
    let run = "SELECT 'srn_' || replace(id::text, '-', '') AS line FROM statement_runs";
    let run = world.database.lines(run).await.remove(0);
    let run = auditor
        .get(&format!("/v1/statement-runs/{run}"))
        .await
        .expect(200);
    assert_eq!(
        (&run["state"], &run["reissued"]),
        (&json!("done"), &json!(0)),
        "{run}"
    );
    let at = format!(
        "/v1/statements?account_id={}",
        account["id"].as_str().unwrap()
    );
    let issued = auditor.get(&at).await.expect(200);
    let last = &issued["data"][1];
    assert_eq!(last["opening"], ahead["closing"]);
    assert_eq!(last["known_journal"], ahead["known_journal"]);
    world.finish().await;
}
