//! What platforms let happen to their credits.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::PlatformProfile;
use crate::http::wire::Day;

/// One version of a platform's rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlatformProfile)]
pub struct PlatformProfileOut {
    /// The platform, as units name it.
    pub platform: String,
    /// Its number, from 1.
    pub version: i32,
    /// The first day it is in force.
    pub valid_from: Day,
    /// Whether credits may be placed from the pool into an ad account.
    pub pool_to_account: bool,
    /// Whether they may go back.
    pub account_to_pool: bool,
    /// Whether they may go on into another ad account.
    pub account_to_account: bool,
    /// Which of several lots is used first: `fefo` is first expiring, then oldest.
    pub order_of_use: &'static str,
    /// How many days after its own a day's spend is final.
    pub final_after_days: i32,
    /// By how much a report may differ from the ledger, in minor digits.
    pub tolerance: i64,
}

impl From<&PlatformProfile> for PlatformProfileOut {
    fn from(profile: &PlatformProfile) -> Self {
        PlatformProfileOut {
            platform: profile.platform.clone(),
            version: profile.version,
            valid_from: Day(profile.valid_from),
            pool_to_account: profile.pool_to_account,
            account_to_pool: profile.account_to_pool,
            account_to_account: profile.account_to_account,
            order_of_use: profile.order_of_use.as_str(),
            final_after_days: profile.final_after_days,
            tolerance: profile.tolerance,
        }
    }
}
