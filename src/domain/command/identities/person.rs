//! Identities, their subjects, and what they may do.

use time::OffsetDateTime;

use super::{RegisterEvent, identity};
use crate::domain::books::Books;
use crate::domain::command::{Context, Decision, Needs};
use crate::domain::id::{IdentityId, RoleGrantId};
use crate::domain::identity::{
    Identity, IdentityKind, IdentityState, KnownSubject, RoleEnd, RoleGrant, Standing, StateChange,
    Subject,
};
use crate::domain::refusal::{AccessRefusal, Refusal};
use crate::domain::role::Role;

/// Record an identity.
#[derive(Debug, Clone)]
pub struct RecordIdentity {
    /// The id it will have.
    pub id: IdentityId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: IdentityKind,
}

impl RecordIdentity {
    pub(super) fn needs(&self, _: &Books, _: &mut Needs) {}

    pub(super) fn decide(&self, _: &Books, context: &Context) -> Result<Decision, Refusal> {
        let recorded = Identity {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind,
            recorded_by: context.actor.clone(),
            recorded_at: context.now,
        };
        let standing = Standing::new(recorded.clone());
        let events = vec![RegisterEvent::IdentityRecorded(recorded)];
        Ok(identity(events, standing, context))
    }
}

/// Record that an issuer knows an identity by a name.
#[derive(Debug, Clone)]
pub struct AddSubject {
    /// Whose.
    pub identity: IdentityId,
    /// The name.
    pub subject: Subject,
    /// Who says so.
    pub by: Subject,
}

impl AddSubject {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.identity(books, self.identity);
        needs.register.subject(books, &self.subject);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let standing = books.register.identity(self.identity)?;
        if books.register.owner(&self.subject).is_some() {
            return Err(Refusal::DuplicateReference {
                pointer: "/subject",
                what: "known subject of that issuer",
                reference: self.subject.subject.clone(),
            });
        }
        if let (true, Some(role)) = (
            self.subject == self.by,
            standing.money_role_from(context.now),
        ) {
            return Err(AccessRefusal::OwnRights { role }.into());
        }
        let added = KnownSubject {
            subject: self.subject.clone(),
            identity: self.identity,
            recorded_by: self.by.clone(),
            recorded_at: context.now,
        };
        let events = vec![RegisterEvent::SubjectAdded(added)];
        Ok(identity(events, standing.clone(), context))
    }
}

/// Grant a role.
#[derive(Debug, Clone)]
pub struct GrantRole {
    /// The id the grant will have.
    pub id: RoleGrantId,
    /// To whom.
    pub identity: IdentityId,
    /// Which.
    pub role: Role,
    /// From when; from now on, if that isn't said.
    pub from: Option<OffsetDateTime>,
    /// Until when, if it ends by itself.
    pub until: Option<OffsetDateTime>,
    /// Who grants it.
    pub by: Subject,
}

impl GrantRole {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.identity(books, self.identity);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let standing = books.register.identity(self.identity)?;
        let from = self.from.unwrap_or(context.now);
        if self
            .until
            .is_some_and(|until| until <= from.max(context.now))
        {
            return Err(AccessRefusal::NeverInForce.into());
        }
        if self.role.moves_money() && standing.is(&self.by) {
            return Err(AccessRefusal::OwnRights { role: self.role }.into());
        }
        let granted = RoleGrant {
            id: self.id,
            identity: self.identity,
            role: self.role,
            from,
            until: self.until,
            granted_by: self.by.clone(),
            granted_at: context.now,
        };
        let events = vec![RegisterEvent::RoleGranted(granted)];
        Ok(identity(events, standing.clone(), context))
    }
}

/// End a grant, now.
#[derive(Debug, Clone)]
pub struct EndRole {
    /// Whose.
    pub identity: IdentityId,
    /// Which.
    pub grant: RoleGrantId,
    /// Why.
    pub reason: String,
}

impl EndRole {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.identity(books, self.identity);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let standing = books.register.identity(self.identity)?;
        let found = standing.grant(self.grant);
        let grant = found.ok_or_else(|| Refusal::UnknownReference {
            pointer: "/role_grant_id",
            what: "grant to this identity",
            id: self.grant.to_string(),
        })?;
        if grant.stops().is_some_and(|stops| stops <= context.now) {
            return Err(Refusal::WrongState {
                what: "grant",
                state: "over",
                command: "ended",
                open: "It is over; nothing has to be done.",
            });
        }
        let end = RoleEnd {
            grant: self.grant,
            reason: self.reason.clone(),
            ended_by: context.actor.clone(),
            ended_at: context.now,
        };
        let events = vec![RegisterEvent::RoleEnded(self.identity, end)];
        Ok(identity(events, standing.clone(), context))
    }
}

/// Suspend an identity, or reinstate it.
#[derive(Debug, Clone)]
pub struct ChangeState {
    /// Whose.
    pub identity: IdentityId,
    /// What it is to be.
    pub state: IdentityState,
    /// Why.
    pub reason: String,
}

impl ChangeState {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.identity(books, self.identity);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let standing = books.register.identity(self.identity)?;
        match (standing.state(), self.state) {
            (IdentityState::Active, IdentityState::Suspended)
            | (IdentityState::Suspended, IdentityState::Active) => {}
            (IdentityState::Active, IdentityState::Active) => {
                return Err(is_already("active", "reinstated", "It can be suspended."));
            }
            (IdentityState::Suspended, IdentityState::Suspended) => {
                return Err(is_already(
                    "suspended",
                    "suspended",
                    "It can be reinstated.",
                ));
            }
        }
        let seq = standing.changes.last().map_or(0, |last| last.seq);
        let change = StateChange {
            identity: self.identity,
            seq: seq.saturating_add(1),
            state: self.state,
            reason: self.reason.clone(),
            actor: context.actor.clone(),
            at: context.now,
        };
        let events = vec![RegisterEvent::StateChanged(change)];
        Ok(identity(events, standing.clone(), context))
    }
}

fn is_already(state: &'static str, command: &'static str, open: &'static str) -> Refusal {
    Refusal::WrongState {
        what: "identity",
        state,
        command,
        open,
    }
}
