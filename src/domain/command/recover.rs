//! What was not eligible, and is to be paid back by its creator.
//!
//! | Event | Postings |
//! |---|---|
//! | clawback | Dr 1420 Cr 5110; Dr 4910 Cr 3170 |
//! | recovered | Dr 1010 Cr 1420; 3170→3120 |
//! | never to come | Dr 5930 Cr 1420; Dr 3170 Cr 4930 |

use time::Date;

use super::agreement::require_signed;
use super::require::{entry, require_unit, require_unused_reference};
use super::{Context, Decision, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::id::{CreatorId, ObligationId, PledgeId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::Unit;

/// Find a cost of a contract not eligible: its creator is to pay it back.
#[derive(Debug, Clone)]
pub struct ClaimBack {
    /// The contract it was spent on.
    pub obligation: ObligationId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// What shows it.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// Record that a creator paid back what was not eligible.
#[derive(Debug, Clone)]
pub struct Recover {
    /// Whose money.
    pub pledge: PledgeId,
    /// Who paid.
    pub creator: CreatorId,
    /// How much.
    pub amount: Money,
    /// The bank's own reference; one is recorded once.
    pub bank_reference: Option<String>,
    /// When it counts.
    pub effective_date: Date,
}

/// Write off what a creator will not pay back.
#[derive(Debug, Clone)]
pub struct WriteOffDebt {
    /// Whose money.
    pub pledge: PledgeId,
    /// Who will not pay.
    pub creator: CreatorId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// What shows it.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

fn recoverable(unit: &Unit, market: Market, creator: CreatorId) -> AccountKey {
    AccountKey::creator(Code::Recoverable, unit, market, creator)
}

impl ClaimBack {
    fn moves(&self, market: Market, creator: CreatorId) -> Vec<Move> {
        let (unit, amount) = (self.amount.unit(), self.amount.minor());
        let owed = recoverable(unit, market, creator);
        let cost = AccountKey::market(Code::CreatorCost, unit, market);
        let released = AccountKey::plain(Code::CashReleased, unit);
        let pending = AccountKey::plain(Code::PendingRecovery, unit);
        vec![entry(owed, cost, amount), entry(released, pending, amount)]
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Obligation, self.obligation.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.is_located(Thing::Obligation, self.obligation.0) {
            return;
        }
        needs.obligation(books, self.obligation);
        if let Some(Some(known)) = books.obligations.get(&self.obligation) {
            let moves = self.moves(known.market, known.creator);
            needs.moves(books, known.pledge, moves, self.effective_date);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, obligation) = books.obligation(self.obligation)?;
        let unit = obligation.amount.unit();
        if self.amount.unit() != unit {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: self.amount.unit().to_string(),
                expected: unit.to_string(),
            });
        }
        let liquidated = Money::from_minor(
            obligation.liquidated() - obligation.clawed_back,
            unit.clone(),
        );
        if self.amount.minor() > liquidated.minor() {
            let requested = self.amount.clone();
            return Err(Refusal::ExceedsLiquidated {
                liquidated,
                requested,
            });
        }
        let (pledge, day) = (obligation.pledge, self.effective_date);
        let moves = self.moves(obligation.market, obligation.creator);
        let draft = Draft {
            subject: Some(self.obligation.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(pledge, Kind::Clawback, day, moves)
        };
        let mut changed = obligation.clone();
        changed.clawed_back += self.amount.minor();
        let posted = posted(book, draft, &self.amount, context)?;
        Ok(Decision {
            events: vec![super::Event::ObligationChanged(changed)],
            ..posted
        })
    }
}

/// Checks a draft that has no other effect than to be posted, and words what it comes to.
pub(super) fn posted(
    book: &PledgeBook,
    draft: Draft,
    amount: &Money,
    context: &Context,
) -> Result<Decision, Refusal> {
    book.check(&draft)?;
    Ok(Decision {
        events: Vec::new(),
        outcome: Outcome::Posted {
            pledge: draft.pledge,
            kind: draft.kind,
            amount: amount.clone(),
            effective_date: draft.effective_date,
            journal: context.journal,
        },
        draft: Some(draft),
    })
}

/// The market of a creator that exists.
fn market_of(books: &Books, creator: CreatorId) -> Result<Market, Refusal> {
    let market = books.creators.get(&creator).copied().flatten();
    market.ok_or_else(|| Refusal::NotFound {
        what: "creator",
        id: creator.to_string(),
    })
}

/// The pledge named in the body.
fn pledge_of(books: &Books, pledge: PledgeId) -> Result<&PledgeBook, Refusal> {
    books.pledge(pledge).map_err(|_| Refusal::UnknownReference {
        pointer: "/pledge_id",
        what: "pledge",
        id: pledge.to_string(),
    })
}

impl Recover {
    fn moves(&self, market: Market) -> Vec<Move> {
        let (unit, amount) = (self.amount.unit(), self.amount.minor());
        let bank = AccountKey::plain(Code::Bank, unit);
        let pending = AccountKey::plain(Code::PendingRecovery, unit);
        let budget = AccountKey::market(Code::CashMarket, unit, market);
        vec![
            entry(bank, recoverable(unit, market, self.creator), amount),
            entry(pending, budget, amount),
        ]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if let Some(reference) = &self.bank_reference {
            needs.bank_reference(books, self.pledge, self.creator.0, reference);
        }
        match books.creators.get(&self.creator) {
            None => _ = needs.creators.insert(self.creator),
            Some(Some(market)) => {
                needs.moves(books, self.pledge, self.moves(*market), self.effective_date);
            }
            Some(None) => {}
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let market = market_of(books, self.creator)?;
        let book = pledge_of(books, self.pledge)?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "recovering")?;
        let (subject, reference) = (self.creator.0, self.bank_reference.as_deref());
        require_unused_reference(books, subject, "recovery from this creator", reference)?;
        let day = self.effective_date;
        let draft = Draft {
            subject: Some(subject),
            bank_reference: self.bank_reference.clone(),
            ..Draft::new(self.pledge, Kind::Recovery, day, self.moves(market))
        };
        posted(book, draft, &self.amount, context)
    }
}

impl WriteOffDebt {
    fn moves(&self, market: Market) -> Vec<Move> {
        let (unit, amount) = (self.amount.unit(), self.amount.minor());
        let lost = AccountKey::plain(Code::BadDebt, unit);
        let pending = AccountKey::plain(Code::PendingRecovery, unit);
        let lapsed = AccountKey::plain(Code::Lapsed, unit);
        vec![
            entry(lost, recoverable(unit, market, self.creator), amount),
            entry(pending, lapsed, amount),
        ]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        match books.creators.get(&self.creator) {
            None => _ = needs.creators.insert(self.creator),
            Some(Some(market)) => {
                needs.moves(books, self.pledge, self.moves(*market), self.effective_date);
            }
            Some(None) => {}
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let market = market_of(books, self.creator)?;
        let book = pledge_of(books, self.pledge)?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_signed(book, "writing off a debt")?;
        let day = self.effective_date;
        let draft = Draft {
            subject: Some(self.creator.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(self.pledge, Kind::BadDebt, day, self.moves(market))
        };
        posted(book, draft, &self.amount, context)
    }
}
