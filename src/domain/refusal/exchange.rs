//! Why something isn't exchanged.

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
            ExchangeRefusal::RowsRefused { .. } => None,
        }
    }
}
