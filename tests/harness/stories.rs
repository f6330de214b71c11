//! What stories begin with, in the domain's words.

use serde_json::{Value, json};

use super::{Client, World};

pub fn money(amount: &str, unit: &str) -> Value {
    json!({"amount": amount, "unit": unit})
}

pub fn usd(amount: &str) -> Value {
    money(amount, "USD")
}

pub fn credits(amount: &str) -> Value {
    money(amount, "ADC:TIKTOK:USD")
}

/// A document kept elsewhere.
pub fn document() -> Value {
    json!({"uri": "https://files.example.org/agreement.pdf", "sha256": "0f".repeat(32)})
}

/// A pledge that was agreed, received in full and budgeted, in part, for Japan.
#[derive(Debug, Clone)]
pub struct Funded {
    pub id: String,
    /// The instalment in cash.
    pub cash: String,
    /// The instalment in ad credits.
    pub credits: String,
}

impl World {
    /// USD 1,750,000 and credits of 1,250,000, in hand since October 2024; Japan has a budget of
    /// 150,000 in each since November.
    pub async fn funded_pledge(&self) -> Funded {
        self.funded_pledge_as(&format!("FUNDED-{:016x}", fastrand::u64(..)))
            .await
    }

    /// The same by a reference of one's own.
    pub async fn funded_pledge_as(&self, reference: &str) -> Funded {
        self.funded_pledge_with(json!({"reference": reference}))
            .await
    }

    /// The same, with these fields as they are given; the reference among them.
    pub async fn funded_pledge_with(&self, fields: Value) -> Funded {
        let preparer = self.preparer();
        let mut pledge = json!({
            "reference": "FUNDED", "donor": {"name": "TikTok"},
            "recipient": {"name": "World Health Organization"},
            "purpose": "Destigmatizing mental health", "functional_unit": "USD",
            "total": usd("3000000.00"),
            "split": [usd("1750000.00"), credits("1250000.00")],
            "markets": ["US", "GB", "FR", "JP", "KR", "ID", "MX", "BR"],
            "instalments": [
                {"reference": "C1", "amount": usd("1750000.00"), "due_date": "2024-10-15"},
                {"reference": "T1", "amount": credits("1250000.00"), "due_date": "2024-11-01"},
            ],
        });
        for (name, value) in fields.as_object().unwrap() {
            pledge[name] = value.clone();
        }
        let pledge = preparer.post("/v1/pledges", pledge).await.expect(201);
        let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
        let funded = Funded {
            id: id(&pledge),
            cash: id(&pledge["instalments"][0]),
            credits: id(&pledge["instalments"][1]),
        };
        let signed = json!({"effective_date": "2024-09-26", "document": document()});
        let at = format!("/v1/pledges/{}/agreement", funded.id);
        preparer.post(&at, signed).await.expect(200);
        let receipt = json!({"received": usd("1750000.00"), "effective_date": "2024-10-22"});
        let at = format!("/v1/instalments/{}/receipts", funded.cash);
        preparer.post(&at, receipt).await.expect(201);
        let lot = json!({"face": credits("1250000.00"), "kind": "free",
            "valid_from": "2024-11-01", "expires_at": "2027-04-30",
            "effective_date": "2024-11-01"});
        let at = format!("/v1/instalments/{}/lots", funded.credits);
        preparer.post(&at, lot).await.expect(201);
        for amount in [usd("150000.00"), credits("150000.00")] {
            self.budget(&funded, "JP", amount, "2024-11-04").await;
        }
        funded
    }

    /// Gives a market of the pledge more budget.
    pub async fn budget(&self, pledge: &Funded, market: &str, amount: Value, day: &str) {
        let at = format!("/v1/pledges/{}/budgets", pledge.id);
        let budget = json!({"market": market, "amount": amount, "effective_date": day});
        self.preparer().post(&at, budget).await.expect(201);
    }

    /// A creator's id.
    pub async fn creator(&self, market: &str) -> String {
        let reference = format!("{market}-{:016x}", fastrand::u64(..));
        self.creator_as(&reference, "山田 花子", market).await
    }

    pub async fn creator_as(&self, reference: &str, name: &str, market: &str) -> String {
        let creator = json!({"reference": reference, "name": name, "market": market});
        self.preparer()
            .post("/v1/creators", creator)
            .await
            .created()
    }

    /// An allocation's id.
    pub async fn allocate(
        &self,
        pledge: &Funded,
        creator: &str,
        amount: Value,
        day: &str,
    ) -> String {
        let allocation = allocation(pledge, creator, amount, day);
        self.preparer()
            .post("/v1/allocations", allocation)
            .await
            .created()
    }

    /// What the pledge's summary says, as far as finance staff see it.
    pub async fn summary(&self, pledge: &Funded) -> Value {
        let at = format!("/v1/pledges/{}/summary", pledge.id);
        self.preparer().get(&at).await.expect(200)
    }
}

/// An allocation as it is asked for.
pub fn allocation(pledge: &Funded, creator: &str, amount: Value, day: &str) -> Value {
    json!({"pledge_id": pledge.id, "creator_id": creator, "amount": amount,
        "effective_date": day})
}

impl Client {
    /// Releases part of an allocation.
    pub async fn release(&self, allocation: &str, amount: Value, day: &str) -> super::Answer {
        let at = format!("/v1/allocations/{allocation}/release");
        let release = json!({"amount": amount, "reason": "One video fewer",
            "effective_date": day});
        self.post(&at, release).await
    }
}

impl World {
    /// The one account of the pledge that these filters leave, such as
    /// `code=3120&unit=USD&market=JP`.
    pub async fn account(&self, pledge: &str, filters: &str) -> Value {
        let at = format!("/v1/accounts?pledge_id={pledge}&{filters}");
        let found = self.auditor().get(&at).await.expect(200);
        assert_eq!(
            found["data"].as_array().unwrap().len(),
            1,
            "{filters}: {found}"
        );
        found["data"][0].clone()
    }

    /// What the pledge's summary says of a unit.
    pub async fn unit_summary(&self, pledge: &str, unit: &str) -> Value {
        let at = format!("/v1/pledges/{pledge}/summary");
        let summary = self.auditor().get(&at).await.expect(200);
        let mut units = summary["units"].as_array().unwrap().iter();
        units.find(|it| it["unit"] == unit).unwrap().clone()
    }
}
