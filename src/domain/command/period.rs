//! Closing months of a pledge, and opening them again.

use time::Date;

use super::agreement::require_signed;
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::{Books, PledgeBook};
use crate::domain::id::{PeriodEventId, PledgeId};
use crate::domain::journal::Document;
use crate::domain::period::{MonthEnd, PeriodEvent, PeriodState, Reconciliation};
use crate::domain::refusal::{PeriodRefusal, Refusal};

/// Close a month, and with it all before.
#[derive(Debug, Clone)]
pub struct ClosePeriod {
    /// The id that will have.
    pub id: PeriodEventId,
    /// Whose month.
    pub pledge: PledgeId,
    /// Its last day.
    pub month_end: Date,
    /// Hard, or softly.
    pub hard: bool,
    /// Whether it was reconciled.
    pub reconciliation: Reconciliation,
    /// Why not, if it was not.
    pub reason: Option<String>,
    /// What shows that it was.
    pub document: Option<Document>,
}

/// Open a month again, and with it all after it. Always takes two people.
#[derive(Debug, Clone)]
pub struct ReopenPeriod {
    /// The id that will have.
    pub id: PeriodEventId,
    /// Whose month.
    pub pledge: PledgeId,
    /// Its last day.
    pub month_end: Date,
    /// Why.
    pub reason: String,
    /// What that rests on.
    pub document: Document,
}

fn wrong_state(state: PeriodState, command: &'static str) -> Refusal {
    Refusal::WrongState {
        what: "month",
        state: state.as_str(),
        command,
        open: state.open_moves(),
    }
}

impl ClosePeriod {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let at = (self.pledge, self.month_end);
        if !books.month_ends.contains_key(&at) {
            needs.month_ends.insert(at);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_signed(book, "closing a month")?;
        let (to, month_end) = match self.hard {
            true => (PeriodState::Hard, self.month_end),
            false => (PeriodState::Soft, self.month_end),
        };
        let state = book.closed.state_on(month_end);
        if state >= to {
            return Err(wrong_state(state, "closing"));
        }
        if month_end >= context.now.date() {
            return Err(PeriodRefusal::NotOver { month_end }.into());
        }
        let nothing = MonthEnd::default();
        let at = (self.pledge, month_end);
        let found = books.month_ends.get(&at).unwrap_or(&nothing);
        let reasons = found.reasons();
        if !reasons.is_empty() {
            return Err(PeriodRefusal::NotReady { reasons }.into());
        }
        Ok(moved(PeriodEvent {
            id: self.id,
            pledge: self.pledge,
            month_end,
            state: to,
            reconciliation: Some(self.reconciliation),
            reason: self.reason.clone(),
            document: self.document.clone(),
            provisional_lines: found.provisional_lines,
            actor: context.actor.clone(),
            recorded_at: context.now,
        }))
    }
}

impl ReopenPeriod {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, _: &Books, _: &mut Needs) {}

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_signed(book, "opening a month")?;
        let state = book.closed.state_on(self.month_end);
        if state == PeriodState::Open {
            return Err(wrong_state(state, "opening"));
        }
        Ok(moved(PeriodEvent {
            id: self.id,
            pledge: self.pledge,
            month_end: self.month_end,
            state: PeriodState::Open,
            reconciliation: None,
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            provisional_lines: 0,
            actor: context.actor.clone(),
            recorded_at: context.now,
        }))
    }
}

fn moved(event: PeriodEvent) -> Decision {
    Decision {
        events: vec![Event::PeriodMoved(event.clone())],
        draft: None,
        outcome: Outcome::Period(event),
    }
}

impl Decision {
    /// Whether everything it posts counts on days on which that may be posted.
    pub(super) fn require_open_periods(
        &self,
        books: &Books,
        by_controller: bool,
    ) -> Result<(), Refusal> {
        self.drafts().try_for_each(|draft| {
            let book: &PledgeBook = books.pledge(draft.pledge)?;
            book.closed.admits(draft.effective_date, by_controller)
        })
    }
}
