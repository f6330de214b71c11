//! What is said of months that are closed or opened again.

use serde::Serialize;
use utoipa::ToSchema;

use super::DocumentIn;

/// A month that is to be closed, with all before it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodClosingIn, examples(json!({
    "month": "2025-01", "firmness": "hard", "reconciliation": "done",
    "document": {"uri": "https://files.example.org/2025-01-reconciliation.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct PeriodClosingIn {
    /// The month, which is over.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// `soft`: only controllers post in it; `hard`: nobody does.
    pub firmness: String,
    /// Whether the ledger was held against what banks and platforms say: `done` or `waived`.
    pub reconciliation: String,
    /// Why it was waived: then it has to be there.
    #[schema(nullable = false, min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
    /// What shows that it was done: then it has to be there.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}

/// A month that is to be opened again, with all after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodReopeningIn, examples(json!({
    "month": "2025-01", "reason": "The bank corrected its statement",
    "document": {"uri": "https://files.example.org/2025-01-correction.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct PeriodReopeningIn {
    /// The month.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What that rests on.
    pub document: DocumentIn,
}
