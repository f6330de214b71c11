//! What was taken back.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::command::ReversedLine;
use crate::domain::{JournalId, Outcome, PledgeId};
use crate::http::wire::{Day, MoneyOut};

/// A journal that takes back another one, in part or whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reversal)]
pub struct ReversalOut {
    /// The journal that takes back.
    pub id: JournalId,
    /// The pledge whose money moved back.
    pub pledge_id: PledgeId,
    /// The journal that is taken back.
    pub reverses: JournalId,
    /// When it counts.
    pub effective_date: Day,
    /// Why.
    pub reason: String,
    /// Every line of the journal that is taken back.
    pub lines: Vec<ReversedLineOut>,
}

/// A line of a journal that is taken back, in part or whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReversedLine)]
pub struct ReversedLineOut {
    /// Its place in the journal, from 1.
    pub line: i16,
    /// How much it moved.
    pub amount: MoneyOut,
    /// How much of it is taken back now.
    pub taken_back: MoneyOut,
    /// How much of it can still be taken back.
    pub left: MoneyOut,
}

impl From<&ReversedLine> for ReversedLineOut {
    fn from(line: &ReversedLine) -> Self {
        ReversedLineOut {
            line: line.line,
            amount: (&line.amount).into(),
            taken_back: (&line.taken_back).into(),
            left: (&line.left).into(),
        }
    }
}

impl ReversalOut {
    /// The shape of such an outcome; none of any other.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Reversal {
            pledge,
            reverses,
            effective_date,
            reason,
            lines,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(ReversalOut {
            id: *journal,
            pledge_id: *pledge,
            reverses: *reverses,
            effective_date: Day(*effective_date),
            reason: reason.clone(),
            lines: lines.iter().map(ReversedLineOut::from).collect(),
        })
    }
}
