//! A key is carried out once, and answered the same for ever.

mod bulk;

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::harness::{Answer, Client, World, allocation, new_key, usd};
use crate::operations::{Need, Place, writes};

fn client_for(world: &World, need: Need) -> Client {
    need.client(world)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_sent_again_is_answered_with_the_same_bytes_and_done_once() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for operation in writes()
        .into_iter()
        .filter(|it| !it.path.ends_with("/bulk"))
    {
        let client = client_for(&world, operation.need);
        let (path, body) = (operation.path(&place), operation.body.unwrap()(&place));
        let key = new_key();
        let first = client.post_with_key(&path, &key, &body).await;
        assert!(matches!(first.status, 200..=202), "{first:?}");
        assert!(!first.replayed());
        if operation.path.ends_with("/statement-runs") {
            // What is issued by and by is, before rows are counted.
            crate::statements::done(&client, first.json()["id"].as_str().unwrap()).await;
        }
        let after = world.database.row_counts().await;
        let again = client.post_with_key(&path, &key, &body).await;
        assert!(again.replayed(), "{again:?}");
        if operation.path == "/v1/api-tokens" {
            // All but the token itself, which is shown once.
            let (mut first, mut again) = (first.json(), again.json());
            for answer in [&mut first, &mut again] {
                answer["secret"] = json!(null);
                answer["secret_note"] = json!(null);
            }
            assert_eq!(again, first);
            continue;
        }
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(world.database.row_counts().await, after, "{path}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_needs_a_key() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let before = world.database.row_counts().await;
    for operation in writes() {
        let client = client_for(&world, operation.need);
        let (path, body) = (operation.path(&place), operation.body.unwrap()(&place));
        if operation.path.ends_with("/bulk") {
            let mut keyless = body;
            keyless["items"][0]
                .as_object_mut()
                .unwrap()
                .remove("idempotency_key");
            let problem = client
                .post(&path, keyless)
                .await
                .expect_problem(422, "bulk-refused");
            assert_eq!(problem["errors"][0]["pointer"], "/items/0/idempotency_key");
            continue;
        }
        let keyless = client.post_without_key(&path, &body).await;
        keyless.expect_problem(400, "idempotency-key-missing");
        for key in ["two words", "\"unclosed", "", &"k".repeat(256)] {
            let answer = client.post_with_key(&path, key, &body).await;
            answer.expect_problem(400, "idempotency-key-malformed");
        }
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_body_at_one_address() {
    let world = World::new().await;
    let preparer = world.preparer();
    let place = Place::new(&world, "PLACE").await;
    let key = new_key();
    let creator = json!({"reference": "JP-0007", "name": "山田 花子", "market": "JP"});
    let first = preparer.post_with_key("/v1/creators", &key, &creator).await;
    first.expect(201);
    let before = world.database.row_counts().await;
    let mut other = creator.clone();
    other["reference"] = json!("JP-0008");
    let reused = preparer.post_with_key("/v1/creators", &key, other).await;
    reused.expect_problem(422, "idempotency-key-reused");
    for operation in writes() {
        let others = [
            Need::WriteOffs,
            Need::Endings,
            Need::Reversals,
            Need::Lots,
            Need::RunJobs,
            Need::Rates,
            Need::Approval,
            Need::Erasures,
            Need::Sending,
            Need::Deciding,
            Need::Withdrawing,
            Need::Thresholds,
            Need::Periods,
            Need::Statements,
        ];
        let others = others.contains(&operation.need) || operation.need.is_of_register();
        if others || operation.path.ends_with("/bulk") {
            continue;
        }
        let (path, body) = (operation.path(&place), operation.body.unwrap()(&place));
        let reused = preparer.post_with_key(&path, &key, body).await;
        reused.expect_problem(422, "idempotency-key-reused");
    }
    assert_eq!(world.database.row_counts().await, before);
    // Written anew it is still the same body, and in quotes the same key.
    let text = r#"{ "market" : "JP", "name":"\u5c71\u7530 花子",  "reference":"JP-0007" }"#;
    let request = preparer.request(reqwest::Method::POST, "/v1/creators");
    let request = request.header("Idempotency-Key", format!("\"{key}\""));
    let request = request
        .header("Content-Type", "application/json")
        .body(text);
    let again = preparer.send(request).await;
    assert!(again.replayed());
    assert_eq!(again.body, first.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_in_different_addresses_of_one_kind_is_a_reuse() {
    let world = World::new().await;
    let preparer = world.preparer();
    let (here, there) = (world.funded_pledge().await, world.funded_pledge().await);
    let key = new_key();
    let budget = json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"});
    let at = |id: &str| format!("/v1/pledges/{id}/budgets");
    preparer
        .post_with_key(&at(&here.id), &key, &budget)
        .await
        .expect(201);
    let other = preparer.post_with_key(&at(&there.id), &key, &budget).await;
    other.expect_problem(422, "idempotency-key-reused");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_stays_so_when_things_have_moved_on() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let key = new_key();
    let body = allocation(&pledge, &creator, usd("150000.00"), "2024-12-02");
    let first = preparer.post_with_key("/v1/allocations", &key, &body).await;
    let id = first.created();
    preparer
        .release(&id, usd("1.00"), "2024-12-03")
        .await
        .expect(200);
    // There would be no funds for it now: the answer is the first one, not a new decision.
    let again = preparer.post_with_key("/v1/allocations", &key, &body).await;
    assert!(again.replayed());
    assert_eq!(again.body, first.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_the_key_free() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let before = world.database.row_counts().await;
    let key = new_key();
    let much = allocation(&pledge, &creator, usd("150000.01"), "2024-12-02");
    let refused = preparer.post_with_key("/v1/allocations", &key, much).await;
    refused.expect_problem(409, "insufficient-funds");
    let wrong = allocation(&pledge, &creator, json!(1), "2024-12-02");
    let refused = preparer.post_with_key("/v1/allocations", &key, wrong).await;
    assert_eq!(refused.status, 422);
    assert_eq!(world.database.row_counts().await, before);
    let body = allocation(&pledge, &creator, usd("150000.00"), "2024-12-02");
    let granted = preparer.post_with_key("/v1/allocations", &key, body).await;
    assert!(!granted.replayed());
    granted.created();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_caller_s_key_is_another_key() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let key = new_key();
    let body = allocation(&pledge, &creator, usd("5.00"), "2024-12-02");
    let other = world.user(almoner::http::access::Role::Preparer, "peter");
    let hers = world
        .preparer()
        .post_with_key("/v1/allocations", &key, &body)
        .await;
    let his = other.post_with_key("/v1/allocations", &key, &body).await;
    assert!(!his.replayed());
    assert_ne!(hers.created(), his.created());
    // The same person with another token is the same person.
    let again = world
        .preparer()
        .post_with_key("/v1/allocations", &key, &body)
        .await;
    assert!(again.replayed());
    world.finish().await;
}

/// Exactly one of the answers was carried out; all others say what that one said.
fn one_and_its_echoes(answers: &[Answer]) -> String {
    let first = answers.iter().filter(|it| !it.replayed()).count();
    assert_eq!(first, 1, "{answers:#?}");
    let id = answers[0].created();
    assert!(
        answers
            .iter()
            .all(|it| it.status == 201 && it.body == answers[0].body)
    );
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_sent_many_times_at_once_is_posted_once() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    for count in [2, 20] {
        let key = new_key();
        let body = allocation(&pledge, &creator, usd("5.00"), "2024-12-02");
        let sends = (0..count).map(|_| preparer.post_with_key("/v1/allocations", &key, &body));
        one_and_its_echoes(&join_all(sends).await);
    }
    assert_eq!(world.database.row_counts().await["allocations"], 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_sent_to_two_processes_at_once_is_posted_once() {
    let world = World::new().await;
    let second = world.second_process().await;
    let clients = [world.preparer(), world.preparer().at(second.address())];
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    for round in 1..=10 {
        let key = new_key();
        let body = allocation(&pledge, &creator, usd("5.00"), "2024-12-02");
        let sends =
            (0..20).map(|turn| clients[turn % 2].post_with_key("/v1/allocations", &key, &body));
        one_and_its_echoes(&join_all(sends).await);
        // What belongs to no pledge is held together by nothing but its key.
        let creator = json!({"reference": format!("FR-{round}"), "name": "Zoë", "market": "FR"});
        let key = new_key();
        let sends =
            (0..20).map(|turn| clients[turn % 2].post_with_key("/v1/creators", &key, &creator));
        one_and_its_echoes(&join_all(sends).await);
        assert_eq!(world.database.row_counts().await["allocations"], round);
    }
    drop(second);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_two_pledges_at_once_is_a_reuse_for_one_of_them() {
    let world = World::new().await;
    let second = world.second_process().await;
    let clients = [world.preparer(), world.preparer().at(second.address())];
    let (here, there) = (world.funded_pledge().await, world.funded_pledge().await);
    let budget = json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"});
    for _ in 0..20 {
        let key = new_key();
        let sends = [&here, &there]
            .into_iter()
            .zip(&clients)
            .map(|(pledge, client)| {
                let at = format!("/v1/pledges/{}/budgets", pledge.id);
                let (key, budget) = (&key, &budget);
                async move { client.post_with_key(&at, key, budget).await }
            });
        let answers = join_all(sends).await;
        let (done, reused): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 201);
        assert_eq!((done.len(), reused.len()), (1, 1), "{answers:#?}");
        reused[0].expect_problem(422, "idempotency-key-reused");
    }
    drop(second);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_before_the_answer_finds_it_done_once() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let body = allocation(&pledge, &creator, usd("5.00"), "2024-12-02");
    for round in 1..=20 {
        let (key, text, token) = (new_key(), body.to_string(), preparer.token().unwrap());
        let request = format!(
            "POST /v1/allocations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{text}",
            text.len()
        );
        let mut stream = tokio::net::TcpStream::connect(world.address())
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        drop(stream);
        preparer
            .post_with_key("/v1/allocations", &key, &body)
            .await
            .created();
        let rows = world.database.row_counts().await;
        assert_eq!(rows["allocations"], round);
    }
    world.finish().await;
}
