//! What part of the ledger a reader may see, as the database is asked for it.
//!
//! It goes into every WHERE, so what is out of sight is never loaded, and looks absent. When
//! row-level security comes, it is these two lists that the policies compare with.

use uuid::Uuid;

/// The markets in sight, within the pledges in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SightMarkets {
    /// Every market, and what belongs to no market.
    All,
    /// These ISO 3166 codes alone. What belongs to no market is out of sight.
    Listed(Vec<String>),
}

/// What a reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The whole ledger, personal data included.
    Everything,
    /// Parts of it, and no names of creators.
    Only {
        /// The pledges.
        pledges: Vec<Uuid>,
        /// The markets within them.
        markets: SightMarkets,
    },
}

impl Sight {
    /// The pledges in sight; none given means all.
    pub(super) fn pledges(&self) -> Option<Vec<Uuid>> {
        match self {
            Sight::Everything => None,
            Sight::Only { pledges, .. } => Some(pledges.clone()),
        }
    }

    /// The markets in sight; none given means all, and what belongs to no market.
    pub(super) fn markets(&self) -> Option<Vec<String>> {
        match self {
            Sight::Everything
            | Sight::Only {
                markets: SightMarkets::All,
                ..
            } => None,
            Sight::Only {
                markets: SightMarkets::Listed(codes),
                ..
            } => Some(codes.clone()),
        }
    }

    /// Whether the figures of a pledge as a whole are in sight, not only those of some markets.
    pub fn whole_pledges(&self) -> bool {
        self.markets().is_none()
    }

    /// Whether creators' names are in sight.
    pub fn shows_names(&self) -> bool {
        *self == Sight::Everything
    }
}
