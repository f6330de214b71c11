//! The end of a pledge: wound down, closed once nothing is left of it, or cancelled unsigned.
//!
//! | From | Move | To |
//! |---|---|---|
//! | agreed, active | begin closing | closing |
//! | closing | resume | active |
//! | closing | close, if nothing is left anywhere | closed |
//! | announced | cancel | cancelled |
//!
//! Nothing is posted by any of these. After closing or cancelling the database itself refuses to.

use time::Date;

use super::agreement::wrong_state;
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::{Books, PledgeBook};
use crate::domain::id::PledgeId;
use crate::domain::journal::Document;
use crate::domain::money::Money;
use crate::domain::pledge::PledgeState;
use crate::domain::refusal::{OpenReason, Refusal};

/// A move towards a pledge's end, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PledgeMove {
    /// Wind it down.
    BeginClosing,
    /// Go on with it after all.
    Resume,
    /// Close it for good.
    Close,
    /// Withdraw it before it is signed.
    Cancel,
}

impl PledgeMove {
    fn name(self) -> &'static str {
        match self {
            PledgeMove::BeginClosing => "winding down",
            PledgeMove::Resume => "resuming",
            PledgeMove::Close => "closing",
            PledgeMove::Cancel => "cancelling",
        }
    }
}

/// Move a pledge towards its end, or back.
#[derive(Debug, Clone)]
pub struct MovePledge {
    /// The pledge.
    pub pledge: PledgeId,
    /// Which way.
    pub to: PledgeMove,
    /// When it counts.
    pub effective_date: Date,
    /// Why.
    pub reason: String,
    /// What it rests on; closing always rests on something.
    pub document: Option<Document>,
}

/// A pledge that moved on without a posting: who said so is added where it is recorded.
#[derive(Debug, Clone)]
pub struct MovedOn {
    /// The pledge.
    pub pledge: PledgeId,
    /// Where it is now.
    pub state: PledgeState,
    /// When it counts.
    pub effective_date: Date,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Option<Document>,
}

/// Every reason against closing: what is left, account by account.
fn open_reasons(book: &PledgeBook) -> Vec<OpenReason> {
    let left = book.standing().into_iter();
    left.filter(|it| it.code.must_be_empty_at_close() && it.balance != 0)
        .map(|it| OpenReason {
            code: it.code,
            market: it.market,
            amount: Money::from_minor(it.balance, it.unit.clone()),
        })
        .collect()
}

impl MovePledge {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Ok(book) = books.pledge(self.pledge) else {
            return;
        };
        needs.instalments(book);
        if self.to == PledgeMove::Close && book.standing.is_none() {
            needs.standing_of.insert(self.pledge);
        }
    }

    fn next(&self, book: &PledgeBook) -> Result<PledgeState, Refusal> {
        use PledgeMove::{BeginClosing, Cancel, Close, Resume};
        use PledgeState::{Active, Agreed, Announced, Cancelled, Closed, Closing};
        match (book.pledge.state, self.to) {
            (Agreed | Active, BeginClosing) => Ok(Closing),
            (Closing, Resume) => Ok(Active),
            (Closing, Close) => Ok(Closed),
            (Announced, Cancel) => Ok(Cancelled),
            (Announced | Closing | Closed | Cancelled, BeginClosing)
            | (Announced | Agreed | Active | Closed | Cancelled, Resume | Close)
            | (Agreed | Active | Closing | Closed | Cancelled, Cancel) => {
                Err(wrong_state(book, self.to.name()))
            }
        }
    }

    pub(super) fn decide(&self, books: &Books, _: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let state = self.next(book)?;
        if state == PledgeState::Closed {
            let reasons = open_reasons(book);
            if !reasons.is_empty() {
                return Err(Refusal::NotEmpty(reasons));
            }
        }
        let mut pledge = book.pledge.clone();
        pledge.state = state;
        let moved = MovedOn {
            pledge: self.pledge,
            state,
            effective_date: self.effective_date,
            reason: self.reason.clone(),
            document: self.document.clone(),
        };
        Ok(Decision {
            events: vec![Event::MovedOn(moved)],
            draft: None,
            outcome: Outcome::Pledge {
                pledge,
                instalments: book.instalments.clone().unwrap_or_default(),
            },
        })
    }
}
