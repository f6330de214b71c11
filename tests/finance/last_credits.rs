//! Two at once for the last credits of a lot, at the doors of two services: what comes of it is
//! what one of the two orders allows, and nothing is used twice.

use serde_json::{Value, json};

use super::ads::{counts, row};
use super::expiry::expire;
use super::lots::read;
use crate::harness::{Agreed, Client, Process, Waiting, World, agreed, credits, document};

const ROUNDS: usize = 10;

/// A pledge with a campaign of 500 in one ad account, and a door of its own for each of two.
struct Scene {
    world: World,
    second: Process,
    pledge: Agreed,
    account: String,
}

impl Scene {
    /// A lot that lives on, in the pool, stands behind every purse.
    async fn new() -> Self {
        let world = World::new().await;
        let second = world.second_process().await;
        let preparer = world.preparer();
        let pledge = agreed(&preparer).await;
        let of_pledge = |what: &str| format!("/v1/pledges/{}/{what}", pledge.id);
        let budget = json!({"market": "JP", "amount": credits("1000.00"),
            "effective_date": "2024-11-04"});
        let account = json!({"reference": "7301", "name": "Japan", "unit": "ADC:TIKTOK:USD",
            "market": "JP", "time_zone": "Asia/Tokyo", "opened_on": "2024-10-28"});
        let creator = world.creator("JP").await;
        let allocation = json!({"pledge_id": pledge.id, "creator_id": creator,
            "amount": credits("500.00"), "effective_date": "2024-11-05"});
        let cover = lot("500000.00", "2027-04-30");
        let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
        preparer.post(&at, cover).await.expect(201);
        let budgets = of_pledge("budgets");
        preparer.post(&budgets, budget).await.expect(201);
        let allocated = preparer.post("/v1/allocations", allocation).await;
        allocated.expect(201);
        let account = preparer.post(&of_pledge("ad-accounts"), account).await;
        let account = account.created();
        let campaign = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "K-1",
            "amount": credits("500.00"), "starts_on": "2024-12-02", "ends_on": "2025-07-31",
            "effective_date": "2024-11-05",
            "campaign": {"ad_account_id": account, "campaign": "K-1"}});
        preparer.post("/v1/obligations", campaign).await.expect(201);
        Scene {
            world,
            second,
            pledge,
            account,
        }
    }

    /// A lot of 10.00.
    async fn small_lot(&self, expires_at: &str) -> String {
        let at = format!("/v1/instalments/{}/lots", self.pledge.instalments[4]);
        let small = lot("10.00", expires_at);
        self.world.preparer().post(&at, small).await.created()
    }

    /// All 10.00 of a lot are to go into the ad account.
    async fn place(&self, lot: &str) -> Waiting {
        let placement = json!({"ad_account_id": self.account, "amount": credits("10.00"),
            "effective_date": "2025-01-07"});
        let at = format!("/v1/lots/{lot}/placements");
        self.world.preparer().post(&at, placement).await.waits()
    }

    /// The one at this service, the other at the second, by turns.
    fn doors(&self, round: usize, one: Client, other: Client) -> (Client, Client) {
        let there = self.second.address();
        match round % 2 {
            0 => (one, other.at(there)),
            _ => (one.at(there), other),
        }
    }

    /// What the pledge's accounts of that code come to, in hundredths.
    async fn sum(&self, code: &str) -> i64 {
        let at = format!("/v1/accounts?pledge_id={}&code={code}", self.pledge.id);
        let found = self.world.auditor().get(&at).await.expect(200);
        let balances = found["data"].as_array().unwrap().iter();
        let minor = |it: &Value| it["balance"].as_str().unwrap().replace('.', "");
        balances.map(|it| minor(it).parse::<i64>().unwrap()).sum()
    }

    async fn finish(self) {
        drop(self.second);
        self.world.finish().await;
    }
}

fn lot(face: &str, expires_at: &str) -> Value {
    json!({"face": credits(face), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": expires_at, "effective_date": "2024-11-01"})
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_placement_and_a_revocation_of_the_last_credits_the_later_finds_what_the_earlier_left()
{
    let scene = Scene::new().await;
    for round in 0..ROUNDS {
        let lot = scene.small_lot("2027-03-31").await;
        let users = (scene.world.approver(), scene.world.controller());
        let (approver, controller) = scene.doors(round, users.0, users.1);
        let waits = scene.place(&lot).await;
        let at = format!("/v1/lots/{lot}/revocations");
        let revocation = json!({"amount": credits("10.00"), "reason": "The offer ended",
            "document": document(), "effective_date": "2025-01-08"});
        let (placed, revoked) =
            tokio::join!(approver.approve(&waits), controller.post(&at, revocation));
        // What was placed a moment ago is the platform's to take back as well.
        revoked.expect(201);
        if placed.status != 200 {
            let code = placed.json()["code"].as_str().unwrap().to_owned();
            let lacking = ["insufficient-funds", "backdated-overdraft"];
            assert!(placed.status == 409 && lacking.contains(&&*code), "{code}");
        }
        let read = read(&scene.world, &lot).await;
        assert_eq!(
            (&read["in_pool"], &read["placed"], &read["revoked"]),
            (&credits("0.00"), &credits("0.00"), &credits("10.00"))
        );
        scene.world.prove_books().await;
    }
    assert_eq!(scene.sum("5910").await, 1_000 * ROUNDS as i64);
    assert_eq!(scene.sum("1320").await, 0);
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_lapse_and_spend_of_the_last_credits_exactly_one_has_them() {
    let scene = Scene::new().await;
    let at = format!("/v1/pledges/{}/spend-imports", scene.pledge.id);
    let mut spent = 0;
    for round in 0..ROUNDS {
        let lot = scene.small_lot("2025-03-31").await;
        let waits = scene.place(&lot).await;
        scene.world.approver().approve(&waits).await.expect(200);
        let users = (scene.world.preparer(), scene.world.controller());
        let (preparer, controller) = scene.doors(round, users.0, users.1);
        let day = format!("2025-02-{:02}", round + 1);
        let rows = json!({"mode": "independent", "rows": [row(&day, "10.00", 1)]});
        let (imported, _) = tokio::join!(preparer.post(&at, rows), expire(&controller));
        let imported = imported.expect(200);
        let posted = counts(&imported)[0];
        match posted {
            1 => spent += 1_000,
            _ => assert_eq!(imported["refusals"][0]["code"], "insufficient-funds"),
        }
        // Spent or lapsed, whole, and nothing is left of it for the other.
        assert_eq!(scene.sum("1320").await, 0, "round {round}");
        assert_eq!(scene.sum("5210").await, spent, "round {round}");
        let gone = 1_000 * (round as i64 + 1);
        assert_eq!(scene.sum("5910").await, gone - spent, "round {round}");
        scene.world.prove_books().await;
    }
    scene.finish().await;
}
