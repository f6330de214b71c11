//! Who a creator is can be forgotten, and the books stay as they are.

use serde_json::{Value, json};

use crate::harness::{World, document, new_key, usd};
use crate::operations::Place;

/// A name and an account that stand in no other word.
const NAME: &str = "Forgettable Quokka \"Q\"";
const ACCOUNT: &str = "QQ99FORGETTABLE0001";

fn bank() -> Value {
    json!({"holder": NAME, "account": ACCOUNT, "bank": "QUOKKAXX"})
}

fn erasure() -> Value {
    json!({"reason": "Asked to be forgotten", "document": document()})
}

fn enrolment(reference: &str) -> Value {
    json!({"reference": reference, "name": NAME, "market": "JP"})
}

/// A creator of the same name that was enrolled by a bulk request.
async fn enrolled_in_bulk(world: &World) -> String {
    let mut item = enrolment("JP-78");
    item["idempotency_key"] = json!("in-bulk");
    let items = json!({"mode": "atomic", "items": [item]});
    let preparer = world.preparer();
    preparer.post("/v1/creators/bulk", &items).await.expect(201);
    let all = preparer.get("/v1/creators?market=JP").await.expect(200);
    let mut all = all["data"].as_array().unwrap().iter();
    let found = all.find(|it| it["reference"] == "JP-78").unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// Every row of every table in which the text stands; what is kept of answers is read as text.
async fn found(world: &World, text: &str) -> Vec<String> {
    let tables = "SELECT relname::text AS line FROM pg_class \
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm')";
    let mut found = Vec::new();
    for table in world.database.lines(tables).await {
        // As text, and as JSON with bytes as they read.
        let rows = format!(
            "SELECT '{table}: ' || t::text AS line FROM {table} AS t \
             WHERE position('{text}' IN t::text) > 0"
        );
        found.extend(world.database.lines(&rows).await);
    }
    let kept = format!(
        "SELECT 'idempotency_keys: ' || encode(answer, 'escape') AS line FROM idempotency_keys \
         WHERE position(convert_to('{text}', 'UTF8') IN answer) > 0"
    );
    found.extend(world.database.lines(&kept).await);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_creator_is_in_no_table_and_the_books_hold() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let preparer = world.preparer();
    let (key, body) = (new_key(), enrolment("JP-77"));
    let enrolled = preparer.post_with_key("/v1/creators", &key, &body).await;
    let creator = enrolled.expect(201)["id"].as_str().unwrap().to_owned();
    let other = enrolled_in_bulk(&world).await;
    for id in [&creator, &other] {
        let at = format!("/v1/creators/{id}/bank-details");
        preparer.post(&at, bank()).await.expect(200);
    }
    world
        .allocate(&pledge, &creator, usd("10.00"), "2024-12-02")
        .await;
    let at = format!("/v1/accounts?creator_id={creator}");
    let account = world.auditor().get(&at).await.expect(200);
    let account = account["data"][0]["id"].as_str().unwrap().to_owned();
    let statement = format!("/v1/accounts/{account}/statement?from=2024-01-01&to=2026-12-31");
    let before = world.auditor().get(&statement).await;

    let seen = found(&world, "Quokka").await;
    let tables: Vec<&str> = seen
        .iter()
        .map(|it| it.split(':').next().unwrap())
        .collect();
    let expected = ["creator_bank_details", "creator_persons"];
    assert!(expected.iter().all(|it| tables.contains(it)), "{seen:?}");
    assert!(tables.iter().all(|it| expected.contains(it)), "{seen:?}");

    for id in [&creator, &other] {
        let at = format!("/v1/creators/{id}/erasure");
        let erased = world.admin().post(&at, erasure()).await.expect(200);
        assert!(
            erased["erased_at"].is_string() && erased.get("name").is_none(),
            "{erased}"
        );
    }
    for secret in ["Quokka", ACCOUNT, "QUOKKAXX"] {
        assert_eq!(
            found(&world, secret).await,
            Vec::<String>::new(),
            "{secret}"
        );
    }
    let after = world
        .auditor()
        .get(&format!("/v1/creators/{creator}"))
        .await
        .expect(200);
    assert_eq!(
        (&after["reference"], &after["market"]),
        (&json!("JP-77"), &json!("JP"))
    );
    assert!(
        after.get("name").is_none() && after["erased_at"].is_string(),
        "{after}"
    );
    let gone = format!("/v1/creators/{creator}/bank-details");
    preparer.get(&gone).await.expect_problem(404, "not-found");
    assert_eq!(world.auditor().get(&statement).await.text(), before.text());
    // The same request has the same answer for ever: it brought the name along itself.
    let again = preparer.post_with_key("/v1/creators", &key, &body).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text(), enrolled.text());
    assert_eq!(found(&world, "Quokka").await, Vec::<String>::new());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_forgotten_to_whom_or_by_whom_money_is_owed() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let at = format!("/v1/creators/{}/erasure", place.creator);
    let refused = world.admin().post(&at, erasure()).await;
    let problem = refused.expect_problem(409, "creator-owed");
    let reasons: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["detail"].as_str().unwrap())
        .collect();
    // An advance, what invoices are still owed, and what contracts and a campaign bind.
    for code in ["1400", "2120", "3140", "3240"] {
        let named = reasons
            .iter()
            .any(|it| it.contains(&format!("left on {code} ")));
        assert!(named, "{code} in {reasons:?}");
    }
    let itself = format!("/v1/creators/{}", place.creator);
    let still = world.auditor().get(&itself).await.expect(200);
    assert_eq!(still["name"], "山田 花子");
    // Of what was only reserved for it nothing is owed.
    let pledge = world.funded_pledge().await;
    let reserved = world.creator("JP").await;
    world
        .allocate(&pledge, &reserved, usd("10.00"), "2024-12-02")
        .await;
    let at = format!("/v1/creators/{reserved}/erasure");
    world.admin().post(&at, erasure()).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_erased_once_and_nothing_is_added_to_it() {
    let world = World::new().await;
    let creator = world.creator("JP").await;
    let at = format!("/v1/creators/{creator}/erasure");
    let key = new_key();
    let first = world.admin().post_with_key(&at, &key, erasure()).await;
    first.expect(200);
    let replayed = world.admin().post_with_key(&at, &key, erasure()).await;
    assert_eq!(replayed.text(), first.text());
    let again = world.admin().post(&at, erasure()).await;
    again.expect_problem(409, "creator-erased");
    let at = format!("/v1/creators/{creator}/bank-details");
    let refused = world.preparer().post(&at, bank()).await;
    refused.expect_problem(409, "creator-erased");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_shown_in_full_to_whoever_pays_and_else_masked() {
    let world = World::new().await;
    let creator = world.creator("JP").await;
    let at = format!("/v1/creators/{creator}/bank-details");
    world
        .preparer()
        .get(&at)
        .await
        .expect_problem(404, "not-found");
    for (version, account) in [(1, "0001112223"), (2, ACCOUNT)] {
        let mut details = bank();
        details["account"] = json!(account);
        let recorded = world.preparer().post(&at, details).await;
        assert_eq!(recorded.expect(200)["version"], version);
        assert!(!recorded.text().contains(account), "{recorded:?}");
    }
    let paying = world.preparer().get(&at).await.expect(200);
    assert_eq!(
        (&paying["account"], &paying["version"]),
        (&json!(ACCOUNT), &json!(2))
    );
    assert_eq!(paying["masked"], false);
    let sending = world.controller().get(&at).await.expect(200);
    assert_eq!(sending["account"], ACCOUNT);
    for reader in [world.auditor(), world.approver()] {
        let shown = reader.get(&at).await.expect(200);
        assert_eq!(shown["account"], "•••••••••••••••0001");
        assert_eq!(shown["masked"], true);
    }
    let outsiders = [
        world.admin(),
        world.creator_client(&creator),
        world.partner(&[], &["*"]),
    ];
    for outsider in outsiders {
        outsider.get(&at).await.expect_problem(403, "forbidden");
    }
    world.finish().await;
}
