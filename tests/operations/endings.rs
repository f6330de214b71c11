//! What ends pledges, and what goes back to the donor.

use serde_json::{Value, json};

use super::{Names, Need, Operation, Place, post};
use crate::harness::{document, usd};

fn ending(_: &Place) -> Value {
    json!({"reason": "The programme has ended", "document": document(),
        "effective_date": "2025-12-31"})
}

fn paid(_: &Place) -> Value {
    json!({"amount": usd("1.00"), "bank_reference": "B-9", "effective_date": "2025-12-18"})
}

pub fn writes() -> Vec<Operation> {
    use Need::{Endings, Money, Pledges, WriteOffs};
    let pledge = Names::Pledge;
    vec![
        post("/v1/pledges/{id}/donor-refunds", WriteOffs, pledge, |_| {
            json!({"amount": usd("1.00"), "reason": "Unspent", "document": document(),
                "effective_date": "2025-12-15"})
        }),
        post("/v1/pledges/{id}/donor-payments", Money, pledge, paid),
        post("/v1/pledges/{id}/support-costs/draws", Money, pledge, paid),
        post("/v1/pledges/{id}/closing", Endings, pledge, ending),
        post(
            "/v1/pledges/{id}/resumption",
            Endings,
            Names::Ending,
            ending,
        ),
        post("/v1/pledges/{id}/closure", Endings, Names::Ending, ending),
        post(
            "/v1/pledges/{id}/cancellation",
            Pledges,
            Names::Announced,
            ending,
        ),
        post("/v1/jobs/{name}/runs", Need::RunJobs, Names::Job, |_| {
            json!({})
        }),
    ]
}
