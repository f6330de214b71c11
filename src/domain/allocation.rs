//! Allocations: a reservation of part of a market's budget for one of its creators. It is the
//! journal that makes it, seen as what is left of it: nothing of it is kept besides.

use time::Date;

use super::id::{AllocationId, CreatorId, PledgeId};
use super::market::Market;
use super::money::Money;

/// Where an allocation is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocationState {
    /// The creator's purse holds what isn't released.
    Active,
    /// All of it went back to the market.
    Released,
}

impl AllocationState {
    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            AllocationState::Active => "active",
            AllocationState::Released => "released",
        }
    }
}

/// A reservation for a creator.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// Its id, which is its journal's.
    pub id: AllocationId,
    /// The pledge whose money it is.
    pub pledge: PledgeId,
    /// For whom.
    pub creator: CreatorId,
    /// From which market's budget.
    pub market: Market,
    /// How much was allocated.
    pub amount: Money,
    /// How much of it went back, in minor digits.
    pub released: i64,
    /// When it counts.
    pub effective_date: Date,
    /// What the preparer noted.
    pub note: Option<String>,
}

impl Allocation {
    /// What is still reserved.
    pub fn remaining(&self) -> Money {
        Money::from_minor(
            self.amount.minor() - self.released,
            self.amount.unit().clone(),
        )
    }

    /// Where it is in its life.
    pub fn state(&self) -> AllocationState {
        if self.released == self.amount.minor() {
            AllocationState::Released
        } else {
            AllocationState::Active
        }
    }
}
