//! The part of the register that one batch works on, and what it still needs of it.

use foldhash::{HashMap, HashSet};

use super::{Books, absent};
use crate::domain::command::RegisterEvent;
use crate::domain::id::{ApiTokenId, IdentityId};
use crate::domain::identity::{Standing, Subject};
use crate::domain::refusal::Refusal;

/// What a command still needs of the register.
#[derive(Debug, Default)]
pub struct RegisterNeeds {
    /// These identities.
    pub identities: HashSet<IdentityId>,
    /// Whose these subjects are.
    pub subjects: HashSet<Subject>,
    /// Whose these tokens are.
    pub api_tokens: HashSet<ApiTokenId>,
}

impl RegisterNeeds {
    /// Whether nothing more is needed.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.subjects.is_empty() && self.api_tokens.is_empty()
    }

    /// An identity.
    pub fn identity(&mut self, books: &Books, id: IdentityId) {
        if !books.register.identities.contains_key(&id) {
            self.identities.insert(id);
        }
    }

    /// Whose a subject is.
    pub fn subject(&mut self, books: &Books, subject: &Subject) {
        if !books.register.subjects.contains_key(subject) {
            self.subjects.insert(subject.clone());
        }
    }

    /// Whose a token is.
    pub fn api_token(&mut self, books: &Books, id: ApiTokenId) {
        if !books.register.api_tokens.contains_key(&id) {
            self.api_tokens.insert(id);
        }
    }
}

/// The part of the register that one batch works on.
#[derive(Debug, Default)]
pub struct RegisterBooks {
    /// Identities by id.
    pub identities: HashMap<IdentityId, Option<Standing>>,
    /// Whose subjects are.
    pub subjects: HashMap<Subject, Option<IdentityId>>,
    /// Whose tokens made here are.
    pub api_tokens: HashMap<ApiTokenId, Option<IdentityId>>,
}

impl RegisterBooks {
    /// An identity that exists.
    pub fn identity(&self, id: IdentityId) -> Result<&Standing, Refusal> {
        let found = self.identities.get(&id).and_then(Option::as_ref);
        found.ok_or_else(|| absent("identity", id))
    }

    /// Whose a subject is, if it is anybody's.
    pub fn owner(&self, subject: &Subject) -> Option<IdentityId> {
        self.subjects.get(subject).copied().flatten()
    }

    /// Takes what happened into account.
    fn take(&mut self, event: &RegisterEvent) {
        match event {
            RegisterEvent::IdentityRecorded(it) => {
                self.identities
                    .insert(it.id, Some(Standing::new(it.clone())));
            }
            RegisterEvent::SubjectAdded(it) => {
                self.subjects.insert(it.subject.clone(), Some(it.identity));
            }
            RegisterEvent::TokenIssued(it) => {
                self.api_tokens.insert(it.id, Some(it.identity));
            }
            RegisterEvent::RoleGranted(_)
            | RegisterEvent::RoleEnded(..)
            | RegisterEvent::StateChanged(_)
            | RegisterEvent::Revoked(_) => {}
        }
        for standing in self.identities.values_mut().flatten() {
            standing.take(event);
        }
    }
}

impl Books {
    /// Something happened to the register.
    pub(super) fn keep_register(&mut self, event: RegisterEvent) {
        self.register.take(&event);
        self.changes.register.push(event);
    }
}
