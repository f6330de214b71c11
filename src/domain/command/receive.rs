//! Coming in: cash receipts, lots of credits, and the write-off of what will not come.
//!
//! | Event | Postings |
//! |---|---|
//! | cash received | Dr 1010 net, Dr 5810 fee, Cr 1110; 3100→3110; the fee is released: 3110→4910 |
//! | … before its condition is met | Dr 1010, Dr 5810, Cr 2300; the fee is released: 3110→4910 |
//! | lot issued | Dr 1310.lot Cr 1210; 3200→3210 |
//! | … before its condition is met | Dr 1310.lot Cr 2310 |
//! | written off | Dr 3100 Cr 1110; credits Dr 3200 Cr 1210 |

use time::Date;

use super::agreement::require_signed;
use super::require::{
    entry, require_outstanding, require_scope, require_unit_of, require_unused_reference,
};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::{Code, Purses};
use crate::domain::id::{InstalmentId, LotId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::lot::{FairValue, LotFigures, LotScope};
use crate::domain::money::Money;
use crate::domain::pledge::{Instalment, Lot, LotKind, PledgeState};
use crate::domain::refusal::Refusal;
use crate::domain::unit::UnitKind;

/// Record cash received on an instalment.
#[derive(Debug, Clone)]
pub struct ReceiveCash {
    /// The instalment.
    pub instalment: InstalmentId,
    /// What reached the account.
    pub received: Money,
    /// What banks kept on the way; it counts as received from the donor.
    pub fee: Money,
    /// The bank's own reference; one reference is received once on an instalment.
    pub bank_reference: Option<String>,
    /// When it counts.
    pub effective_date: Date,
}

/// Record a lot of credits issued on an instalment.
#[derive(Debug, Clone)]
pub struct IssueLot {
    /// The id it will have.
    pub id: LotId,
    /// The instalment it fulfils.
    pub instalment: InstalmentId,
    /// Its face value.
    pub face: Money,
    /// How it may be used.
    pub kind: LotKind,
    /// The first day it can be used.
    pub valid_from: Date,
    /// The last day it can be used.
    pub expires_at: Date,
    /// When it counts as issued.
    pub effective_date: Date,
    /// The platform's document.
    pub document: Option<Document>,
    /// What it may be used for.
    pub scope: LotScope,
    /// What it is worth.
    pub fair_value: Option<FairValue>,
}

/// Write off what an instalment will not bring.
#[derive(Debug, Clone)]
pub struct WriteOff {
    /// The instalment.
    pub instalment: InstalmentId,
    /// How much will not come.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// What comes in on an instalment settles what it owes, and what was pledged is funded; before the
/// condition is met it is a refundable advance instead.
fn arrives(instalment: &Instalment, arrivals: &[(AccountKey, i64)]) -> Vec<Move> {
    let unit = instalment.amount.unit();
    let purses = Purses::of(unit.kind());
    let early = instalment.awaits_condition();
    let settled = if early {
        purses.advance
    } else {
        purses.receivable
    };
    let settled = AccountKey::instalment(settled, unit, instalment.id);
    let mut moves: Vec<Move> = arrivals
        .iter()
        .filter(|(_, amount)| *amount > 0)
        .map(|(into, amount)| entry(into.clone(), settled.clone(), *amount))
        .collect();
    if !early {
        let pledged = AccountKey::plain(purses.pledged, unit);
        let funded = AccountKey::plain(purses.funded, unit);
        let total = arrivals.iter().map(|(_, amount)| amount).sum();
        moves.push(entry(pledged, funded, total));
    }
    moves
}

/// What an instalment needs before something can be posted on it.
fn touch(
    books: &Books,
    needs: &mut Needs,
    id: InstalmentId,
    day: Date,
    moves: impl Fn(&Instalment) -> Vec<Move>,
) {
    let Some(book) = books.home(Thing::Instalment, id.0) else {
        return;
    };
    needs.instalments(book);
    if let Some(instalment) = book.instalment(id) {
        needs.moves(books, book.pledge.id, moves(instalment), day);
    }
}

/// What came in first makes an agreed pledge active.
fn activation(book: &PledgeBook) -> Option<Event> {
    match book.pledge.state {
        PledgeState::Agreed => Some(Event::Activated(book.pledge.id)),
        PledgeState::Announced
        | PledgeState::Active
        | PledgeState::Closing
        | PledgeState::Closed
        | PledgeState::Cancelled => None,
    }
}

impl ReceiveCash {
    fn gross(&self) -> Money {
        let gross = self.received.minor().saturating_add(self.fee.minor());
        Money::from_minor(gross, self.received.unit().clone())
    }

    fn moves(&self, instalment: &Instalment) -> Vec<Move> {
        let unit = self.received.unit();
        let bank = AccountKey::plain(Code::Bank, unit);
        let fees = AccountKey::plain(Code::BankFees, unit);
        let arrivals = [(bank, self.received.minor()), (fees, self.fee.minor())];
        let mut moves = arrives(instalment, &arrivals);
        if self.fee.minor() > 0 {
            let funded = AccountKey::plain(Code::CashFunded, unit);
            let released = AccountKey::plain(Code::CashReleased, unit);
            moves.push(entry(funded, released, self.fee.minor()));
        }
        moves
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Instalment, self.instalment.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.instalment,
            self.effective_date,
            |known| self.moves(known),
        );
        let book = books.home(Thing::Instalment, self.instalment.0);
        if let (Some(reference), Some(book)) = (&self.bank_reference, book) {
            needs.bank_reference(books, book.pledge.id, self.instalment.0, reference);
        }
    }

    fn check_units(&self, instalment: &Instalment) -> Result<(), Refusal> {
        let unit = instalment.amount.unit();
        if unit.kind() == UnitKind::Credits {
            return Err(Refusal::WrongUnitKind {
                pointer: "/received/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "credits come in as lots, not as receipts.",
            });
        }
        require_unit_of(instalment, self.received.unit(), "/received/unit")?;
        require_unit_of(instalment, self.fee.unit(), "/fee/unit")
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, instalment) = books.instalment(self.instalment)?;
        self.check_units(instalment)?;
        require_signed(book, "receiving")?;
        let (subject, reference) = (self.instalment.0, self.bank_reference.as_deref());
        require_unused_reference(books, subject, "receipt on this instalment", reference)?;
        let gross = self.gross();
        require_outstanding(instalment, &gross, "/received")?;
        let draft = Draft {
            subject: Some(self.instalment.0),
            bank_reference: self.bank_reference.clone(),
            ..Draft::new(
                book.pledge.id,
                Kind::Receipt,
                self.effective_date,
                self.moves(instalment),
            )
        };
        book.check(&draft)?;
        let mut changed = instalment.clone();
        changed.received += gross.minor();
        let mut events = vec![Event::InstalmentChanged(changed.clone())];
        events.extend(activation(book));
        Ok(Decision {
            events,
            draft: Some(draft),
            outcome: Outcome::Receipt {
                received: self.received.clone(),
                fee: self.fee.clone(),
                bank_reference: self.bank_reference.clone(),
                effective_date: self.effective_date,
                instalment: changed,
                journal: context.journal,
            },
        })
    }
}

impl IssueLot {
    fn moves(&self, instalment: &Instalment) -> Vec<Move> {
        let pool = AccountKey::lot(Code::CreditPool, self.face.unit(), self.id);
        arrives(instalment, &[(pool, self.face.minor())])
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Instalment, self.instalment.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.instalment,
            self.effective_date,
            |known| self.moves(known),
        );
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, instalment) = books.instalment(self.instalment)?;
        let unit = instalment.amount.unit();
        if unit.kind() == UnitKind::Cash {
            return Err(Refusal::WrongUnitKind {
                pointer: "/face/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "cash comes in as receipts, not as lots.",
            });
        }
        require_unit_of(instalment, self.face.unit(), "/face/unit")?;
        if self.valid_from > self.expires_at {
            let (valid_from, expires_at) = (self.valid_from, self.expires_at);
            return Err(Refusal::LotNeverValid {
                valid_from,
                expires_at,
            });
        }
        require_scope(&book.pledge, &self.scope)?;
        require_signed(book, "issuing a lot")?;
        require_outstanding(instalment, &self.face, "/face")?;
        let draft = Draft {
            subject: Some(self.id.0),
            document: self.document.clone(),
            ..Draft::new(
                book.pledge.id,
                Kind::LotIssue,
                self.effective_date,
                self.moves(instalment),
            )
        };
        book.check(&draft)?;
        let lot = Lot {
            id: self.id,
            pledge: book.pledge.id,
            instalment: self.instalment,
            face: self.face.clone(),
            kind: self.kind,
            valid_from: self.valid_from,
            expires_at: self.expires_at,
            issued_on: self.effective_date,
            document: self.document.clone(),
            scope: self.scope.clone(),
            fair_value: self.fair_value.clone(),
            extensions: Vec::new(),
            figures: LotFigures {
                in_pool: self.face.minor(),
                ..LotFigures::default()
            },
        };
        let mut changed = instalment.clone();
        changed.received += self.face.minor();
        let mut events = vec![
            Event::LotIssued(lot.clone()),
            Event::InstalmentChanged(changed),
        ];
        events.extend(activation(book));
        let outcome = Outcome::Lot {
            lot,
            journal: context.journal,
        };
        Ok(Decision {
            events,
            draft: Some(draft),
            outcome,
        })
    }
}

impl WriteOff {
    fn moves(&self, instalment: &Instalment) -> Vec<Move> {
        let unit = instalment.amount.unit();
        let purses = Purses::of(unit.kind());
        vec![entry(
            AccountKey::plain(purses.pledged, unit),
            AccountKey::instalment(purses.receivable, unit, instalment.id),
            self.amount.minor(),
        )]
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Instalment, self.instalment.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.instalment,
            self.effective_date,
            |known| self.moves(known),
        );
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, instalment) = books.instalment(self.instalment)?;
        require_unit_of(instalment, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "writing off")?;
        if instalment.awaits_condition() {
            return Err(Refusal::WrongState {
                what: "instalment",
                state: "conditional",
                command: "writing off",
                open: "Nothing of it is receivable until its condition is met.",
            });
        }
        require_outstanding(instalment, &self.amount, "/amount")?;
        let draft = Draft {
            subject: Some(self.instalment.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(
                book.pledge.id,
                Kind::WriteOff,
                self.effective_date,
                self.moves(instalment),
            )
        };
        book.check(&draft)?;
        let mut changed = instalment.clone();
        changed.written_off += self.amount.minor();
        Ok(Decision {
            events: vec![Event::InstalmentChanged(changed.clone())],
            draft: Some(draft),
            outcome: Outcome::WriteOff {
                amount: self.amount.clone(),
                effective_date: self.effective_date,
                reason: self.reason.clone(),
                instalment: changed,
                journal: context.journal,
            },
        })
    }
}
