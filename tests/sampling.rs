//! What auditors look at: samples that nobody chose, and journals that stand out.

mod drawing;
mod standing_out;
mod tables;

use serde_json::{Value, json};

use crate::harness::{Client, Funded, World, allocation, new_key, usd};

/// A pledge out of which a creator was given those amounts, one after the other.
struct Story {
    world: World,
    pledge: Funded,
    creator: String,
    auditor: Client,
}

impl Story {
    async fn with(amounts: &[&str]) -> Self {
        let world = World::new().await;
        let pledge = world.funded_pledge().await;
        let creator = world.creator("JP").await;
        let story = Story {
            auditor: world.auditor(),
            world,
            pledge,
            creator,
        };
        for amount in amounts {
            story.give(&story.world.preparer(), amount).await;
        }
        story
    }

    /// Has somebody give the creator an amount; the journal.
    async fn give(&self, who: &Client, amount: &str) -> Value {
        let mut body = allocation(&self.pledge, &self.creator, usd(amount), "2025-01-15");
        body["note"] = json!(new_key());
        who.post("/v1/allocations", body).await.expect(201)
    }

    /// Signs what there is: how many journals that are.
    async fn sign(&self) -> u64 {
        let at = format!("/tlog/{}/checkpoint", self.pledge.id);
        let note = self.auditor.get(&at).await.text();
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    fn at(&self, what: &str) -> String {
        format!("/v1/pledges/{}/{what}", self.pledge.id)
    }

    async fn journals(&self) -> Vec<Value> {
        let at = format!("/v1/journals?pledge_id={}&limit=1000", self.pledge.id);
        let all = self.auditor.get(&at).await.expect(200);
        all["data"].as_array().unwrap().clone()
    }
}
