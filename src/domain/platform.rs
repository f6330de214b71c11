//! Platform profiles: what each platform lets happen to its credits, as it published it.
//!
//! Versioned and dated data, not code: the profile in force on a day is the latest that was valid
//! by then.

use std::sync::Arc;

use time::{Date, OffsetDateTime};

use super::id::{AdAccountId, PlatformBalanceId, PledgeId};
use super::journal::Document;
use super::money::Money;

/// Which of several lots of an ad account is used first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderOfUse {
    /// The one that expires first; then the oldest, then by id.
    FirstExpiring,
}

impl OrderOfUse {
    /// The order as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderOfUse::FirstExpiring => "fefo",
        }
    }

    /// The order written so.
    pub fn parse(text: &str) -> Option<Self> {
        [OrderOfUse::FirstExpiring]
            .into_iter()
            .find(|order| order.as_str() == text)
    }
}

/// One version of a platform's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformProfile {
    /// The platform.
    pub platform: String,
    /// Its number, from 1.
    pub version: i32,
    /// The first day it is in force.
    pub valid_from: Date,
    /// Whether credits may be placed from the pool into an ad account.
    pub pool_to_account: bool,
    /// Whether they may go back.
    pub account_to_pool: bool,
    /// Whether they may go on into another ad account.
    pub account_to_account: bool,
    /// Which of several lots is used first.
    pub order_of_use: OrderOfUse,
    /// How many days after its own a day's spend is final.
    pub final_after_days: i32,
    /// By how much a report may differ from the ledger, in minor digits.
    pub tolerance: i64,
}

/// What a platform's own screen said was left in an ad account. The ledger is compared with it, and
/// nothing is posted by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformBalance {
    /// Its id.
    pub id: PlatformBalanceId,
    /// Whose credits.
    pub pledge: PledgeId,
    /// The ad account.
    pub ad_account: AdAccountId,
    /// At the end of which day, in the account's time zone.
    pub as_of: Date,
    /// How much was left.
    pub amount: Money,
    /// The screen, or the report.
    pub document: Document,
    /// Who recorded it.
    pub actor: String,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
}

/// The profiles there are. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Profiles(Arc<Vec<PlatformProfile>>);

impl Profiles {
    /// These profiles, by platform and version.
    pub fn new(mut profiles: Vec<PlatformProfile>) -> Self {
        profiles.sort_by(|a, b| (&a.platform, a.version).cmp(&(&b.platform, b.version)));
        Profiles(Arc::new(profiles))
    }

    /// All of them, by platform and version.
    pub fn iter(&self) -> impl Iterator<Item = &PlatformProfile> {
        self.0.iter()
    }

    /// The platform's profile in force on a day.
    pub fn in_force(&self, platform: &str, day: Date) -> Option<&PlatformProfile> {
        let own = self.0.iter().filter(|it| it.platform == platform);
        own.filter(|it| it.valid_from <= day)
            .max_by_key(|it| it.valid_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_latest_profile_valid_by_a_day_is_the_one_in_force() {
        let profile = |version, valid_from, pool_to_account| PlatformProfile {
            platform: "TIKTOK".to_owned(),
            version,
            valid_from,
            pool_to_account,
            account_to_pool: false,
            account_to_account: false,
            order_of_use: OrderOfUse::FirstExpiring,
            final_after_days: 3,
            tolerance: 0,
        };
        let profiles = Profiles::new(vec![
            profile(2, date!(2025 - 01 - 01), false),
            profile(1, date!(2020 - 01 - 01), true),
        ]);
        let version = |day| profiles.in_force("TIKTOK", day).map(|it| it.version);
        assert_eq!(version(date!(2019 - 12 - 31)), None);
        assert_eq!(version(date!(2024 - 12 - 31)), Some(1));
        assert_eq!(version(date!(2025 - 01 - 01)), Some(2));
        assert!(profiles.in_force("META", date!(2025 - 01 - 01)).is_none());
    }
}
