//! Shapes of what is allocated to creators.

use serde::Serialize;
use utoipa::ToSchema;

use super::MoneyIn;
use crate::domain::{CreatorId, PledgeId};
use crate::http::wire::Day;

/// An allocation to be made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationIn, examples(json!({
    "pledge_id": "plg_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "creator_id": "crt_019ab3f27c5e7d10a4f3c2b1d0e9f808",
    "amount": {"amount": "2500.00", "unit": "USD"},
    "effective_date": "2024-12-02",
    "note": "First video"
})))]
pub struct AllocationIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// For whom; the creator's market is the one whose budget is used.
    pub creator_id: CreatorId,
    /// How much.
    pub amount: MoneyIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What there is to note.
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    pub note: Option<String>,
}

/// An amount to be allocated by weights.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationSplitIn, examples(json!({
    "pledge_id": "plg_018f0000000070008000000000000000",
    "amount": {"amount": "100.00", "unit": "USD"},
    "shares": [
        {"creator_id": "crt_018f0000000070008000000000000001", "weight": 2},
        {"creator_id": "crt_018f0000000070008000000000000002", "weight": 1}
    ],
    "effective_date": "2024-11-04"
})))]
pub struct AllocationSplitIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// How much, in all.
    pub amount: MoneyIn,
    /// Who gets of it; at most 1000, each once.
    #[schema(min_items = 1, max_items = 1000)]
    pub shares: Vec<ShareIn>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What the preparer notes.
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    pub note: Option<String>,
}

/// Who gets of an amount, and by what weight.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationShareIn)]
pub struct ShareIn {
    /// For whom; the budget of the creator's market is used.
    pub creator_id: CreatorId,
    /// A whole number: with 2 one gets twice of what one gets with 1.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub weight: u32,
}

/// What of an allocation is given back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReleaseIn, examples(json!({
    "amount": {"amount": "500.00", "unit": "USD"},
    "reason": "One video fewer",
    "effective_date": "2025-01-15"
})))]
pub struct ReleaseIn {
    /// How much goes back.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}
