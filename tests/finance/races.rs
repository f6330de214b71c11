//! Two at once for the last money: exactly one wins, and the books hold.

use almoner::db::{Database, read};
use almoner::domain::PayoutId;
use futures_util::future::join_all;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::desk::{Desk, go, settlement};
use crate::harness::{Answer, Client, World, document, usd};

const ROUNDS: usize = 8;

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut found: Vec<u16> = answers.iter().map(|it| it.status).collect();
    found.sort_unstable();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_payouts_for_the_last_that_is_owed_exactly_one_is_taken() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    let second = world.second_process().await;
    let here = world.preparer();
    let there = here.at(second.address());
    for round in 0..ROUNDS {
        let reference = format!("I-{round}");
        let invoiced = desk.invoice(&here, &reference, usd("10.00")).await;
        invoiced.expect(201);
        let propose = async |by: &Client, which: &str| {
            let payout = desk.payout(&format!("PO-{round}-{which}"), usd("10.00"));
            by.post("/v1/payouts", payout).await
        };
        let (one, other) = tokio::join!(propose(&here, "a"), propose(&there, "b"));
        let refused = if one.status == 409 { &one } else { &other };
        let problem = refused.expect_problem(409, "insufficient-funds");
        assert_eq!(problem["available"], usd("0.00"));
        assert_eq!(statuses(&[one, other]), [201, 409]);
    }
    drop(second);
    world.finish().await;
}

/// All of the pledge's cash is owed to one creator, so that what is owed and what is in the bank
/// run out together.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_payouts_for_the_last_money_in_the_bank_exactly_one_is_taken() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (creator, preparer) = (world.creator("JP").await, world.preparer());
    world
        .budget(&pledge, "JP", usd("1600000.00"), "2024-11-05")
        .await;
    let all = || usd("1750000.00");
    world.allocate(&pledge, &creator, all(), "2024-12-02").await;
    let contract = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "CT-1",
        "amount": all(), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
        "effective_date": "2024-12-02"});
    let contract = preparer.post("/v1/obligations", contract).await.created();
    let desk = Desk {
        pledge,
        creator,
        contract,
    };
    let advance = json!({"amount": usd("750000.00"), "bank_reference": "A-1",
        "effective_date": "2024-12-09"});
    let paid = preparer.post(&desk.of_contract("advances"), advance).await;
    paid.expect(201);
    let invoiced = desk.invoice(&preparer, "I-1", usd("1000000.00")).await;
    invoiced.expect(201);
    let bulk: Vec<_> = (0..ROUNDS)
        .map(|at| {
            let payout = desk.payout(&format!("PO-{at}"), usd("1000000.00"));
            let by = world.preparer();
            async move { by.post("/v1/payouts", payout).await }
        })
        .collect();
    let answers = join_all(bulk).await;
    let taken = answers.iter().filter(|it| it.status == 201);
    let taken: Vec<_> = taken.map(Answer::created).collect();
    assert_eq!((taken.len(), statuses(&answers)[1]), (1, 409));
    // Nor is what is held at the bank advanced, or paid to anybody else.
    let report = json!({"amount": usd("750000.00"), "reference": "R-1", "document": document()});
    let report = preparer
        .post(&desk.of_contract("liquidations"), report)
        .await;
    report.expect(201);
    let (approver, id) = (world.approver(), &taken[0]);
    go(&approver, id, "approve", json!({})).await.expect(200);
    go(&world.payer(), id, "send", json!({})).await.expect(200);
    let settled = go(&preparer, id, "settle", settlement("B-1")).await;
    settled.expect(200);
    assert_eq!(desk.balance(&world, "code=1010").await, "0.00");
    assert_eq!(desk.balance(&world, "code=2120").await, "0.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_settlements_at_once_exactly_one_is_posted() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let preparer = world.preparer();
    for round in 0..ROUNDS {
        let id = desk.sent(&world, &format!("PO-{round}"), "10.00").await;
        let settle = async |which: &str| {
            let body = settlement(&format!("B-{round}-{which}"));
            go(&preparer, &id, "settle", body).await
        };
        let (one, other) = tokio::join!(settle("a"), settle("b"));
        let refused = if one.status == 409 { &one } else { &other };
        refused.expect_problem(409, "wrong-state");
        assert_eq!(statuses(&[one, other]), [200, 409]);
    }
    assert_eq!(desk.balance(&world, "code=2120").await, "920.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approved_or_not_a_payout_that_is_voided_meanwhile_is_void_and_lets_go() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let (preparer, approver) = (world.preparer(), world.approver());
    for round in 0..ROUNDS {
        let reference = format!("PO-{round}");
        let id = desk.propose(&world, &reference, "1000.00").await;
        let (approved, void) = tokio::join!(
            go(&approver, &id, "approve", json!({})),
            go(&preparer, &id, "void", json!({"reason": "Twice"}))
        );
        void.expect(200);
        if approved.status != 200 {
            approved.expect_problem(409, "wrong-state");
        }
        let read = preparer.get(&format!("/v1/payouts/{id}")).await.expect(200);
        assert_eq!(read["state"], "void");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payouts_whose_holds_have_run_out_are_found_unless_they_were_sent() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "1000.00").await;
    let proposed = desk.propose(&world, "PO-1", "100.00").await;
    desk.sent(&world, "PO-2", "100.00").await;
    let approved = desk.propose(&world, "PO-3", "100.00").await;
    let done = go(&world.approver(), &approved, "approve", json!({})).await;
    done.expect(200);
    let void = desk.propose(&world, "PO-4", "100.00").await;
    let body = json!({"reason": "Twice"});
    go(&world.preparer(), &void, "void", body).await.expect(200);
    let database = Database::at(world.database.url());
    let mut connection = database.connect_for_reading().await.unwrap();
    let today = OffsetDateTime::now_utc().date();
    let mut due = async |days: i64| {
        let day = today + Duration::days(days);
        read::due_payouts(&mut connection, day).await.unwrap()
    };
    assert_eq!(due(29).await, []);
    let expected: Vec<PayoutId> = [&proposed, &approved]
        .map(|id| id.parse().unwrap())
        .to_vec();
    assert_eq!(due(32).await, expected);
    drop(connection);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_payout_asked_for_twice_with_one_key_is_proposed_once() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "10.00").await;
    let preparer = world.preparer();
    let payout: Value = desk.payout("PO-1", usd("10.00"));
    let ask = || preparer.post_with_key("/v1/payouts", "one", &payout);
    let (one, other) = tokio::join!(ask(), ask());
    assert_eq!(one.created(), other.created());
    assert!(one.replayed() != other.replayed());
    world.finish().await;
}
