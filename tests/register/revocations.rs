//! Tokens that don't count any more, wherever they are shown.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use almoner::http::access::Role;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Registry;
use crate::faults::Door;
use crate::harness::{Client, Process, TestDatabase, World, eventually};

/// How long a revocation may take until every instance knows it.
const EVERYWHERE: Duration = Duration::from_secs(1);

/// A token's own id.
fn token_id(client: &Client) -> String {
    let payload = client.token().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["jti"].as_str().unwrap().to_owned()
}

/// How long a token still opens the door there, after it was revoked at the first service.
async fn opens_for(client: &Client, there: SocketAddr, revoked: Instant) -> Duration {
    let client = client.at(there);
    let stopped = async || {
        let answer = client.get("/v1/units").await;
        if answer.status == 200 {
            return None;
        }
        answer.expect_problem(401, "token-revoked");
        Some(revoked.elapsed())
    };
    eventually("the token is refused", stopped).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_stops_on_a_second_process_within_a_second() {
    let world = World::new().await;
    let second = world.second_process().await;
    let register = Registry::of(&world);
    let grace = register.person("Grace", "grace").await;
    register.grant(&grace, json!({"role": "auditor"})).await;
    let auditor = |subject: &str| world.user(Role::Auditor, subject);
    let (one, other) = (auditor("ines"), auditor("ines"));
    let revocations = [
        (one.clone(), json!({"token_id": token_id(&one)})),
        (auditor("hal"), json!({"subject": "hal"})),
        (auditor("grace"), json!({"identity_id": grace})),
    ];
    let mut slowest = Duration::ZERO;
    for (client, revocation) in revocations {
        client
            .at(second.address())
            .get("/v1/units")
            .await
            .expect(200);
        client.get("/v1/units").await.expect(200);
        let revoked = Instant::now();
        register.revoke(revocation).await;
        // Where it was revoked it is known by the time that is answered.
        let answer = client.get("/v1/units").await;
        let problem = answer.expect_problem(401, "token-revoked");
        assert_eq!(problem["retryable"], false);
        slowest = slowest.max(opens_for(&client, second.address(), revoked).await);
    }
    println!("a revocation was known to the second process after at most {slowest:?}");
    assert!(slowest < EVERYWHERE, "{slowest:?}");
    // Of one token, the others of the same person are no concern.
    for door in [world.address(), second.address()] {
        other.at(door).get("/v1/units").await.expect(200);
    }
    let list = world.auditor().get("/v1/revocations").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    assert_eq!(list["data"][1]["subject"]["subject"], "hal");
    drop(second);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_subject_s_tokens_stop_and_those_made_later_count() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let before: Vec<Client> = (0..3).map(|_| world.user(Role::Auditor, "hal")).collect();
    register.revoke(json!({"subject": "hal"})).await;
    for client in &before {
        let answer = client.get("/v1/units").await;
        answer.expect_problem(401, "token-revoked");
    }
    world.auditor().get("/v1/units").await.expect(200);
    // Times in tokens are whole seconds: one of the same second might have been made before.
    let fresh = async || {
        let answer = world.user(Role::Auditor, "hal").get("/v1/units").await;
        (answer.status == 200).then_some(())
    };
    eventually("a new token counts", fresh).await;
    for (wrong, code) in [
        (json!({"reason": "x"}), "one-of-three"),
        (
            json!({"token_id": "1", "subject": "hal", "reason": "x"}),
            "one-of-three",
        ),
        (json!({"issuer": "i", "reason": "x"}), "one-of-three"),
        (
            json!({"identity_id": format!("idn_{}", "0".repeat(32)), "reason": "x"}),
            "unknown-reference",
        ),
    ] {
        let refused = world.admin().post("/v1/revocations", wrong).await;
        refused.expect_problem(422, code);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_subjects_have_to_be_registered_others_are_turned_away() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let adele = register.person("Adele", "adele").await;
    let at = format!("/v1/identities/{adele}/roles");
    let boris = world.user(Role::Admin, "boris");
    boris.post(&at, json!({"role": "admin"})).await.expect(200);
    let settings = [("ALMONER_SUBJECTS", "registered")];
    let url = world.database.url();
    let strict = Process::start_with(url, world.data_dir(), &settings).await;
    let stranger = world.auditor().at(strict.address());
    let answer = stranger.get("/v1/units").await;
    answer.expect_problem(403, "subject-unknown");
    let admin = world.admin().at(strict.address());
    admin.get("/v1/identities").await.expect(200);
    let list = admin.get("/v1/access-list").await.expect(200);
    assert_eq!(list["unregistered_subjects"], "turned_away");
    drop(strict);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_while_nobody_can_tell_who_was_revoked() {
    let database = TestDatabase::create().await;
    let mut door = Door::to(&database);
    let url = door.url();
    let world = World::through(database, url, None).await;
    let auditor = world.auditor();
    auditor.get("/v1/units").await.expect(200);
    door.shut();
    let shut = Instant::now();
    // The list of units is kept in memory: nothing but the register keeps anybody from it.
    let refused = async || {
        let answer = auditor.get("/v1/units").await;
        if answer.status == 200 {
            return None;
        }
        let problem = answer.expect_problem(503, "unavailable");
        assert!(answer.header("retry-after").is_some());
        assert_eq!(problem["retryable"], true);
        Some(shut.elapsed())
    };
    let after = eventually("nobody comes in", refused).await;
    assert!(
        after > Duration::from_secs(3),
        "a hiccup harms nobody: {after:?}"
    );
    door.open();
    let back = async || (auditor.get("/v1/units").await.status == 200).then_some(());
    eventually("everybody comes in again", back).await;
    world.finish().await;
}
