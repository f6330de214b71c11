//! Units: what is counted.
//!
//! A unit is a currency (`USD`, ISO 4217 with its own minor digits) or the ad credits of one
//! platform in one currency of denomination (`ADC:TIKTOK:USD`). Two units never mix: a transfer has
//! one unit, so cash can't be netted against credits or turned into them.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Whether a unit is money or a platform's promise of advertising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A currency.
    Cash,
    /// Ad credits: not cash, not transferable, no refund in cash.
    Credits,
}

impl UnitKind {
    /// The kind as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            UnitKind::Cash => "cash",
            UnitKind::Credits => "credits",
        }
    }
}

/// What is known of a unit.
#[derive(Debug)]
pub struct UnitFacts {
    /// `USD` or `ADC:TIKTOK:USD`.
    pub code: String,
    /// Cash or credits.
    pub kind: UnitKind,
    /// Digits after the decimal point (ISO 4217; credits take those of their currency).
    pub minor_digits: u32,
    /// The currency itself, or the currency of denomination.
    pub currency: String,
    /// Who honours the credits; none for cash.
    pub platform: Option<String>,
    /// For people.
    pub name: String,
}

/// A known unit. Cheap to clone; equal when its code is.
#[derive(Debug, Clone)]
pub struct Unit(Arc<UnitFacts>);

impl Unit {
    /// A unit of these facts. The catalogue in the database is the authority on which there are.
    pub fn new(facts: UnitFacts) -> Self {
        Unit(Arc::new(facts))
    }

    /// `USD` or `ADC:TIKTOK:USD`.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Cash or credits.
    pub fn kind(&self) -> UnitKind {
        self.0.kind
    }

    /// Digits after the decimal point.
    pub fn minor_digits(&self) -> u32 {
        self.0.minor_digits
    }

    /// The currency itself, or the currency of denomination.
    pub fn currency(&self) -> &str {
        &self.0.currency
    }

    /// Everything known of it.
    pub fn facts(&self) -> &UnitFacts {
        &self.0
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.code == other.0.code
    }
}

impl Eq for Unit {}

impl PartialOrd for Unit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Unit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.code.cmp(&other.0.code)
    }
}

impl Hash for Unit {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.code.hash(state);
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.code)
    }
}

/// The units there are, by code.
#[derive(Debug, Clone, Default)]
pub struct Units(BTreeMap<String, Unit>);

impl Units {
    /// A catalogue of these units.
    pub fn new(units: impl IntoIterator<Item = Unit>) -> Self {
        Units(
            units
                .into_iter()
                .map(|unit| (unit.code().to_owned(), unit))
                .collect(),
        )
    }

    /// The unit of that code, if there is one.
    pub fn get(&self, code: &str) -> Option<Unit> {
        self.0.get(code).cloned()
    }

    /// All of them, in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.0.values()
    }
}
