//! What is refused of a lot.

use time::Date;

use crate::domain::id::LotId;
use crate::domain::market::Market;
use crate::domain::money::Money;

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
    /// It was over, not begun, or for something else.
    #[error(
        "The lot {lot} doesn't pay for that day of the campaign: {day} is to be in its life, \
        and the campaign's market and number are to be what it is for."
    )]
    NotForLine {
        /// The lot.
        lot: LotId,
        /// The line's day.
        day: Date,
    },
    /// Lots named for a line that don't make up what it spent.
    #[error("The line stands in lots with {standing}; those named make up {named}.")]
    NotAddingUp {
        /// What it stands in lots with.
        standing: Money,
        /// What those named come to.
        named: Money,
    },
    /// The ad account is of a market that the lot isn't for.
    #[error("The lot {lot} is for {}; the ad account is {market}'s.", markets.join(", "))]
    ElsewhereOnly {
        /// The lot.
        lot: LotId,
        /// The ad account's market.
        market: Market,
        /// The markets the lot is for.
        markets: Vec<String>,
    },
    /// The platform doesn't let credits go that way.
    #[error("{platform} doesn't let credits go from {from} to {to} on {day}{}.", match version {
        Some(version) => format!(", by version {version} of its profile"),
        None => ": no profile of it is in force".to_owned() })]
    MoveNotAllowed {
        /// The platform.
        platform: String,
        /// The profile in force, if there is one.
        version: Option<i32>,
        /// The day asked about.
        day: Date,
        /// Where they are.
        from: &'static str,
        /// Where they were to go.
        to: &'static str,
    },
}

impl LotRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LotRefusal::Expired { .. } => "lot-expired",
            LotRefusal::NotForLine { .. } => "lot-not-for-line",
            LotRefusal::NotAddingUp { .. } => "uses-not-adding-up",
            LotRefusal::ElsewhereOnly { .. } => "lot-out-of-scope",
            LotRefusal::MoveNotAllowed { .. } => "move-not-allowed",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> &'static str {
        match self {
            LotRefusal::Expired { .. } => "/effective_date",
            LotRefusal::NotForLine { .. } | LotRefusal::NotAddingUp { .. } => "/uses",
            LotRefusal::ElsewhereOnly { .. } | LotRefusal::MoveNotAllowed { .. } => {
                "/ad_account_id"
            }
        }
    }
}
