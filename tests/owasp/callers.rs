//! API1, 2, 3 and 5: who may touch which object, in which of its properties, by which function.

use almoner::http::access::{Role, now_s};
use serde_json::{Value, json};

use super::issuer;
use crate::harness::{Client, Process, World, usd};
use crate::operations::{Names, Place, reads, writes};
use crate::tokens::Issuer;

/// The same id with the digits of nobody.
fn absent(path: &str, id: &str) -> (String, String) {
    let nobody = format!("{}{:032x}", &id[..4], fastrand::u128(..));
    (path.replace(id, &nobody), nobody)
}

/// The id of what a path is about.
fn id_in(path: &str) -> Option<&str> {
    let parts = path.split(['/', '?']);
    parts.into_iter().find(|part| part.len() == 36)
}

/// What is said of an object, without its id, nor what names the request.
async fn words(client: &Client, path: &str, id: &str) -> (u16, String) {
    let answer = client.get(path).await;
    let mut problem = answer.json();
    problem.as_object_mut().unwrap().remove("request_id");
    (answer.status, problem.to_string().replace(id, "ID"))
}

#[tokio::test(flavor = "multi_thread")]
async fn api1_a_foreign_object_is_refused_in_the_very_words_of_an_absent_one() {
    let world = World::new().await;
    let (own, foreign) = (
        Place::new(&world, "OWN").await,
        Place::new(&world, "FOREIGN").await,
    );
    let callers = [
        world.partner(&[&own.pledge], &["*"]),
        world.donor(&[&own.pledge], &["*"]),
        world.creator_client(&own.creator),
    ];
    let mut compared = 0;
    for operation in reads() {
        // Creators belong to no pledge: every grantee may read of them.
        if matches!(operation.names, Names::Nothing | Names::Creator) {
            continue;
        }
        let path = operation.harmless(&foreign);
        let Some(id) = id_in(&path) else { continue };
        for caller in &callers {
            let there = words(caller, &path, id).await;
            if there.0 == 403 {
                continue;
            }
            let (nowhere, nobody) = absent(&path, id);
            assert_eq!(there.0, 404, "{path}");
            assert_eq!(there, words(caller, &nowhere, &nobody).await, "{path}");
            compared += 1;
        }
    }
    assert!(compared > 30, "{compared}");
    world.finish().await;
}

/// A preparer's token, otherwise good, with something else in one of its claims.
fn with(us: &Issuer, claim: &str, value: Value) -> String {
    let mut claims = us.claims(now_s());
    claims["roles"] = json!(["preparer"]);
    claims["scope"] = json!("money:write");
    claims[claim] = value;
    us.sign(&us.header().to_string(), &claims.to_string())
}

/// Tokens that are wrong in one way, of which the first was good once.
fn bad_tokens(us: &Issuer, stolen: &str) -> Vec<(&'static str, String, &'static str)> {
    let past = json!(now_s() - 3_600);
    let (signed, signature) = stolen.rsplit_once('.').unwrap();
    let other = with(us, "jti", json!("other"));
    let (other, _) = other.rsplit_once('.').unwrap();
    let mut header = us.header();
    header["alg"] = json!("none");
    let none = us.sign(&header.to_string(), &us.claims(now_s()).to_string());
    let elsewhere = with(us, "iss", json!("https://mallory.example"));
    let payroll = with(us, "aud", json!("payroll"));
    let endless = with(us, "exp", json!(null));
    let swapped = format!("{other}.{signature}");
    vec![
        ("used again", stolen.to_owned(), "token-revoked"),
        ("not signed", format!("{signed}."), "token-bad-signature"),
        ("signed by no algorithm", none, "token-wrong-algorithm"),
        ("signed as another one", swapped, "token-bad-signature"),
        ("of another issuer", elsewhere, "token-wrong-issuer"),
        ("for another service", payroll, "token-wrong-audience"),
        ("of an hour ago", with(us, "exp", past), "token-expired"),
        ("without an end", endless, "token-invalid-claim"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn api2_a_token_that_is_unsigned_foreign_expired_or_revoked_posts_nothing() {
    let world = World::new().await;
    let (place, us) = (Place::new(&world, "PLACE").await, issuer(&world));
    let body = json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"});
    let at = format!("/v1/pledges/{}/budgets", place.pledge);
    let by = |token: &str| world.nobody().with_token(token);
    // It is a good token otherwise: the very same opens the door.
    let stolen = with(&us, "jti", json!("stolen"));
    by(&stolen).post(&at, &body).await.expect(201);
    let stop = json!({"token_id": "stolen", "reason": "Laptop lost"});
    let admin = world.admin();
    admin.post("/v1/revocations", stop).await.expect(201);
    let before = world.database.row_counts().await;
    for (what, token, code) in bad_tokens(&us, &stolen) {
        let answer = by(&token).post(&at, &body).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        answer.expect_problem(401, code);
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api2_without_any_setting_guesses_are_throttled() {
    let world = World::new().await;
    let service = Process::start(world.database.url(), world.data_dir()).await;
    let mut refused = None;
    for guess in 0..=100 {
        let guess = format!("alm_{guess:043}");
        let guesser = world.nobody().at(service.address()).with_token(&guess);
        let answer = guesser.get("/v1/units").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let refused = refused.expect("it was one guess too many");
    refused.expect_problem(429, "too-many-failed-attempts");
    drop(service);
    world.finish().await;
}

/// What the service says of things, and nobody says to it.
const SERVICE_S: [&str; 8] = [
    "id",
    "state",
    "journal_id",
    "recorded_at",
    "recorded_by",
    "approved_by",
    "released",
    "identity",
];

#[tokio::test(flavor = "multi_thread")]
async fn api3_what_the_service_says_of_a_thing_can_t_be_sent_to_it() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let before = world.database.row_counts().await;
    for operation in writes() {
        let client = operation.need.client(&world);
        let path = operation.path(&place);
        for name in SERVICE_S {
            let mut body = operation.body.unwrap()(&place);
            if !body.is_object() || body.get(name).is_some() {
                continue;
            }
            body[name] = json!("x");
            let answer = client.post(&path, &body).await;
            answer.expect_problem(422, "unknown-field");
        }
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

/// Each property of that name in an answer that says something.
fn said<'v>(value: &'v Value, name: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get(name).filter(|it| !it.is_null()));
            members.values().for_each(|it| said(it, name, found));
        }
        Value::Array(items) => items.iter().for_each(|it| said(it, name, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn api3_no_property_that_a_donor_may_not_see_is_in_any_answer_to_it() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let donor = world.donor(&[&place.pledge, &place.announced], &["*"]);
    let auditor = world.auditor();
    let names = ["creator_id", "obligation_id", "recorded_by", "posted_by"];
    let (mut answers, mut to_auditor) = (0, 0);
    for operation in reads() {
        let path = operation.harmless(&place);
        for (client, seen) in [(&donor, false), (&auditor, true)] {
            let answer = client.get(&path).await;
            let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
                continue;
            };
            let mut found = Vec::new();
            names.iter().for_each(|it| said(&body, it, &mut found));
            if seen {
                to_auditor += found.len();
            } else {
                answers += usize::from(answer.status == 200);
                assert!(found.is_empty(), "{path}: {found:?}");
            }
        }
    }
    assert!(answers > 15 && to_auditor > 20, "{answers}, {to_auditor}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api5_an_administrator_moves_no_money_and_gives_itself_no_role_that_does() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let admin = world.admin();
    let first = world.user(Role::Admin, "first");
    let me = json!({"name": "Adele", "kind": "person"});
    let me = first.post("/v1/identities", me).await.created();
    for (what, said) in [
        ("subjects", json!({"subject": "adele"})),
        ("roles", json!({"role": "admin"})),
    ] {
        let at = format!("/v1/identities/{me}/{what}");
        first.post(&at, said).await.expect(200);
    }
    let before = world.database.row_counts().await;
    let mut refused = 0;
    for operation in writes() {
        let of_people = ["/v1/identities", "/v1/api-tokens", "/v1/revocations"];
        let of_people = of_people.iter().any(|it| operation.path.starts_with(it));
        if of_people || operation.path.ends_with("/erasure") {
            continue;
        }
        let path = operation.path(&place);
        let body = operation.body.unwrap()(&place);
        let answer = admin.post(&path, body).await;
        answer.expect_problem(403, "forbidden");
        refused += 1;
    }
    assert!(refused > 40, "{refused}");
    let at = format!("/v1/identities/{me}/roles");
    for role in ["preparer", "approver", "controller"] {
        let answer = admin.post(&at, json!({"role": role})).await;
        answer.expect_problem(409, "own-rights");
    }
    let after = world.database.row_counts().await;
    assert_eq!(after, before);
    world.finish().await;
}
