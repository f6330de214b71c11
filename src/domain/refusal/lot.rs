//! What is refused of a lot.

use time::Date;

use crate::domain::id::LotId;
use crate::domain::market::Market;

/// Why credits of a lot can't be used so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LotRefusal {
    /// Its last day has passed.
    #[error("The lot could be used until {expires_at}; {day} is after that.")]
    Expired {
        /// Its last day.
        expires_at: Date,
        /// The day asked about.
        day: Date,
    },
    /// The ad account is of a market that the lot isn't for.
    #[error("The lot is for {}; the ad account is {market}'s.", markets.join(", "))]
    ElsewhereOnly {
        /// The lot.
        lot: LotId,
        /// The ad account's market.
        market: Market,
        /// The markets the lot is for.
        markets: Vec<String>,
    },
}

impl LotRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LotRefusal::Expired { .. } => "lot-expired",
            LotRefusal::ElsewhereOnly { .. } => "lot-out-of-scope",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> &'static str {
        match self {
            LotRefusal::Expired { .. } => "/effective_date",
            LotRefusal::ElsewhereOnly { .. } => "/ad_account_id",
        }
    }
}
