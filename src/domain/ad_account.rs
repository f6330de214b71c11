//! Ad accounts: where a platform's credits are placed and its campaigns run.

use time::Date;

use super::id::{AdAccountId, PledgeId};
use super::market::Market;
use super::unit::Unit;

/// An advertiser's account at a platform. Its currency, region and time zone can't be changed
/// there, so they are fixed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdAccount {
    /// Its id.
    pub id: AdAccountId,
    /// The pledge whose credits are placed in it.
    pub pledge: PledgeId,
    /// The platform.
    pub platform: String,
    /// The platform's own number for it; unique within the pledge.
    pub reference: String,
    /// What people call it.
    pub name: String,
    /// The platform's credits in the account's currency: what can be placed in it.
    pub unit: Unit,
    /// Its region: the market it advertises in.
    pub market: Market,
    /// The IANA time zone its days end in.
    pub time_zone: String,
    /// Since when it can be used.
    pub opened_on: Date,
}
