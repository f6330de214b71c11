//! Tokens made here, for machines and spreadsheets.

use almoner::http::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::Registry;
use crate::harness::{Client, World, eventually, new_key};
use crate::operations::in_half_a_year;

async fn make(client: &Client, token: Value) -> (String, String) {
    let mut asked = token;
    asked["name"] = json!("Power Query");
    asked["expires_at"] = json!(in_half_a_year());
    let made = client.post("/v1/api-tokens", asked).await.expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

async fn auditor(world: &World) -> (String, Client) {
    let register = Registry::of(world);
    let id = register.person("Grace", "grace").await;
    register.grant(&id, json!({"role": "auditor"})).await;
    (id, world.user(Role::Auditor, "grace"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_door_as_bearer_and_as_a_password_and_is_shown_once() {
    let world = World::new().await;
    let (id, grace) = auditor(&world).await;
    let (key, path) = (new_key(), "/v1/api-tokens");
    let asked = json!({"name": "Excel", "expires_at": in_half_a_year()});
    let first = grace.post_with_key(path, &key, &asked).await;
    let made = first.expect(201);
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("alm_") && secret.len() == 53, "{secret}");
    assert_eq!(made["identity_id"], *id);
    assert_eq!(made["acts_as"]["subject"], "grace");
    let again = grace.post_with_key(path, &key, &asked).await;
    assert!(again.replayed());
    let repeated = again.expect(201);
    assert!(repeated.get("secret").is_none(), "{repeated}");
    let note = repeated["secret_note"].as_str().unwrap();
    assert!(note.contains("shown once"), "{note}");

    let nobody = world.nobody();
    let bearer = nobody.with_token(&secret);
    bearer.get("/v1/proofs").await.expect(200);
    let basic = nobody.request(Method::GET, "/v1/proofs");
    let basic = basic.basic_auth("anybody", Some(&secret));
    nobody.send(basic).await.expect(200);
    // What is kept is a hash; the token itself is nowhere.
    let kept = format!("SELECT count(*) FROM api_tokens WHERE hash = sha256('{secret}')");
    assert_eq!(world.database.number(&kept).await, 1);
    let answers = "SELECT count(*) FROM idempotency_keys \
        WHERE position('alm_'::bytea in answer) > 0";
    assert_eq!(world.database.number(answers).await, 0);
    let seen = async || {
        let list = grace.get(path).await.expect(200);
        assert!(!list.to_string().contains("alm_"), "{list}");
        list["data"][0]["last_used_at"].as_str().map(str::to_owned)
    };
    let seen = eventually("it is noted that it was used", seen).await;
    assert!(seen.ends_with(":00.000000Z"), "to the minute: {seen}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_what_it_lists_and_its_bearer_holds_still() {
    let world = World::new().await;
    let (id, grace) = auditor(&world).await;
    let (_, secret) = make(&grace, json!({"scopes": ["reference:read"]})).await;
    let machine = world.nobody().with_token(&secret);
    machine.get("/v1/units").await.expect(200);
    let refused = machine.get("/v1/proofs").await;
    assert_eq!(
        refused.expect_problem(403, "forbidden")["missing_scope"],
        "proofs:read"
    );
    // It makes no others, so that a leak ends with it.
    let asked = json!({"name": "x", "expires_at": in_half_a_year()});
    let refused = machine.post("/v1/api-tokens", &asked).await;
    refused.expect_problem(403, "forbidden");
    let standing = world
        .admin()
        .get(&format!("/v1/identities/{id}"))
        .await
        .expect(200);
    let end = json!({"role_grant_id": standing["roles"][0]["id"], "reason": "Left"});
    let at = format!("/v1/identities/{id}/role-ends");
    world.admin().post(&at, end).await.expect(200);
    machine
        .get("/v1/units")
        .await
        .expect_problem(403, "forbidden");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gives_nobody_more_than_they_have() {
    let world = World::new().await;
    let (id, grace) = auditor(&world).await;
    let other = Registry::of(&world).identity("Other", "machine").await;
    let ends = in_half_a_year();
    let base = json!({"name": "x", "expires_at": ends});
    for (field, value, code) in [
        ("roles", json!(["preparer"]), "beyond-own-rights"),
        ("roles", json!(["owner"]), "unknown-role"),
        ("scopes", json!(["money:write"]), "unknown-scope"),
        ("scopes", json!(["api-tokens:write"]), "scope-not-given"),
        ("identity_id", json!(other), "beyond-own-rights"),
        ("markets", json!(["JP"]), "lists-without-partner"),
        ("expires_at", json!("2020-01-01"), "expiry-out-of-range"),
        ("expires_at", json!("2099-01-01"), "expiry-out-of-range"),
    ] {
        let mut asked = base.clone();
        asked[field] = value;
        let refused = grace.post("/v1/api-tokens", &asked).await;
        refused.expect_problem(422, code);
    }
    // Whoever isn't registered has nothing that could be kept in check.
    let stranger = world.auditor().post("/v1/api-tokens", &base).await;
    stranger.expect_problem(422, "subject-unknown");
    // For others, administrators say which roles; and those have to be held.
    let for_grace = |roles: Value| {
        let mut asked = base.clone();
        asked["identity_id"] = json!(id);
        asked["roles"] = roles;
        asked
    };
    let admin = world.admin();
    let refused = admin
        .post("/v1/api-tokens", for_grace(json!(["partner"])))
        .await;
    refused.expect_problem(409, "role-not-held");
    let refused = admin
        .post("/v1/api-tokens", for_grace(json!(["partner", "auditor"])))
        .await;
    refused.expect_problem(422, "partner-alone");
    make(&admin, json!({"identity_id": id, "roles": ["auditor"]})).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_moves_money_is_not_made_by_who_gave_the_role() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let robot = register.identity("Payroll", "machine").await;
    register.grant(&robot, json!({"role": "preparer"})).await;
    let asked = json!({"name": "Payroll", "identity_id": robot, "roles": ["preparer"],
        "expires_at": in_half_a_year()});
    let own = world.admin().post("/v1/api-tokens", &asked).await;
    own.expect_problem(409, "same-person");
    let boris = world.user(Role::Admin, "boris");
    let (_, secret) = make(&boris, json!({"identity_id": robot, "roles": ["preparer"]})).await;
    let machine = world.nobody().with_token(&secret);
    let creator = json!({"reference": "JP-1", "name": "Zoë", "market": "JP"});
    machine.post("/v1/creators", creator).await.created();
    // A person's is made by that person, whoever gave the role.
    let petra = register.person("Petra", "petra").await;
    register.grant(&petra, json!({"role": "preparer"})).await;
    let mut asked = asked;
    asked["identity_id"] = json!(petra);
    let refused = boris.post("/v1/api-tokens", &asked).await;
    refused.expect_problem(409, "made-by-bearer");
    let (_, secret) = make(&world.preparer(), json!({})).await;
    let petra = world.nobody().with_token(&secret);
    let creator = json!({"reference": "JP-2", "name": "Zoë", "market": "JP"});
    petra.post("/v1/creators", creator).await.created();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_s_token_shows_what_the_partner_sees_or_less() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let paul = register.person("Paul", "paul").await;
    register.grant(&paul, json!({"role": "partner"})).await;
    let (own, foreign) = (world.funded_pledge().await, world.funded_pledge().await);
    let partner = world.partner(&[&own.id], &["*"]);
    let (_, secret) = make(&partner, json!({})).await;
    let sheet = world.nobody().with_token(&secret);
    sheet
        .get(&format!("/v1/pledges/{}", own.id))
        .await
        .expect(200);
    let hidden = sheet.get(&format!("/v1/pledges/{}", foreign.id)).await;
    hidden.expect_problem(404, "not-found");
    for (field, value) in [
        ("pledges", json!([foreign.id])),
        ("pledges", json!([own.id, foreign.id])),
    ] {
        let mut asked = json!({"name": "x", "expires_at": in_half_a_year()});
        asked[field] = value;
        let refused = partner.post("/v1/api-tokens", asked).await;
        refused.expect_problem(422, "beyond-own-rights");
    }
    let narrow = world.partner(&[&own.id], &["JP"]);
    let mut asked = json!({"name": "x", "expires_at": in_half_a_year(), "markets": ["*"]});
    let refused = narrow.post("/v1/api-tokens", &asked).await;
    refused.expect_problem(422, "beyond-own-rights");
    asked["markets"] = json!(["JP"]);
    narrow.post("/v1/api-tokens", asked).await.created();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_revoked_by_its_bearer_or_an_administrator() {
    let world = World::new().await;
    let (_, grace) = auditor(&world).await;
    let second = world.second_process().await;
    let reason = json!({"reason": "Laptop lost"});
    for by in [&grace, &world.admin()] {
        let (id, secret) = make(&grace, json!({})).await;
        let at = format!("/v1/api-tokens/{id}/revocation");
        let stranger = world.user(Role::Auditor, "hal").post(&at, &reason).await;
        stranger.expect_problem(404, "not-found");
        let sheet = world.nobody().with_token(&secret).at(second.address());
        let known = async || (sheet.get("/v1/units").await.status == 200).then_some(());
        eventually("the second service knows it", known).await;
        by.post(&at, &reason).await.expect(200);
        let here = sheet.at(world.address()).get("/v1/units").await;
        here.expect_problem(401, "token-revoked");
        let stopped = async || {
            let answer = sheet.get("/v1/units").await;
            (answer.status == 401).then_some(())
        };
        eventually("it stops at the second service", stopped).await;
        let list = grace.get("/v1/api-tokens").await.expect(200);
        let last = list["data"].as_array().unwrap().last().unwrap().clone();
        assert!(last["revoked_at"].is_string(), "{last}");
    }
    let others = world
        .user(Role::Preparer, "petra")
        .get("/v1/api-tokens")
        .await;
    assert_eq!(others.expect(200)["data"], json!([]));
    drop(second);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_is_told_from_a_token_nobody_knows() {
    let world = World::new().await;
    let (_, grace) = auditor(&world).await;
    let (_, secret) = make(&grace, json!({})).await;
    let other = World::new().await; // where it is well formed, and unknown
    let known = other.nobody().with_token(&secret).get("/v1/units").await;
    known.expect_problem(401, "token-unknown");
    let last = if secret.ends_with('0') { "1" } else { "0" };
    let slip = format!("{}{last}", &secret[..secret.len() - 1]);
    let slip = world.nobody().with_token(&slip).get("/v1/units").await;
    let problem = slip.expect_problem(401, "token-malformed");
    assert!(problem["detail"].as_str().unwrap().contains("mistyped"));
    other.finish().await;
    world.finish().await;
}
