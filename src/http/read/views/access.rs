//! Who could do what.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::identity::Standing;
use crate::domain::{IdentityId, Role};
use crate::http::access::{Scopes, SubjectPolicy};
use crate::http::views::SubjectOut;
use crate::http::wire::Instant;

/// Whether subjects that aren't in the register come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UnregisteredSubjects)]
#[serde(rename_all = "snake_case")]
pub enum UnregisteredOut {
    /// On their issuer's word.
    TakenOnTheirIssuersWord,
    /// Never.
    TurnedAway,
}

impl From<SubjectPolicy> for UnregisteredOut {
    fn from(policy: SubjectPolicy) -> Self {
        match policy {
            SubjectPolicy::Issuer => UnregisteredOut::TakenOnTheirIssuersWord,
            SubjectPolicy::Registered => UnregisteredOut::TurnedAway,
        }
    }
}

/// A role that an identity held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HeldRole)]
pub struct HeldRoleOut {
    /// The role.
    pub role: &'static str,
    /// Since when.
    pub from: Instant,
    /// Until when it was held, or is going to be.
    pub until: Option<Instant>,
    /// Who granted it.
    pub granted_by: SubjectOut,
}

/// What an identity could do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Access)]
pub struct AccessOut {
    /// Who.
    pub identity_id: IdentityId,
    /// What it is called.
    pub name: String,
    /// `person` or `machine`.
    pub kind: &'static str,
    /// The names issuers know it by.
    pub subjects: Vec<SubjectOut>,
    /// The roles it held.
    pub roles: Vec<HeldRoleOut>,
    /// The scopes that these roles can use, if a token carries them.
    pub scopes: Vec<String>,
}

impl AccessOut {
    /// What an identity could do at some time from one moment to another.
    pub fn new(it: &Standing, from: OffsetDateTime, to: OffsetDateTime) -> Self {
        let held = || it.grants.iter().filter(|it| it.counts_within(from, to));
        let roles: Vec<Role> = held().map(|it| it.grant.role).collect();
        let scopes = Scopes::usable_by(&roles).to_string();
        let held = held().map(|it| HeldRoleOut {
            role: it.grant.role.name(),
            from: Instant(it.starts()),
            until: it.stops().map(Instant),
            granted_by: (&it.grant.granted_by).into(),
        });
        AccessOut {
            identity_id: it.identity.id,
            name: it.identity.name.clone(),
            kind: it.identity.kind.as_str(),
            subjects: it.subjects.iter().map(SubjectOut::from).collect(),
            roles: held.collect(),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// Who could do what, at some time from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AccessList)]
pub struct AccessListOut {
    /// From this moment …
    pub from: Instant,
    /// … to this one, which doesn't count.
    pub until: Instant,
    /// Whether subjects that aren't listed come in today.
    pub unregistered_subjects: UnregisteredOut,
    /// Every identity that could come in.
    pub data: Vec<AccessOut>,
}
