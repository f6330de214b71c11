//! Budgets, creators, and what is allocated to them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    AccountId, AccountKey, AdAccountId, Allocation, AllocationId, Creator, CreatorId, InstalmentId,
    JournalId, LotId, Market, ObligationId, Outcome, PledgeId,
};
use crate::http::wire::{Day, Instant, MoneyOut};

/// An account by what it is kept by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AccountKey)]
pub struct AccountKeyOut {
    /// Its id, if anything was ever posted to it.
    pub id: Option<AccountId>,
    /// Its code in the chart of accounts.
    pub code: &'static str,
    /// What the chart calls it.
    pub name: &'static str,
    /// What it counts.
    pub unit: String,
    /// The market, where the code asks for one.
    pub market: Option<Market>,
    /// The creator, where the code asks for one.
    pub creator_id: Option<CreatorId>,
    /// The instalment, where the code asks for one.
    pub instalment_id: Option<InstalmentId>,
    /// The lot, where the code asks for one.
    pub lot_id: Option<LotId>,
    /// The obligation, where the code asks for one.
    pub obligation_id: Option<ObligationId>,
    /// The ad account, where the code asks for one.
    pub ad_account_id: Option<AdAccountId>,
    /// The platform, where the code asks for one.
    pub platform: Option<String>,
}

impl From<&AccountKey> for AccountKeyOut {
    fn from(key: &AccountKey) -> Self {
        AccountKeyOut {
            id: None,
            code: key.code.as_str(),
            name: key.code.name(),
            unit: key.unit.code().to_owned(),
            market: key.market,
            creator_id: key.creator,
            instalment_id: key.instalment,
            lot_id: key.lot,
            obligation_id: key.obligation,
            ad_account_id: key.ad_account,
            platform: key.platform.clone(),
        }
    }
}

/// A change to a market's budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Budget)]
pub struct BudgetOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The market.
    pub market: Market,
    /// What moved.
    pub amount: MoneyOut,
    /// What the market now has available to allocate.
    pub available: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
}

impl BudgetOut {
    /// What a committed change is answered with; nothing, if the outcome is of another kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Budget {
            pledge,
            market,
            amount,
            available,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(BudgetOut {
            journal_id: *journal,
            pledge_id: *pledge,
            market: *market,
            amount: amount.into(),
            available: available.into(),
            effective_date: Day(*effective_date),
        })
    }
}

/// A creator enrolled in the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Creator)]
pub struct CreatorOut {
    /// Its id.
    pub id: CreatorId,
    /// The network's own name for it.
    pub reference: String,
    /// Its name; left out where the caller may not see it, and once it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The market it belongs to.
    pub market: Market,
    /// When it was enrolled.
    pub enrolled_at: Instant,
    /// When its name and bank details were erased; null if they weren't.
    pub erased_at: Option<Instant>,
}

impl From<&Creator> for CreatorOut {
    fn from(creator: &Creator) -> Self {
        CreatorOut {
            id: creator.id,
            reference: creator.reference.clone(),
            name: creator.name.clone(),
            market: creator.market,
            enrolled_at: Instant(creator.enrolled_at),
            erased_at: creator.erased_at.map(Instant),
        }
    }
}

/// Part of a market's budget, reserved for one of its creators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Allocation)]
pub struct AllocationOut {
    /// Its id.
    pub id: AllocationId,
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// For whom.
    pub creator_id: CreatorId,
    /// From which market's budget.
    pub market: Market,
    /// `active`, or `released` once nothing of it remains.
    pub state: &'static str,
    /// How much was allocated.
    pub amount: MoneyOut,
    /// How much of it went back.
    pub released: MoneyOut,
    /// What is still reserved.
    pub remaining: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
    /// What the preparer noted.
    pub note: Option<String>,
    /// What was posted, in the answer to the call that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_id: Option<JournalId>,
}

impl From<&Allocation> for AllocationOut {
    fn from(allocation: &Allocation) -> Self {
        AllocationOut {
            id: allocation.id,
            pledge_id: allocation.pledge,
            creator_id: allocation.creator,
            market: allocation.market,
            state: allocation.state().as_str(),
            amount: (&allocation.amount).into(),
            released: MoneyOut::of_minor(allocation.released, allocation.amount.unit()),
            remaining: (&allocation.remaining()).into(),
            effective_date: Day(allocation.effective_date),
            note: allocation.note.clone(),
            journal_id: None,
        }
    }
}

/// A change to a market's reserve for tax on ad spend.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxReserve)]
pub struct TaxReserveOut {
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// The market.
    pub market: Market,
    /// What was set aside, or given back.
    pub amount: MoneyOut,
    /// What the reserve now has.
    pub reserve: MoneyOut,
    /// What the market's budget now has besides.
    pub available: MoneyOut,
}

impl TaxReserveOut {
    /// The answer to a change of the reserve; none for anything else.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::TaxReserve {
            pledge,
            market,
            amount,
            reserve,
            available,
        } = outcome
        else {
            return None;
        };
        Some(TaxReserveOut {
            pledge_id: *pledge,
            market: *market,
            amount: amount.into(),
            reserve: reserve.into(),
            available: available.into(),
        })
    }
}
