//! Paying creators what they are owed (2120→1010): proposed by one, approved by another, sent,
//! settled, and back if the bank returns it (1010→2120).

use time::{Date, Duration};

use super::agreement::require_signed;
use super::require::{
    entry, require_market, require_new_bank_reference, require_own_reference, require_same_unit,
    require_unit,
};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::hold::HoldChange;
use crate::domain::id::{CreatorId, PayoutId, PledgeId};
use crate::domain::journal::{Draft, Kind, Move};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::payout::{Payout, PayoutEvent, PayoutMove, PayoutState};
use crate::domain::refusal::Refusal;
use crate::domain::unit::UnitKind;

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
    fn payout(&self, market: Market, context: &Context) -> Payout {
        let today = context.now.date();
        let later = today.saturating_add(Duration::days(HOLD_DAYS));
        Payout {
            id: self.id,
            pledge: self.pledge,
            creator: self.creator,
            market,
            amount: self.amount.clone(),
            bank: self.amount.clone(),
            reference: self.reference.clone(),
            batch: self.batch.clone(),
            proposed_by: context.actor.clone(),
            proposed_at: context.now,
            hold_expires_on: self.hold_expires_on.unwrap_or(later),
            state: PayoutState::Proposed,
            events: 0,
            approved_by: None,
            moved_at: None,
            reason: None,
            bank_reference: None,
            paid: 0,
        }
    }

    fn accounts(&self, market: Market) -> [AccountKey; 2] {
        let unit = self.amount.unit();
        [
            AccountKey::creator(Code::CreatorPayable, unit, market, self.creator),
            AccountKey::plain(Code::Bank, unit),
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
                let keys = self.accounts(*market);
                needs.accounts(books, self.pledge, keys, Date::MAX);
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
        require_unit(&book.pledge, unit, "/amount/unit")?;
        if unit.kind() == UnitKind::Credits {
            return Err(Refusal::WrongUnitKind {
                pointer: "/amount/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "creators are paid in cash.",
            });
        }
        require_market(&book.pledge, market, "/creator_id")?;
        let payout = self.payout(market, context);
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

/// What is done with a payout, and what has to be said with it.
#[derive(Debug, Clone)]
pub enum PayoutStep {
    /// Agree to what somebody else proposed.
    Approve,
    /// Hand it to the bank.
    Send,
    /// Record that the bank paid it.
    Settle {
        /// How much was paid; all of it, if not given. What wasn't is let go.
        amount: Option<Money>,
        /// The bank's reference.
        bank_reference: String,
        /// When it counts.
        effective_date: Date,
    },
    /// Record that it came back.
    Return {
        /// Why.
        reason: String,
        /// When it counts.
        effective_date: Date,
    },
    /// Give it up.
    Void {
        /// Why.
        reason: String,
    },
}

impl PayoutStep {
    /// Which move it is.
    pub fn kind(&self) -> PayoutMove {
        match self {
            PayoutStep::Approve => PayoutMove::Approve,
            PayoutStep::Send => PayoutMove::Send,
            PayoutStep::Settle { .. } => PayoutMove::Settle,
            PayoutStep::Return { .. } => PayoutMove::Return,
            PayoutStep::Void { .. } => PayoutMove::Void,
        }
    }

    fn reason(&self) -> Option<&String> {
        match self {
            PayoutStep::Approve | PayoutStep::Send | PayoutStep::Settle { .. } => None,
            PayoutStep::Return { reason, .. } | PayoutStep::Void { reason } => Some(reason),
        }
    }
}

/// Take a payout one step on.
#[derive(Debug, Clone)]
pub struct MovePayout {
    /// The payout.
    pub payout: PayoutId,
    /// What is done with it.
    pub step: PayoutStep,
}

impl MovePayout {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Payout, self.payout.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(book) = books.home(Thing::Payout, self.payout.0) else {
            return;
        };
        let pledge = book.pledge.id;
        needs.payout(books, self.payout);
        needs.holds(book, self.payout.0);
        let day = match &self.step {
            PayoutStep::Settle {
                bank_reference,
                effective_date,
                ..
            } => {
                needs.bank_reference(books, pledge, self.payout.0, bank_reference);
                *effective_date
            }
            PayoutStep::Return { effective_date, .. } => *effective_date,
            PayoutStep::Approve | PayoutStep::Send | PayoutStep::Void { .. } => Date::MAX,
        };
        if let Some(Some(known)) = books.payouts.get(&self.payout) {
            let keys = [known.payable(), known.bank_account()];
            needs.accounts(books, pledge, keys, day);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, payout) = books.payout(self.payout)?;
        let step = self.step.kind();
        if let PayoutStep::Settle {
            amount: Some(amount),
            ..
        } = &self.step
        {
            require_within(payout, amount)?;
        }
        let state = payout
            .state
            .after(step)
            .ok_or_else(|| not_open(payout, step))?;
        require_other_person(payout, step, context)?;
        let mut moved = Payout {
            state,
            events: payout.events + 1,
            moved_at: Some(context.now),
            reason: self.step.reason().cloned(),
            ..payout.clone()
        };
        let (draft, holds) = match &self.step {
            PayoutStep::Approve => {
                moved.approved_by = Some(context.actor.clone());
                (None, Vec::new())
            }
            // What is with the bank may be paid any day, so it is held until the bank says.
            PayoutStep::Send => {
                let (owed, banked) = (payout.amount.minor(), payout.bank.minor());
                (None, holds(payout, owed, banked, None))
            }
            PayoutStep::Settle {
                amount,
                bank_reference,
                effective_date,
            } => {
                let amount = amount.as_ref().unwrap_or(&payout.amount);
                moved.paid = amount.minor();
                moved.bank_reference = Some(bank_reference.clone());
                let draft = self.settlement(books, payout, amount, *effective_date)?;
                (Some(draft), holds(payout, 0, 0, None))
            }
            PayoutStep::Return {
                reason,
                effective_date,
            } => {
                moved.paid = 0;
                let draft = came_back(payout, reason, *effective_date)?;
                (draft, holds(payout, 0, 0, None))
            }
            PayoutStep::Void { .. } => (None, holds(payout, 0, 0, None)),
        };
        decided(book, moved, draft, holds, context)
    }

    fn settlement(
        &self,
        books: &Books,
        payout: &Payout,
        amount: &Money,
        day: Date,
    ) -> Result<Draft, Refusal> {
        let PayoutStep::Settle { bank_reference, .. } = &self.step else {
            return Err(not_open(payout, self.step.kind()));
        };
        let (subject, what) = (payout.id.0, "payment of this payout");
        require_new_bank_reference(books, subject, what, "/bank_reference", bank_reference)?;
        let moves = vec![entry(
            payout.payable(),
            payout.bank_account(),
            amount.minor(),
        )];
        Ok(Draft {
            bank_reference: Some(bank_reference.clone()),
            ..draft_of(payout, Kind::Payment, day, moves)
        })
    }
}

/// Give up a payout whose hold has run out before it was sent.
#[derive(Debug, Clone)]
pub struct ExpirePayout {
    /// The payout.
    pub payout: PayoutId,
    /// The first day on which it isn't held any more.
    pub today: Date,
}

impl ExpirePayout {
    fn step(&self) -> MovePayout {
        MovePayout {
            payout: self.payout,
            step: PayoutStep::Void {
                reason: "hold expired".to_owned(),
            },
        }
    }

    pub(super) fn home(&self) -> Home {
        self.step().home()
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        self.step().needs(books, needs);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (_, payout) = books.payout(self.payout)?;
        if payout.hold_expires_on >= self.today {
            return Err(Refusal::WrongState {
                what: "payout",
                state: "still held",
                command: "expiring",
                open: payout.state.open_moves(),
            });
        }
        self.step().decide(books, context)
    }
}

fn draft_of(payout: &Payout, kind: Kind, day: Date, moves: Vec<Move>) -> Draft {
    Draft {
        subject: Some(payout.id.0),
        ..Draft::new(payout.pledge, kind, day, moves)
    }
}

fn not_open(payout: &Payout, step: PayoutMove) -> Refusal {
    Refusal::WrongState {
        what: "payout",
        state: payout.state.as_str(),
        command: step.deed(),
        open: payout.state.open_moves(),
    }
}

/// What was paid is owed again and back at the bank; of what wasn't paid yet, nothing is posted.
fn came_back(payout: &Payout, reason: &str, day: Date) -> Result<Option<Draft>, Refusal> {
    if payout.state != PayoutState::Settled {
        return Ok(None);
    }
    if payout.paid == 0 {
        return Err(Refusal::WrongState {
            what: "payout",
            state: "settled, and its payment reversed",
            command: PayoutMove::Return.deed(),
            open: "What is still owed can be proposed anew.",
        });
    }
    let moves = vec![entry(payout.bank_account(), payout.payable(), payout.paid)];
    Ok(Some(Draft {
        reason: Some(reason.to_owned()),
        ..draft_of(payout, Kind::PaymentReturn, day, moves)
    }))
}

/// No more can be paid than is held.
fn require_within(payout: &Payout, amount: &Money) -> Result<(), Refusal> {
    require_same_unit(amount, payout.amount.unit())?;
    if amount.minor() <= payout.amount.minor() {
        return Ok(());
    }
    Err(Refusal::ExceedsPayout {
        held: payout.amount.clone(),
        requested: amount.clone(),
    })
}

/// Whoever approves didn't propose, and whoever sends didn't approve.
fn require_other_person(
    payout: &Payout,
    step: PayoutMove,
    context: &Context,
) -> Result<(), Refusal> {
    let (last, did) = match step {
        PayoutMove::Approve => (Some(&payout.proposed_by), "proposed"),
        PayoutMove::Send => (payout.approved_by.as_ref(), "approved"),
        PayoutMove::Settle | PayoutMove::Return | PayoutMove::Void => (None, ""),
    };
    match last {
        Some(last) if *last == context.actor => Err(Refusal::SamePerson {
            what: "payout",
            did,
            actor: context.actor.clone(),
            command: step.deed(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn decided(
    book: &PledgeBook,
    moved: Payout,
    draft: Option<Draft>,
    holds: Vec<HoldChange>,
    context: &Context,
) -> Result<Decision, Refusal> {
    if let Some(draft) = &draft {
        book.check_with(draft, &holds)?;
    }
    let happened = Event::PayoutMoved(PayoutEvent {
        payout: moved.clone(),
        actor: context.actor.clone(),
        posts: draft.is_some(),
    });
    let journal = draft.as_ref().map(|_| context.journal);
    let events = [happened]
        .into_iter()
        .chain(held_events(moved.pledge, holds));
    Ok(Decision {
        events: events.collect(),
        draft,
        outcome: Outcome::Payout {
            payout: moved,
            journal,
        },
    })
}
