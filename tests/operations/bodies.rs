//! What is sent to several of the operations.

use serde_json::{Value, json};

use super::Place;
use crate::harness::usd;

pub(super) fn budget(_: &Place) -> Value {
    json!({"market": "FR", "amount": usd("10.00"), "effective_date": "2024-11-04"})
}

pub(super) fn creator(reference: &str) -> Value {
    json!({"reference": reference, "name": "Zoë", "market": "FR"})
}

pub(super) fn allocation(place: &Place) -> Value {
    json!({"pledge_id": place.pledge, "creator_id": place.creator, "amount": usd("2.00"),
        "effective_date": "2024-12-02", "note": "First video"})
}

pub(super) fn ad_account(reference: &str) -> Value {
    json!({"reference": reference, "name": "Japan", "unit": "ADC:TIKTOK:USD", "market": "JP",
        "time_zone": "Asia/Tokyo", "opened_on": "2024-10-28"})
}

pub(super) fn obligation(place: &Place) -> Value {
    json!({"pledge_id": place.pledge, "creator_id": place.creator, "reference": "C-2",
        "amount": usd("2.00"), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
        "effective_date": "2024-12-02"})
}

pub(super) fn spend_row(day: &str) -> Value {
    json!({"account": "7301", "campaign": "K-1", "day": day, "currency": "USD", "spend": "5.00",
        "cash_spend": "1.00", "voucher_spend": "4.00", "revision": 1, "final": true})
}

pub(super) fn in_bulk(mut item: Value) -> Value {
    item["idempotency_key"] = json!("bulk-1");
    json!({"mode": "atomic", "items": [item]})
}
