//! Becoming owed: the agreement is signed, and conditions are met.
//!
//! Signing makes every unconditional instalment receivable and shows it as pledged, not spendable
//! (Dr 1110 Cr 3100; credits Dr 1210 Cr 3200). A conditional instalment is posted when its
//! condition is recorded as met; what came early of it is then no longer refundable (Dr 2300 Cr
//! 3110).

use time::Date;

use super::require::entry;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Purses;
use crate::domain::id::{InstalmentId, PledgeId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::pledge::{Instalment, PledgeState};
use crate::domain::refusal::Refusal;

/// Record that the agreement was signed.
#[derive(Debug, Clone)]
pub struct SignAgreement {
    /// The pledge.
    pub pledge: PledgeId,
    /// When it takes effect.
    pub effective_date: Date,
    /// The signed agreement.
    pub document: Document,
}

/// `amount` of the instalment becomes receivable, and pledged.
fn becomes_receivable(instalment: &Instalment, amount: i64) -> Move {
    let unit = instalment.amount.unit();
    let purses = Purses::of(unit.kind());
    entry(
        AccountKey::instalment(purses.receivable, unit, instalment.id),
        AccountKey::plain(purses.pledged, unit),
        amount,
    )
}

impl SignAgreement {
    fn moves(&self, book: &PledgeBook) -> Vec<Move> {
        let instalments = book.instalments.iter().flatten();
        instalments
            .filter(|instalment| instalment.condition.is_none())
            .map(|instalment| becomes_receivable(instalment, instalment.amount.minor()))
            .collect()
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Ok(book) = books.pledge(self.pledge) else {
            return;
        };
        needs.instalments(book);
        needs.moves(books, self.pledge, self.moves(book), self.effective_date);
    }

    pub(super) fn decide(&self, books: &Books, _: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        match book.pledge.state {
            PledgeState::Announced => {}
            PledgeState::Agreed
            | PledgeState::Active
            | PledgeState::Closing
            | PledgeState::Closed
            | PledgeState::Cancelled => return Err(wrong_state(book, "signing the agreement")),
        }
        let mut pledge = book.pledge.clone();
        pledge.state = PledgeState::Agreed;
        pledge.agreed_on = Some(self.effective_date);
        let moves = self.moves(book);
        let draft = (!moves.is_empty()).then(|| Draft {
            document: Some(self.document.clone()),
            subject: Some(self.pledge.0),
            ..Draft::new(self.pledge, Kind::Agreement, self.effective_date, moves)
        });
        draft.as_ref().map_or(Ok(()), |draft| book.check(draft))?;
        let instalments = book.instalments.clone().unwrap_or_default();
        Ok(Decision {
            events: vec![Event::Agreed(self.pledge, self.effective_date)],
            draft,
            outcome: Outcome::Pledge {
                pledge,
                instalments,
            },
        })
    }
}

/// Record that an instalment's condition was met.
#[derive(Debug, Clone)]
pub struct MeetCondition {
    /// The instalment.
    pub instalment: InstalmentId,
    /// When it was met: the journal's effective date.
    pub met_on: Date,
    /// What shows it.
    pub document: Document,
}

impl MeetCondition {
    fn moves(instalment: &Instalment) -> Vec<Move> {
        let unit = instalment.amount.unit();
        let purses = Purses::of(unit.kind());
        let mut moves = Vec::new();
        if instalment.received > 0 {
            let advance = AccountKey::instalment(purses.advance, unit, instalment.id);
            let funded = AccountKey::plain(purses.funded, unit);
            moves.push(entry(advance, funded, instalment.received));
        }
        let still_due = instalment.outstanding().minor();
        if still_due > 0 {
            moves.push(becomes_receivable(instalment, still_due));
        }
        moves
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Instalment, self.instalment.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(book) = books.home(Thing::Instalment, self.instalment.0) else {
            return;
        };
        needs.instalments(book);
        if let Some(instalment) = book.instalment(self.instalment) {
            needs.moves(books, book.pledge.id, Self::moves(instalment), self.met_on);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, instalment) = books.instalment(self.instalment)?;
        if !instalment.awaits_condition() {
            return Err(Refusal::WrongState {
                what: "instalment",
                state: instalment.state().as_str(),
                command: "meeting its condition",
                open: "It has no condition that is still to be met.",
            });
        }
        require_signed(book, "meeting a condition")?;
        let mut changed = instalment.clone();
        changed.condition_met_on = Some(self.met_on);
        changed.condition_document = Some(self.document.clone());
        let draft = Draft {
            document: Some(self.document.clone()),
            subject: Some(self.instalment.0),
            ..Draft::new(
                book.pledge.id,
                Kind::ConditionMet,
                self.met_on,
                Self::moves(instalment),
            )
        };
        book.check(&draft)?;
        Ok(Decision {
            events: vec![Event::InstalmentChanged(changed.clone())],
            draft: Some(draft),
            outcome: Outcome::Condition {
                instalment: changed,
                journal: context.journal,
            },
        })
    }
}

/// The refusal of what isn't open to the pledge in its state.
pub(super) fn wrong_state(book: &PledgeBook, command: &'static str) -> Refusal {
    Refusal::WrongState {
        what: "pledge",
        state: book.pledge.state.as_str(),
        command,
        open: book.pledge.state.open(),
    }
}

/// Money moves only under a signed agreement.
pub(super) fn require_signed(book: &PledgeBook, command: &'static str) -> Result<(), Refusal> {
    match book.pledge.state {
        PledgeState::Agreed | PledgeState::Active | PledgeState::Closing => Ok(()),
        PledgeState::Announced | PledgeState::Closed | PledgeState::Cancelled => {
            Err(wrong_state(book, command))
        }
    }
}

/// Money is put to new use only while the pledge isn't being wound down.
pub(super) fn require_open(book: &PledgeBook, command: &'static str) -> Result<(), Refusal> {
    match book.pledge.state {
        PledgeState::Agreed | PledgeState::Active => Ok(()),
        PledgeState::Announced
        | PledgeState::Closing
        | PledgeState::Closed
        | PledgeState::Cancelled => Err(wrong_state(book, command)),
    }
}
