//! A key is carried out once, and answered the same for ever.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, World, allocation, new_key, usd};
use crate::operations::{Need, Place, writes};

fn client_for(world: &World, need: Need) -> Client {
    match need {
        Need::WriteOffs => world.controller(),
        _ => world.preparer(),
    }
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
        assert!(first.status == 200 || first.status == 201, "{first:?}");
        assert!(!first.replayed());
        let after = world.database.row_counts().await;
        let again = client.post_with_key(&path, &key, &body).await;
        assert!(again.replayed(), "{again:?}");
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
        if operation.need == Need::WriteOffs || operation.path.ends_with("/bulk") {
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

fn results(answer: &Value) -> Vec<(u64, bool)> {
    let results = answer["results"].as_array().unwrap().iter();
    results
        .map(|it| {
            (
                it["status"].as_u64().unwrap(),
                it["replayed"].as_bool().unwrap(),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_a_bulk_have_keys_of_their_own() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let item = |key: &str, amount: &str| {
        let mut item = allocation(&pledge, &creator, usd(amount), "2024-12-02");
        item["idempotency_key"] = json!(key);
        item
    };
    let at = "/v1/allocations/bulk";
    let items = [
        item("a", "100000.00"),
        item("b", "60000.00"),
        item("c", "1.00"),
    ];
    let bulk = json!({"mode": "independent", "items": items});
    let first = preparer.post_without_key(at, &bulk).await.expect(207);
    assert_eq!(results(&first), [(201, false), (409, false), (201, false)]);
    assert_eq!(
        (&first["succeeded"], &first["failed"]),
        (&json!(2), &json!(1))
    );

    // What was refused is tried again, what was done is not.
    world
        .budget(&pledge, "JP", usd("20000.00"), "2024-12-02")
        .await;
    let again = preparer.post_without_key(at, &bulk).await.expect(207);
    assert_eq!(results(&again), [(201, true), (201, false), (201, true)]);
    assert_eq!(again["results"][0]["id"], first["results"][0]["id"]);
    assert_eq!(world.database.row_counts().await["allocations"], 3);

    // An item is the single request it stands for.
    let single = allocation(&pledge, &creator, usd("1.00"), "2024-12-02");
    let single = preparer.post_with_key("/v1/allocations", "c", single).await;
    assert!(single.replayed());
    assert_eq!(
        single.created(),
        first["results"][2]["id"].as_str().unwrap()
    );

    let twice = json!({"mode": "independent", "items": [item("d", "1.00"), item("d", "1.00")]});
    let twice = preparer.post_without_key(at, twice).await.expect(207);
    assert_eq!(
        twice["results"][1]["problem"]["code"],
        "idempotency-key-repeated"
    );
    let changed = json!({"mode": "independent", "items": [item("a", "100000.01")]});
    let changed = preparer.post_without_key(at, changed).await.expect(207);
    assert_eq!(
        changed["results"][0]["problem"]["code"],
        "idempotency-key-reused"
    );
    assert_eq!(world.database.row_counts().await["allocations"], 4);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_bulk_is_done_whole_or_not_at_all_and_may_be_sent_again() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let bulk = |amounts: &[&str]| {
        let item = |(place, amount): (usize, &&str)| {
            let mut item = allocation(&pledge, &creator, usd(amount), "2024-12-02");
            item["idempotency_key"] = json!(format!("key-{place}"));
            item
        };
        let items: Vec<Value> = amounts.iter().enumerate().map(item).collect();
        json!({"mode": "atomic", "items": items})
    };
    let at = "/v1/allocations/bulk";
    let before = world.database.row_counts().await;
    let much = bulk(&["100000.00", "50000.01", "0.01"]);
    let refused = preparer.post_without_key(at, much).await;
    let problem = refused.expect_problem(409, "bulk-refused");
    assert_eq!(problem["errors"][0]["pointer"], "/items/1/amount");
    assert_eq!(world.database.row_counts().await, before);
    let whole = bulk(&["100000.00", "49999.99", "0.01"]);
    let done = preparer.post_without_key(at, &whole).await.expect(201);
    assert_eq!(results(&done), [(201, false); 3]);
    let again = preparer.post_without_key(at, &whole).await.expect(201);
    assert_eq!(results(&again), [(201, true); 3]);
    assert_eq!(
        world.unit_summary(&pledge.id, "USD").await["available"],
        "0.00"
    );
    world.finish().await;
}
