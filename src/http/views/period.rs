//! Months of pledges that are over.

use serde::Serialize;
use utoipa::ToSchema;

use super::DocumentOut;
use crate::domain::period::{MonthEnd, PeriodEvent, PeriodState};
use crate::domain::{LotId, PeriodEventId, PledgeId};
use crate::http::wire::{Day, Instant, MoneyOut};

/// A month that was closed or opened again.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PeriodEvent)]
pub struct PeriodEventOut {
    /// Its id.
    pub id: PeriodEventId,
    /// The pledge whose month it is.
    pub pledge_id: PledgeId,
    /// The month's last day. What is closed is it and all before it; what is opened, it and all
    /// after it.
    pub month_end: Day,
    /// `soft-closed`: only controllers post; `hard-closed`: nobody does; `open`.
    pub state: &'static str,
    /// Whether what the ledger says was held against banks and platforms: `done` or `waived`.
    pub reconciliation: Option<&'static str>,
    /// Why it was opened, or its reconciliation waived.
    pub reason: Option<String>,
    /// What shows its reconciliation, or why it was opened.
    pub document: Option<DocumentOut>,
    /// How many lines of spend up to then were provisional still.
    pub provisional_lines: i64,
    /// Who did it; of an opening, who asked for it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

impl From<&PeriodEvent> for PeriodEventOut {
    fn from(event: &PeriodEvent) -> Self {
        PeriodEventOut {
            id: event.id,
            pledge_id: event.pledge,
            month_end: Day(event.month_end),
            state: event.state.as_str(),
            reconciliation: event.reconciliation.map(|it| it.as_str()),
            reason: event.reason.clone(),
            document: event.document.as_ref().map(DocumentOut::from),
            provisional_lines: event.provisional_lines,
            actor: event.actor.clone(),
            recorded_at: Instant(event.recorded_at),
        }
    }
}

/// What stands against closing a month, and what doesn't but is to be known.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PeriodCheck)]
pub struct PeriodCheckOut {
    /// The pledge whose month it is.
    pub pledge_id: PledgeId,
    /// The month's last day.
    pub month_end: Day,
    /// How it stands: `open`, `soft-closed` or `hard-closed`.
    pub state: &'static str,
    /// What stands against closing it, as sentences; the month's end, if it isn't over, aside.
    pub reasons: Vec<String>,
    /// What is in suspense at its end.
    pub suspense: Vec<MoneyOut>,
    /// Lots that had ended by then, and of which something hasn't lapsed.
    pub unlapsed_lots: Vec<LotId>,
    /// How many lines of spend up to then are provisional still.
    pub provisional_lines: i64,
    /// What they come to.
    pub provisional: Vec<MoneyOut>,
    /// Standing proofs of the pledge that don't hold, by name.
    pub broken_proofs: Vec<&'static str>,
}

impl PeriodCheckOut {
    /// A month as it looks.
    pub fn new(
        (pledge, month_end): (PledgeId, time::Date),
        state: PeriodState,
        found: &MonthEnd,
        broken_proofs: Vec<&'static str>,
    ) -> Self {
        let broken = broken_proofs.iter();
        let broken = broken.map(|name| format!("the standing proof {name} doesn't hold"));
        PeriodCheckOut {
            pledge_id: pledge,
            month_end: Day(month_end),
            state: state.as_str(),
            reasons: found.reasons().into_iter().chain(broken).collect(),
            suspense: found.suspense.iter().map(MoneyOut::from).collect(),
            unlapsed_lots: found.unlapsed.clone(),
            provisional_lines: found.provisional_lines,
            provisional: found.provisional.iter().map(MoneyOut::from).collect(),
            broken_proofs,
        }
    }
}
