//! Tokens: those made here, and those that don't count any more.

use time::OffsetDateTime;

use super::{RegisterEvent, RegisterOutcome, decision};
use crate::domain::books::Books;
use crate::domain::command::{Context, Decision, Needs};
use crate::domain::id::{ApiTokenId, IdentityId, PledgeId, RevocationId};
use crate::domain::identity::{
    ApiToken, IdentityKind, IdentityState, KnownSubject, MAX_LIFETIME, Revocation, Revoked,
    Standing, Subject, TokenHash,
};
use crate::domain::refusal::{AccessRefusal, Refusal};
use crate::domain::role::Role;

/// The issuer of the subjects of identities that no other issuer knows.
pub const HERE: &str = "urn:almoner";

/// Revoke tokens.
#[derive(Debug, Clone)]
pub struct RevokeTokens {
    /// The id the revocation will have.
    pub id: RevocationId,
    /// Which.
    pub of: Revoked,
    /// Why.
    pub reason: String,
}

impl RevokeTokens {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if let Revoked::Identity(id) = self.of {
            needs.register.identity(books, id);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        if let Revoked::Identity(id) = self.of {
            named(books, id)?;
        }
        let of = self.of.clone();
        Ok(revoked(self.id, of, self.reason.clone(), context))
    }
}

fn revoked(id: RevocationId, of: Revoked, reason: String, context: &Context) -> Decision {
    let revocation = Revocation {
        id,
        of,
        reason,
        revoked_by: context.actor.clone(),
        revoked_at: context.now,
    };
    let outcome = RegisterOutcome::Revocation(revocation.clone());
    decision(vec![RegisterEvent::Revoked(revocation)], outcome)
}

/// An identity that the body of a request names.
fn named(books: &Books, id: IdentityId) -> Result<&Standing, Refusal> {
    let found = books.register.identity(id);
    found.map_err(|_| Refusal::UnknownReference {
        pointer: "/identity_id",
        what: "identity",
        id: id.to_string(),
    })
}

/// Revoke a token that was made here.
#[derive(Debug, Clone)]
pub struct RevokeApiToken {
    /// The id the revocation will have.
    pub id: RevocationId,
    /// Which.
    pub token: ApiTokenId,
    /// Whose it has to be, if only their own are theirs to revoke.
    pub bearer: Option<IdentityId>,
    /// Why.
    pub reason: String,
}

impl RevokeApiToken {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.api_token(books, self.token);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let found = books.register.api_tokens.get(&self.token);
        let bearer = found.copied().flatten();
        let theirs = |it: &IdentityId| self.bearer.is_none_or(|own| own == *it);
        if bearer.filter(theirs).is_none() {
            return Err(Refusal::NotFound {
                what: "API token",
                id: self.token.to_string(),
            });
        }
        let of = Revoked::Token(self.token.to_string());
        Ok(revoked(self.id, of, self.reason.clone(), context))
    }
}

/// Make a token.
#[derive(Debug, Clone)]
pub struct IssueApiToken {
    /// The id it will have.
    pub id: ApiTokenId,
    /// Who will bear it.
    pub identity: IdentityId,
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
    /// The markets a partner's shows.
    pub markets: Vec<String>,
    /// Its end.
    pub expires_at: OffsetDateTime,
    /// Who makes it.
    pub by: Subject,
}

impl IssueApiToken {
    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.register.identity(books, self.identity);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let standing = named(books, self.identity)?;
        self.require_sensible_end(context.now)?;
        self.require_roles(standing, context)?;
        let mut events = Vec::with_capacity(2);
        let acts_as = self.acts_as(standing);
        if standing.subjects.is_empty() {
            events.push(RegisterEvent::SubjectAdded(KnownSubject {
                subject: acts_as.clone(),
                identity: self.identity,
                recorded_by: self.by.clone(),
                recorded_at: context.now,
            }));
        }
        let token = ApiToken {
            id: self.id,
            identity: self.identity,
            acts_as,
            name: self.name.clone(),
            hash: self.hash,
            roles: self.roles.clone(),
            scopes: self.scopes.clone(),
            pledges: self.pledges.clone(),
            markets: self.markets.clone(),
            issued_by: self.by.clone(),
            issued_at: context.now,
            expires_at: self.expires_at,
        };
        events.push(RegisterEvent::TokenIssued(token.clone()));
        Ok(decision(events, RegisterOutcome::ApiToken(Box::new(token))))
    }

    /// Whoever makes a token for themselves acts by it as they are; others as their first subject.
    fn acts_as(&self, standing: &Standing) -> Subject {
        if standing.is(&self.by) {
            return self.by.clone();
        }
        let first = standing.subjects.first().cloned();
        first.unwrap_or_else(|| Subject {
            issuer: HERE.to_owned(),
            subject: self.identity.to_string(),
        })
    }

    fn require_sensible_end(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        match self.expires_at > now && self.expires_at - now <= MAX_LIFETIME {
            true => Ok(()),
            false => Err(AccessRefusal::ExpiryOutOfRange.into()),
        }
    }

    fn require_roles(&self, standing: &Standing, context: &Context) -> Result<(), Refusal> {
        if standing.state() == IdentityState::Suspended {
            return Err(Refusal::WrongState {
                what: "identity",
                state: "suspended",
                command: "given a token",
                open: "It can be reinstated.",
            });
        }
        let now = context.now;
        if let Some(role) = self.roles.iter().find(|role| !standing.holds(**role, now)) {
            return Err(AccessRefusal::RoleNotHeld { role: *role }.into());
        }
        let money: Vec<Role> = self
            .roles
            .iter()
            .copied()
            .filter(|it| it.moves_money())
            .collect();
        let Some(first) = money.first().filter(|_| !standing.is(&self.by)) else {
            return Ok(());
        };
        let granted = |role: &Role| standing.granted_by(*role, &self.by, now).is_some();
        match standing.identity.kind {
            IdentityKind::Person => Err(AccessRefusal::MadeByBearer { role: *first }.into()),
            IdentityKind::Machine if money.iter().any(granted) => Err(Refusal::SamePerson {
                what: "machine its role",
                did: "granted",
                actor: context.actor.clone(),
                command: "making its token",
            }),
            IdentityKind::Machine => Ok(()),
        }
    }
}
