//! API tokens: made here, for machines and spreadsheets.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::Subject;
use crate::domain::id::{ApiTokenId, IdentityId, PledgeId};
use crate::domain::role::Role;

/// The longest an API token lasts: a year, and a day for leap years.
pub const MAX_LIFETIME: Duration = Duration::days(366);

/// The SHA-256 of a token: all of it that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A token made here. What it can do is what it lists, as far as its bearer holds it still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id: `jti`, so to speak.
    pub id: ApiTokenId,
    /// Who bears it.
    pub identity: IdentityId,
    /// Whom it acts as: one of the bearer's subjects, if there are any.
    pub acts_as: Subject,
    /// What it is for.
    pub name: String,
    /// Its hash.
    pub hash: TokenHash,
    /// The roles it may use.
    pub roles: Vec<Role>,
    /// The scopes it carries.
    pub scopes: Vec<String>,
    /// The pledges a partner's shows.
    pub pledges: Vec<PledgeId>,
    /// The markets a partner's shows; `*` alone is all.
    pub markets: Vec<String>,
    /// Who made it.
    pub issued_by: Subject,
    /// When.
    pub issued_at: OffsetDateTime,
    /// Its end.
    pub expires_at: OffsetDateTime,
}
