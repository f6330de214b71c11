//! Who may decide what waits: somebody else, each once, by role and by name.

use almoner::http::access::Role;
use serde_json::{Value, json};

use super::{budget, budgeted, guarded, read};
use crate::harness::{Client, World, agreed, document, usd};

/// What waits for somebody, by the ids.
async fn waits_for(by: &Client) -> Vec<String> {
    let found = by.get("/v1/approvals?waiting_for=me").await.expect(200);
    let found = found["data"].as_array().unwrap().iter();
    found
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_or_rejects_what_they_asked_for_whatever_roles_they_have() {
    let world = World::new().await;
    let pledge = guarded(&world, 1).await;
    let waits = budget(&world.preparer(), &pledge, "2000.00", "")
        .await
        .waits();
    let herself = world.user(Role::Approver, "petra");
    for refused in [herself.approve(&waits).await, herself.reject(&waits).await] {
        let problem = refused.expect_problem(409, "same-person");
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("etra asked for")
        );
    }
    // Nor does anybody take back what somebody else asked for.
    let other = world.user(Role::Preparer, "paola");
    other
        .withdraw(&waits)
        .await
        .expect_problem(409, "same-person");
    for (by, code) in [
        (world.preparer(), "forbidden"),
        (world.controller(), "forbidden"),
        (world.auditor(), "forbidden"),
        (world.partner(&[&pledge.id], &["*"]), "forbidden"),
    ] {
        by.approve(&waits).await.expect_problem(403, code);
    }
    let partner = world.partner(&[&pledge.id], &["*"]);
    for at in ["/v1/approvals", &format!("/v1/approvals/{}", waits.id)] {
        partner.get(at).await.expect_problem(403, "forbidden");
    }
    assert_eq!(read(&world, &waits).await["decisions"], json!([]));
    world.approver().approve(&waits).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_have_to_approve_they_are_two_and_the_second_posts() {
    let world = World::new().await;
    let pledge = guarded(&world, 2).await;
    let waits = budget(&world.preparer(), &pledge, "2000.00", "")
        .await
        .waits();
    let (first, second) = (world.approver(), world.user(Role::Approver, "akira"));
    assert_eq!(waits_for(&first).await, [waits.id.as_str()]);
    let approved = first.approve(&waits).await.expect(200);
    assert_eq!(
        (
            &approved["state"],
            &approved["approvals"],
            &approved["journal_id"]
        ),
        (&json!("pending"), &json!(1), &json!(null))
    );
    assert_eq!(budgeted(&world, &pledge).await, "0.00");
    for refused in [first.approve(&waits).await, first.reject(&waits).await] {
        refused.expect_problem(409, "same-person");
    }
    assert_eq!(waits_for(&first).await, Vec::<String>::new());
    assert_eq!(waits_for(&second).await, [waits.id.as_str()]);
    let approved = second.approve(&waits).await.expect(200);
    assert_eq!(approved["state"], "approved");
    assert_eq!(budgeted(&world, &pledge).await, "2000.00");
    let actors: Vec<&Value> = approved["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["actor"])
        .collect();
    assert_eq!(actors, ["aiko", "akira"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_is_stated_by_a_controller_and_decided_by_another_or_an_approver() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/thresholds", pledge.id);
    let threshold = |above: &str| json!({"action": "budget", "above": usd(above)});
    world
        .preparer()
        .post(&at, threshold("1000.00"))
        .await
        .expect_problem(403, "forbidden");
    let (carlos, chloe) = (world.controller(), world.user(Role::Controller, "chloe"));
    let waits = carlos.post(&at, threshold("1000.00")).await.waits();
    // It is not in force before somebody else agrees.
    budget(&world.preparer(), &pledge, "1500.00", "")
        .await
        .expect(201);
    assert_eq!(waits_for(&carlos).await, Vec::<String>::new());
    assert_eq!(waits_for(&chloe).await, [waits.id.as_str()]);
    carlos
        .approve(&waits)
        .await
        .expect_problem(409, "same-person");
    let approved = chloe.approve(&waits).await.expect(200);
    assert_eq!(approved["result"]["above"], usd("1000.00"));
    budget(&world.preparer(), &pledge, "1500.00", "")
        .await
        .waits();
    // Lifting it takes two as well, and so does anything stated for a day to come.
    let waits = carlos.post(&at, threshold("9000.00")).await.waits();
    budget(&world.preparer(), &pledge, "1500.00", "")
        .await
        .waits();
    world.approver().approve(&waits).await.expect(200);
    budget(&world.preparer(), &pledge, "1500.00", "")
        .await
        .expect(201);
    let mut later = threshold("0.00");
    later["valid_from"] = json!("2099-01-01");
    world.by_two(&carlos, &at, later).await.expect(201);
    budget(&world.preparer(), &pledge, "1.00", "")
        .await
        .expect(201);
    let listed = world.auditor().get(&at).await.expect(200);
    let listed = listed["data"].as_array().unwrap();
    let last = listed.last().unwrap();
    assert_eq!(
        (&last["valid_from"], &last["stated_by"]),
        (&json!("2099-01-01"), &json!("carlos"))
    );
    assert_eq!(listed.len(), 3);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_is_for_an_action_a_unit_of_the_pledge_and_days_to_come() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/thresholds", pledge.id);
    let carlos = world.controller();
    for (body, code) in [
        (
            json!({"action": "dance", "above": usd("1.00")}),
            "unknown-action",
        ),
        (
            json!({"action": "budget", "above": usd("1.00"), "approvals": 4}),
            "not-a-number-of-approvals",
        ),
        (
            json!({"action": "budget", "above": usd("1.00"), "valid_from": "2020-01-01"}),
            "date-out-of-range",
        ),
        (
            json!({"action": "budget", "above": {"amount": "1", "unit": "JPY"}}),
            "unit-not-pledged",
        ),
    ] {
        carlos.post(&at, body).await.expect_problem(422, code);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_not_come_is_written_off_by_two_without_any_threshold() {
    let world = World::new().await;
    let pledge = agreed(&world.preparer()).await;
    let open = &pledge.instalments[0];
    let lost = json!({"amount": usd("1.00"), "reason": "Won't come", "document": document(),
        "effective_date": "2025-04-12"});
    let at = format!("/v1/instalments/{open}/write-offs");
    let waits = world.controller().post(&at, lost).await.waits();
    let himself = world.user(Role::Approver, "carlos");
    himself
        .approve(&waits)
        .await
        .expect_problem(409, "same-person");
    let approved = world.approver().approve(&waits).await.expect(200);
    assert_eq!(approved["result"]["amount"], usd("1.00"));
    world.finish().await;
}
