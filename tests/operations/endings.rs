//! What ends pledges, and what goes back to the donor.

use serde_json::{Value, json};

use super::{Names, Need, Operation, Place, post};
use crate::harness::{document, usd};

fn ending(_: &Place) -> Value {
    json!({"reason": "The programme has ended", "effective_date": "2025-12-31"})
}

fn closure(place: &Place) -> Value {
    let mut closure = ending(place);
    closure["document"] = document();
    closure
}

fn paid(reference: &str) -> Value {
    json!({"amount": usd("1.00"), "bank_reference": reference, "effective_date": "2025-12-18"})
}

pub fn writes() -> Vec<Operation> {
    use Need::{Endings, Money, Pledges, WriteOffs};
    let pledge = Names::Pledge;
    vec![
        post("/v1/pledges/{id}/donor-refunds", WriteOffs, pledge, |_| {
            json!({"amount": usd("1.00"), "reason": "Unspent", "document": document(),
                "effective_date": "2025-12-15"})
        }),
        post("/v1/pledges/{id}/donor-payments", Money, pledge, |_| {
            paid("B-8")
        }),
        post(
            "/v1/pledges/{id}/support-costs/draws",
            Money,
            pledge,
            |_| paid("B-9"),
        ),
        post(
            "/v1/obligations/{id}/clawbacks",
            WriteOffs,
            Names::Advanced,
            |_| {
                json!({"amount": usd("1.00"), "reason": "Travel", "document": document(),
                "effective_date": "2025-06-30"})
            },
        ),
        post(
            "/v1/creators/{id}/recoveries",
            Money,
            Names::Creator,
            |place| {
                json!({"pledge_id": place.pledge, "amount": usd("1.00"),
                "bank_reference": "B-10", "effective_date": "2025-07-14"})
            },
        ),
        post(
            "/v1/creators/{id}/bad-debts",
            WriteOffs,
            Names::Creator,
            |place| {
                json!({"pledge_id": place.pledge, "amount": usd("1.00"),
                "reason": "The studio was dissolved", "document": document(),
                "effective_date": "2025-09-30"})
            },
        ),
        post("/v1/pledges/{id}/closing", Endings, pledge, ending),
        post(
            "/v1/pledges/{id}/resumption",
            Endings,
            Names::Resumable,
            ending,
        ),
        post("/v1/pledges/{id}/closure", Endings, Names::Ending, closure),
        post(
            "/v1/pledges/{id}/cancellation",
            Pledges,
            Names::Unsigned,
            ending,
        ),
        post("/v1/jobs/{name}/runs", Need::RunJobs, Names::Job, |_| {
            json!({})
        }),
    ]
}
