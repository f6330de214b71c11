//! Keeping the register: identities, what they may do, and which tokens count. Moves nothing.
//!
//! Who looks after identities never gets money rights by that. Nobody grants themselves a role that
//! moves money, nobody takes on the identity of somebody who has one, and a token that moves money
//! is made by the person who bears it, or, for a machine, by somebody other than who granted it the
//! role.

mod person;
mod tokens;

use time::OffsetDateTime;

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::id::{IdentityId, RoleGrantId};
use crate::domain::identity::{
    ApiToken, Identity, KnownSubject, Revocation, RoleEnd, RoleGrant, Standing, StateChange,
    Subject,
};
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;

pub use person::{AddSubject, ChangeState, EndRole, GrantRole, RecordIdentity};
pub use tokens::{HERE, IssueApiToken, RevokeApiToken, RevokeTokens};

/// What is asked of the register.
#[derive(Debug, Clone)]
pub enum KeepRegister {
    /// Record an identity.
    RecordIdentity(RecordIdentity),
    /// Record that an issuer knows an identity by a name.
    AddSubject(AddSubject),
    /// Grant a role.
    GrantRole(GrantRole),
    /// End a grant.
    EndRole(EndRole),
    /// Suspend an identity, or reinstate it.
    ChangeState(ChangeState),
    /// Revoke tokens.
    RevokeTokens(RevokeTokens),
    /// Make a token.
    IssueApiToken(IssueApiToken),
    /// Revoke a token that was made here.
    RevokeApiToken(RevokeApiToken),
}

/// Something that happened to the register.
#[derive(Debug, Clone)]
pub enum RegisterEvent {
    /// An identity was recorded.
    IdentityRecorded(Identity),
    /// A subject became an identity's.
    SubjectAdded(KnownSubject),
    /// A role was granted.
    RoleGranted(RoleGrant),
    /// A grant was ended.
    RoleEnded(IdentityId, RoleEnd),
    /// An identity was suspended or reinstated.
    StateChanged(StateChange),
    /// Tokens were revoked.
    Revoked(Revocation),
    /// A token was made.
    TokenIssued(ApiToken),
}

/// What a caller is told of the register.
#[derive(Debug, Clone)]
pub enum RegisterOutcome {
    /// An identity as it now stands.
    Identity {
        /// It.
        standing: Box<Standing>,
        /// As of when.
        at: OffsetDateTime,
    },
    /// A revocation.
    Revocation(Revocation),
    /// A token that was made.
    ApiToken(Box<ApiToken>),
}

macro_rules! each {
    ($command:expr, $inner:ident => $body:expr) => {
        match $command {
            KeepRegister::RecordIdentity($inner) => $body,
            KeepRegister::AddSubject($inner) => $body,
            KeepRegister::GrantRole($inner) => $body,
            KeepRegister::EndRole($inner) => $body,
            KeepRegister::ChangeState($inner) => $body,
            KeepRegister::RevokeTokens($inner) => $body,
            KeepRegister::IssueApiToken($inner) => $body,
            KeepRegister::RevokeApiToken($inner) => $body,
        }
    };
}

impl KeepRegister {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        each!(self, command => command.needs(books, needs));
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        each!(self, command => command.decide(books, context))
    }
}

/// What happened, and the identity as it stands with it.
fn identity(events: Vec<RegisterEvent>, mut standing: Standing, context: &Context) -> Decision {
    for event in &events {
        standing.take(event);
    }
    let outcome = RegisterOutcome::Identity {
        standing: Box::new(standing),
        at: context.now,
    };
    decision(events, outcome)
}

fn decision(events: Vec<RegisterEvent>, outcome: RegisterOutcome) -> Decision {
    Decision {
        events: events.into_iter().map(Event::Register).collect(),
        draft: None,
        outcome: Outcome::Register(outcome),
    }
}

impl Standing {
    /// Takes what happened into account, if it is about this identity.
    pub fn take(&mut self, event: &RegisterEvent) {
        let own = self.identity.id;
        match event {
            RegisterEvent::SubjectAdded(it) if it.identity == own => {
                self.subjects.push(it.subject.clone());
            }
            RegisterEvent::RoleGranted(grant) if grant.identity == own => {
                self.grants.push(crate::domain::identity::Grant {
                    grant: grant.clone(),
                    end: None,
                });
            }
            RegisterEvent::RoleEnded(identity, end) if *identity == own => {
                let mut grants = self.grants.iter_mut();
                if let Some(found) = grants.find(|it| it.grant.id == end.grant) {
                    found.end = Some(end.clone());
                }
            }
            RegisterEvent::StateChanged(change) if change.identity == own => {
                self.changes.push(change.clone());
            }
            RegisterEvent::IdentityRecorded(_)
            | RegisterEvent::SubjectAdded(_)
            | RegisterEvent::RoleGranted(_)
            | RegisterEvent::RoleEnded(..)
            | RegisterEvent::StateChanged(_)
            | RegisterEvent::Revoked(_)
            | RegisterEvent::TokenIssued(_) => {}
        }
    }

    /// A grant of a role that is in force, or is going to be, and was granted by that subject.
    fn granted_by(&self, role: Role, by: &Subject, now: OffsetDateTime) -> Option<RoleGrantId> {
        let open = |it: &&crate::domain::identity::Grant| {
            it.grant.role == role
                && it.grant.granted_by == *by
                && it.stops().is_none_or(|stops| stops > now)
        };
        self.grants.iter().find(open).map(|it| it.grant.id)
    }
}
