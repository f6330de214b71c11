//! Paying creators what they are owed (2120→1010): proposed by one, approved by another, sent,
//! settled, and back if the bank returns it (1010→2120).

mod back;
mod step;

use time::{Date, Duration};

use super::agreement::require_signed;
use super::require::{require_market, require_own_reference, require_value};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::exchange::StatedRate;
use crate::domain::hold::HoldChange;
use crate::domain::id::{CreatorId, PayoutId, PledgeId};
use crate::domain::journal::{Draft, Kind};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::payout::{Hand, Payout, PayoutState};
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Unit, UnitKind};

pub use step::{ExpirePayout, MovePayout, PayoutStep};

/// How long a payout is held for, if nothing is said.
const HOLD_DAYS: i64 = 30;

/// Propose to pay a creator part of what it is owed.
#[derive(Debug, Clone)]
pub struct ProposePayout {
    /// The id it will have.
    pub id: PayoutId,
    /// Whose money.
    pub pledge: PledgeId,
    /// To whom.
    pub creator: CreatorId,
    /// How much.
    pub amount: Money,
    /// At what rate it is set aside at the bank, if it is in another currency than the pledge's.
    pub rate: Option<StatedRate>,
    /// The payer's own name for it.
    pub reference: String,
    /// What it is sent together with.
    pub batch: Option<String>,
    /// The last day it is held for; thirty days on, if not given.
    pub hold_expires_on: Option<Date>,
}

/// What is held for a payout from now on: so much, on both accounts.
fn holds(payout: &Payout, owed: i64, banked: i64, expires_on: Option<Date>) -> Vec<HoldChange> {
    let change = |key, amount| HoldChange {
        subject: payout.id.0,
        key,
        amount,
        expires_on,
    };
    vec![
        change(payout.payable(), owed),
        change(payout.bank_account(), banked),
    ]
}

fn held_events(pledge: PledgeId, holds: Vec<HoldChange>) -> impl Iterator<Item = Event> {
    holds.into_iter().map(move |it| Event::Held(pledge, it))
}

impl ProposePayout {
    fn payout(&self, market: Market, bank: Money, context: &Context) -> Payout {
        let today = context.now.date();
        let later = today.saturating_add(Duration::days(HOLD_DAYS));
        Payout {
            id: self.id,
            pledge: self.pledge,
            creator: self.creator,
            market,
            amount: self.amount.clone(),
            bank,
            reference: self.reference.clone(),
            batch: self.batch.clone(),
            proposed_by: context.actor.clone(),
            hands: vec![Hand {
                who: context.person(),
                approved: false,
            }],
            proposed_at: context.now,
            hold_expires_on: self.hold_expires_on.unwrap_or(later),
            state: PayoutState::Proposed,
            events: 0,
            approved_by: None,
            moved_at: None,
            reason: None,
            bank_reference: None,
            paid: 0,
            rate: self.rate.clone(),
            charged: 0,
            carried: 0,
        }
    }

    fn accounts(&self, market: Market, own: &Unit) -> [AccountKey; 2] {
        let unit = self.amount.unit();
        [
            AccountKey::creator(Code::CreatorPayable, unit, market, self.creator),
            AccountKey::plain(Code::Bank, own),
        ]
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.own_reference(books, self.pledge, Thing::Payout, &self.reference);
        match books.creators.get(&self.creator) {
            None => _ = needs.creators.insert(self.creator),
            Some(Some(market)) if self.amount.unit().kind() == UnitKind::Cash => {
                needs.currency(books, *market);
                if let Some(Some(book)) = books.pledges.get(&self.pledge) {
                    let keys = self.accounts(*market, book.pledge.total.unit());
                    needs.accounts(books, self.pledge, keys, Date::MAX);
                }
            }
            Some(_) => {}
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let unknown = |pointer, what, id| Refusal::UnknownReference { pointer, what, id };
        let book = books
            .pledge(self.pledge)
            .map_err(|_| unknown("/pledge_id", "pledge", self.pledge.to_string()))?;
        let market = books.creators.get(&self.creator).copied().flatten();
        let market =
            market.ok_or_else(|| unknown("/creator_id", "creator", self.creator.to_string()))?;
        let unit = self.amount.unit();
        if unit.kind() == UnitKind::Credits {
            return Err(Refusal::WrongUnitKind {
                pointer: "/amount/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "creators are paid in cash.",
            });
        }
        require_market(&book.pledge, market, "/creator_id")?;
        let own = book.pledge.total.unit();
        let bank = require_value(books, market, &self.amount, own, self.rate.as_ref())?;
        let payout = self.payout(market, bank, context);
        let today = context.now.date();
        if payout.hold_expires_on < today {
            return Err(Refusal::EndsBeforeStart {
                pointer: "/hold_expires_on",
                starts_on: today,
                ends_on: payout.hold_expires_on,
            });
        }
        let (thing, name) = (Thing::Payout, "payout of the pledge");
        require_own_reference(books, self.pledge, thing, name, &self.reference)?;
        require_signed(book, "paying")?;
        let (owed, banked) = (payout.amount.minor(), payout.bank.minor());
        let holds = holds(&payout, owed, banked, Some(payout.hold_expires_on));
        let nothing = Draft::new(self.pledge, Kind::Payment, today, Vec::new());
        book.check_with(&nothing, &holds)?;
        let events = held_events(self.pledge, holds);
        Ok(Decision {
            events: [Event::PayoutProposed(payout.clone())]
                .into_iter()
                .chain(events)
                .collect(),
            draft: None,
            outcome: Outcome::Payout {
                payout,
                journal: None,
            },
        })
    }
}
