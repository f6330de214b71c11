//! Identities, and the tokens that they bear.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::command::RegisterOutcome;
use crate::domain::identity::{ApiToken, Grant, Revocation, Revoked, Standing, Subject};
use crate::domain::{ApiTokenId, IdentityId, PledgeId, RevocationId, RoleGrantId};
use crate::http::wire::Instant;

/// A name by which an issuer of tokens knows somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Subject)]
pub struct SubjectOut {
    /// The issuer.
    pub issuer: String,
    /// Its name for them.
    pub subject: String,
}

impl From<&Subject> for SubjectOut {
    fn from(it: &Subject) -> Self {
        SubjectOut {
            issuer: it.issuer.clone(),
            subject: it.subject.clone(),
        }
    }
}

/// A role that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RoleGrant)]
pub struct RoleGrantOut {
    /// Its id.
    pub id: RoleGrantId,
    /// The role.
    pub role: &'static str,
    /// Since when it is in force, or from when.
    pub from: Instant,
    /// Until when, if it ends by itself.
    pub until: Option<Instant>,
    /// Whether it was in force when this was answered.
    pub in_force: bool,
    /// Who granted it.
    pub granted_by: SubjectOut,
    /// When.
    pub granted_at: Instant,
    /// When it was ended, if it was.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
}

impl RoleGrantOut {
    fn new(it: &Grant, at: OffsetDateTime) -> Self {
        let end = it.end.as_ref();
        RoleGrantOut {
            id: it.grant.id,
            role: it.grant.role.name(),
            from: Instant(it.starts()),
            until: it.grant.until.map(Instant),
            in_force: it.counts_at(at),
            granted_by: (&it.grant.granted_by).into(),
            granted_at: Instant(it.grant.granted_at),
            ended_at: end.map(|it| Instant(it.ended_at)),
            ended_by: end.map(|it| it.ended_by.clone()),
            end_reason: end.map(|it| it.reason.clone()),
        }
    }
}

/// A person or machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityOut {
    /// Its id.
    pub id: IdentityId,
    /// What it is called.
    pub name: String,
    /// `person` or `machine`.
    pub kind: &'static str,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// The names issuers know it by.
    pub subjects: Vec<SubjectOut>,
    /// What it was granted, in order.
    pub roles: Vec<RoleGrantOut>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Instant,
}

impl IdentityOut {
    /// An identity as it stands at that moment.
    pub fn new(it: &Standing, at: OffsetDateTime) -> Self {
        IdentityOut {
            id: it.identity.id,
            name: it.identity.name.clone(),
            kind: it.identity.kind.as_str(),
            state: it.state().as_str(),
            subjects: it.subjects.iter().map(SubjectOut::from).collect(),
            roles: it
                .grants
                .iter()
                .map(|it| RoleGrantOut::new(it, at))
                .collect(),
            recorded_by: it.identity.recorded_by.clone(),
            recorded_at: Instant(it.identity.recorded_at),
        }
    }
}

/// A revocation of tokens: of one, of a subject's, or of an identity's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TokenRevocation)]
pub struct TokenRevocationOut {
    /// Its id.
    pub id: RevocationId,
    /// The token, if it is of one.
    pub token_id: Option<String>,
    /// The subject, if it is of all of a subject's tokens that were made by then.
    pub subject: Option<SubjectOut>,
    /// The identity, if it is of all of an identity's tokens that were made by then.
    pub identity_id: Option<IdentityId>,
    /// Why.
    pub reason: String,
    /// Who revoked.
    pub revoked_by: String,
    /// When.
    pub revoked_at: Instant,
}

impl From<&Revocation> for TokenRevocationOut {
    fn from(it: &Revocation) -> Self {
        let (token_id, subject, identity_id) = match &it.of {
            Revoked::Token(token) => (Some(token.clone()), None, None),
            Revoked::Subject(subject) => (None, Some(subject.into()), None),
            Revoked::Identity(id) => (None, None, Some(*id)),
        };
        TokenRevocationOut {
            id: it.id,
            token_id,
            subject,
            identity_id,
            reason: it.reason.clone(),
            revoked_by: it.revoked_by.clone(),
            revoked_at: Instant(it.revoked_at),
        }
    }
}

/// What is said of a token that is shown.
pub const SHOWN_NOW: &str = "Keep it: it is shown this once, and only its hash is kept here.";

/// What is said of a token that isn't.
pub const SHOWN_BEFORE: &str =
    "It was shown once, when it was made. If it is lost, revoke it and make another.";

/// A token that was made here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct ApiTokenOut {
    /// Its id.
    pub id: ApiTokenId,
    /// Who bears it.
    pub identity_id: IdentityId,
    /// What it is for.
    pub name: String,
    /// Whom it acts as.
    pub acts_as: SubjectOut,
    /// The roles it may use, as far as its bearer holds them.
    pub roles: Vec<&'static str>,
    /// The scopes it carries.
    pub scopes: Vec<String>,
    /// The pledges a partner's shows.
    pub pledges: Vec<PledgeId>,
    /// The markets a partner's shows; `*` alone is all.
    pub markets: Vec<String>,
    /// Who made it.
    pub issued_by: SubjectOut,
    /// When.
    pub issued_at: Instant,
    /// Its end.
    pub expires_at: Instant,
    /// When it was last seen, to the minute; left out where that can't be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Instant>,
    /// When it was revoked by itself, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// The token itself: in the first answer to the request that made it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Whether the token is shown, in words; in answers to the request that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_note: Option<&'static str>,
}

impl From<&ApiToken> for ApiTokenOut {
    fn from(it: &ApiToken) -> Self {
        ApiTokenOut {
            id: it.id,
            identity_id: it.identity,
            name: it.name.clone(),
            acts_as: (&it.acts_as).into(),
            roles: it.roles.iter().map(|role| role.name()).collect(),
            scopes: it.scopes.clone(),
            pledges: it.pledges.clone(),
            markets: it.markets.clone(),
            issued_by: (&it.issued_by).into(),
            issued_at: Instant(it.issued_at),
            expires_at: Instant(it.expires_at),
            last_used_at: None,
            revoked_at: None,
            secret: None,
            secret_note: None,
        }
    }
}

/// What a write to the register is answered with, and kept as. It never holds a token.
pub(super) fn render(outcome: &RegisterOutcome) -> Vec<u8> {
    match outcome {
        RegisterOutcome::Identity { standing, at } => super::json(&IdentityOut::new(standing, *at)),
        RegisterOutcome::Revocation(it) => super::json(&TokenRevocationOut::from(it)),
        RegisterOutcome::ApiToken(token) => super::json(&ApiTokenOut {
            secret_note: Some(SHOWN_BEFORE),
            ..token.as_ref().into()
        }),
    }
}
