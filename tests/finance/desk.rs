//! What stories of paying creators begin with: a contract, its invoices, and payouts.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, Funded, World, document, usd};

/// A creator in Japan with a contract of USD 2,000 from December 2024.
pub struct Desk {
    pub pledge: Funded,
    pub creator: String,
    pub contract: String,
}

impl Desk {
    pub async fn new(world: &World) -> Self {
        Self::of(world, world.funded_pledge().await).await
    }

    /// The same of that pledge.
    pub async fn of(world: &World, pledge: Funded) -> Self {
        let creator = world.creator("JP").await;
        world
            .allocate(&pledge, &creator, usd("2500.00"), "2024-12-02")
            .await;
        let contract = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "CT-1",
            "amount": usd("2000.00"), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
            "effective_date": "2024-12-02"});
        let contract = world.preparer().post("/v1/obligations", contract).await;
        Desk {
            pledge,
            creator,
            contract: contract.created(),
        }
    }

    /// … of which so much was invoiced.
    pub async fn owing(world: &World, amount: &str) -> Self {
        let desk = Self::new(world).await;
        let invoiced = desk.invoice(&world.preparer(), "INV-1", usd(amount)).await;
        invoiced.expect(201);
        desk
    }

    pub fn of_contract(&self, what: &str) -> String {
        format!("/v1/obligations/{}/{what}", self.contract)
    }

    pub async fn invoice(&self, by: &Client, reference: &str, amount: Value) -> Answer {
        let invoice = json!({"reference": reference, "amount": amount,
            "effective_date": "2025-01-20", "document": document()});
        by.post(&self.of_contract("invoices"), invoice).await
    }

    pub fn payout(&self, reference: &str, amount: Value) -> Value {
        json!({"pledge_id": self.pledge.id, "creator_id": self.creator, "amount": amount,
            "reference": reference})
    }

    /// A payout's id.
    pub async fn propose(&self, world: &World, reference: &str, amount: &str) -> String {
        let payout = self.payout(reference, usd(amount));
        world.preparer().post("/v1/payouts", payout).await.created()
    }

    /// The id of a payout that is with the bank.
    pub async fn sent(&self, world: &World, reference: &str, amount: &str) -> String {
        let id = self.propose(world, reference, amount).await;
        let approved = go(&world.approver(), &id, "approve", json!({})).await;
        assert_eq!(approved.expect(200)["state"], "approved");
        let sent = go(&world.payer(), &id, "send", json!({})).await;
        assert_eq!(sent.expect(200)["state"], "sent");
        id
    }

    /// The balance of the one account these filters leave.
    pub async fn balance(&self, world: &World, filters: &str) -> String {
        let account = world.account(&self.pledge.id, filters).await;
        account["balance"].as_str().unwrap().to_owned()
    }

    pub async fn read(&self, world: &World) -> Value {
        let at = format!("/v1/obligations/{}", self.contract);
        world.auditor().get(&at).await.expect(200)
    }
}

/// Takes a payout one step on.
pub async fn go(by: &Client, payout: &str, step: &str, body: Value) -> Answer {
    by.post(&format!("/v1/payouts/{payout}/{step}"), body).await
}

pub fn settlement(reference: &str) -> Value {
    json!({"bank_reference": reference, "effective_date": "2025-02-03"})
}
