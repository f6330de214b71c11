//! Allocations: reserving part of a market's budget for a creator, and giving it back
//! (3120→3130 and back; credits 3220→3230 and back).

use time::Date;

use super::agreement::require_open;
use super::require::{entry, require_market, require_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::Allocation;
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Purses;
use crate::domain::id::{AllocationId, CreatorId, JournalId, PledgeId};
use crate::domain::journal::{Draft, Kind};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;

/// Allocate part of a market's budget to a creator of that market.
#[derive(Debug, Clone)]
pub struct AllocateToCreator {
    /// The id it will have, and its journal.
    pub id: AllocationId,
    /// Whose money.
    pub pledge: PledgeId,
    /// For whom; the creator's market is the one whose budget is used.
    pub creator: CreatorId,
    /// How much.
    pub amount: Money,
    /// When it counts.
    pub effective_date: Date,
    /// What the preparer notes.
    pub note: Option<String>,
}

/// Give an allocation back to its market, in part or whole.
#[derive(Debug, Clone)]
pub struct ReleaseAllocation {
    /// The allocation.
    pub allocation: AllocationId,
    /// How much goes back.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// When it counts.
    pub effective_date: Date,
}

/// The market's purse and the creator's.
fn purses(amount: &Money, market: Market, creator: CreatorId) -> (AccountKey, AccountKey) {
    let unit = amount.unit();
    let purses = Purses::of(unit.kind());
    (
        AccountKey::market(purses.market, unit, market),
        AccountKey::creator(purses.creator, unit, market, creator),
    )
}

impl AllocateToCreator {
    /// An allocation is the journal that makes it: they share their id.
    pub(super) fn journal(&self) -> JournalId {
        JournalId(self.id.0)
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        match books.creators.get(&self.creator) {
            None => _ = needs.creators.insert(self.creator),
            Some(Some(market)) => {
                let (from, to) = purses(&self.amount, *market, self.creator);
                needs.accounts(books, self.pledge, [from, to], self.effective_date);
            }
            Some(None) => {}
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let unknown = |pointer, what, id| Refusal::UnknownReference { pointer, what, id };
        let book = books
            .pledge(self.pledge)
            .map_err(|_| unknown("/pledge_id", "pledge", self.pledge.to_string()))?;
        let market = books
            .creators
            .get(&self.creator)
            .copied()
            .flatten()
            .ok_or_else(|| unknown("/creator_id", "creator", self.creator.to_string()))?;
        require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        require_market(&book.pledge, market, "/creator_id")?;
        require_open(book, "allocating")?;

        let (from, to) = purses(&self.amount, market, self.creator);
        let moves = vec![entry(from, to, self.amount.minor())];
        let draft = Draft {
            subject: Some(self.id.0),
            note: self.note.clone(),
            ..Draft::new(self.pledge, Kind::Allocation, self.effective_date, moves)
        };
        book.check(&draft)?;
        let allocation = Allocation {
            id: self.id,
            pledge: self.pledge,
            creator: self.creator,
            market,
            amount: self.amount.clone(),
            released: 0,
            effective_date: self.effective_date,
            note: self.note.clone(),
        };
        Ok(Decision {
            events: vec![Event::Allocated(allocation.clone())],
            draft: Some(draft),
            outcome: Outcome::Allocation {
                allocation,
                journal: context.journal,
            },
        })
    }
}

impl ReleaseAllocation {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Allocation, self.allocation.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.is_located(Thing::Allocation, self.allocation.0) {
            return;
        }
        match books.allocations.get(&self.allocation) {
            None => _ = needs.allocations.insert(self.allocation),
            Some(Some(known)) => {
                let (market, creator) = purses(&known.amount, known.market, known.creator);
                let day = self.effective_date;
                needs.accounts(books, known.pledge, [market, creator], day);
            }
            Some(None) => {}
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, allocation) = books.allocation(self.allocation)?;
        if self.amount.unit() != allocation.amount.unit() {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: self.amount.unit().to_string(),
                expected: allocation.amount.unit().to_string(),
            });
        }
        let remaining = allocation.remaining();
        if self.amount.minor() > remaining.minor() {
            let requested = self.amount.clone();
            return Err(Refusal::ExceedsAllocation {
                remaining,
                requested,
            });
        }
        let (market, creator) = purses(&self.amount, allocation.market, allocation.creator);
        let draft = Draft {
            subject: Some(self.allocation.0),
            reason: Some(self.reason.clone()),
            ..Draft::new(
                allocation.pledge,
                Kind::Release,
                self.effective_date,
                vec![entry(creator, market, self.amount.minor())],
            )
        };
        book.check(&draft)?;
        let mut changed = allocation.clone();
        changed.released += self.amount.minor();
        Ok(Decision {
            events: vec![Event::Released(changed.clone())],
            draft: Some(draft),
            outcome: Outcome::Allocation {
                allocation: changed,
                journal: context.journal,
            },
        })
    }
}
