//! Credits on their way out: placed, spent, taxed and refunded.

use serde_json::json;

use super::{Names, Need, Operation, post, spend_row};
use crate::harness::{credits, document, usd};

pub fn writes() -> Vec<Operation> {
    use Need::Money;
    vec![
        post("/v1/lots/{id}/placements", Money, Names::Lot, |place| {
            json!({"ad_account_id": place.ad_account, "amount": credits("1.00"),
                "effective_date": "2024-12-02", "document": document()})
        }),
        post(
            "/v1/pledges/{id}/spend-imports",
            Money,
            Names::Pledge,
            |_| json!({"mode": "atomic", "rows": [spend_row("2024-12-06")]}),
        ),
        post(
            "/v1/pledges/{id}/platform-payments",
            Money,
            Names::Pledge,
            |_| {
                json!({"platform": "TIKTOK", "amount": usd("1.00"), "bank_reference": "B-2",
                "effective_date": "2024-12-31"})
            },
        ),
        post(
            "/v1/ad-accounts/{id}/platform-balances",
            Money,
            Names::AdAccount,
            |_| {
                json!({"amount": credits("46.00"), "document": document(),
                "as_of": "2024-12-31"})
            },
        ),
        post(
            "/v1/ad-accounts/{id}/taxes",
            Money,
            Names::AdAccount,
            |_| {
                json!({"amount": usd("1.00"), "document": document(),
                "effective_date": "2024-12-31"})
            },
        ),
        post(
            "/v1/spend-lines/{id}/attributions",
            Money,
            Names::SpendLine,
            |place| {
                json!({"uses": [{"lot_id": place.lot, "amount": credits("4.00")}],
                "document": document()})
            },
        ),
        post(
            "/v1/spend-lines/{id}/suspense-clearings",
            Money,
            Names::SpendLine,
            |_| {
                json!({"amount": usd("1.00"), "reason": "Budgeted since",
                "effective_date": "2024-12-31", "document": document()})
            },
        ),
        post(
            "/v1/spend-lines/{id}/refunds",
            Money,
            Names::SpendLine,
            |_| {
                json!({"amount": credits("1.00"), "reference": "IVT-1",
                "effective_date": "2024-12-31", "document": document()})
            },
        ),
    ]
}
