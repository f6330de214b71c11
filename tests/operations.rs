//! Every operation there is, with a request that would succeed: what the tests by property go by.
//!
//! An operation without a row here fails `every_operation_has_a_row`.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, World, agreed_as, credits, demonstration, document, usd};

/// What has to be allowed for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Reference,
    Ledger,
    Proofs,
    Pledges,
    Money,
    Creators,
    WriteOffs,
}

/// What an operation's `{id}` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    Nothing,
    /// A pledge that is agreed and in part funded.
    Pledge,
    /// A pledge that is announced.
    Announced,
    /// The instalment of the pledge at that place.
    Instalment(usize),
    Lot,
    Creator,
    Allocation,
    Account,
    Journal,
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub path: &'static str,
    pub need: Need,
    pub names: Names,
    /// What makes the query complete.
    pub query: &'static str,
    /// What to send; none to a GET.
    pub body: Option<fn(&Place) -> Value>,
}

/// Things for operations to be about, all of one pledge; and a second pledge, still announced.
#[derive(Debug, Clone)]
pub struct Place {
    pub pledge: String,
    pub announced: String,
    pub instalments: Vec<String>,
    pub lot: String,
    pub creator: String,
    pub allocation: String,
    pub account: String,
    pub journal: String,
}

impl Place {
    pub async fn new(world: &World, name: &str) -> Self {
        let preparer = world.preparer();
        let mut announced = demonstration();
        announced["reference"] = json!(format!("{name}-announced"));
        let announced = preparer.post("/v1/pledges", announced).await.created();
        let pledge = agreed_as(&preparer, name).await;
        let post = async |path: String, body: Value| preparer.post(&path, body).await.expect(201);
        let receipt = json!({"received": usd("700000.00"), "effective_date": "2024-10-22"});
        post(
            format!("/v1/instalments/{}/receipts", pledge.instalments[0]),
            receipt,
        )
        .await;
        let lot = json!({"face": credits("500000.00"), "kind": "free", "valid_from": "2024-11-01",
            "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
        let lot = post(
            format!("/v1/instalments/{}/lots", pledge.instalments[3]),
            lot,
        )
        .await;
        let budget = json!({"market": "JP", "amount": usd("150000.00"),
            "effective_date": "2024-11-04"});
        post(format!("/v1/pledges/{}/budgets", pledge.id), budget).await;
        let creator = world.creator("JP").await;
        let allocation = json!({"pledge_id": pledge.id, "creator_id": creator,
            "amount": usd("100.00"), "effective_date": "2024-12-02"});
        let allocation = post("/v1/allocations".to_owned(), allocation).await;
        let account = world
            .account(&pledge.id, "code=3120&unit=USD&market=JP")
            .await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Place {
            pledge: pledge.id,
            announced,
            instalments: pledge.instalments,
            lot: text(&lot["id"]),
            creator,
            allocation: text(&allocation["id"]),
            account: text(&account["id"]),
            journal: text(&allocation["journal_id"]),
        }
    }

    /// Every id that belongs to the pledges, so to nobody who may not see them.
    pub fn ids(&self) -> Vec<&str> {
        let single = [
            &self.pledge,
            &self.announced,
            &self.lot,
            &self.allocation,
            &self.account,
        ];
        let all = single
            .into_iter()
            .chain([&self.journal])
            .chain(&self.instalments);
        all.map(String::as_str).collect()
    }
}

impl Operation {
    pub fn method(&self) -> Method {
        if self.body.is_some() {
            Method::POST
        } else {
            Method::GET
        }
    }

    /// The path with the id of what it is about.
    pub fn path(&self, place: &Place) -> String {
        let id = match self.names {
            Names::Nothing => "",
            Names::Pledge => &place.pledge,
            Names::Announced => &place.announced,
            Names::Instalment(at) => &place.instalments[at],
            Names::Lot => &place.lot,
            Names::Creator => &place.creator,
            Names::Allocation => &place.allocation,
            Names::Account => &place.account,
            Names::Journal => &place.journal,
        };
        self.path.replace("{id}", id)
    }

    /// The path and the query of a request that changes nothing.
    pub fn harmless(&self, place: &Place) -> String {
        let dry = if self.body.is_some() {
            "validate_only=true"
        } else {
            ""
        };
        let query = self.query.replace("{pledge}", &place.pledge);
        let query: Vec<&str> = [query.as_str(), dry]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path(place), query.join("&"))
    }

    /// Sends the request that changes nothing.
    pub async fn try_by(&self, client: &Client, place: &Place) -> crate::harness::Answer {
        let path = self.harmless(place);
        match self.body {
            Some(body) => client.post(&path, body(place)).await,
            None => client.get(&path).await,
        }
    }
}

fn get(path: &'static str, need: Need, names: Names, query: &'static str) -> Operation {
    Operation {
        path,
        need,
        names,
        query,
        body: None,
    }
}

fn post(path: &'static str, need: Need, names: Names, body: fn(&Place) -> Value) -> Operation {
    Operation {
        path,
        need,
        names,
        query: "",
        body: Some(body),
    }
}

/// The days of a statement.
const DAYS: &str = "from=2024-01-01&to=2026-11-24";

pub fn reads() -> Vec<Operation> {
    use Need::{Ledger, Nothing, Proofs, Reference};
    let none = Names::Nothing;
    vec![
        get("/livez", Nothing, none, ""),
        get("/readyz", Nothing, none, ""),
        get("/v1/units", Reference, none, ""),
        get("/v1/markets", Reference, none, ""),
        get("/v1/pledges", Ledger, none, ""),
        get("/v1/pledges/{id}", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/instalments", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/lots", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/summary", Ledger, Names::Pledge, ""),
        get("/v1/instalments/{id}", Ledger, Names::Instalment(0), ""),
        get("/v1/lots/{id}", Ledger, Names::Lot, ""),
        get("/v1/creators", Ledger, none, ""),
        get("/v1/creators/{id}", Ledger, Names::Creator, ""),
        get("/v1/allocations", Ledger, none, ""),
        get("/v1/allocations/{id}", Ledger, Names::Allocation, ""),
        get("/v1/accounts", Ledger, none, ""),
        get("/v1/accounts/{id}", Ledger, Names::Account, ""),
        get("/v1/accounts/{id}/entries", Ledger, Names::Account, ""),
        get("/v1/accounts/{id}/statement", Ledger, Names::Account, DAYS),
        get(
            "/v1/accounts/{id}/statement.csv",
            Ledger,
            Names::Account,
            DAYS,
        ),
        get("/v1/journals", Ledger, none, "pledge_id={pledge}"),
        get("/v1/journals/{id}", Ledger, Names::Journal, ""),
        get("/v1/trial-balance", Proofs, none, ""),
        get("/v1/proofs", Proofs, none, ""),
    ]
}

fn budget(_: &Place) -> Value {
    json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"})
}

fn creator(reference: &str) -> Value {
    json!({"reference": reference, "name": "Zoë", "market": "FR"})
}

fn allocation(place: &Place) -> Value {
    json!({"pledge_id": place.pledge, "creator_id": place.creator, "amount": usd("2.00"),
        "effective_date": "2024-12-02", "note": "First video"})
}

fn in_bulk(mut item: Value) -> Value {
    item["idempotency_key"] = json!("bulk-1");
    json!({"mode": "atomic", "items": [item]})
}

pub fn writes() -> Vec<Operation> {
    use Need::{Creators, Money, Pledges, WriteOffs};
    vec![
        post("/v1/pledges", Pledges, Names::Nothing, |_| demonstration()),
        post(
            "/v1/pledges/{id}/agreement",
            Pledges,
            Names::Announced,
            |_| json!({"effective_date": "2024-09-26", "document": document()}),
        ),
        post(
            "/v1/pledges/{id}/support-costs",
            Money,
            Names::Pledge,
            |_| {
                json!({"gross": usd("113.00"), "rate_percent": "13",
                "effective_date": "2024-10-22"})
            },
        ),
        post("/v1/pledges/{id}/budgets", Money, Names::Pledge, budget),
        post(
            "/v1/pledges/{id}/budgets/returns",
            Money,
            Names::Pledge,
            |_| {
                json!({"market": "JP", "amount": usd("10.00"), "reason": "Fewer creators",
                "effective_date": "2025-02-03"})
            },
        ),
        post(
            "/v1/instalments/{id}/condition",
            Pledges,
            Names::Instalment(2),
            |_| json!({"met_on": "2025-09-12", "document": document()}),
        ),
        post(
            "/v1/instalments/{id}/receipts",
            Pledges,
            Names::Instalment(1),
            |_| {
                json!({"received": usd("10.00"), "fee": usd("1.00"), "bank_reference": "B-1",
                "effective_date": "2025-04-12"})
            },
        ),
        post(
            "/v1/instalments/{id}/lots",
            Pledges,
            Names::Instalment(4),
            |_| {
                json!({"face": credits("10.00"), "kind": "assignable", "valid_from": "2025-02-01",
                "expires_at": "2025-07-31", "effective_date": "2025-02-01",
                "document": document()})
            },
        ),
        post(
            "/v1/instalments/{id}/write-offs",
            WriteOffs,
            Names::Instalment(1),
            |_| {
                json!({"amount": usd("1.00"), "reason": "Won't come", "document": document(),
                "effective_date": "2025-04-12"})
            },
        ),
        post("/v1/creators", Creators, Names::Nothing, |_| {
            creator("FR-0001")
        }),
        post("/v1/creators/bulk", Creators, Names::Nothing, |_| {
            in_bulk(creator("FR-0002"))
        }),
        post("/v1/allocations", Money, Names::Nothing, allocation),
        post("/v1/allocations/bulk", Money, Names::Nothing, |place| {
            in_bulk(allocation(place))
        }),
        post(
            "/v1/allocations/{id}/release",
            Money,
            Names::Allocation,
            |_| {
                json!({"amount": usd("1.00"), "reason": "One video fewer",
                "effective_date": "2025-01-15"})
            },
        ),
    ]
}

pub fn operations() -> Vec<Operation> {
    [reads(), writes()].concat()
}

#[test]
fn every_operation_has_a_row() {
    let served: BTreeSet<(String, String)> = almoner::http::app::endpoints()
        .iter()
        .map(|it| (it.method().to_string(), it.path().to_owned()))
        .collect();
    let listed = operations();
    let rows: BTreeSet<(String, String)> = listed
        .iter()
        .map(|it| (it.method().to_string(), it.path.to_owned()))
        .collect();
    assert_eq!(served, rows);
    assert_eq!(rows.len(), listed.len(), "each is listed once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_of_every_row_succeeds() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for operation in operations() {
        let client = match operation.need {
            Need::WriteOffs => world.controller(),
            _ => world.preparer(),
        };
        let answer = operation.try_by(&client, &place).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    world.finish().await;
}
