//! Why something isn't exchanged.

use time::Date;

use crate::domain::command::RefusedRow;
use crate::domain::money::Money;

/// What doesn't hold of an exchange, or of what is said of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExchangeRefusal {
    /// What has to be said of an exchange isn't.
    #[error("{unit} is paid from {own}; {what} has to be stated.")]
    RateNeeded {
        /// Where in the body.
        pointer: &'static str,
        /// The unit named.
        unit: String,
        /// The pledge's own currency.
        own: String,
        /// What is missing.
        what: &'static str,
    },
    /// Something is said of an exchange where there is none.
    #[error("The amount is in {unit}, the pledge's own currency; nothing is exchanged.")]
    RateNotNeeded {
        /// Where in the body.
        pointer: &'static str,
        /// The unit named.
        unit: String,
    },
    /// An amount too small, or too large, to be counted in the pledge's own currency.
    #[error("{amount} comes to nothing that can be counted in {own} at that rate.")]
    WorthNothing {
        /// The amount.
        amount: Money,
        /// The pledge's own currency.
        own: String,
    },
    /// Another amount came back of what was never exchanged.
    #[error(
        "{paid} was paid in the bank's own currency, so that is what comes back. If the bank gave \
         back another amount, the difference is no exchange difference, and a return can't say it."
    )]
    ReturnedWhole {
        /// What was paid.
        paid: Money,
    },
    /// A month is revalued once it is over.
    #[error("The month ends on {month_end}; it can be revalued from the day after.")]
    MonthNotOver {
        /// Its last day.
        month_end: Date,
    },
    /// No rate is in force.
    #[error(
        "No exchange rate of {base} in {quote} is stated for {day} or earlier{}.",
        match source_name { Some(name) => format!(" by {name}"), None => String::new() }
    )]
    RateMissing {
        /// One of this …
        base: String,
        /// … in this.
        quote: String,
        /// The day it would have to be in force on.
        day: Date,
        /// By whose word, if that was asked for.
        source_name: Option<String>,
    },
    /// Several sources state a rate, and none was named.
    #[error(
        "The exchange rate of {base} in {quote} of {day} is stated by {}; name the source.",
        sources.join(" and ")
    )]
    RateAmbiguous {
        /// One of this …
        base: String,
        /// … in this.
        quote: String,
        /// The latest day there is.
        day: Date,
        /// Who states it.
        sources: Vec<String>,
    },
    /// All rows of an import or none: some were refused.
    #[error("Of {rows} rows {refused} were refused, so none was taken.")]
    RowsRefused {
        /// How many rows there were.
        rows: usize,
        /// How many were refused.
        refused: usize,
        /// The first of those.
        first: Vec<RefusedRow>,
    },
}

impl ExchangeRefusal {
    /// The stable code: part of the API, never changed.
    pub fn code(&self) -> &'static str {
        match self {
            ExchangeRefusal::RateNeeded { .. } => "rate-needed",
            ExchangeRefusal::RateNotNeeded { .. } => "rate-not-needed",
            ExchangeRefusal::WorthNothing { .. } => "worth-nothing",
            ExchangeRefusal::ReturnedWhole { .. } => "returned-whole",
            ExchangeRefusal::MonthNotOver { .. } => "month-not-over",
            ExchangeRefusal::RateMissing { .. } => "rate-missing",
            ExchangeRefusal::RateAmbiguous { .. } => "rate-ambiguous",
            ExchangeRefusal::RowsRefused { .. } => "rate-rows-refused",
        }
    }

    /// Where in the request's body the reason lies, as a JSON pointer.
    pub(super) fn pointer(&self) -> Option<&'static str> {
        match self {
            ExchangeRefusal::RateNeeded { pointer, .. }
            | ExchangeRefusal::RateNotNeeded { pointer, .. } => Some(pointer),
            ExchangeRefusal::WorthNothing { .. } => Some("/amount"),
            ExchangeRefusal::ReturnedWhole { .. } => Some("/returned"),
            ExchangeRefusal::MonthNotOver { .. } => Some("/month"),
            ExchangeRefusal::RateAmbiguous { .. } => Some("/source"),
            ExchangeRefusal::RateMissing { .. } | ExchangeRefusal::RowsRefused { .. } => None,
        }
    }
}
