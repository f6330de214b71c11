//! `validate_only`: what would be posted, and nothing is.

use serde_json::json;

use crate::harness::{World, allocation, new_key, usd};

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_be_posted_and_writes_nothing() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let before = world.database.row_counts().await;
    let at = "/v1/allocations?validate_only=true";
    let body = allocation(&pledge, &creator, usd("2500.00"), "2024-12-02");
    let first = preparer.post_without_key(at, &body).await.expect(200);
    let second = preparer.post(at, &body).await.expect(200);
    assert_eq!(
        first["digest"], second["digest"],
        "the same effect, the same digest"
    );
    assert_eq!(first["digest"].as_str().unwrap().len(), 64);
    let transfers = first["would_post"]["transfers"].as_array().unwrap();
    assert_eq!(transfers.len(), 1);
    assert_eq!(transfers[0]["debit"]["code"], "3120");
    assert_eq!(transfers[0]["credit"]["code"], "3130");
    assert_eq!(transfers[0]["amount"], usd("2500.00"));
    let other = allocation(&pledge, &creator, usd("2500.01"), "2024-12-02");
    let other = preparer.post_without_key(at, other).await.expect(200);
    assert_ne!(other["digest"], first["digest"]);
    let much = allocation(&pledge, &creator, usd("150000.01"), "2024-12-02");
    let refused = preparer.post_without_key(at, much).await;
    refused.expect_problem(409, "insufficient-funds");
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_does_not_use_up_its_key() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let key = new_key();
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    let budget = json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"});
    let dry = format!("{at}?validate_only=true");
    preparer
        .post_with_key(&dry, &key, &budget)
        .await
        .expect(200);
    let real = preparer.post_with_key(&at, &key, &budget).await;
    assert!(!real.replayed());
    real.expect(201);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_dry_run_foresees_each_item_with_those_before_it() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let before = world.database.row_counts().await;
    let item = |amount| allocation(&pledge, &creator, usd(amount), "2024-12-02");
    let items = [item("100000.00"), item("60000.00"), item("50000.00")];
    for mode in ["independent", "atomic"] {
        let bulk = json!({"mode": mode, "items": items});
        let at = "/v1/allocations/bulk?validate_only=true";
        let foreseen = preparer.post_without_key(at, bulk).await.expect(200);
        let results = foreseen["results"].as_array().unwrap();
        assert!(results[0]["preview"].is_object(), "{foreseen}");
        assert_eq!(
            results[1]["problem"]["code"], "insufficient-funds",
            "{foreseen}"
        );
        assert_eq!(results[1]["problem"]["available"], usd("50000.00"));
        assert!(results[2]["preview"].is_object(), "{foreseen}");
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}
