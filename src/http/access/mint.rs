//! Making tokens with the local key: for `almoner token`, for the greeting on the terminal, and
//! for tests. A token minted here passes the same checks as any other; there is no other way in.

use serde::Serialize;
use uuid::Uuid;

use super::claims::{MAX_LIFETIME_S, is_name};
use super::local_key::LocalKey;
use super::principal::{Markets, Party, Role, Scopes, show_creator_id, show_pledge_id};
use super::settings::AccessSettings;

/// How long a token lasts when nothing else is said: a working day.
pub const DEFAULT_TTL_S: u64 = 12 * 3_600;

/// What a token is to say.
#[derive(Debug, Clone)]
pub struct MintRequest {
    /// At least one; the partner's and the creator's are had alone.
    pub roles: Vec<Role>,
    /// Who is meant: 1 to 255 characters.
    pub subject: String,
    /// The pledges a partner sees.
    pub pledges: Vec<Uuid>,
    /// The markets a partner sees.
    pub markets: Markets,
    /// What a partner is to them; a donor, if nothing is said.
    pub party: Option<Party>,
    /// The creator a creator is.
    pub creator: Option<Uuid>,
    /// How long the token lasts, in seconds.
    pub ttl_s: u64,
}

impl MintRequest {
    /// A token for one role that lasts a working day and, for a partner, shows nothing yet.
    pub fn new(role: Role, subject: impl Into<String>) -> Self {
        Self {
            roles: vec![role],
            subject: subject.into(),
            pledges: Vec::new(),
            markets: Markets::NONE,
            party: None,
            creator: None,
            ttl_s: DEFAULT_TTL_S,
        }
    }
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// A token without a role may do nothing.
    #[error("Name a role: a token without one may do nothing.")]
    NoRole,
    /// An outsider stays one, so the other roles would be without effect.
    #[error("A partner or a creator has no other role: make a token for each.")]
    OutsiderWithOtherRole,
    /// Pledges and markets are what a partner may see; other roles aren't narrowed by them.
    #[error(
        "Pledges, markets and the party can be named for a partner only: other roles see all or \
         none."
    )]
    ListsWithoutPartner,
    /// A creator's token is about one creator, and nobody else's is.
    #[error("A creator's token names the creator it is about, and no other role's does.")]
    CreatorAmiss,
    /// The subject is empty, too long, or holds control characters.
    #[error("The subject must be 1 to 255 characters, none of them control characters.")]
    Subject,
    /// The token would end at once, or never.
    #[error("A token lasts from 1 to {MAX_LIFETIME_S} seconds.")]
    Lifetime,
    /// The key couldn't sign.
    #[error("The local key can't sign: {0}.")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

#[derive(Serialize)]
struct MintedClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
    scope: String,
    roles: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pledges: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markets: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<String>,
}

/// A signed token that says what the request does, with every scope its roles can use.
pub fn mint(
    key: &LocalKey,
    settings: &AccessSettings,
    request: &MintRequest,
    now_s: u64,
) -> Result<String, MintError> {
    check(request)?;
    let is_partner = request.roles.contains(&Role::Partner);
    let markets = match &request.markets {
        Markets::All => vec!["*"],
        Markets::Listed(codes) => codes.iter().map(String::as_str).collect(),
    };
    let pledges = request
        .pledges
        .iter()
        .map(|pledge| show_pledge_id(*pledge))
        .collect();
    let claims = MintedClaims {
        iss: &settings.issuer,
        aud: &settings.audience,
        sub: &request.subject,
        iat: now_s,
        exp: now_s.saturating_add(request.ttl_s),
        jti: Uuid::now_v7().to_string(),
        scope: Scopes::usable_by(&request.roles).to_string(),
        roles: request.roles.iter().map(|role| role.name()).collect(),
        pledges: is_partner.then_some(pledges),
        markets: is_partner.then_some(markets),
        party: request.party.map(Party::name),
        creator: request.creator.map(show_creator_id),
    };
    Ok(jsonwebtoken::encode(&key.header(), &claims, key.signing())?)
}

fn check(request: &MintRequest) -> Result<(), MintError> {
    let is_partner = request.roles.contains(&Role::Partner);
    if request.roles.is_empty() {
        return Err(MintError::NoRole);
    }
    let is_creator = request.roles.contains(&Role::Creator);
    let alone = request.roles.iter().all(|role| *role == request.roles[0]);
    if (is_partner || is_creator) && !alone {
        return Err(MintError::OutsiderWithOtherRole);
    }
    let names_parts = !request.pledges.is_empty() || request.markets != Markets::NONE;
    if !is_partner && (names_parts || request.party.is_some()) {
        return Err(MintError::ListsWithoutPartner);
    }
    if is_creator != request.creator.is_some() {
        return Err(MintError::CreatorAmiss);
    }
    if !is_name(&request.subject) {
        return Err(MintError::Subject);
    }
    if !(1..=MAX_LIFETIME_S).contains(&request.ttl_s) {
        return Err(MintError::Lifetime);
    }
    Ok(())
}
