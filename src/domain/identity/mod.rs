//! Identities: who may come in, by which names, and with which rights from when to when.
//!
//! A person or machine is one identity, however many *subjects* (names at issuers of tokens) it is
//! known by: what has to be done by two people can't be done by two names of one. Rights are
//! granted role by role, for a time or until they are ended. All of it is only ever added to, so
//! that what somebody could do on a day can be told for ever.

mod standing;
mod token;

use std::fmt;

use time::OffsetDateTime;

use super::id::{IdentityId, RevocationId, RoleGrantId};
use super::role::Role;

pub use standing::{Grant, Standing};
pub use token::{ApiToken, MAX_LIFETIME, TokenHash};

/// A name by which an issuer of tokens knows somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The issuer: `iss`.
    pub issuer: String,
    /// Its name for them: `sub`.
    pub subject: String,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.issuer, self.subject)
    }
}

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// Somebody.
    Person,
    /// A program that acts by itself.
    Machine,
}

impl IdentityKind {
    /// Every kind there is.
    pub const ALL: [Self; 2] = [Self::Person, Self::Machine];

    /// The kind as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Machine => "machine",
        }
    }

    /// Reads a kind.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Whether an identity may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityState {
    /// It may.
    Active,
    /// It may not, whatever it was granted.
    Suspended,
}

impl IdentityState {
    /// Every state there is.
    pub const ALL: [Self; 2] = [Self::Active, Self::Suspended];

    /// The state as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// Reads a state.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A person or machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: IdentityKind,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: OffsetDateTime,
}

/// That a subject is an identity's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSubject {
    /// The subject.
    pub subject: Subject,
    /// Whose it is.
    pub identity: IdentityId,
    /// Who recorded it.
    pub recorded_by: Subject,
    /// When.
    pub recorded_at: OffsetDateTime,
}

/// A role, granted to an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    /// Its id.
    pub id: RoleGrantId,
    /// To whom.
    pub identity: IdentityId,
    /// Which.
    pub role: Role,
    /// From when; it isn't in force before it was granted.
    pub from: OffsetDateTime,
    /// Until when, if that is said.
    pub until: Option<OffsetDateTime>,
    /// Who granted it.
    pub granted_by: Subject,
    /// When.
    pub granted_at: OffsetDateTime,
}

/// That a grant was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleEnd {
    /// Which.
    pub grant: RoleGrantId,
    /// Why.
    pub reason: String,
    /// Who ended it.
    pub ended_by: String,
    /// When.
    pub ended_at: OffsetDateTime,
}

/// That an identity was suspended, or reinstated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// Whose.
    pub identity: IdentityId,
    /// Its number among the identity's, from 1.
    pub seq: i16,
    /// What it is now.
    pub state: IdentityState,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub actor: String,
    /// When.
    pub at: OffsetDateTime,
}

/// What a revocation is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// One token, by its id: `jti`, or the id of one made here.
    Token(String),
    /// Every token of a subject that was made by then.
    Subject(Subject),
    /// Every token of an identity that was made by then.
    Identity(IdentityId),
}

/// That tokens don't count any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its id.
    pub id: RevocationId,
    /// Of what.
    pub of: Revoked,
    /// Why.
    pub reason: String,
    /// Who revoked it.
    pub revoked_by: String,
    /// When.
    pub revoked_at: OffsetDateTime,
}
