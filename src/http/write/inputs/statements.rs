//! What is said of statements that are to be issued.

use serde::Serialize;
use utoipa::ToSchema;

/// A statement of an account that is to be issued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementIssueIn, examples(json!({"to": "2025-01-31"})))]
pub struct StatementIssueIn {
    /// The last day, which is over.
    #[schema(format = Date)]
    pub to: String,
    /// The first day: the one after the account's last statement, which is what is taken if it is
    /// left out. An account's first statement begins with the month in which something first
    /// counts.
    #[schema(nullable = false, format = Date)]
    pub from: Option<String>,
}

/// A statement that is to be issued again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementReissueIn, examples(json!({"reason": "A receipt was entered late"})))]
pub struct StatementReissueIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Statements that are to be issued for all accounts of a pledge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementRunIn, examples(json!({"to": "2025-01-31"})))]
pub struct StatementRunIn {
    /// The last day, which is over.
    #[schema(format = Date)]
    pub to: String,
    /// Why statements that late entries changed are issued again, if there are any.
    #[schema(nullable = false, min_length = 1, max_length = 1000)]
    pub reissue_reason: Option<String>,
}
