//! Every operation there is, with a request that would succeed: what the tests by property go by.
//!
//! An operation of `openapi.yaml` without a row here fails every test that goes by `operations`.

mod ads;
mod approvals;
mod bodies;
mod cash_out;
mod described;
mod endings;
mod need;
mod persons;
mod place;
mod reads;
mod register;
mod reports;
mod statements;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, World, credits, demonstration, document, usd};

use bodies::{ad_account, allocation, budget, creator, in_bulk, obligation, spend_row};
pub use described::operations;
pub use need::Need;
pub use place::Place;
pub use register::{Registered, in_half_a_year};

/// What an operation's `{id}` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    Nothing,
    /// A pledge that is agreed and in part funded.
    Pledge,
    /// A pledge that is announced.
    Announced,
    /// A pledge that is being wound down, with nothing left of it.
    Ending,
    /// Another one.
    Resumable,
    /// Another pledge that is announced.
    Unsigned,
    /// The instalment of the pledge at that place.
    Instalment(usize),
    Lot,
    Creator,
    /// A creator to whom nothing is owed.
    Forgotten,
    Allocation,
    Obligation,
    /// A contract on which 10.00 was paid in advance.
    Advanced,
    /// A payout that is proposed.
    Payout,
    /// A payout that is approved.
    ApprovedPayout,
    /// A payout that is sent.
    SentPayout,
    AdAccount,
    SpendLine,
    Account,
    Journal,
    /// A threshold that waits for approval.
    Waiting(usize),
    /// A statement that was issued, as `{id}`; itself, as `{other}`; and a form, as `{form}`.
    Statement,
    /// A run that issues statements.
    StatementRun,
    /// A pledge with a tile of its log, as `{tile}`.
    Tile,
    /// A job, as `{name}`; it belongs to no pledge.
    Job,
    /// A machine, which belongs to no pledge either; nor do the following.
    Identity,
    Bystander,
    Suspended,
    ApiToken,
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
            Names::Job => return self.path.replace("{name}", "expiry"),
            Names::Tile => {
                let path = self.path.replace("{tile}", "0/000.p/1");
                return path.replace("{id}", &place.pledge);
            }
            Names::Statement => {
                let path = self.path.replace("{other}", &place.statement);
                let path = path.replace("{form}", "csv");
                return path.replace("{id}", &place.statement);
            }
            Names::StatementRun => &place.statement_run,
            Names::Pledge => &place.pledge,
            Names::Announced => &place.announced,
            Names::Ending => &place.ending,
            Names::Resumable => &place.resumable,
            Names::Unsigned => &place.unsigned,
            Names::Instalment(at) => &place.instalments[at],
            Names::Lot => &place.lot,
            Names::Creator => &place.creator,
            Names::Forgotten => &place.forgotten,
            Names::Allocation => &place.allocation,
            Names::Obligation => &place.obligation,
            Names::Advanced => &place.advanced,
            Names::Payout => &place.payouts[0],
            Names::ApprovedPayout => &place.payouts[1],
            Names::SentPayout => &place.payouts[2],
            Names::AdAccount => &place.ad_account,
            Names::SpendLine => &place.spend_line,
            Names::Account => &place.account,
            Names::Journal => &place.journal,
            Names::Identity => &place.registered.identity,
            Names::Bystander => &place.registered.bystander,
            Names::Suspended => &place.registered.suspended,
            Names::ApiToken => &place.registered.api_token,
            Names::Waiting(at) => place.waiting_id(at),
        };
        // Of the forms an address may end in, the one that can be read as text.
        self.path.replace("{id}", id).replace("{form}", "csv")
    }

    /// The path and the query of a request that changes nothing.
    pub fn harmless(&self, place: &Place) -> String {
        // What isn't of the ledger itself posts nothing, and has no dry run.
        let dry = if self.body.is_some() && self.path.starts_with("/v1/") {
            "validate_only=true"
        } else {
            ""
        };
        let query = self.query.replace("{pledge}", &place.pledge);
        let size = place.cosigned.lines().nth(1).unwrap_or_default();
        let query = query.replace("{size}", size);
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

fn beginnings() -> Vec<Operation> {
    use Need::{Money, Pledges, WriteOffs};
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
    ]
}

fn uses() -> Vec<Operation> {
    use Need::{Creators, Money, Pledges, Reversals};
    vec![
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
        post("/v1/allocations/split", Money, Names::Nothing, |place| {
            json!({"pledge_id": place.pledge, "amount": usd("1.00"), "effective_date": "2025-01-15",
                "shares": [{"creator_id": place.creator, "weight": 1}]})
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
        post(
            "/v1/pledges/{id}/ad-accounts",
            Pledges,
            Names::Pledge,
            |_| ad_account("7302"),
        ),
        post("/v1/obligations", Money, Names::Nothing, obligation),
        post("/v1/obligations/bulk", Money, Names::Nothing, |place| {
            in_bulk(obligation(place))
        }),
        post(
            "/v1/obligations/{id}/release",
            Money,
            Names::Obligation,
            |_| {
                json!({"amount": usd("1.00"), "reason": "One video fewer",
                "effective_date": "2025-01-15"})
            },
        ),
        post(
            "/v1/journals/{id}/reversals",
            Reversals,
            Names::Journal,
            |_| {
                json!({"amount": usd("1.00"), "reason": "One too many", "document": document(),
                "effective_date": "2025-01-15"})
            },
        ),
        post("/v1/lots/{id}/extensions", Need::Lots, Names::Lot, |_| {
            json!({"expires_at": "2025-05-30", "reason": "Campaigns started late",
                "document": document()})
        }),
        post("/v1/lots/{id}/revocations", Need::Lots, Names::Lot, |_| {
            json!({"amount": credits("1.00"), "reason": "The offer ended",
                "document": document(), "effective_date": "2025-03-03"})
        }),
    ]
}

/// Every write, those last that leave little to write on.
pub fn writes() -> Vec<Operation> {
    [
        cash_out::writes(),
        beginnings(),
        uses(),
        ads::writes(),
        register::writes(),
        persons::writes(),
        endings::writes(),
        approvals::writes(),
        statements::writes(),
    ]
    .concat()
}

/// Every read.
pub fn reads() -> Vec<Operation> {
    let all = [
        reads::reads(),
        reports::reads(),
        register::reads(),
        approvals::reads(),
        statements::reads(),
    ];
    all.concat()
}

/// What is handed in and is no command: it has no key, and done again it changes nothing.
fn handed_in() -> Vec<Operation> {
    let body = |place: &Place| json!(place.cosigned);
    let at = "/tlog/{id}/cosignatures";
    vec![post(at, Need::Cosignatures, Names::Pledge, body)]
}

/// Every row.
fn rows() -> Vec<Operation> {
    [reads(), writes(), handed_in()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_of_every_row_succeeds() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for operation in operations() {
        let client = operation.need.client(&world);
        let answer = operation.try_by(&client, &place).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    world.finish().await;
}
