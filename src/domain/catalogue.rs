//! The reference data every request is read against: which units and markets there are.

use super::market::Markets;
use super::unit::Units;

/// Units and markets, as the database lists them; fixed while the service runs.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// What can be counted.
    pub units: Units,
    /// Where it can be spent.
    pub markets: Markets,
}
