//! Identities, subjects and roles.

use almoner::http::access::Role;
use serde_json::json;

use super::Registry;
use crate::harness::{World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_somebody_registered_may_what_it_says_and_what_they_hold_and_no_more() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let (grace, auditor) = (world.user(Role::Auditor, "grace"), "/v1/proofs");
    grace.get(auditor).await.expect(200); // on her issuer's word
    let id = register.person("Grace", "grace").await;
    grace.get(auditor).await.expect_problem(403, "forbidden");
    let grant = register.grant(&id, json!({"role": "auditor"})).await;
    grace.get(auditor).await.expect(200);
    // The register adds nothing to what a token claims.
    register.grant(&id, json!({"role": "approver"})).await;
    let creator = json!({"reference": "JP-1", "name": "Zoë", "market": "JP"});
    register.grant(&id, json!({"role": "partner"})).await;
    let denied = grace.post("/v1/creators", &creator).await;
    denied.expect_problem(403, "forbidden");
    let preparer = world.user(Role::Preparer, "grace");
    let denied = preparer.post("/v1/creators", creator).await;
    let problem = denied.expect_problem(403, "forbidden");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("isn't granted preparer"), "{detail}");
    let end = json!({"role_grant_id": grant, "reason": "Left"});
    let at = format!("/v1/identities/{id}/role-ends");
    let identity = world.admin().post(&at, &end).await.expect(200);
    assert_eq!(identity["roles"][0]["in_force"], false);
    assert_eq!(identity["roles"][0]["ended_by"], "adele");
    grace.get(auditor).await.expect_problem(403, "forbidden");
    let again = world.admin().post(&at, end).await;
    again.expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_ends_by_itself_stops_at_once() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let id = register.person("Grace", "grace").await;
    let until = time::OffsetDateTime::now_utc() + time::Duration::seconds(3);
    let until_text = until.format(&time::format_description::well_known::Rfc3339);
    let role = json!({"role": "auditor", "until": until_text.unwrap()});
    register.grant(&id, role).await;
    let grace = world.user(Role::Auditor, "grace");
    let first = grace.get("/v1/proofs").await;
    let answered = time::OffsetDateTime::now_utc();
    assert!(first.status == 200 || answered > until, "{first:?}");
    let stopped = async || {
        let asked = time::OffsetDateTime::now_utc();
        let answer = grace.get("/v1/proofs").await;
        assert!(answer.status == 403 || asked - until < time::Duration::seconds(2));
        (answer.status == 403 && asked >= until).then_some(())
    };
    eventually("the role ends", stopped).await;
    // Once its time is over, or before it begins, it gives nothing.
    let tomorrow = time::OffsetDateTime::now_utc() + time::Duration::days(2);
    let role = json!({"role": "auditor", "from": tomorrow.date().to_string()});
    register.grant(&id, role).await;
    grace
        .get("/v1/proofs")
        .await
        .expect_problem(403, "forbidden");
    let never = json!({"role": "auditor", "until": "2020-01-01"});
    let at = format!("/v1/identities/{id}/roles");
    let never = world.admin().post(&at, never).await;
    never.expect_problem(422, "never-in-force");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_identity_stays_out_by_whatever_subject() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let id = register.person("Grace", "grace").await;
    register.add_subject(&id, "grace@example.org").await;
    register.grant(&id, json!({"role": "auditor"})).await;
    let both = ["grace", "grace@example.org"].map(|it| world.user(Role::Auditor, it));
    let reason = json!({"reason": "On leave"});
    let at = |what: &str| format!("/v1/identities/{id}/{what}");
    let suspended = world.admin().post(&at("suspension"), &reason).await;
    assert_eq!(suspended.expect(200)["state"], "suspended");
    for client in &both {
        let answer = client.get("/v1/units").await;
        answer.expect_problem(403, "identity-suspended");
    }
    let again = world.admin().post(&at("suspension"), &reason).await;
    again.expect_problem(409, "wrong-state");
    let back = world.admin().post(&at("reinstatement"), &reason).await;
    assert_eq!(back.expect(200)["state"], "active");
    for client in &both {
        client.get("/v1/proofs").await.expect(200);
    }
    let again = world.admin().post(&at("reinstatement"), &reason).await;
    again.expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_is_somebody_s_for_ever_and_nobody_else_s() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let grace = register.person("Grace", "grace").await;
    let other = register.identity("Other", "machine").await;
    for id in [&grace, &other] {
        let at = format!("/v1/identities/{id}/subjects");
        let taken = world.admin().post(&at, json!({"subject": "grace"})).await;
        let problem = taken.expect_problem(409, "duplicate-reference");
        assert_eq!(problem["errors"][0]["pointer"], "/subject");
    }
    // The same name at another issuer is another subject.
    let at = format!("/v1/identities/{other}/subjects");
    let elsewhere = json!({"subject": "grace", "issuer": "https://id.example.org"});
    let identity = world.admin().post(&at, elsewhere).await.expect(200);
    assert_eq!(identity["subjects"][0]["issuer"], "https://id.example.org");
    let nobody = format!("/v1/identities/idn_{}/subjects", "0".repeat(32));
    let absent = world.admin().post(&nobody, json!({"subject": "x"})).await;
    absent.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_after_identities_gets_no_money_rights_by_that() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let adele = register.person("Adele", "adele").await;
    // From now on she is an administrator by the register as well, or not at all.
    let at = format!("/v1/identities/{adele}/roles");
    let boss = world.user(Role::Admin, "boris");
    boss.post(&at, json!({"role": "admin"})).await.expect(200);
    for role in ["preparer", "approver", "controller"] {
        let own = world.admin().post(&at, json!({"role": role})).await;
        own.expect_problem(409, "own-rights");
    }
    world
        .admin()
        .post(&at, json!({"role": "auditor"}))
        .await
        .expect(200);
    boss.post(&at, json!({"role": "preparer"}))
        .await
        .expect(200);
    // Nor does anybody slip into the identity of somebody who has them.
    let at = format!("/v1/identities/{adele}/subjects");
    let own = boss.post(&at, json!({"subject": "boris"})).await;
    own.expect_problem(409, "own-rights");
    boss.post(&at, json!({"subject": "adele@example.org"}))
        .await
        .expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_do_what_on_a_day_is_told_afterwards() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let grace = register.person("Grace", "grace").await;
    let grant = register.grant(&grace, json!({"role": "auditor"})).await;
    let away = register.person("Away", "away").await;
    let reason = json!({"reason": "On leave"});
    let at = format!("/v1/identities/{away}/suspension");
    world.admin().post(&at, &reason).await.expect(200);
    let then = time::OffsetDateTime::now_utc();
    let end = json!({"role_grant_id": grant, "reason": "Left"});
    let at = format!("/v1/identities/{grace}/role-ends");
    world.admin().post(&at, end).await.expect(200);

    let list = async |query: String| {
        let list = world
            .auditor()
            .get(&format!("/v1/access-list{query}"))
            .await;
        list.expect(200)
    };
    let now = list(String::new()).await;
    assert_eq!(now["unregistered_subjects"], "taken_on_their_issuers_word");
    let names = |list: &serde_json::Value| -> Vec<String> {
        let all = list["data"].as_array().unwrap().iter();
        all.map(|it| format!("{} {}", it["name"], it["roles"].as_array().unwrap().len()))
            .collect()
    };
    assert_eq!(names(&now), ["\"Grace\" 0"], "{now}");
    let moment = then.format(&time::format_description::well_known::Rfc3339);
    let before = list(format!("?at={}", moment.unwrap())).await;
    assert_eq!(names(&before), ["\"Grace\" 1"], "{before}");
    assert_eq!(before["data"][0]["roles"][0]["role"], "auditor");
    let scopes = before["data"][0]["scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("proofs:read")) && !scopes.contains(&json!("money:write")));
    // At some time of the day both could come in.
    let day = list(format!("?at={}", then.date())).await;
    assert_eq!(names(&day), ["\"Grace\" 1", "\"Away\" 0"], "{day}");
    assert_eq!(names(&list("?at=2020-01-01".to_owned()).await), [""; 0]);
    let wrong = world.auditor().get("/v1/access-list?at=yesterday").await;
    wrong.expect_problem(422, "malformed-parameter");
    world.finish().await;
}
