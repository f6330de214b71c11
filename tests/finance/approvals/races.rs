//! Two at once, at the doors of two services: exactly one wins, and money moves once.

use almoner::http::access::Role;
use serde_json::json;

use super::{budget, budgeted, guarded, read};
use crate::harness::{Answer, Client, Funded, Process, World, usd};

const ROUNDS: usize = 8;

struct Scene {
    world: World,
    second: Process,
    pledge: Funded,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let second = world.second_process().await;
        let pledge = guarded(&world, 1).await;
        Scene {
            world,
            second,
            pledge,
        }
    }

    /// The one at this service, the other at the second, by turns.
    fn doors(&self, round: usize, one: Client, other: Client) -> (Client, Client) {
        let there = self.second.address();
        match round % 2 {
            0 => (one, other.at(there)),
            _ => (one.at(there), other),
        }
    }

    async fn finish(self) {
        drop(self.second);
        self.world.finish().await;
    }
}

/// Which of two went through; the other found what the first left.
fn winner(one: &Answer, other: &Answer) -> usize {
    match (one.status, other.status) {
        (200, _) => {
            other.expect_problem(409, "wrong-state");
            0
        }
        _ => {
            one.expect_problem(409, "wrong-state");
            other.expect(200);
            1
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_at_once_exactly_one_posts() {
    let scene = Scene::new().await;
    let world = &scene.world;
    for round in 0..ROUNDS {
        let waits = budget(&world.preparer(), &scene.pledge, "1001.00", "").await;
        let waits = waits.waits();
        let (one, other) =
            scene.doors(round, world.approver(), world.user(Role::Approver, "akira"));
        let (one, other) = tokio::join!(one.approve(&waits), other.approve(&waits));
        winner(&one, &other);
        assert_eq!(read(world, &waits).await["approvals"], 1);
        let posted = format!("{}.00", 1001 * (round + 1));
        assert_eq!(budgeted(world, &scene.pledge).await, posted);
    }
    world.prove_books().await;
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_approval_and_a_withdrawal_at_once_exactly_one_wins() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let mut posted = 0;
    for round in 0..ROUNDS {
        let query = ["", "?reserve=true"][round / 2 % 2];
        let waits = budget(&world.preparer(), &scene.pledge, "1001.00", query).await;
        let waits = waits.waits();
        let (checker, maker) = scene.doors(round, world.approver(), world.preparer());
        let (approved, withdrawn) = tokio::join!(checker.approve(&waits), maker.withdraw(&waits));
        let state = match winner(&approved, &withdrawn) {
            0 => {
                posted += 1001;
                "approved"
            }
            _ => "withdrawn",
        };
        assert_eq!(read(world, &waits).await["state"], state);
        let budgeted = budgeted(world, &scene.pledge).await;
        assert_eq!(budgeted.parse::<f64>().unwrap() as usize, posted);
    }
    world.prove_books().await;
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_approval_and_another_taker_of_the_last_money_exactly_one_has_it() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let at = format!("/v1/pledges/{}/budgets/returns", scene.pledge.id);
    for round in 0..ROUNDS {
        // All but 500.00 of what is unallocated, and 1,000.00 of the same at once.
        let available = world.summary(&scene.pledge).await;
        let units = available["units"].as_array().unwrap().iter();
        let cash = units.clone().find(|it| it["unit"] == "USD").unwrap();
        let left: f64 = cash["unallocated"].as_str().unwrap().parse().unwrap();
        let most = format!("{:.2}", left - 500.0);
        let waits = budget(&world.preparer(), &scene.pledge, &most, "")
            .await
            .waits();
        let (checker, taker) = scene.doors(round, world.approver(), world.preparer());
        let (approved, taken) = tokio::join!(
            checker.approve(&waits),
            budget(&taker, &scene.pledge, "1000.00", "")
        );
        match (approved.status, taken.status) {
            (200, _) => _ = taken.expect_problem(409, "insufficient-funds"),
            _ => {
                approved.expect_problem(409, "insufficient-funds");
                taken.expect(201);
                world.preparer().withdraw(&waits).await.expect(200);
            }
        }
        let all = budgeted(world, &scene.pledge).await;
        let amount = json!({"amount": all, "unit": "USD"});
        let back = json!({"market": "FR", "amount": amount, "reason": "Again",
            "effective_date": "2024-11-04"});
        world.preparer().post(&at, back).await.expect(201);
        world.prove_books().await;
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_behind_a_threshold_that_is_just_approved_waits() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let at = format!("/v1/pledges/{}/thresholds", scene.pledge.id);
    for round in 0..ROUNDS {
        // Lower and lower: what is asked for after the answer came is above it, at either door.
        let above = usd(&format!("{}.00", 900 - round));
        let threshold = json!({"action": "budget", "above": above});
        let waits = world.controller().post(&at, threshold).await.waits();
        let (checker, maker) = scene.doors(round, world.approver(), world.preparer());
        let amount = format!("{}.01", 900 - round);
        let (approved, meanwhile) = tokio::join!(
            checker.approve(&waits),
            budget(&maker, &scene.pledge, &amount, "")
        );
        approved.expect(200);
        assert!(matches!(meanwhile.status, 201 | 202), "{meanwhile:?}");
        budget(&maker, &scene.pledge, &amount, "").await.waits();
    }
    scene.finish().await;
}
