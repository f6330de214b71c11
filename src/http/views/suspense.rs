//! What was cleared of suspense.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{JournalId, Outcome, SpendLineId};
use crate::http::wire::{Day, MoneyOut};

/// What of a line of spend was in suspense and is charged to its market now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SuspenseClearing)]
pub struct SuspenseClearingOut {
    /// The line, by its latest report.
    pub spend_line_id: SpendLineId,
    /// How much was charged.
    pub amount: MoneyOut,
    /// What of the line is still in suspense.
    pub suspended: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
    /// What was posted.
    pub journal_id: JournalId,
}

impl SuspenseClearingOut {
    /// The shape of an [`Outcome::SuspenseClearing`].
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::SuspenseClearing {
            line,
            amount,
            left,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(SuspenseClearingOut {
            spend_line_id: *line,
            amount: amount.into(),
            suspended: left.into(),
            effective_date: Day(*effective_date),
            journal_id: *journal,
        })
    }
}
