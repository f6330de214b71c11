//! Postings that have no other effect.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{JournalId, Outcome, PledgeId};
use crate::http::wire::{Day, MoneyOut};

/// Something that was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Posted)]
pub struct PostedOut {
    /// The journal.
    pub journal_id: JournalId,
    /// The pledge whose money moved.
    pub pledge_id: PledgeId,
    /// What kind of event it is.
    pub kind: &'static str,
    /// How much.
    pub amount: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
}

impl PostedOut {
    /// What a committed posting is answered with; nothing, if the outcome is of another kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Posted {
            pledge,
            kind,
            amount,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(PostedOut {
            journal_id: *journal,
            pledge_id: *pledge,
            kind: kind.as_str(),
            amount: amount.into(),
            effective_date: Day(*effective_date),
        })
    }
}
