//! A market's reserve for tax on ad spend. Free credits can cost cash when they are used: what is
//! expected of that is set aside in the market's cash budget (a hold on 3120.m), where neither
//! allocations nor overspill can take it, and tax that falls due is taken from it first.

use uuid::Uuid;

use super::agreement::require_signed;
use super::require::{require_market, require_same_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::hold::HoldChange;
use crate::domain::id::PledgeId;
use crate::domain::journal::{Draft, Kind};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::{Refusal, Shortage};
use crate::domain::unit::{Unit, UnitKind};

/// Followed by the market: what its reserve is held for.
const SUBJECT: [u8; 16] = *b"reserve-tax-in__";

/// What the reserve of a market is held for: the same in every pledge, and no id there is, as those
/// say of themselves that they are of version 7.
pub fn tax_reserve_of(market: Market) -> Uuid {
    let mut subject = SUBJECT;
    subject[14..].copy_from_slice(market.as_str().as_bytes());
    Uuid::from_bytes(subject)
}

/// What reserves of markets are held for lies between these.
pub fn tax_reserves() -> [Uuid; 2] {
    [[0; 2], [0xff; 2]].map(|market| {
        let mut subject = SUBJECT;
        subject[14..].copy_from_slice(&market);
        Uuid::from_bytes(subject)
    })
}

/// The market's cash budget, in which the reserve is held.
fn purse(unit: &Unit, market: Market) -> AccountKey {
    AccountKey::market(Code::CashMarket, unit, market)
}

/// What is held of the reserve from now on, once that was asked for.
fn hold(market: Market, unit: &Unit, amount: i64) -> HoldChange {
    HoldChange {
        subject: tax_reserve_of(market),
        key: purse(unit, market),
        amount,
        expires_on: None,
    }
}

/// What falling due of tax takes from the reserve: as much as there is of it.
pub(super) fn used(book: &PledgeBook, market: Market, tax: &Money) -> Option<HoldChange> {
    let key = purse(tax.unit(), market);
    let reserved = book.held(tax_reserve_of(market), &key);
    let left = reserved - reserved.min(tax.minor());
    (left < reserved).then(|| hold(market, tax.unit(), left))
}

/// Set cash of a market aside for tax, or give part of it back to its budget.
#[derive(Debug, Clone)]
pub struct MoveTaxReserve {
    /// Whose money.
    pub pledge: PledgeId,
    /// The market.
    pub market: Market,
    /// How much.
    pub amount: Money,
    /// Whether it is given back.
    pub gives_back: bool,
}

impl MoveTaxReserve {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(Some(book)) = books.pledges.get(&self.pledge) else {
            return;
        };
        if self.amount.unit().kind() == UnitKind::Cash {
            needs.holds(book, tax_reserve_of(self.market));
            let key = purse(self.amount.unit(), self.market);
            needs.accounts(books, self.pledge, [key], time::Date::MAX);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let unit = self.amount.unit();
        require_same_unit(&self.amount, book.pledge.total.unit())?;
        require_market(&book.pledge, self.market, "/market")?;
        require_signed(book, "reserving for tax")?;
        let key = purse(unit, self.market);
        let reserved = book.held(tax_reserve_of(self.market), &key);
        let reserve = match self.gives_back {
            false => reserved + self.amount.minor(),
            true => reserved - self.amount.minor(),
        };
        if reserve < 0 {
            return Err(Refusal::InsufficientFunds(Box::new(Shortage {
                account: book.account(&key).map(|account| account.id),
                key,
                available: Money::from_minor(reserved, unit.clone()),
                requested: self.amount.clone(),
            })));
        }
        let holds = [hold(self.market, unit, reserve)];
        let nothing = Draft::new(self.pledge, Kind::AdTax, context.now.date(), Vec::new());
        book.check_with(&nothing, &holds)?;
        let available = book.available(&key) - (reserve - reserved);
        let held = holds.into_iter().map(|it| Event::Held(self.pledge, it));
        Ok(Decision {
            events: held.collect(),
            draft: None,
            outcome: Outcome::TaxReserve {
                pledge: self.pledge,
                market: self.market,
                amount: self.amount.clone(),
                reserve: Money::from_minor(reserve, unit.clone()),
                available: Money::from_minor(available, unit.clone()),
            },
        })
    }
}
