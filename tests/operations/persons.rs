//! Who creators are.

use serde_json::json;

use super::{Names, Need, Operation, post};
use crate::harness::{World, document};

pub fn writes() -> Vec<Operation> {
    vec![
        post(
            "/v1/creators/{id}/bank-details",
            Need::Creators,
            Names::Creator,
            |_| json!({"holder": "Zoë", "account": "FR7630006000011234567890189"}),
        ),
        post(
            "/v1/creators/{id}/erasure",
            Need::Erasures,
            Names::Forgotten,
            |_| json!({"reason": "Asked to be forgotten", "document": document()}),
        ),
    ]
}

/// A creator of whom it is known where it is paid.
pub async fn payable(world: &World) -> String {
    let creator = world.creator("JP").await;
    let details = json!({"holder": "山田 花子", "account": "00012345678"});
    let at = format!("/v1/creators/{creator}/bank-details");
    world.preparer().post(&at, details).await.expect(200);
    creator
}
