//! The reference data every request is read against: which units and markets there are.

use std::collections::BTreeSet;

use super::market::Markets;
use super::platform::Profiles;
use super::unit::Units;

/// Units, markets, platform profiles and time zones, as the database lists them; fixed while the
/// service runs.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// What can be counted.
    pub units: Units,
    /// Where it can be spent.
    pub markets: Markets,
    /// What platforms let happen to their credits.
    pub profiles: Profiles,
    /// Time zones by their IANA names.
    pub time_zones: BTreeSet<String>,
}
