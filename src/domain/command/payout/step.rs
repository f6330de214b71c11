//! Taking a payout one step on.

use time::Date;

use super::back::{came_back, require_returned};
use super::{held_events, holds};
use crate::domain::books::{Books, PledgeBook};
use crate::domain::command::require::{
    need_payment, payment, require_charge, require_new_bank_reference, require_same_unit,
};
use crate::domain::command::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::exchange::adds_to_carried;
use crate::domain::hold::HoldChange;
use crate::domain::id::PayoutId;
use crate::domain::journal::{Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::payout::{Hand, Payout, PayoutEvent, PayoutMove};
use crate::domain::refusal::Refusal;

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
        /// What the bank charged for it, if it is in another currency than the pledge's.
        charged: Option<Money>,
        /// The bank's reference.
        bank_reference: String,
        /// When it counts.
        effective_date: Date,
    },
    /// Record that it came back.
    Return {
        /// Why.
        reason: String,
        /// What the bank gave back, if that isn't what it charged.
        returned: Option<Money>,
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
    pub(in crate::domain::command) fn home(&self) -> Home {
        Home::Of(Thing::Payout, self.payout.0)
    }

    pub(in crate::domain::command) fn needs(&self, books: &Books, needs: &mut Needs) {
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
            let (owed, own) = (known.payable(), known.bank.unit());
            need_payment(books, needs, pledge, &owed, own, day);
        }
    }

    pub(in crate::domain::command) fn decide(
        &self,
        books: &Books,
        context: &Context,
    ) -> Result<Decision, Refusal> {
        let (book, payout) = books.payout(self.payout)?;
        let step = self.step.kind();
        if let PayoutStep::Settle {
            amount: Some(amount),
            ..
        } = &self.step
        {
            require_within(payout, amount)?;
        }
        let charged = self.charged(payout)?;
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
                moved.approve(context.person());
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
                ..
            } => {
                let amount = amount.as_ref().unwrap_or(&payout.amount);
                moved.paid = amount.minor();
                moved.charged = charged.minor();
                moved.bank_reference = Some(bank_reference.clone());
                require_new_payment(books, payout, bank_reference)?;
                let moves = payment(books, book, payout.payable(), amount.minor(), &charged);
                moved.carried = -adds_to_carried(&payout.payable(), &moves);
                let draft = Draft {
                    bank_reference: Some(bank_reference.clone()),
                    ..draft_of(payout, Kind::Payment, *effective_date, moves)
                };
                (Some(draft), holds(payout, 0, 0, None))
            }
            PayoutStep::Return {
                reason,
                returned,
                effective_date,
            } => {
                moved.paid = 0;
                let draft = came_back(book, payout, reason, returned.as_ref(), *effective_date)?;
                (draft, holds(payout, 0, 0, None))
            }
            PayoutStep::Void { .. } => (None, holds(payout, 0, 0, None)),
        };
        decided(book, moved, draft, holds, context)
    }

    /// What the bank charged, if this is a settlement. What a return says came back is checked.
    fn charged(&self, payout: &Payout) -> Result<Money, Refusal> {
        let own = payout.bank.unit();
        let nothing = Money::from_minor(0, own.clone());
        match &self.step {
            PayoutStep::Settle {
                amount, charged, ..
            } => {
                let amount = amount.as_ref().unwrap_or(&payout.amount);
                require_charge(amount, own, charged.as_ref())
            }
            PayoutStep::Return { returned, .. } => {
                require_returned(payout, returned.as_ref()).map(|()| nothing)
            }
            PayoutStep::Approve | PayoutStep::Send | PayoutStep::Void { .. } => Ok(nothing),
        }
    }
}

/// One payment of the bank's settles a payout once.
fn require_new_payment(books: &Books, payout: &Payout, reference: &str) -> Result<(), Refusal> {
    let (subject, what) = (payout.id.0, "payment of this payout");
    require_new_bank_reference(books, subject, what, "/bank_reference", reference)
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

    pub(in crate::domain::command) fn home(&self) -> Home {
        self.step().home()
    }

    pub(in crate::domain::command) fn needs(&self, books: &Books, needs: &mut Needs) {
        self.step().needs(books, needs);
    }

    pub(in crate::domain::command) fn decide(
        &self,
        books: &Books,
        context: &Context,
    ) -> Result<Decision, Refusal> {
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

pub(super) fn draft_of(payout: &Payout, kind: Kind, day: Date, moves: Vec<Move>) -> Draft {
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

/// Whoever approves didn't propose, and whoever sends did neither.
fn require_other_person(
    payout: &Payout,
    step: PayoutMove,
    context: &Context,
) -> Result<(), Refusal> {
    let concerns = |hand: &&Hand| match step {
        PayoutMove::Approve => !hand.approved,
        PayoutMove::Send => true,
        PayoutMove::Settle | PayoutMove::Return | PayoutMove::Void => false,
    };
    let by = context.person();
    let own = payout.hands.iter().filter(concerns);
    match own.rev().find(|hand| hand.who.is(&by)) {
        Some(hand) => Err(Refusal::SamePerson {
            what: "payout",
            did: if hand.approved {
                "approved"
            } else {
                "proposed"
            },
            actor: context.actor.clone(),
            command: step.deed(),
        }),
        None => Ok(()),
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
        by: context.person(),
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
