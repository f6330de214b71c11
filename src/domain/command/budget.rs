//! Dividing what is funded: programme support cost, and budgets per market.
//!
//! All are moves between purses (3110→3190, 3110→3120 and back; credits 3210→3220 and back), so
//! "is there enough?" is the same question at every level.

use rust_decimal::Decimal;
use time::Date;

use super::agreement::{require_open, require_signed};
use super::require::{entry, require_market, require_unit};
use super::{Context, Decision, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::{Code, Purses};
use crate::domain::id::PledgeId;
use crate::domain::journal::{Draft, Kind, Move};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::UnitKind;

/// Give a market budget.
#[derive(Debug, Clone)]
pub struct BudgetMarket {
    /// The pledge.
    pub pledge: PledgeId,
    /// The market.
    pub market: Market,
    /// How much more it gets.
    pub amount: Money,
    /// When it counts.
    pub effective_date: Date,
}

/// Take budget back from a market.
#[derive(Debug, Clone)]
pub struct ReturnBudget {
    /// The pledge.
    pub pledge: PledgeId,
    /// The market.
    pub market: Market,
    /// How much goes back.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// When it counts.
    pub effective_date: Date,
}

/// Set programme support cost aside from what is funded.
#[derive(Debug, Clone)]
pub struct ChargeSupportCost {
    /// The pledge.
    pub pledge: PledgeId,
    /// What the charge is worked out on.
    pub gross: Money,
    /// The rate on top of the base: 0.13 for 13 percent.
    pub rate: Decimal,
    /// When it counts.
    pub effective_date: Date,
}

/// The two purses between which a market's budget moves.
fn funded_and_market(amount: &Money, market: Market) -> (AccountKey, AccountKey) {
    let purses = Purses::of(amount.unit().kind());
    (
        AccountKey::plain(purses.funded, amount.unit()),
        AccountKey::market(purses.market, amount.unit(), market),
    )
}

fn touch(books: &Books, needs: &mut Needs, pledge: PledgeId, movement: Move, day: Date) {
    needs.accounts(books, pledge, [movement.debit, movement.credit], day);
}

/// Checks and words a change to a market's budget; `signed` is what the market gains.
fn decide_budget(
    book: &PledgeBook,
    draft: Draft,
    market: Market,
    amount: &Money,
    signed: i64,
    context: &Context,
) -> Result<Decision, Refusal> {
    require_unit(&book.pledge, amount.unit(), "/amount/unit")?;
    require_market(&book.pledge, market, "/market")?;
    match draft.kind {
        Kind::Budget => require_open(book, "budgeting")?,
        _ => require_signed(book, "returning budget")?,
    }
    book.check(&draft)?;
    let (_, purse) = funded_and_market(amount, market);
    let available = Money::from_minor(book.balance(&purse) + signed, amount.unit().clone());
    Ok(Decision {
        events: Vec::new(),
        outcome: Outcome::Budget {
            pledge: book.pledge.id,
            market,
            amount: amount.clone(),
            available,
            effective_date: draft.effective_date,
            journal: context.journal,
        },
        draft: Some(draft),
    })
}

impl BudgetMarket {
    fn movement(&self) -> Move {
        let (funded, market) = funded_and_market(&self.amount, self.market);
        entry(funded, market, self.amount.minor())
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.pledge,
            self.movement(),
            self.effective_date,
        );
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let moves = vec![self.movement()];
        let draft = Draft::new(self.pledge, Kind::Budget, self.effective_date, moves);
        decide_budget(
            book,
            draft,
            self.market,
            &self.amount,
            self.amount.minor(),
            context,
        )
    }
}

impl ReturnBudget {
    fn movement(&self) -> Move {
        let (funded, market) = funded_and_market(&self.amount, self.market);
        entry(market, funded, self.amount.minor())
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.pledge,
            self.movement(),
            self.effective_date,
        );
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let draft = Draft {
            reason: Some(self.reason.clone()),
            ..Draft::new(
                self.pledge,
                Kind::BudgetReturn,
                self.effective_date,
                vec![self.movement()],
            )
        };
        decide_budget(
            book,
            draft,
            self.market,
            &self.amount,
            -self.amount.minor(),
            context,
        )
    }
}

impl ChargeSupportCost {
    fn movement(&self, support_cost: i64) -> Move {
        let unit = self.gross.unit();
        let funded = AccountKey::plain(Code::CashFunded, unit);
        entry(
            funded,
            AccountKey::plain(Code::SupportCost, unit),
            support_cost,
        )
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(
            books,
            needs,
            self.pledge,
            self.movement(0),
            self.effective_date,
        );
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let unit = self.gross.unit();
        if unit.kind() != UnitKind::Cash {
            return Err(Refusal::WrongUnitKind {
                pointer: "/gross/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "programme support cost is charged in cash only.",
            });
        }
        require_unit(&book.pledge, unit, "/gross/unit")?;
        require_signed(book, "charging support cost")?;
        let purse = AccountKey::plain(Code::SupportCost, unit);
        let base = self
            .gross
            .base_before(self.rate)
            .ok_or(Refusal::BeyondRange(Box::new(purse)))?;
        let charge = self.gross.minor() - base.minor();
        if charge == 0 {
            return Err(Refusal::WrongState {
                what: "support cost",
                state: "nothing",
                command: "charging it",
                open: "Name a larger gross amount or rate.",
            });
        }
        let moves = vec![self.movement(charge)];
        let draft = Draft::new(self.pledge, Kind::SupportCost, self.effective_date, moves);
        book.check(&draft)?;
        Ok(Decision {
            events: Vec::new(),
            outcome: Outcome::SupportCost {
                pledge: self.pledge,
                gross: self.gross.clone(),
                base,
                support_cost: Money::from_minor(charge, unit.clone()),
                effective_date: self.effective_date,
                journal: context.journal,
            },
            draft: Some(draft),
        })
    }
}
