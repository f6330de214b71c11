//! What was owed in other currencies, valued at a month's end.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountKeyOut, StatedRateOut};
use crate::db::read::RevaluedAccount;
use crate::domain::command::RevaluedUnit;
use crate::domain::revaluation::Revaluation;
use crate::domain::{AccountId, JournalId, Outcome, PledgeId, RevaluationId, Unit};
use crate::http::wire::{Day, Instant, MoneyOut};

/// What came of a revaluation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevaluationRun)]
pub struct RevaluationRunOut {
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// The month's last day, which it counts on; it is reversed the day after.
    pub month_end: Day,
    /// What came of each currency in which something was owed.
    pub units: Vec<RevaluedUnitOut>,
}

impl RevaluationRunOut {
    /// The answer to a revaluation; none for anything else.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Revaluation {
            pledge,
            month_end,
            units,
        } = outcome
        else {
            return None;
        };
        Some(RevaluationRunOut {
            pledge_id: *pledge,
            month_end: Day(*month_end),
            units: units.iter().map(RevaluedUnitOut::from).collect(),
        })
    }
}

/// What came of one currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevaluedUnit)]
pub struct RevaluedUnitOut {
    /// The currency.
    pub unit: String,
    /// The rate that was in force.
    pub rate: StatedRateOut,
    /// What was posted: a loss, or, if it is negative, a gain.
    pub posted: MoneyOut,
    /// The accounts whose figures are new; none, if nothing has changed since the last time.
    pub accounts: Vec<ValuedAccountOut>,
}

impl From<&RevaluedUnit> for RevaluedUnitOut {
    fn from(it: &RevaluedUnit) -> Self {
        let own = it.posted.unit();
        let account = |account| ValuedAccountOut::new(account, own);
        RevaluedUnitOut {
            unit: it.unit.to_string(),
            rate: StatedRateOut::from(&it.rate),
            posted: (&it.posted).into(),
            accounts: it.accounts.iter().map(account).collect(),
        }
    }
}

/// An account that was valued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ValuedAccount)]
pub struct ValuedAccountOut {
    /// The account.
    pub account: AccountKeyOut,
    /// Which valuation of the month it is, from 1.
    pub revision: i16,
    /// What was owed.
    pub owed: MoneyOut,
    /// What that carried in the pledge's own currency.
    pub carried: MoneyOut,
    /// What it was worth.
    pub valued: MoneyOut,
    /// That less what it carried.
    pub difference: MoneyOut,
}

impl ValuedAccountOut {
    fn new(it: &Revaluation, own: &Unit) -> Self {
        ValuedAccountOut {
            account: (&it.key).into(),
            revision: it.figures.revision,
            owed: MoneyOut::of_minor(it.figures.owed, &it.key.unit),
            carried: MoneyOut::of_minor(it.figures.carried, own),
            valued: MoneyOut::of_minor(it.figures.valued, own),
            difference: MoneyOut::of_minor(it.difference(), own),
        }
    }
}

/// An account as it was valued at a month's end: all it takes to work it out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Revaluation)]
pub struct RevaluationOut {
    /// Its id.
    pub id: RevaluationId,
    /// The account.
    pub account_id: AccountId,
    /// The month's last day.
    pub month_end: Day,
    /// Which valuation of the month it is, from 1. Each posts by how much the differences changed.
    pub revision: i16,
    /// What was owed that day, by effective date.
    pub owed: MoneyOut,
    /// What that carried in the pledge's own currency.
    pub carried: MoneyOut,
    /// What it was worth at the rate, rounded once, half to even.
    pub valued: MoneyOut,
    /// That less what it carried: a loss, or, if it is negative, a gain.
    pub difference: MoneyOut,
    /// The rate that was in force.
    pub rate: StatedRateOut,
    /// What posted it, together with what else changed in the currency; none, if that came to
    /// nothing.
    pub journal_id: Option<JournalId>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl From<&RevaluedAccount> for RevaluationOut {
    fn from(it: &RevaluedAccount) -> Self {
        RevaluationOut {
            id: it.id,
            account_id: it.account,
            month_end: Day(it.month_end),
            revision: it.revision,
            owed: (&it.owed).into(),
            carried: (&it.carried).into(),
            valued: (&it.valued).into(),
            difference: (&it.difference).into(),
            rate: StatedRateOut::from(&it.rate),
            journal_id: it.journal,
            recorded_at: Instant(it.recorded_at),
        }
    }
}
