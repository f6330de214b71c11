//! What is found not eligible, given back, and closed.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::domain::{Market, PledgeId};
use crate::http::wire::Day;

/// A cost that was found not eligible.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClawbackIn, examples(json!({
    "amount": {"amount": "250.00", "unit": "USD"},
    "reason": "Travel is not an eligible cost",
    "effective_date": "2025-06-30",
    "document": {"uri": "https://files.example.org/audit.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ClawbackIn {
    /// How much is to be paid back.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What shows it.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Money a creator paid back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryIn, examples(json!({
    "pledge_id": "plg_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "amount": {"amount": "250.00", "unit": "USD"},
    "bank_reference": "20250714-0003",
    "effective_date": "2025-07-14"
})))]
pub struct RecoveryIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// How much came.
    pub amount: MoneyIn,
    /// The bank's own reference; one is recorded once.
    #[schema(min_length = 1, max_length = 140, nullable = false)]
    pub bank_reference: Option<String>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// What a creator will not pay back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BadDebtIn, examples(json!({
    "pledge_id": "plg_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "amount": {"amount": "250.00", "unit": "USD"},
    "reason": "The studio was dissolved",
    "effective_date": "2025-09-30",
    "document": {"uri": "https://files.example.org/register.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct BadDebtIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// How much will not come.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What shows it.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Money that is to be given back to the donor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DonorRefundIn, examples(json!({
    "amount": {"amount": "1200.00", "unit": "USD"},
    "market": "JP",
    "reason": "Unspent at the end of the programme",
    "effective_date": "2025-12-15",
    "document": {"uri": "https://files.example.org/final-report.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct DonorRefundIn {
    /// How much.
    pub amount: MoneyIn,
    /// Of which market's budget; of what no market has, if left out.
    #[schema(nullable = false)]
    pub market: Option<Market>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What it rests on.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Money that left the bank.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankPaymentIn, examples(json!({
    "amount": {"amount": "1200.00", "unit": "USD"},
    "bank_reference": "20251218-0001",
    "effective_date": "2025-12-18"
})))]
pub struct BankPaymentIn {
    /// How much.
    pub amount: MoneyIn,
    /// The bank's own reference; one is recorded once.
    #[schema(min_length = 1, max_length = 140, nullable = false)]
    pub bank_reference: Option<String>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Why a pledge is wound down, resumed or cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PledgeMoveIn, examples(json!({
    "reason": "The programme has ended",
    "effective_date": "2025-12-01",
    "document": {"uri": "https://files.example.org/minutes.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct PledgeMoveIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What it rests on.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}

/// What closing a pledge rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClosureIn, examples(json!({
    "reason": "Everything is accounted for",
    "effective_date": "2025-12-31",
    "document": {"uri": "https://files.example.org/closing-report.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ClosureIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What it rests on.
    pub document: DocumentIn,
}
