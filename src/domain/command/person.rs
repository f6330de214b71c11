//! A creator's person: where it is paid, and that both are erased. Moves nothing.

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::creator::{BankDetails, Creator, Erasure, Person};
use crate::domain::id::CreatorId;
use crate::domain::journal::Document;
use crate::domain::refusal::{PersonRefusal, Refusal};

/// A creator whose person is still there.
fn person(books: &Books, id: CreatorId) -> Result<&Person, Refusal> {
    let found = books.persons.get(&id).and_then(Option::as_ref);
    let person = found.ok_or_else(|| Refusal::NotFound {
        what: "creator",
        id: id.to_string(),
    })?;
    if person.creator.erased_at.is_some() {
        let reference = person.creator.reference.clone();
        return Err(Refusal::Person(PersonRefusal::Erased { reference }));
    }
    Ok(person)
}

fn need_person(books: &Books, needs: &mut Needs, id: CreatorId) {
    if !books.persons.contains_key(&id) {
        needs.persons.insert(id);
    }
}

/// Record where a creator is paid: a new version, which counts from now on.
#[derive(Clone)]
pub struct RecordBankDetails {
    /// The creator.
    pub creator: CreatorId,
    /// Whose account it is.
    pub holder: String,
    /// The account.
    pub account: String,
    /// The bank.
    pub bank: Option<String>,
}

impl std::fmt::Debug for RecordBankDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordBankDetails")
            .field("creator", &self.creator)
            .finish_non_exhaustive() // no account goes to a log
    }
}

impl RecordBankDetails {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        need_person(books, needs, self.creator);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let person = person(books, self.creator)?;
        let details = BankDetails {
            creator: self.creator,
            version: person.bank_versions + 1,
            holder: self.holder.clone(),
            account: self.account.clone(),
            bank: self.bank.clone(),
            actor: context.actor.clone(),
            recorded_at: context.now,
        };
        Ok(Decision {
            events: vec![Event::BankDetailsRecorded(details.clone())],
            draft: None,
            outcome: Outcome::BankDetails(details),
        })
    }
}

/// Erase a creator's name and bank details.
#[derive(Debug, Clone)]
pub struct EraseCreator {
    /// The creator.
    pub creator: CreatorId,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
}

impl EraseCreator {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        need_person(books, needs, self.creator);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let person = person(books, self.creator)?;
        if !person.debts.is_empty() {
            return Err(Refusal::Person(PersonRefusal::Owed(person.debts.clone())));
        }
        let erasure = Erasure {
            creator: self.creator,
            erased_at: context.now,
            actor: context.actor.clone(),
            reason: self.reason.clone(),
            document: self.document.clone(),
        };
        let creator = Creator {
            erased_at: Some(context.now),
            ..person.creator.clone()
        };
        Ok(Decision {
            events: vec![Event::PersonErased(erasure)],
            draft: None,
            outcome: Outcome::Creator(creator),
        })
    }
}
