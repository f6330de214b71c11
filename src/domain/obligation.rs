//! Obligations: what part of a creator's allocation is bound by, a contract or a campaign.
//!
//! The terms are recorded once; what is still bound is in the obligation's own purse (3140, 3240).

use time::Date;

use super::account::AccountKey;
use super::chart::Purses;
use super::id::{AdAccountId, CreatorId, ObligationId, PledgeId};
use super::journal::Document;
use super::market::Market;
use super::money::Money;

/// What binds the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bond {
    /// A contract with the creator, paid in cash.
    Contract,
    /// A campaign for the creator's posts, paid with credits.
    Campaign {
        /// The ad account it runs in.
        ad_account: AdAccountId,
        /// The platform's own number for it; one campaign is paid from one obligation.
        campaign: String,
        /// When the creator's authorisation code for the boosted post expires.
        code_expires_on: Option<Date>,
    },
}

impl Bond {
    /// As the database and the API write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Bond::Contract => "contract",
            Bond::Campaign { .. } => "campaign",
        }
    }
}

/// Where an obligation is in its life; derived from what has happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObligationState {
    /// Nothing of it was used yet.
    Open,
    /// Part of it was used.
    PartLiquidated,
    /// Nothing of it is bound any more.
    Closed,
}

impl ObligationState {
    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            ObligationState::Open => "open",
            ObligationState::PartLiquidated => "part_liquidated",
            ObligationState::Closed => "closed",
        }
    }
}

/// Part of a creator's allocation, bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Its id, which is that of the journal that bound it.
    pub id: ObligationId,
    /// The pledge whose money it is.
    pub pledge: PledgeId,
    /// The parties' own name for it; unique within the pledge.
    pub reference: String,
    /// What binds it.
    pub bond: Bond,
    /// How much was bound.
    pub amount: Money,
    /// The creator it is owed to, or advertises.
    pub creator: CreatorId,
    /// The creator's market.
    pub market: Market,
    /// What is to be delivered.
    pub deliverables: Option<String>,
    /// Its first day.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// The contract, or the campaign's order.
    pub document: Option<Document>,
    /// What of the amount no reversal took back, in minor digits.
    pub obligated: i64,
    /// What of it was given back to the allocation, in minor digits.
    pub released: i64,
    /// What its purse still holds, in minor digits.
    pub remaining: i64,
    /// What of it was found not eligible, in minor digits.
    pub clawed_back: i64,
    /// What of that is set aside: for a contract, what was paid in advance and isn't accounted for.
    pub held: i64,
}

impl Obligation {
    /// The creator's purse it was bound from.
    pub fn allocation_purse(&self) -> AccountKey {
        let unit = self.amount.unit();
        let code = Purses::of(unit.kind()).creator;
        AccountKey::creator(code, unit, self.market, self.creator)
    }

    /// Its own purse.
    pub fn purse(&self) -> AccountKey {
        let unit = self.amount.unit();
        let code = Purses::of(unit.kind()).obligated;
        AccountKey {
            obligation: Some(self.id),
            ..AccountKey::creator(code, unit, self.market, self.creator)
        }
    }

    /// What of it went for what it was meant for, in minor digits.
    pub fn liquidated(&self) -> i64 {
        self.obligated - self.released - self.remaining
    }

    /// Where it is in its life.
    pub fn state(&self) -> ObligationState {
        match (self.remaining, self.liquidated()) {
            (0, _) => ObligationState::Closed,
            (_, 0) => ObligationState::Open,
            _ => ObligationState::PartLiquidated,
        }
    }
}
