//! Paying a creator in advance on its contract (1400→1010), accounting for it (5110→1400, and
//! 3140→4910), and taking back what wasn't spent (1010→1400, and 3140→3130).
//!
//! What is advanced is held on the contract's own purse, so that accounting for it is always
//! covered.

use time::Date;

use super::invoice::releases;
use super::require::{entry, require_contract, require_new_bank_reference, require_same_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::hold::HoldChange;
use crate::domain::id::ObligationId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::refusal::Refusal;

/// What is done with a contract's advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdvanceStep {
    /// Pay more in advance.
    Pay,
    /// Account for part of it.
    Liquidate,
    /// Take back what wasn't spent.
    TakeBack,
}

/// Pay in advance on a contract, account for it, or take it back.
#[derive(Debug, Clone)]
pub struct MoveAdvance {
    /// The contract.
    pub obligation: ObligationId,
    /// What is done.
    pub step: AdvanceStep,
    /// How much.
    pub amount: Money,
    /// The bank's reference, or that of the creator's account; used once on a contract.
    pub reference: String,
    /// What it rests on.
    pub document: Option<Document>,
    /// When it counts.
    pub effective_date: Date,
}

impl AdvanceStep {
    fn kind(self) -> Kind {
        match self {
            AdvanceStep::Pay => Kind::Advance,
            AdvanceStep::Liquidate => Kind::Liquidation,
            AdvanceStep::TakeBack => Kind::AdvanceReturn,
        }
    }

    /// Where the reference stands in the request.
    fn pointer(self) -> &'static str {
        match self {
            AdvanceStep::Pay | AdvanceStep::TakeBack => "/bank_reference",
            AdvanceStep::Liquidate => "/reference",
        }
    }
}

impl MoveAdvance {
    fn moves(&self, obligation: &Obligation) -> Vec<Move> {
        let (unit, market) = (obligation.amount.unit(), obligation.market);
        let bank = AccountKey::plain(Code::Bank, unit);
        let advanced = AccountKey::creator(Code::Advances, unit, market, obligation.creator);
        let amount = self.amount.minor();
        match self.step {
            AdvanceStep::Pay => vec![entry(advanced, bank, amount)],
            AdvanceStep::Liquidate => {
                let cost = AccountKey::market(Code::CreatorCost, unit, market);
                vec![entry(cost, advanced, amount), releases(obligation, amount)]
            }
            AdvanceStep::TakeBack => vec![
                entry(bank, advanced, amount),
                entry(obligation.purse(), obligation.allocation_purse(), amount),
            ],
        }
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Obligation, self.obligation.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(book) = books.home(Thing::Obligation, self.obligation.0) else {
            return;
        };
        needs.obligation(books, self.obligation);
        needs.holds(book, self.obligation.0);
        needs.bank_reference(books, book.pledge.id, self.obligation.0, &self.reference);
        let known = books.obligations.get(&self.obligation);
        if let Some(known) = known.and_then(Option::as_ref)
            && require_contract(known, &self.amount).is_ok()
        {
            let (pledge, day) = (known.pledge, self.effective_date);
            needs.moves(books, pledge, self.moves(known), day);
            needs.accounts(books, pledge, [known.purse()], day);
        }
    }

    /// What of the contract is advanced from now on; its obligation as it then stands.
    fn changed(&self, obligation: &Obligation, advanced: i64) -> Result<Obligation, Refusal> {
        let amount = self.amount.minor();
        if self.step != AdvanceStep::Pay && amount > advanced {
            let unit = obligation.amount.unit().clone();
            return Err(Refusal::ExceedsAdvance {
                advanced: Money::from_minor(advanced, unit),
                requested: self.amount.clone(),
            });
        }
        let mut changed = obligation.clone();
        match self.step {
            AdvanceStep::Pay => changed.held = advanced + amount,
            AdvanceStep::Liquidate => {
                changed.held = advanced - amount;
                changed.remaining -= amount;
            }
            AdvanceStep::TakeBack => {
                changed.held = advanced - amount;
                changed.remaining -= amount;
                changed.released += amount;
            }
        }
        Ok(changed)
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, obligation) = books.obligation(self.obligation)?;
        require_contract(obligation, &self.amount)?;
        require_same_unit(&self.amount, obligation.amount.unit())?;
        let (subject, pointer) = (self.obligation.0, self.step.pointer());
        let what = "document on this obligation";
        require_new_bank_reference(books, subject, what, pointer, &self.reference)?;
        let advanced = book.held(subject, &obligation.purse());
        let changed = self.changed(obligation, advanced)?;
        let hold = HoldChange {
            subject,
            key: obligation.purse(),
            amount: changed.held,
            expires_on: None,
        };
        let (pledge, day) = (obligation.pledge, self.effective_date);
        let draft = Draft {
            subject: Some(subject),
            bank_reference: Some(self.reference.clone()),
            document: self.document.clone(),
            ..Draft::new(pledge, self.step.kind(), day, self.moves(obligation))
        };
        book.check_with(&draft, std::slice::from_ref(&hold))?;
        Ok(Decision {
            events: vec![
                Event::ObligationChanged(changed.clone()),
                Event::Held(pledge, hold),
            ],
            draft: Some(draft),
            outcome: Outcome::Obligation {
                obligation: changed,
                journal: context.journal,
            },
        })
    }
}
