//! Enrolling a creator in the network. Moves nothing.

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::Creator;
use crate::domain::books::Books;
use crate::domain::id::CreatorId;
use crate::domain::market::Market;
use crate::domain::refusal::Refusal;

/// Enrol a creator.
#[derive(Debug, Clone)]
pub struct EnrolCreator {
    /// The id it will have.
    pub id: CreatorId,
    /// The network's own name for it.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// The market it belongs to.
    pub market: Market,
}

impl EnrolCreator {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.creator_references.contains_key(&self.reference) {
            needs.creator_references.insert(self.reference.clone());
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        if books.creator_references.get(&self.reference) == Some(&true) {
            return Err(Refusal::DuplicateReference {
                pointer: "/reference",
                what: "creator",
                reference: self.reference.clone(),
            });
        }
        let creator = Creator {
            id: self.id,
            reference: self.reference.clone(),
            name: Some(self.name.clone()),
            market: self.market,
            enrolled_at: context.now,
            erased_at: None,
        };
        Ok(Decision {
            events: vec![Event::Enrolled(creator.clone())],
            draft: None,
            outcome: Outcome::Creator(creator),
        })
    }
}
