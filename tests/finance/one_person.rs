//! Maker, checker and payer are different people by identity: also where one person has all roles,
//! and goes by several names.

use almoner::http::access::Role;
use serde_json::json;

use super::approvals::{budget, guarded};
use super::desk::{Desk, go};
use crate::harness::{World, usd};
use crate::register::Registry;

/// One person with all roles, by two subjects.
async fn one_person(world: &World) {
    let register = Registry::of(world);
    let id = register.person("Grace Hopper", "grace").await;
    register.add_subject(&id, "rear-admiral").await;
    for role in ["preparer", "approver", "controller"] {
        let granted = world.user(Role::Admin, "anna");
        let at = format!("/v1/identities/{id}/roles");
        granted.post(&at, json!({"role": role})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_asked_for_they_neither_approve_nor_reject_by_another_name() {
    let world = World::new().await;
    let pledge = guarded(&world, 2).await;
    one_person(&world).await;
    let maker = world.user(Role::Preparer, "grace");
    let waits = budget(&maker, &pledge, "2000.00", "").await.waits();
    let other_name = world.user(Role::Approver, "rear-admiral");
    for refused in [
        other_name.approve(&waits).await,
        other_name.reject(&waits).await,
    ] {
        refused.expect_problem(409, "same-person");
    }
    let mine = other_name.get("/v1/approvals?waiting_for=me").await;
    assert_eq!(mine.expect(200)["data"], json!([]));
    // Nor do they count for two, of those who approve what somebody else asked for.
    let waits = budget(&world.preparer(), &pledge, "2000.00", "")
        .await
        .waits();
    let approved = other_name.approve(&waits).await.expect(200);
    assert_eq!(approved["state"], "pending");
    let again = world.user(Role::Approver, "grace").approve(&waits).await;
    again.expect_problem(409, "same-person");
    // And what is theirs they may take back, by whatever name.
    let own = budget(&maker, &pledge, "3000.00", "").await.waits();
    let back = world
        .user(Role::Preparer, "rear-admiral")
        .withdraw(&own)
        .await;
    assert_eq!(back.expect(200)["state"], "withdrawn");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_takes_three_people_and_two_names_of_one_are_one() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    one_person(&world).await;
    let payout = desk.payout("PO-1", usd("400.00"));
    let maker = world.user(Role::Preparer, "grace");
    let id = maker.post("/v1/payouts", payout).await.created();
    go(
        &world.user(Role::Approver, "rear-admiral"),
        &id,
        "approve",
        json!({}),
    )
    .await
    .expect_problem(409, "same-person");
    go(&world.approver(), &id, "approve", json!({}))
        .await
        .expect(200);
    for name in ["grace", "rear-admiral"] {
        let sender = world.user(Role::Controller, name);
        let sent = go(&sender, &id, "send", json!({})).await;
        sent.expect_problem(409, "same-person");
    }
    go(&world.payer(), &id, "send", json!({})).await.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_approved_that_a_payout_be_proposed_does_not_send_it() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    world
        .state_threshold(&desk.pledge.id, "payout", usd("100.00"), 1)
        .await;
    let payout = desk.payout("PO-1", usd("400.00"));
    let waits = world.preparer().post("/v1/payouts", payout).await.waits();
    let approver = world.user(Role::Approver, "akira");
    let approved = approver.approve(&waits).await.expect(200);
    let id = approved["result"]["id"].as_str().unwrap().to_owned();
    go(&world.approver(), &id, "approve", json!({}))
        .await
        .expect(200);
    for name in ["akira", "aiko", "petra"] {
        let sender = world.user(Role::Controller, name);
        let sent = go(&sender, &id, "send", json!({})).await;
        sent.expect_problem(409, "same-person");
    }
    go(&world.payer(), &id, "send", json!({})).await.expect(200);
    world.finish().await;
}
