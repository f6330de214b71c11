//! What is known of an identity, and what it may do at a moment.

use time::OffsetDateTime;

use super::{Identity, IdentityState, RoleEnd, RoleGrant, StateChange, Subject};
use crate::domain::id::RoleGrantId;
use crate::domain::role::Role;

/// A grant, and how it was ended if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The grant.
    pub grant: RoleGrant,
    /// Its end.
    pub end: Option<RoleEnd>,
}

impl Grant {
    /// When it came into force.
    pub fn starts(&self) -> OffsetDateTime {
        self.grant.from.max(self.grant.granted_at)
    }

    /// When it stops, or stopped.
    pub fn stops(&self) -> Option<OffsetDateTime> {
        let ended = self.end.as_ref().map(|end| end.ended_at);
        match (self.grant.until, ended) {
            (Some(until), Some(ended)) => Some(until.min(ended)),
            (until, ended) => until.or(ended),
        }
    }

    /// Whether it is in force at that moment.
    pub fn counts_at(&self, at: OffsetDateTime) -> bool {
        self.starts() <= at && self.stops().is_none_or(|stops| at < stops)
    }

    /// Whether it is in force at any moment from one to another, that one excluded.
    pub fn counts_within(&self, from: OffsetDateTime, to: OffsetDateTime) -> bool {
        self.starts() < to
            && self
                .stops()
                .is_none_or(|stops| stops > from.max(self.starts()))
    }
}

/// What is known of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The identity.
    pub identity: Identity,
    /// Its subjects, in the order they were recorded.
    pub subjects: Vec<Subject>,
    /// What it was granted, in order.
    pub grants: Vec<Grant>,
    /// What became of it, in order.
    pub changes: Vec<StateChange>,
}

impl Standing {
    /// An identity of which nothing else is known yet.
    pub fn new(identity: Identity) -> Self {
        Standing {
            identity,
            subjects: Vec::new(),
            grants: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// The state it is in.
    pub fn state(&self) -> IdentityState {
        let last = self.changes.last();
        last.map_or(IdentityState::Active, |change| change.state)
    }

    /// Whether it could come in at any moment from one to another, that one excluded.
    pub fn was_active_within(&self, from: OffsetDateTime, to: OffsetDateTime) -> bool {
        let mut since = Some(self.identity.recorded_at);
        for change in &self.changes {
            match (change.state, since) {
                (IdentityState::Suspended, Some(active)) if active < to && change.at > from => {
                    return true;
                }
                (IdentityState::Suspended, _) => since = None,
                (IdentityState::Active, _) => since = Some(change.at),
            }
        }
        since.is_some_and(|active| active < to)
    }

    /// The roles it holds at that moment, in order and each once.
    pub fn roles_at(&self, at: OffsetDateTime) -> Vec<Role> {
        let held = self.grants.iter().filter(|grant| grant.counts_at(at));
        let mut roles: Vec<Role> = held.map(|it| it.grant.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Whether it holds the role at that moment.
    pub fn holds(&self, role: Role, at: OffsetDateTime) -> bool {
        let mut grants = self.grants.iter();
        grants.any(|it| it.grant.role == role && it.counts_at(at))
    }

    /// A role that moves money which it holds, or is going to.
    pub fn money_role_from(&self, now: OffsetDateTime) -> Option<Role> {
        let open = |it: &&Grant| it.stops().is_none_or(|stops| stops > now);
        let roles = self.grants.iter().filter(open).map(|it| it.grant.role);
        roles.into_iter().find(|role| role.moves_money())
    }

    /// Whether the subject is one of its own.
    pub fn is(&self, subject: &Subject) -> bool {
        self.subjects.contains(subject)
    }

    /// One of its grants.
    pub fn grant(&self, id: RoleGrantId) -> Option<&Grant> {
        self.grants.iter().find(|it| it.grant.id == id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::IdentityId;
    use crate::domain::identity::IdentityKind;

    fn standing() -> Standing {
        Standing::new(Identity {
            id: IdentityId(Uuid::nil()),
            name: "Grace".to_owned(),
            kind: IdentityKind::Person,
            recorded_by: "adele".to_owned(),
            recorded_at: datetime!(2026-01-01 0:00 UTC),
        })
    }

    fn auditor(from: OffsetDateTime, until: Option<OffsetDateTime>) -> Grant {
        Grant {
            grant: RoleGrant {
                id: RoleGrantId(Uuid::nil()),
                identity: IdentityId(Uuid::nil()),
                role: Role::Auditor,
                from,
                until,
                granted_by: Subject {
                    issuer: "almoner-local".to_owned(),
                    subject: "adele".to_owned(),
                },
                granted_at: datetime!(2026-01-05 12:00 UTC),
            },
            end: None,
        }
    }

    #[test]
    fn a_grant_counts_from_when_it_was_known_until_its_end_and_not_at_it() {
        let mut standing = standing();
        let (from, until) = (
            datetime!(2026-01-01 0:00 UTC),
            datetime!(2026-02-01 0:00 UTC),
        );
        standing.grants.push(auditor(from, Some(until)));
        for (at, holds) in [
            (datetime!(2026-01-05 11:59:59 UTC), false),
            (datetime!(2026-01-05 12:00 UTC), true),
            (datetime!(2026-01-31 23:59:59.999 UTC), true),
            (until, false),
        ] {
            assert_eq!(standing.holds(Role::Auditor, at), holds, "{at}");
            assert_eq!(standing.roles_at(at).len(), usize::from(holds), "{at}");
        }
        let ended = datetime!(2026-01-10 0:00 UTC);
        standing.grants[0].end = Some(RoleEnd {
            grant: RoleGrantId(Uuid::nil()),
            reason: "Left".to_owned(),
            ended_by: "adele".to_owned(),
            ended_at: ended,
        });
        assert!(!standing.holds(Role::Auditor, ended));
        assert_eq!(standing.grants[0].stops(), Some(ended));
        let day = |day: OffsetDateTime| (day, day + time::Duration::DAY);
        for (from, to, counts) in [
            (
                day(datetime!(2026-01-04 0:00 UTC)).0,
                day(datetime!(2026-01-04 0:00 UTC)).1,
                false,
            ),
            (
                day(datetime!(2026-01-05 0:00 UTC)).0,
                day(datetime!(2026-01-05 0:00 UTC)).1,
                true,
            ),
            (
                day(datetime!(2026-01-10 0:00 UTC)).0,
                day(datetime!(2026-01-10 0:00 UTC)).1,
                false,
            ),
        ] {
            assert_eq!(standing.grants[0].counts_within(from, to), counts, "{from}");
        }
    }

    #[test]
    fn suspended_for_a_while_it_could_come_in_before_and_after() {
        let mut standing = standing();
        let change = |seq, state, at| StateChange {
            identity: IdentityId(Uuid::nil()),
            seq,
            state,
            reason: "Away".to_owned(),
            actor: "adele".to_owned(),
            at,
        };
        let (away, back) = (
            datetime!(2026-03-01 0:00 UTC),
            datetime!(2026-04-01 0:00 UTC),
        );
        standing
            .changes
            .push(change(1, IdentityState::Suspended, away));
        assert_eq!(standing.state(), IdentityState::Suspended);
        standing
            .changes
            .push(change(2, IdentityState::Active, back));
        assert_eq!(standing.state(), IdentityState::Active);
        let within =
            |day: OffsetDateTime| standing.was_active_within(day, day + time::Duration::DAY);
        assert!(!within(datetime!(2025-12-30 0:00 UTC)));
        assert!(within(datetime!(2026-02-28 0:00 UTC)));
        assert!(!within(datetime!(2026-03-15 0:00 UTC)));
        assert!(within(back));
    }
}
