//! What the service does by itself: on one service at a time, whichever it is, and late rather than
//! never.

use serde_json::json;

use crate::harness::{Process, World, agreed, credits, eventually};

/// How many services have done jobs by themselves, and how often.
async fn services_and_runs(world: &World) -> (i64, i64) {
    let of = |what: &str| format!("SELECT count({what}) FROM job_runs WHERE actor = 'scheduler'");
    (
        world.database.number(&of("DISTINCT instance")).await,
        world.database.number(&of("*")).await,
    )
}

/// Waits until there are so many runs more.
async fn more_runs(world: &World, more: i64) {
    let (_, before) = services_and_runs(world).await;
    let what = format!("{more} more runs");
    let look = async || {
        let (_, runs) = services_and_runs(world).await;
        (runs >= before + more).then_some(())
    };
    eventually(&what, look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_service_does_the_jobs_and_another_one_when_it_is_killed() {
    let world = World::new().await;
    let mut first = world.second_process_with_jobs(1).await;
    more_runs(&world, 1).await;
    let mut second = world.second_process_with_jobs(1).await;
    more_runs(&world, 3).await;
    assert_eq!(services_and_runs(&world).await.0, 1, "the second one waits");
    first.kill();
    let taken_over = async || (services_and_runs(&world).await.0 == 2).then_some(());
    eventually("the second one takes over", taken_over).await;
    more_runs(&world, 2).await;
    assert_eq!(services_and_runs(&world).await.0, 2);
    second.terminate();
    let ended = eventually("it stops", || std::future::ready(second.ended())).await;
    assert_eq!(ended.code(), Some(0));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_while_no_service_ran_lapses_when_one_starts_from_the_right_day() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let lot = json!({"face": credits("500000.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    preparer.post(&at, lot).await.created();
    let services = [
        world.second_process_with_jobs(1).await,
        world.second_process_with_jobs(1).await,
    ];
    more_runs(&world, 2).await;
    let lapsed = "SELECT concat_ws(' ', kind, effective_date, actor) AS line FROM journals \
        WHERE kind = 'expiry'";
    assert_eq!(
        world.database.lines(lapsed).await,
        ["expiry 2025-05-01 scheduler"]
    );
    drop(services);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_after_its_end_does_not_lapse_at_once_unless_somebody_wants_it() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let lot = json!({"face": credits("500000.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    preparer.post(&at, lot).await.created();
    let patient = Process::start_with(
        world.database.url(),
        world.data_dir(),
        &[
            ("ALMONER_JOBS_EVERY_S", "1"),
            ("ALMONER_EXPIRY_GRACE_S", "86400"),
        ],
    )
    .await;
    more_runs(&world, 2).await;
    let lapsed = "SELECT count(*) FROM journals WHERE kind = 'expiry'";
    assert_eq!(world.database.number(lapsed).await, 0);
    let controller = world.controller().at(patient.address());
    let run = controller
        .post("/v1/jobs/expiry/runs", json!({}))
        .await
        .expect(200);
    assert_eq!(run["done"], 1);
    drop(patient);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_listed_with_their_last_run_and_done_when_a_controller_asks() {
    let world = World::new().await;
    let auditor = world.auditor();
    let jobs = auditor.get("/v1/jobs").await.expect(200);
    assert_eq!(jobs["data"][0]["name"], "expiry");
    assert_eq!(jobs["data"][0]["last_run"], json!(null));
    let at = "/v1/jobs/expiry/runs";
    for user in [
        world.preparer(),
        world.approver(),
        world.auditor(),
        world.admin(),
    ] {
        user.post(at, json!({}))
            .await
            .expect_problem(403, "forbidden");
    }
    let controller = world.controller();
    let run = controller
        .post_with_key(at, "run-1", json!({}))
        .await
        .expect(200);
    let again = controller.post_with_key(at, "run-1", json!({})).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(200), run);
    controller
        .post_without_key(at, &json!({}))
        .await
        .expect_problem(400, "idempotency-key-missing");
    controller
        .post(at, json!({"force": true}))
        .await
        .expect_problem(422, "unknown-field");
    controller
        .post("/v1/jobs/laundry/runs", json!({}))
        .await
        .expect_problem(404, "not-found");
    auditor
        .get("/v1/jobs/laundry/runs")
        .await
        .expect_problem(404, "not-found");
    let jobs = auditor.get("/v1/jobs").await.expect(200);
    assert_eq!(jobs["data"][0]["last_run"], run);
    let runs = auditor.get("/v1/jobs/expiry/runs").await.expect(200);
    assert_eq!(runs["data"], json!([run]));
    world.finish().await;
}
