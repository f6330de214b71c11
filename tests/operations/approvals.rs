//! What waits for somebody else, and above what it has to.

use serde_json::{Value, json};

use super::{Names, Need, Operation, Place, get, in_bulk, post};
use crate::harness::{Waiting, World, document, usd};

/// Thresholds that wait, stated by a controller; of the last one the maker is `somebody`. And a
/// month is closed, so that it can be opened again.
pub(super) async fn waiting(world: &World, pledge: &str) -> [Waiting; 4] {
    use almoner::http::access::Role;
    let closings = format!("/v1/pledges/{pledge}/period-closings");
    let closed = world.controller().post(&closings, month("2020-01")).await;
    closed.expect(200);
    let (controller, somebody) = (world.controller(), world.user(Role::Controller, "somebody"));
    let mut all = Vec::new();
    for (by, above) in [
        (&controller, "900001.00"),
        (&controller, "900002.00"),
        (&controller, "900003.00"),
        (&somebody, "900004.00"),
    ] {
        let at = format!("/v1/pledges/{pledge}/thresholds");
        all.push(by.post(&at, threshold(above)).await.waits());
    }
    all.try_into().unwrap()
}

fn threshold(above: &str) -> Value {
    json!({"action": "budget", "above": usd(above)})
}

/// A month long before anything, closed softly.
fn month(month: &str) -> Value {
    json!({"month": month, "firmness": "soft", "reconciliation": "waived",
        "reason": "Nothing was posted then"})
}

fn reason() -> Value {
    json!({"reason": "Not agreed"})
}

pub(super) fn reads() -> Vec<Operation> {
    use Need::{PeriodsRead, ReadApprovals};
    let of_pledge = Names::Pledge;
    let month = "month=2024-12";
    let matrix = "/v1/pledges/{id}/approval-matrix";
    vec![
        get(matrix, ReadApprovals, of_pledge, ""),
        get("/v1/pledges/{id}/periods", PeriodsRead, of_pledge, ""),
        get(
            "/v1/pledges/{id}/period-check",
            PeriodsRead,
            of_pledge,
            month,
        ),
    ]
}

pub(super) fn writes() -> Vec<Operation> {
    use Need::{Deciding, Periods, Thresholds, Withdrawing};
    vec![
        post(
            "/v1/pledges/{id}/period-closings",
            Periods,
            Names::Pledge,
            |_| month("2020-02"),
        ),
        post(
            "/v1/pledges/{id}/period-reopenings",
            Periods,
            Names::Pledge,
            |_| json!({"month": "2020-01", "reason": "A late invoice", "document": document()}),
        ),
        post(
            "/v1/pledges/{id}/thresholds",
            Thresholds,
            Names::Pledge,
            |_| threshold("900000.00"),
        ),
        post(
            "/v1/approvals/{id}/approval",
            Deciding,
            Names::Waiting(0),
            |place| json!({"digest": place.waiting[0].digest}),
        ),
        post(
            "/v1/approvals/{id}/rejection",
            Deciding,
            Names::Waiting(1),
            |_| reason(),
        ),
        post("/v1/approvals/bulk", Deciding, Names::Nothing, |place| {
            in_bulk(json!({"approval_id": place.waiting[2].id,
                "digest": place.waiting[2].digest}))
        }),
        post(
            "/v1/approvals/{id}/withdrawal",
            Withdrawing,
            Names::Waiting(3),
            |_| reason(),
        ),
    ]
}

impl Place {
    pub(super) fn waiting_id(&self, at: usize) -> &str {
        &self.waiting[at].id
    }
}
