//! A campaign to spend on: two lots, one ad account, one creator.

use serde_json::{Value, json};

use crate::harness::{Answer, Client, World, agreed, credits, usd};

/// The demonstration pledge with what a campaign needs.
pub struct Ads {
    pub world: World,
    pub client: Client,
    pub pledge: String,
    /// 500,000 from November 2024 to April 2025, and 450,000 from February to July 2025.
    pub lots: [String; 2],
    pub account: String,
    pub creator: String,
    /// The obligation of campaign K-1: 10,000.
    pub campaign: String,
}

impl Ads {
    /// With a cash budget of 100.00 for Japan, and nothing placed yet.
    pub async fn new() -> Self {
        Self::with_lots(|_, _| {}).await
    }

    /// The same, with something changed of each lot, the first being 0.
    pub async fn with_lots(change: impl Fn(usize, &mut Value)) -> Self {
        let world = World::new().await;
        let client = world.preparer();
        let pledge = agreed(&client).await;
        let receipt = json!({"received": usd("700000.00"), "effective_date": "2024-10-22"});
        let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
        client.post(&at, receipt).await.expect(201);
        let mut lots = Vec::new();
        for (place, face, from, until) in [
            (3, "500000.00", "2024-11-01", "2025-04-30"),
            (4, "450000.00", "2025-02-01", "2025-07-31"),
        ] {
            let mut lot = json!({"face": credits(face), "kind": "free", "valid_from": from,
                "expires_at": until, "effective_date": from});
            change(lots.len(), &mut lot);
            let at = format!("/v1/instalments/{}/lots", pledge.instalments[place]);
            lots.push(client.post(&at, lot).await.created());
        }
        for amount in [credits("150000.00"), usd("100.00")] {
            let budget = json!({"market": "JP", "amount": amount,
                "effective_date": "2024-11-04"});
            let at = format!("/v1/pledges/{}/budgets", pledge.id);
            client.post(&at, budget).await.expect(201);
        }
        let account = json!({"reference": "7301", "name": "Japan", "unit": "ADC:TIKTOK:USD",
            "market": "JP", "time_zone": "Asia/Tokyo", "opened_on": "2024-10-28"});
        let at = format!("/v1/pledges/{}/ad-accounts", pledge.id);
        let account = client.post(&at, account).await.created();
        let creator = world.creator("JP").await;
        let mut ads = Ads {
            lots: lots.try_into().unwrap(),
            pledge: pledge.id,
            campaign: String::new(),
            world,
            client,
            account,
            creator,
        };
        ads.campaign = ads.campaign("K-1", "10000.00").await;
        ads
    }

    /// The same, with 3,000 of the first lot placed and 5,000 of the second.
    pub async fn placed() -> Self {
        Ads::new().await.with_placements().await
    }

    /// With the same placed.
    pub async fn with_placements(self) -> Self {
        let ads = self;
        ads.place(0, "3000.00", "2024-12-02").await.expect(201);
        ads.place(1, "5000.00", "2025-02-03").await.expect(201);
        ads
    }

    /// One more campaign for the creator: its obligation.
    pub async fn campaign(&self, name: &str, amount: &str) -> String {
        let allocation = json!({"pledge_id": self.pledge, "creator_id": self.creator,
            "amount": credits(amount), "effective_date": "2024-11-05"});
        self.client
            .post("/v1/allocations", allocation)
            .await
            .expect(201);
        let campaign = json!({"pledge_id": self.pledge, "creator_id": self.creator,
            "reference": name, "amount": credits(amount), "starts_on": "2024-12-02",
            "ends_on": "2025-07-31", "effective_date": "2024-11-05",
            "campaign": {"ad_account_id": self.account, "campaign": name}});
        self.client
            .post("/v1/obligations", campaign)
            .await
            .created()
    }

    pub async fn place(&self, lot: usize, amount: &str, day: &str) -> Answer {
        let at = format!("/v1/lots/{}/placements", self.lots[lot]);
        let placement = json!({"ad_account_id": self.account, "amount": credits(amount),
            "effective_date": day});
        self.world.by_two(&self.client, &at, placement).await
    }

    /// Imports rows, each on its own.
    pub async fn import(&self, rows: &[Value]) -> Value {
        let rows = json!({"mode": "independent", "rows": rows});
        self.import_as(rows).await.expect(200)
    }

    pub async fn import_as(&self, body: Value) -> Answer {
        let at = format!("/v1/pledges/{}/spend-imports", self.pledge);
        self.client.post(&at, body).await
    }

    /// The balance of the one account of the pledge that the filters leave.
    pub async fn balance(&self, filters: &str) -> String {
        let account = self.world.account(&self.pledge, filters).await;
        account["balance"].as_str().unwrap().to_owned()
    }

    /// What of a lot is in the ad account.
    pub async fn left(&self, lot: usize) -> String {
        let at = format!("/v1/accounts?pledge_id={}&code=1320", self.pledge);
        let found = self.world.auditor().get(&at).await.expect(200);
        let mut accounts = found["data"].as_array().unwrap().iter();
        let account = accounts.find(|it| it["lot_id"] == *self.lots[lot]).unwrap();
        account["balance"].as_str().unwrap().to_owned()
    }

    /// What campaign K-1's purse holds.
    pub async fn purse(&self) -> String {
        let at = format!("/v1/obligations/{}", self.campaign);
        let obligation = self.client.get(&at).await.expect(200);
        let remaining = obligation["remaining"]["amount"].as_str();
        remaining.unwrap().to_owned()
    }

    /// The reports there are, in the order they came.
    pub async fn lines(&self) -> Vec<Value> {
        let at = format!("/v1/spend-lines?pledge_id={}&limit=1000", self.pledge);
        let found = self.client.get(&at).await.expect(200);
        found["data"].as_array().unwrap().clone()
    }

    pub async fn journals(&self) -> Vec<Value> {
        let at = format!("/v1/journals?pledge_id={}&limit=1000", self.pledge);
        let found = self.world.auditor().get(&at).await.expect(200);
        found["data"].as_array().unwrap().clone()
    }

    pub async fn finish(self) {
        self.world.finish().await;
    }
}

/// A final row of campaign K-1, spent in credits alone.
pub fn row(day: &str, voucher: &str, revision: u32) -> Value {
    json!({"account": "7301", "campaign": "K-1", "day": day, "currency": "USD",
        "spend": voucher, "cash_spend": "0.00", "voucher_spend": voucher,
        "revision": revision, "final": true})
}

/// The same with members changed.
pub fn with(mut row: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

/// What came of an import: posted, held, restated, unchanged, stale, refused.
pub fn counts(import: &Value) -> [u64; 6] {
    [
        "posted",
        "held",
        "restated",
        "unchanged",
        "stale",
        "refused",
    ]
    .map(|name| import[name].as_u64().unwrap())
}

/// Each refused row's line and code.
pub fn refusals(import: &Value) -> Vec<String> {
    let refused = import["refusals"].as_array().unwrap().iter();
    refused
        .map(|it| format!("{} {}", it["line"], it["code"].as_str().unwrap()))
        .collect()
}
