//! Statements of several accounts.

use serde::Serialize;
use utoipa::ToSchema;

use super::StatementOut;
use crate::domain::{CreatorId, LotId, Market, PledgeId, StatementRunId};
use crate::http::wire::{Day, Instant};

/// What a statement is of.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StatementSubject)]
pub struct StatementSubjectOut {
    /// `pledge`, `market`, `creator` or `lot`.
    pub kind: &'static str,
    /// Whose accounts, if it is a creator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_id: Option<CreatorId>,
    /// Of which lot of credits, if it is a lot's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot_id: Option<LotId>,
    /// Of which market, if it is a market's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<Market>,
}

/// Several accounts of a pledge over some days.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CombinedStatement)]
pub struct CombinedStatementOut {
    /// What it is of.
    pub subject: StatementSubjectOut,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What its parties call it.
    pub reference: String,
    /// The first day: of statements that were issued, the first of all.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What the ledger knew: when what a run issues was asked for.
    pub known_at: Instant,
    /// The pledge's last journal taken into account. A statement that somebody issued before the
    /// run came to its account says what that one knew.
    pub known_journal: i64,
    /// The run that had the statements issued, if it is made up of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<StatementRunId>,
    /// A statement of each account, by code, market and number. One that was issued is what
    /// `GET /v1/statements/{id}` answers, to the byte.
    pub sections: Vec<StatementOut>,
    /// `issued` if all of its sections are, else `draft`.
    pub status: &'static str,
}
