//! Queries that ask for what there isn't, and cursors nobody was given.

use super::Scene;
use crate::operations::{reads, writes};

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_nobody_knows_is_refused_everywhere() {
    let scene = Scene::new().await;
    for operation in reads().into_iter().filter(|it| it.path.starts_with("/v1/")) {
        let path = operation.harmless(&scene.place);
        let and = if path.contains('?') { '&' } else { '?' };
        for stranger in [
            "surprise=1",
            "LIMIT=1",
            "a%00b=1",
            "validate_only=true",
            "%F0%9F%98%80",
        ] {
            let client = scene.client(&operation);
            let answer = client.get(&format!("{path}{and}{stranger}")).await;
            answer.expect_problem(422, "unknown-parameter");
        }
    }
    for operation in writes() {
        let (path, body) = (
            operation.path(&scene.place),
            operation.body.unwrap()(&scene.place),
        );
        let client = scene.client(&operation);
        for stranger in [
            "surprise=1",
            "limit=1",
            "validate_only[]=true",
            "Validate_Only=true",
        ] {
            let answer = client.post(&format!("{path}?{stranger}"), &body).await;
            answer.expect_problem(422, "unknown-parameter");
        }
        for value in ["", "1", "yes", "TRUE", "true%00", "null"] {
            let answer = client
                .post(&format!("{path}?validate_only={value}"), &body)
                .await;
            answer.expect_problem(422, "malformed-parameter");
        }
    }
    scene.finish().await;
}

/// Every list there is, with what it needs.
fn lists(scene: &Scene) -> Vec<String> {
    let place = &scene.place;
    vec![
        "/v1/units?".to_owned(),
        "/v1/markets?".to_owned(),
        "/v1/pledges?".to_owned(),
        format!("/v1/pledges/{}/instalments?", place.pledge),
        format!("/v1/pledges/{}/lots?", place.pledge),
        "/v1/creators?".to_owned(),
        "/v1/allocations?".to_owned(),
        "/v1/accounts?".to_owned(),
        format!("/v1/accounts/{}/entries?", place.account),
        format!("/v1/journals?pledge_id={}&", place.pledge),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_a_whole_number_from_1_to_1000() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    for list in lists(&scene) {
        for limit in [
            "0",
            "-1",
            "1001",
            "1e2",
            "1.5",
            "",
            "ten",
            "99999999999999999999",
            "+1 ",
        ] {
            let answer = preparer.get(&format!("{list}limit={limit}")).await;
            answer.expect_problem(422, "malformed-parameter");
        }
        let twice = preparer.get(&format!("{list}limit=1&limit=2")).await;
        twice.expect_problem(422, "repeated-parameter");
        preparer.get(&format!("{list}limit=1000")).await.expect(200);
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_was_not_given_out_leads_nowhere() {
    let scene = Scene::new().await;
    let auditor = scene.world.auditor();
    let mut real = Vec::new();
    for list in lists(&scene) {
        let page = auditor.get(&format!("{list}limit=1")).await.expect(200);
        real.extend(
            page["next_cursor"]
                .as_str()
                .map(|cursor| (list.clone(), cursor.to_owned())),
        );
    }
    assert!(real.len() >= 6, "{real:?}");
    for list in lists(&scene) {
        let mut wrong: Vec<String> = ["", "x", "AAAA", "%00", "..", "%F0%9F%98%80", "1"]
            .map(str::to_owned)
            .to_vec();
        wrong.push("A".repeat(5_000));
        for (of, cursor) in &real {
            let mut turned = cursor.clone().into_bytes();
            let last = turned.len() - 1;
            turned[last / 2] = if turned[last / 2] == b'A' { b'B' } else { b'A' };
            wrong.push(String::from_utf8(turned).unwrap());
            wrong.push(cursor[..last].to_owned());
            wrong.push(format!("{cursor}A"));
            wrong.push(format!("{cursor}="));
            if *of != list {
                wrong.push(cursor.clone()); // another list's
            }
        }
        for cursor in wrong {
            let answer = auditor.get(&format!("{list}limit=1&cursor={cursor}")).await;
            answer.expect_problem(422, "malformed-parameter");
        }
    }
    // With other filters it is another list.
    let (_, cursor) = real
        .iter()
        .find(|(list, _)| list == "/v1/accounts?")
        .unwrap();
    let filtered = format!("/v1/accounts?unit=USD&limit=1&cursor={cursor}");
    auditor
        .get(&filtered)
        .await
        .expect_problem(422, "malformed-parameter");
    scene.finish().await;
}

/// Each is refused with that code.
async fn refused(scene: &Scene, paths: &[(&str, &str)]) {
    let account = format!("/v1/accounts/{}", scene.place.account);
    for (path, code) in paths {
        let path = path.replace("ACCOUNT", &account);
        scene
            .world
            .preparer()
            .get(&path)
            .await
            .expect_problem(422, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_read_strictly() {
    let scene = Scene::new().await;
    refused(
        &scene,
        &[
            ("/v1/accounts?pledge_id=x", "malformed-parameter"),
            ("/v1/accounts?pledge_id=", "malformed-parameter"),
            ("/v1/accounts?code=9999", "malformed-parameter"),
            ("/v1/accounts?code=3120'--", "malformed-parameter"),
            ("/v1/accounts?unit=usd", "malformed-parameter"),
            ("/v1/accounts?market=JAPAN", "malformed-parameter"),
            ("/v1/creators?market=%00", "malformed-parameter"),
            ("/v1/creators?market=%FF%FE", "malformed-parameter"),
            ("/v1/allocations?creator_id=plg_1", "malformed-parameter"),
            ("/v1/journals", "missing-parameter"),
            ("/v1/journals?pledge_id=all", "malformed-parameter"),
            ("/v1/proofs?pledge_id=1", "malformed-parameter"),
        ],
    )
    .await;
    let of_another_kind = format!("/v1/accounts?pledge_id={}", scene.place.creator);
    refused(&scene, &[(&of_another_kind, "malformed-parameter")]).await;
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_and_moments_are_read_strictly() {
    let scene = Scene::new().await;
    refused(
        &scene,
        &[
            ("/v1/trial-balance?as_of=2025-02-30", "malformed-parameter"),
            ("/v1/trial-balance?as_of=0000-01-01", "malformed-parameter"),
            ("ACCOUNT?as_of=yesterday", "malformed-parameter"),
            ("ACCOUNT?as_of=-4713-01-01", "malformed-parameter"),
            ("ACCOUNT?known_at=2025-01-01", "malformed-parameter"),
            (
                "ACCOUNT?known_at=2025-01-01T25:00:00Z",
                "malformed-parameter",
            ),
            ("ACCOUNT?known_at=infinity", "malformed-parameter"),
            (
                "ACCOUNT?known_at=2999-01-01T00:00:00Z",
                "known-at-in-future",
            ),
            (
                "ACCOUNT/entries?effective_date[gte]=x",
                "malformed-parameter",
            ),
            (
                "ACCOUNT/entries?effective_date[lte]=2025-01-01",
                "unknown-parameter",
            ),
            ("ACCOUNT/statement?from=2025-01-01", "missing-parameter"),
            ("ACCOUNT/statement.csv?to=2025-01-01", "missing-parameter"),
            (
                "ACCOUNT/statement?from=2025-02-01&to=2025-01-31",
                "malformed-parameter",
            ),
            (
                "ACCOUNT/statement?from=2025-02-30&to=2025-03-31",
                "malformed-parameter",
            ),
            (
                "ACCOUNT/statement?from=2025-01-01&from=2025-01-01&to=2025-01-02",
                "repeated-parameter",
            ),
            ("ACCOUNT/statement?surprise=1", "invalid-request"),
        ],
    )
    .await;
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_query_is_told_at_once() {
    let scene = Scene::new().await;
    let several = format!("/v1/accounts/{}/statement?surprise=1", scene.place.account);
    let answer = scene.world.preparer().get(&several).await;
    let problem = answer.expect_problem(422, "invalid-request");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_at_the_ends_of_the_calendar_and_moments_before_the_ledger_are_answered() {
    let scene = Scene::new().await;
    let account = format!("/v1/accounts/{}", scene.place.account);
    for path in [
        format!("{account}?as_of=0001-01-01"),
        format!("{account}?as_of=9999-12-31"),
        format!("{account}/statement?from=0001-01-01&to=9999-12-31"),
        format!("{account}/statement.csv?from=0001-01-01&to=0001-01-01"),
        format!("{account}/entries?effective_date[gte]=9999-12-31"),
        "/v1/trial-balance?as_of=0001-01-01".to_owned(),
        "/v1/trial-balance?as_of=9999-12-31".to_owned(),
    ] {
        let answer = scene.world.preparer().get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for known_at in ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00%2B14:00"] {
        let answer = scene
            .world
            .preparer()
            .get(&format!("{account}?known_at={known_at}"))
            .await;
        assert!(answer.status < 500, "{answer:?}");
    }
    scene.finish().await;
}
