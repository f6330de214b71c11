//! What a lot may be used for, and how it ends.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::http::wire::Day;

/// What credits are worth by the pledge's books; nothing is posted by it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FairValueIn)]
pub struct FairValueIn {
    /// Percent of the face value, more than 0 and at most 100: a decimal string with at most four
    /// fraction digits.
    #[schema(pattern = r"^[0-9]+(\.[0-9]{1,4})?$", examples("85"))]
    pub rate_percent: String,
    /// How it was arrived at.
    #[schema(min_length = 1, max_length = 1000)]
    pub technique: String,
}

/// A later end of a lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExtensionIn, examples(json!({
    "expires_at": "2025-12-30",
    "reason": "Campaigns started late",
    "document": {"uri": "https://files.example.org/extension.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ExtensionIn {
    /// The last day from now on; later than the present one.
    pub expires_at: Day,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// The platform's notice.
    pub document: DocumentIn,
}

/// Credits the platform took back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevocationIn, examples(json!({
    "amount": {"amount": "5000.00", "unit": "ADC:TIKTOK:USD"},
    "reason": "The platform withdrew part of the offer",
    "effective_date": "2025-03-03",
    "document": {"uri": "https://files.example.org/notice.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct RevocationIn {
    /// How much.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// The platform's notice.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// That a job is to be done now; there is nothing to say about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRunIn, examples(json!({})))]
pub struct JobRunIn {}
