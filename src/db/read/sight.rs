//! What part of the ledger a reader may see, as the database is asked for it.
//!
//! It goes into every WHERE, so what is out of sight is never loaded, and looks absent; and behind
//! that stands a second wall ([`super::wall`]), which row-level security makes of the same lists.
//! Each rule of who sees what is said here, once, for the first; in the policies, for the second.
//!
//! | Sees | Donor | Grantee | Market lead | Creator |
//! |---|---|---|---|---|
//! | the pledge's terms, figures by market | yes, but for small cells | yes | its markets | no |
//! | instalments, lots, what belongs to no market | yes | yes | no | no |
//! | accounts | of some codes: none that tell of a creator | yes | its markets | no |
//! | allocations, obligations, payouts | no | yes | its markets | its own |
//! | creators, and their names | no | yes | its markets | itself |
//! | spend, ad accounts, revaluations | no | yes | its markets | no |
//! | who posted, proposed, approved | no | no | no | no |
//!
//! All of it within the pledges and the markets that are named. A donor or a grantee to whom some
//! markets only are named sees what belongs to those, and nothing that belongs to none.

use uuid::Uuid;

use crate::domain::Code;

/// The markets in sight, within the pledges in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SightMarkets {
    /// Every market, and what belongs to no market.
    All,
    /// These ISO 3166 codes alone. What belongs to no market is out of sight.
    Listed(Vec<String>),
}

/// What a partner is to the pledges in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SightParty {
    /// Gave the money, and sees nothing of any one creator.
    Donor {
        /// Figures that come of fewer creators are withheld.
        small_cell: u32,
    },
    /// Spends it.
    Grantee,
    /// Leads the network of its markets.
    MarketLead,
}

impl SightParty {
    /// As the settings of the wall write it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            SightParty::Donor { .. } => "donor",
            SightParty::Grantee => "grantee",
            SightParty::MarketLead => "market-lead",
        }
    }
}

/// What a reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The whole ledger, personal data included.
    Everything,
    /// What concerns this creator.
    Creator(Uuid),
    /// Parts of it.
    Only {
        /// As whom.
        party: SightParty,
        /// The pledges.
        pledges: Vec<Uuid>,
        /// The markets within them.
        markets: SightMarkets,
    },
}

/// Of what creators hold, are bound by and are paid: what is in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holdings {
    /// All of it.
    Whole,
    /// Nothing.
    Nothing,
    /// One creator's.
    Own(Uuid),
    /// Of these pledges, in these markets; none given means all.
    Of(Vec<Uuid>, Option<Vec<String>>),
}

impl Sight {
    /// The pledges in sight; none given means all.
    pub(super) fn pledges(&self) -> Option<Vec<Uuid>> {
        match self {
            Sight::Everything => None,
            Sight::Creator(_) => Some(Vec::new()),
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
            Sight::Creator(_) => Some(Vec::new()),
            Sight::Only {
                markets: SightMarkets::Listed(codes),
                ..
            } => Some(codes.clone()),
        }
    }

    /// The codes of the accounts in sight; none given means all.
    pub(super) fn codes(&self) -> Option<Vec<String>> {
        let all = Code::ALL.iter().filter(|code| self.shows_code(**code));
        let codes = all.map(|code| code.as_str().to_owned());
        (!self.shows_creators()).then(|| codes.collect())
    }

    /// Whether accounts of that code are in sight, as far as their pledge and market are.
    pub(super) fn shows_code(&self, code: Code) -> bool {
        self.shows_creators() || code.is_shown_to_donors()
    }

    /// What is in sight of that which creators hold, are bound by and are paid.
    pub(super) fn holdings(&self) -> Holdings {
        match self {
            Sight::Everything => Holdings::Whole,
            Sight::Creator(creator) => Holdings::Own(*creator),
            Sight::Only {
                party: SightParty::Donor { .. },
                ..
            } => Holdings::Nothing,
            Sight::Only { pledges, .. } => Holdings::Of(pledges.clone(), self.markets()),
        }
    }

    /// Whether the figures of a pledge as a whole are in sight, not only those of some markets.
    pub fn whole_pledges(&self) -> bool {
        self.markets().is_none()
    }

    /// Whether what tells of a single creator is in sight, as far as its pledge and market are.
    pub fn shows_creators(&self) -> bool {
        self.small_cell().is_none()
    }

    /// Whether the names of the creators in sight are.
    pub fn shows_names(&self) -> bool {
        self.shows_creators()
    }

    /// Whether it is in sight who posted, proposed and approved.
    pub fn shows_staff(&self) -> bool {
        *self == Sight::Everything
    }

    /// Whether what people wrote in their own words is in sight: it may name anybody.
    pub fn shows_reasons(&self) -> bool {
        self.shows_creators()
    }

    /// Figures that come of fewer creators are withheld; none given means that none are.
    pub(super) fn small_cell(&self) -> Option<u32> {
        match self {
            Sight::Only {
                party: SightParty::Donor { small_cell },
                ..
            } => Some(*small_cell),
            Sight::Everything | Sight::Creator(_) | Sight::Only { .. } => None,
        }
    }
}

/// Narrows a query of what creators hold, are bound by or are paid down to what is in sight.
macro_rules! within_holdings {
    ($query:ident, $sight:expr, $table:ident) => {
        match $sight.holdings() {
            Holdings::Whole => {}
            Holdings::Nothing => {
                $query = $query.filter(diesel::dsl::sql::<diesel::sql_types::Bool>("false"));
            }
            Holdings::Own(creator) => $query = $query.filter($table::creator_id.eq(creator)),
            Holdings::Of(pledges, markets) => {
                $query = $query.filter($table::pledge_id.eq_any(pledges));
                if let Some(markets) = markets {
                    $query = $query.filter($table::market.eq_any(markets));
                }
            }
        }
    };
}

pub(super) use within_holdings;
