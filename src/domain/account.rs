//! Accounts: where money is.
//!
//! An account is known by what it is kept by (its [`AccountKey`]) and holds cumulative debits and
//! credits, never a mutable balance; what is available is derived. No account of the present chart
//! may go below zero, on any day.

use std::collections::BTreeMap;
use std::fmt::Write;

use time::Date;

use super::chart::Code;
use super::id::{AccountId, CreatorId, InstalmentId, LotId};
use super::market::Market;
use super::unit::Unit;

/// What an account is kept by: its natural key within a pledge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// Its code in the chart.
    pub code: Code,
    /// What it counts.
    pub unit: Unit,
    /// The market, where the code asks for one.
    pub market: Option<Market>,
    /// The creator, where the code asks for one.
    pub creator: Option<CreatorId>,
    /// The instalment, where the code asks for one.
    pub instalment: Option<InstalmentId>,
    /// The lot, where the code asks for one.
    pub lot: Option<LotId>,
}

impl AccountKey {
    /// An account kept by pledge and unit alone.
    pub fn plain(code: Code, unit: &Unit) -> Self {
        let unit = unit.clone();
        AccountKey {
            code,
            unit,
            market: None,
            creator: None,
            instalment: None,
            lot: None,
        }
    }

    /// An account of a market.
    pub fn market(code: Code, unit: &Unit, market: Market) -> Self {
        AccountKey {
            market: Some(market),
            ..Self::plain(code, unit)
        }
    }

    /// An account of a creator, who belongs to a market.
    pub fn creator(code: Code, unit: &Unit, market: Market, creator: CreatorId) -> Self {
        AccountKey {
            creator: Some(creator),
            ..Self::market(code, unit, market)
        }
    }

    /// An account of an instalment.
    pub fn instalment(code: Code, unit: &Unit, instalment: InstalmentId) -> Self {
        AccountKey {
            instalment: Some(instalment),
            ..Self::plain(code, unit)
        }
    }

    /// An account of a lot of credits.
    pub fn lot(code: Code, unit: &Unit, lot: LotId) -> Self {
        AccountKey {
            lot: Some(lot),
            ..Self::plain(code, unit)
        }
    }

    /// The key in one word, spelled as the database generates it in `accounts.address`.
    pub fn address(&self) -> String {
        let mut address = String::with_capacity(72);
        let _ = write!(address, "{} {}", self.code.as_str(), self.unit);
        if let Some(market) = self.market {
            let _ = write!(address, " {market}");
        }
        let ids = [
            self.creator.map(|id| id.0),
            self.instalment.map(|id| id.0),
            self.lot.map(|id| id.0),
        ];
        for id in ids.into_iter().flatten() {
            let _ = write!(address, " {}", id.as_hyphenated());
        }
        address
    }
}

/// An account as it stands, with what a batch has to know of its days.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number within the pledge.
    pub number: i32,
    /// Its public id.
    pub id: AccountId,
    /// Cumulative debits, in minor digits.
    pub debits: i64,
    /// Cumulative credits, in minor digits.
    pub credits: i64,
    /// How many entries it has: the last one's sequence number.
    pub entries: i64,
    /// The latest effective day anything was posted for.
    pub last_day: Option<Date>,
    /// Debits and credits per day, for every day after `days_known_after`.
    pub days: BTreeMap<Date, (i64, i64)>,
    /// Days up to this one may be missing from `days`.
    pub days_known_after: Option<Date>,
}

impl Account {
    /// A new account, with nothing in it.
    pub fn open(number: i32, id: AccountId) -> Self {
        Account {
            number,
            id,
            debits: 0,
            credits: 0,
            entries: 0,
            last_day: None,
            days: BTreeMap::new(),
            days_known_after: None,
        }
    }

    /// The account as it stands, with nothing said of its days but when the last one was.
    pub fn without_days(self) -> Self {
        Account {
            days: BTreeMap::new(),
            days_known_after: self.last_day,
            ..self
        }
    }

    /// Whether every day after `day` is known, so that a posting effective on it can be judged.
    pub fn knows_days_after(&self, day: Date) -> bool {
        self.days_known_after.is_none_or(|known| known <= day)
    }

    /// The least balance on `day` or any later day: what a posting effective on `day` may take.
    pub fn available_from(&self, code: Code, day: Date) -> i64 {
        let mut closing = code.side().balance(self.debits, self.credits);
        let mut least = closing;
        let after = (std::ops::Bound::Excluded(day), std::ops::Bound::Unbounded);
        for (debits, credits) in self.days.range(after).map(|(_, figures)| *figures).rev() {
            closing -= code.side().balance(debits, credits);
            least = least.min(closing);
        }
        least
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use time::macros::date;
    use uuid::Uuid;

    #[test]
    fn what_a_backdated_posting_may_take_is_the_least_balance_from_its_day_on() {
        let mut account = Account::open(1, AccountId(Uuid::nil()));
        // 100 in on the 1st, 80 out on the 10th, 50 in on the 20th.
        (account.debits, account.credits) = (80, 150);
        account.days.insert(date!(2026 - 01 - 01), (0, 100));
        account.days.insert(date!(2026 - 01 - 10), (80, 0));
        account.days.insert(date!(2026 - 01 - 20), (0, 50));
        let available = |day| account.available_from(Code::CashMarket, day);
        assert_eq!(available(date!(2026 - 01 - 20)), 70);
        assert_eq!(available(date!(2026 - 01 - 10)), 20);
        assert_eq!(available(date!(2026 - 01 - 05)), 20);
        assert_eq!(available(date!(2025 - 12 - 31)), 0);
    }
}
