//! What is taken back of a journal.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::http::wire::Day;

/// What of a journal is taken back: all that is left, if neither an amount nor lines are given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReversalIn, examples(json!({
    "lines": [
        {"line": 1, "amount": {"amount": "65.00", "unit": "USD"}},
        {"line": 2, "amount": {"amount": "65.00", "unit": "USD"}}
    ],
    "reason": "Received with two digits swapped",
    "effective_date": "2024-10-22",
    "document": {"uri": "https://files.example.org/bank-advice.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ReversalIn {
    /// How much of every line, where all lines move the same.
    #[schema(nullable = false)]
    pub amount: Option<MoneyIn>,
    /// How much of which lines.
    #[schema(min_items = 1, max_items = 1000, nullable = false)]
    pub lines: Option<Vec<ReversedLineIn>>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What it rests on.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// What of a line is taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReversedLineIn)]
pub struct ReversedLineIn {
    /// Its place in the journal, from 1.
    #[schema(minimum = 1, maximum = 32767)]
    pub line: i16,
    /// How much of it.
    pub amount: MoneyIn,
}
