//! Many in one request: each item has a key of its own.

use serde_json::{Value, json};

use crate::harness::{World, allocation, usd};

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
