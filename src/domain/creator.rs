//! Creators: the people and studios the money is for.

use time::OffsetDateTime;

use super::id::CreatorId;
use super::market::Market;

/// A creator enrolled in the network.
#[derive(Debug, Clone)]
pub struct Creator {
    /// Its id.
    pub id: CreatorId,
    /// The network's own name for it; unique.
    pub reference: String,
    /// The creator's name: personal data, shown to staff and auditors only.
    pub name: String,
    /// The market it belongs to.
    pub market: Market,
    /// When it was enrolled.
    pub enrolled_at: OffsetDateTime,
}
