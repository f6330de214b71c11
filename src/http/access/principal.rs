//! The caller, as a verified token describes them.
//!
//! Guarantees: an unknown role or scope gives no power; only a role that works on the whole ledger
//! gives sight of it; a partner sees the pledges and markets its token lists and, with either
//! claim left out, none; a creator sees what concerns the one creator its token names.
//!
//! An outsider stays one: a token that names `partner` or `creator` beside other roles has that
//! role alone, and one that names both has the creator's. Donors, grantees and creators are outside
//! the organisation whose books these are, so such a token is more likely a slip of the issuer's
//! than an intention, and the smaller reading does no harm.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::claims::Claims;
use super::permission::PERMISSIONS;
use crate::domain::IdentityId;
pub use crate::domain::Role;
use crate::domain::identity::{ApiToken, Subject};

/// The roles that count of those named, sorted and each once. That of somebody outside the
/// organisation counts alone.
fn counting(named: BTreeSet<Role>) -> Vec<Role> {
    let outsider = [Role::Creator, Role::Partner]
        .into_iter()
        .find(|role| named.contains(role));
    outsider.map_or_else(|| named.into_iter().collect(), |role| vec![role])
}

/// What somebody with these roles sees; somebody outside the organisation, what is listed.
fn seen_by(roles: &[Role], listed: Visibility) -> Visibility {
    if roles.iter().any(|role| sees_every_pledge(*role)) {
        return Visibility::Everything;
    }
    match (roles, &listed) {
        ([Role::Partner], Visibility::Partner { .. }) => listed,
        ([Role::Creator], Visibility::Creator(_)) => listed,
        _ => Visibility::Partner {
            party: Party::default(),
            pledges: Vec::new(),
            markets: Markets::NONE,
        },
    }
}

/// Whether the role's work is on the whole ledger.
fn sees_every_pledge(role: Role) -> bool {
    match role {
        Role::Preparer | Role::Approver | Role::Controller | Role::Auditor => true,
        Role::Partner | Role::Creator | Role::Admin => false,
    }
}

/// The scopes of a token that some permission asks for; others mean nothing and aren't kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<&'static str>);

impl Scopes {
    /// Reads a `scope` claim: names with spaces between them (RFC 6749, section 3.3).
    pub fn parse(claim: &str) -> Self {
        let named: BTreeSet<&str> = claim.split(' ').collect();
        let known = PERMISSIONS.iter().map(|rule| rule.scope());
        Self(known.filter(|scope| named.contains(scope)).collect())
    }

    /// Every scope the given roles can use, and no other.
    pub fn usable_by(roles: &[Role]) -> Self {
        let usable = PERMISSIONS.iter().filter(|rule| rule.roles_may(roles));
        Self(usable.map(|rule| rule.scope()).collect())
    }

    /// Whether the scope was granted.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().copied().collect();
        formatter.write_str(&names.join(" "))
    }
}

/// The markets a partner may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Markets {
    /// Every market: the claim says `["*"]`, and nothing else means this.
    All,
    /// These ISO 3166 codes, sorted and each once; possibly none.
    Listed(Vec<String>),
}

impl Markets {
    /// No market at all: what a partner without the claim sees.
    pub const NONE: Self = Self::Listed(Vec::new());

    /// Reads codes as the claim `markets` lists them; `None` if one isn't a code, or if `*`
    /// stands beside others.
    pub fn parse<S: AsRef<str>>(codes: &[S]) -> Option<Self> {
        if let [only] = codes
            && only.as_ref() == "*"
        {
            return Some(Self::All);
        }
        let is_code = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        let listed: BTreeSet<&str> = codes.iter().map(AsRef::as_ref).collect();
        let valid = listed.iter().all(|code| is_code(code));
        valid.then(|| Self::Listed(listed.into_iter().map(str::to_owned).collect()))
    }

    /// Whether the market is among them.
    pub fn contains(&self, market: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(codes) => codes.iter().any(|code| code == market),
        }
    }
}

/// What a partner is to the pledges its token lists: the claim `party`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Party {
    /// Who gave the money: sees what became of it, and nothing of any one creator. What a partner
    /// is whose token doesn't say.
    #[default]
    Donor,
    /// Who spends it: sees everything of its pledges and markets, names included.
    Grantee,
    /// Who leads a market's network: sees its markets, names included, and nothing beyond them.
    MarketLead,
}

impl Party {
    /// Every party there is.
    pub const ALL: &'static [Self] = &[Self::Donor, Self::Grantee, Self::MarketLead];

    /// The party as the claim `party` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Donor => "donor",
            Self::Grantee => "grantee",
            Self::MarketLead => "market-lead",
        }
    }
}

/// A name that is no party's; the sentence lists those that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no party of that name: a partner is a donor, a grantee or a market-lead.")]
pub struct UnknownParty;

impl FromStr for Party {
    type Err = UnknownParty;

    fn from_str(name: &str) -> Result<Self, UnknownParty> {
        let mut all = Self::ALL.iter().copied();
        all.find(|party| party.name() == name).ok_or(UnknownParty)
    }
}

/// What part of the ledger a principal may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Every pledge and market.
    Everything,
    /// What concerns one creator.
    Creator(Uuid),
    /// What both lists admit: a pledge that is listed and, within it, a market that is.
    Partner {
        /// What the partner is to them.
        party: Party,
        /// The pledges, sorted and each once; possibly none.
        pledges: Vec<Uuid>,
        /// The markets within them.
        markets: Markets,
    },
}

impl Visibility {
    /// Whether the pledge is in sight. Unlisted must look the same as absent to the caller.
    pub fn shows_pledge(&self, pledge: Uuid) -> bool {
        match self {
            Self::Everything => true,
            Self::Creator(_) => false,
            Self::Partner { pledges, .. } => pledges.contains(&pledge),
        }
    }

    /// Whether the market is in sight, in the pledges that are.
    pub fn shows_market(&self, market: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Creator(_) => false,
            Self::Partner { markets, .. } => markets.contains(market),
        }
    }
}

/// An authenticated caller. Issuer and subject are names, both bounded and free of control
/// characters, so they can be stored and logged; who it is, is [`Principal::identity`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    issuer: String,
    subject: String,
    token_id: String,
    issued_at: i64,
    roles: Vec<Role>,
    withheld: Vec<Role>,
    scopes: Scopes,
    visibility: Visibility,
    identity: Option<IdentityId>,
}

impl Principal {
    pub(super) fn from_claims(claims: Claims) -> Self {
        let named = claims.roles.iter().filter_map(|it| it.parse().ok());
        let roles = counting(named.collect());
        let listed = match (roles.as_slice(), claims.creator) {
            ([Role::Creator], Some(creator)) => Visibility::Creator(creator),
            _ => Visibility::Partner {
                party: claims.party,
                pledges: claims.pledges,
                markets: claims.markets,
            },
        };
        Self {
            issuer: claims.issuer,
            subject: claims.subject,
            token_id: claims.token_id,
            issued_at: i64::try_from(claims.issued_at).unwrap_or(i64::MAX),
            visibility: seen_by(&roles, listed),
            roles,
            withheld: Vec::new(),
            scopes: Scopes::parse(&claims.scope),
            identity: None,
        }
    }

    /// The bearer of a token that was made here.
    pub(super) fn of_api_token(token: &ApiToken) -> Self {
        let roles = counting(token.roles.iter().copied().collect());
        let mut pledges: Vec<Uuid> = token.pledges.iter().map(|it| it.0).collect();
        pledges.sort_unstable();
        let listed = Visibility::Partner {
            // It doesn't say: so it is shown the least.
            party: Party::default(),
            pledges,
            markets: Markets::parse(&token.markets).unwrap_or(Markets::NONE),
        };
        Self {
            issuer: token.acts_as.issuer.clone(),
            subject: token.acts_as.subject.clone(),
            token_id: token.id.to_string(),
            issued_at: token.issued_at.unix_timestamp(),
            visibility: seen_by(&roles, listed),
            roles,
            withheld: Vec::new(),
            scopes: Scopes::parse(&token.scopes.join(" ")),
            identity: Some(token.identity),
        }
    }

    /// The same caller as the register knows them: with those of the token's roles that they hold.
    pub(super) fn known_as(&self, identity: IdentityId, held: &[Role]) -> Self {
        let (roles, withheld): (Vec<Role>, Vec<Role>) =
            self.roles.iter().partition(|role| held.contains(role));
        Self {
            visibility: seen_by(&roles, self.visibility.clone()),
            roles,
            withheld,
            identity: Some(identity),
            ..self.clone()
        }
    }

    /// Who it is, whatever name they go by: the same text for two subjects of one person. To be
    /// compared, not read.
    pub fn identity(&self) -> String {
        match self.identity {
            Some(id) => id.to_string(),
            None => format!("{}|{}", self.issuer, self.subject),
        }
    }

    /// The identity, if the register knows the subject.
    pub fn identity_id(&self) -> Option<IdentityId> {
        self.identity
    }

    /// Issuer and subject together.
    pub fn known_by(&self) -> Subject {
        Subject {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
        }
    }

    /// When the token was made, in seconds since 1970: what a revocation of all goes by.
    pub(super) fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// The roles that the token names and the register doesn't grant now.
    pub fn withheld(&self) -> &[Role] {
        &self.withheld
    }

    /// Who vouches for the caller (`iss`).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who the caller is, by that issuer's name (`sub`).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Which token this was (`jti`): what a revocation names. Another token of the same caller's
    /// makes another principal.
    pub fn token_id(&self) -> &str {
        &self.token_id
    }

    /// The roles that count, sorted and each once.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The scopes that count.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What part of the ledger the caller may see.
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }
}

/// Reads a pledge id as the API writes it: `plg_` and 32 hex digits.
pub fn parse_pledge_id(text: &str) -> Option<Uuid> {
    let digits = text
        .strip_prefix("plg_")
        .filter(|digits| digits.len() == 32)?;
    Uuid::try_parse(digits).ok()
}

/// Reads a creator id as the API writes it: `crt_` and 32 hex digits.
pub fn parse_creator_id(text: &str) -> Option<Uuid> {
    let digits = text
        .strip_prefix("crt_")
        .filter(|digits| digits.len() == 32)?;
    Uuid::try_parse(digits).ok()
}

/// Writes a creator id as the API does.
pub(super) fn show_creator_id(creator: Uuid) -> String {
    format!("crt_{}", creator.simple())
}

/// Writes a pledge id as the API does.
pub(super) fn show_pledge_id(pledge: Uuid) -> String {
    format!("plg_{}", pledge.simple())
}

#[cfg(test)]
#[path = "principal_tests.rs"]
#[allow(clippy::unwrap_used)]
pub(super) mod tests;
