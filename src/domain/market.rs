//! Markets: the countries a pledge's money is budgeted for.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A market by its ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Market([u8; 2]);

impl Market {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Two ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

/// The text isn't two capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a market is written as its two-letter ISO 3166-1 code, such as JP")]
pub struct NotAMarket;

impl FromStr for Market {
    type Err = NotAMarket;
    fn from_str(text: &str) -> Result<Self, NotAMarket> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Market([*a, *b])),
            _ => Err(NotAMarket),
        }
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Market {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What is known of a market.
#[derive(Debug, Clone)]
pub struct MarketFacts {
    /// Its code.
    pub code: Market,
    /// The country's name.
    pub name: String,
    /// The currency creators there are paid in.
    pub currency: String,
}

/// The markets there are, by code.
#[derive(Debug, Clone, Default)]
pub struct Markets(BTreeMap<Market, MarketFacts>);

impl Markets {
    /// A catalogue of these markets.
    pub fn new(markets: impl IntoIterator<Item = MarketFacts>) -> Self {
        Markets(
            markets
                .into_iter()
                .map(|facts| (facts.code, facts))
                .collect(),
        )
    }

    /// The market written `code`, if there is one.
    pub fn get(&self, code: &str) -> Option<Market> {
        code.parse()
            .ok()
            .filter(|market| self.0.contains_key(market))
    }

    /// All of them, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &MarketFacts> {
        self.0.values()
    }
}
