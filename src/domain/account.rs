//! Accounts: where money is.
//!
//! An account is known by what it is kept by (its [`AccountKey`]) and holds cumulative debits and
//! credits, never a mutable balance; what is available is derived: the balance, less what is held
//! for something that isn't posted yet. Few accounts may go below zero; the others on no day.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hash::{Hash, Hasher};

use time::Date;

use super::chart::Code;
use super::id::{AccountId, AdAccountId, CreatorId, InstalmentId, LotId, ObligationId};
use super::market::Market;
use super::unit::Unit;

/// What an account is kept by: its natural key within a pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The obligation, where the code asks for one.
    pub obligation: Option<ObligationId>,
    /// The ad account, where the code asks for one.
    pub ad_account: Option<AdAccountId>,
    /// The platform, where the code asks for one.
    pub platform: Option<String>,
}

/// By the code and what tells accounts of one code apart: keys are looked up many times for each
/// command, and no two of a pledge that differ in the rest alone are ever many.
impl Hash for AccountKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ids = [
            self.creator.map(|id| id.0),
            self.instalment.map(|id| id.0),
            self.lot.map(|id| id.0),
            self.obligation.map(|id| id.0),
            self.ad_account.map(|id| id.0),
        ];
        let ids = ids.into_iter().flatten();
        let own = ids.fold(0, |own: u128, id| own.rotate_left(7) ^ id.as_u128());
        self.code.hash(state);
        self.market.hash(state);
        state.write_u128(own);
    }
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
            obligation: None,
            ad_account: None,
            platform: None,
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

    /// A lot's account in an ad account.
    pub fn placed(code: Code, unit: &Unit, lot: LotId, ad_account: AdAccountId) -> Self {
        AccountKey {
            ad_account: Some(ad_account),
            ..Self::lot(code, unit, lot)
        }
    }

    /// An account of a platform.
    pub fn platform(code: Code, unit: &Unit, platform: &str) -> Self {
        AccountKey {
            platform: Some(platform.to_owned()),
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
            self.obligation.map(|id| id.0),
            self.ad_account.map(|id| id.0),
        ];
        for id in ids.into_iter().flatten() {
            let _ = write!(address, " {}", id.as_hyphenated());
        }
        if let Some(platform) = &self.platform {
            let _ = write!(address, " {platform}");
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
    /// What of its balance is set aside for what isn't posted yet, in minor digits.
    pub held: i64,
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
            held: 0,
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

    /// The least closing balance on `day` or any later day, with the first day that has it: what a
    /// posting effective on `day` may take, holds apart.
    pub fn least_from(&self, code: Code, day: Date) -> (i64, Date) {
        let mut closing = code.side().balance(self.debits, self.credits);
        let after = (std::ops::Bound::Excluded(day), std::ops::Bound::Unbounded);
        let mut days = self.days.range(after).rev().peekable();
        let last = days.peek().map_or(day, |(last, _)| **last);
        let mut least = (closing, last);
        while let Some((_, (debits, credits))) = days.next() {
            closing -= code.side().balance(*debits, *credits);
            let before = days.peek().map_or(day, |(before, _)| **before);
            if closing <= least.0 {
                least = (closing, before);
            }
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
        let least = |day| account.least_from(Code::CashMarket, day);
        assert_eq!(least(date!(2026 - 01 - 20)), (70, date!(2026 - 01 - 20)));
        assert_eq!(least(date!(2026 - 01 - 10)), (20, date!(2026 - 01 - 10)));
        assert_eq!(least(date!(2026 - 01 - 05)), (20, date!(2026 - 01 - 10)));
        assert_eq!(least(date!(2025 - 12 - 31)), (0, date!(2025 - 12 - 31)));
    }
}
