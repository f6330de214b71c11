//! What is said of what waits for somebody else, and above what it has to.

use serde::Serialize;
use utoipa::ToSchema;

use super::MoneyIn;
use crate::domain::ApprovalId;
use crate::http::wire::Day;

/// Above which amount an action needs approval.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThresholdIn, examples(json!({
    "action": "allocation",
    "above": {"amount": "5000.00", "unit": "USD"},
    "approvals": 1,
    "valid_from": "2026-12-01"
})))]
pub struct ThresholdIn {
    /// What people do with money: `allocation`, `budget`, `payout`, …
    pub action: String,
    /// What is more than this needs approval; zero for anything.
    pub above: MoneyIn,
    /// By how many people besides the maker; one, if left out.
    #[schema(minimum = 1, maximum = 3, nullable = false)]
    pub approvals: Option<i16>,
    /// Its first day, not before today; today, if left out.
    #[schema(nullable = false)]
    pub valid_from: Option<Day>,
}

/// What was seen of what waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApprovalIn, examples(json!({
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
})))]
pub struct ApprovalIn {
    /// Its digest.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
}

/// Something of many that is approved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkApprovalIn, examples(json!({
    "approval_id": "apr_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
})))]
pub struct BulkApprovalIn {
    /// What waits.
    pub approval_id: ApprovalId,
    /// The digest of what was seen of it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
}

/// Why something is rejected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectionIn, examples(json!({"reason": "The market's plan was not agreed"})))]
pub struct RejectionIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Why something is taken back by whoever asked for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WithdrawalIn, examples(json!({"reason": "Asked for the wrong market"})))]
pub struct WithdrawalIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
