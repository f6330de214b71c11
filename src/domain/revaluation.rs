//! Revaluation: what is owed in other currencies, at a month's end, is worth something else than it
//! carries.
//!
//! What is owed on an account that day, at the rate in force, against what it carries in the
//! pledge's own currency: the difference is unrealised (7200), covered from the reserve (3150) or
//! added to it, and reversed on the first day of the next month, so that nothing of it stays.

use time::Date;

use super::account::AccountKey;
use super::chart::Code;
use super::exchange::{StatedRate, adds_to_carried};
use super::id::PledgeId;
use super::journal::Move;
use super::unit::Unit;

/// What an account was last valued at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valued {
    /// Which valuation of the month that was, from 1.
    pub revision: i16,
    /// What was owed, in minor digits of its unit.
    pub owed: i64,
    /// What that carried, in minor digits of the pledge's own currency.
    pub carried: i64,
    /// What it was worth, likewise.
    pub valued: i64,
}

/// What is owed in another currency as of a day, by effective date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDebt {
    /// The account it is owed on.
    pub key: AccountKey,
    /// How much is owed, in minor digits.
    pub owed: i64,
    /// What that carries in the pledge's own currency, in minor digits.
    pub carried: i64,
    /// What it was valued at before, for the same month.
    pub last: Option<Valued>,
}

/// An account as it is valued at a month's end: a row of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revaluation {
    /// Whose money.
    pub pledge: PledgeId,
    /// The account.
    pub key: AccountKey,
    /// The month's last day.
    pub month_end: Date,
    /// The figures.
    pub figures: Valued,
    /// At what rate.
    pub rate: StatedRate,
    /// The number of the journal that posts what this adds, with what other accounts of the unit
    /// add; none, if that comes to nothing.
    pub journal: Option<i64>,
}

impl Revaluation {
    /// What it is worth beyond what it carries, in minor digits: a loss, as it is owed.
    pub fn difference(&self) -> i64 {
        self.figures.valued - self.figures.carried
    }
}

/// Which rates are asked for: of a pledge's own currency in another, on a day, by a source if one
/// is named.
pub type RatesWanted = (Unit, Unit, Date, Option<String>);

/// Follows what a posting that counts by then does to what is open.
pub fn follow(open: &mut Vec<OpenDebt>, moves: &[Move], own: &Unit) {
    let is_debt = |key: &AccountKey| {
        let owed = matches!(key.code, Code::CreatorPayable | Code::TaxWithheld);
        owed && key.unit != *own
    };
    for key in moves.iter().flat_map(|it| [&it.debit, &it.credit]) {
        if is_debt(key) && open.iter().all(|debt| debt.key != *key) {
            open.push(OpenDebt {
                key: key.clone(),
                owed: 0,
                carried: 0,
                last: None,
            });
        }
    }
    for debt in open {
        let signed = |it: &Move| {
            let credited = i64::from(it.credit == debt.key) - i64::from(it.debit == debt.key);
            credited * it.amount
        };
        debt.owed += moves.iter().map(signed).sum::<i64>();
        debt.carried += adds_to_carried(&debt.key, moves);
    }
}
