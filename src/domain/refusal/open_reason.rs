//! What stands against closing a pledge.

use std::fmt;

use crate::domain::chart::Code;
use crate::domain::market::Market;
use crate::domain::money::Money;

/// Something that stands against closing a pledge: what is left on accounts of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReason {
    /// The code.
    pub code: Code,
    /// The market, where the code has one.
    pub market: Option<Market>,
    /// How much is left, on the code's normal side.
    pub amount: Money,
}

impl fmt::Display for OpenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, name) = (self.code.as_str(), self.code.name());
        match self.market {
            Some(market) => write!(f, "{} is left on {code} {name}, {market}", self.amount),
            None => write!(f, "{} is left on {code} {name}", self.amount),
        }
    }
}

/// The first few, and how many more.
pub(super) fn list(reasons: &[OpenReason]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = reasons
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    if reasons.len() > SHOWN {
        shown.push(format!("and {} more", reasons.len() - SHOWN));
    }
    shown.join("; ")
}
