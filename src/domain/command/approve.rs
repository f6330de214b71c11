//! Deciding an approval: approving what waits, rejecting it, taking it back, or letting it expire.
//!
//! What is approved is decided anew, as if it had just been asked for, under the pledge's lock and
//! as its maker. Only if that comes to what was shown is it posted. What was held for it counts as
//! free while it is decided.

use time::OffsetDateTime;

use super::settle::{Mandate, Settled, shown};
use super::{Command, Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::approval::{Approval, ApprovalState, Decided, Witness};
use crate::domain::books::{Books, Reserved};
use crate::domain::hold::HoldChange;
use crate::domain::id::{ApprovalId, JournalId};
use crate::domain::person::Person;
use crate::domain::refusal::{ApprovalRefusal, Refusal};

/// What is decided of an approval.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Somebody else agrees to what it would post.
    Approve {
        /// The digest of what they saw.
        digest: String,
        /// What was asked for, read again from the request.
        inner: Box<Command>,
        /// How it is shown.
        witness: Witness,
    },
    /// Somebody else says no.
    Reject {
        /// Why.
        reason: String,
    },
    /// Its maker takes it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Nobody decided in time.
    Expire,
}

/// Decide an approval.
#[derive(Debug, Clone)]
pub struct DecideApproval {
    /// The approval.
    pub approval: ApprovalId,
    /// What is decided of it.
    pub verdict: Verdict,
}

impl Verdict {
    /// As the subject of a sentence.
    fn deed(&self) -> &'static str {
        match self {
            Verdict::Approve { .. } => "approving",
            Verdict::Reject { .. } => "rejecting",
            Verdict::Withdraw { .. } => "withdrawing",
            Verdict::Expire => "expiring",
        }
    }

    fn state(&self) -> ApprovalState {
        match self {
            Verdict::Approve { .. } => ApprovalState::Approved,
            Verdict::Reject { .. } => ApprovalState::Rejected,
            Verdict::Withdraw { .. } => ApprovalState::Withdrawn,
            Verdict::Expire => ApprovalState::Expired,
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Verdict::Reject { reason } | Verdict::Withdraw { reason } => Some(reason.clone()),
            Verdict::Approve { .. } | Verdict::Expire => None,
        }
    }
}

impl DecideApproval {
    /// What was asked for, if it is approved.
    pub(super) fn inner(&self) -> Option<&Command> {
        match &self.verdict {
            Verdict::Approve { inner, .. } => Some(inner),
            Verdict::Reject { .. } | Verdict::Withdraw { .. } | Verdict::Expire => None,
        }
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Approval, self.approval.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        match books.approvals.get(&self.approval) {
            None => _ = needs.approvals.insert(self.approval),
            Some(None) => {}
            Some(Some(Reserved { approval, keys })) => {
                if let Some(Some(book)) = books.pledges.get(&approval.pledge) {
                    needs.holds(book, self.approval.0);
                }
                let keys = keys.iter().cloned();
                needs.accounts(books, approval.pledge, keys, time::Date::MAX);
            }
        }
        if let Some(inner) = self.inner() {
            inner.needs(books, needs);
        }
    }

    /// Decides, with what is held for it free meanwhile.
    pub(super) fn settle(&self, books: &mut Books, context: &Context) -> Result<Settled, Refusal> {
        books.free(self.approval);
        let decided = self.decide(books, context);
        books.hold_again(self.approval);
        let decision = decided?;
        let Outcome::Approval { approval, .. } = &decision.outcome else {
            return Ok(Settled {
                decision,
                mandate: None,
                needed: 0,
            });
        };
        let mandate = Mandate {
            approval: approval.id,
            maker: approval.maker.clone(),
        };
        Ok(Settled {
            mandate: Some(mandate),
            needed: 0,
            decision,
        })
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let Reserved { approval, keys } = books.approval(self.approval)?;
        self.require_open(approval, context.now)?;
        self.require_person(approval, &context.person())?;
        let mut approval = approval.clone();
        let mut decided = Decided {
            seq: i16::try_from(approval.decisions.len() + 1).unwrap_or(i16::MAX),
            verdict: self.verdict.state(),
            by: context.person(),
            at: context.now,
            reason: self.verdict.reason(),
            result: None,
        };
        let mut posted = self.approved(books, &approval, context)?;
        let enough = approval.approvals() + 1 >= approval.needed;
        if !enough {
            posted = None; // it would still be so; others have yet to agree
        }
        if let Some((decision, told)) = &posted {
            decided.result = Some(told.clone());
            let journal = decision.draft.as_ref().map(|_| context.journal);
            approval.journal = journal;
        }
        approval.decisions.push(decided.clone());
        let ends = approval.ended().is_some();
        let free = keys.iter().filter(|_| ends).map(|key| {
            let change = HoldChange {
                subject: approval.id.0,
                key: key.clone(),
                amount: 0,
                expires_on: None,
            };
            Event::Held(approval.pledge, change)
        });
        let event = Event::ApprovalDecided(approval.pledge, approval.id, decided);
        let mut events: Vec<Event> = [event].into_iter().chain(free).collect();
        let mut draft = None;
        if let Some((decision, _)) = posted {
            draft = decision.draft;
            events.extend(decision.events);
        }
        Ok(Decision {
            events,
            draft,
            outcome: Outcome::Approval {
                approval: Box::new(approval),
                at: context.now,
            },
        })
    }

    /// What would be posted by what is approved, and what its maker is told, if it is what was
    /// shown.
    fn approved(
        &self,
        books: &Books,
        approval: &Approval,
        context: &Context,
    ) -> Result<Option<(Decision, String)>, Refusal> {
        let Verdict::Approve {
            digest,
            inner,
            witness,
        } = &self.verdict
        else {
            return Ok(None);
        };
        if *digest != approval.shown.digest {
            let approval = approval.id;
            return Err(ApprovalRefusal::NotAsShown { approval }.into());
        }
        let as_maker = Context {
            actor: approval.maker.name.clone(),
            identity: approval.maker.identity.clone().unwrap_or_default(),
            by_controller: approval.by_controller,
            ..context.clone()
        };
        let decision = inner.decide(books, &as_maker)?;
        decision.require_open_periods(books, as_maker.by_controller)?;
        let (drafts, now) = shown(inner, &decision, witness);
        if now.digest != approval.shown.digest {
            return Err(ApprovalRefusal::Outdated {
                approval: approval.id,
                waits: approval.summary.clone(),
                now: inner.summary(approval.action, &drafts),
            }
            .into());
        }
        let told = (witness.tell)(&decision.outcome);
        Ok(Some((
            decision,
            String::from_utf8_lossy(&told).into_owned(),
        )))
    }

    fn require_open(&self, approval: &Approval, now: OffsetDateTime) -> Result<(), Refusal> {
        let state = approval.state(now);
        let open = match self.verdict {
            Verdict::Approve { .. } | Verdict::Reject { .. } | Verdict::Withdraw { .. } => {
                state == ApprovalState::Pending
            }
            Verdict::Expire => state == ApprovalState::Expired && approval.ended().is_none(),
        };
        match open {
            true => Ok(()),
            false => Err(Refusal::WrongState {
                what: "approval",
                state: state.as_str(),
                command: self.verdict.deed(),
                open: state.open(),
            }),
        }
    }

    /// Whoever approves or rejects didn't ask for it, nor decide of it before; only its maker takes
    /// it back.
    fn require_person(&self, approval: &Approval, by: &Person) -> Result<(), Refusal> {
        let makes = approval.maker.is(by);
        let mut before = approval.decisions.iter();
        let did = match &self.verdict {
            Verdict::Expire => return Ok(()),
            Verdict::Withdraw { .. } if makes => return Ok(()),
            Verdict::Withdraw { .. } => "did not ask for",
            Verdict::Approve { .. } | Verdict::Reject { .. } if makes => "asked for",
            Verdict::Approve { .. } | Verdict::Reject { .. } => {
                match before.any(|it| it.by.is(by)) {
                    true => "approved",
                    false => return Ok(()),
                }
            }
        };
        Err(Refusal::SamePerson {
            what: "approval",
            did,
            actor: by.name.clone(),
            command: self.verdict.deed(),
        })
    }

    /// The id of the journal it posts, where that is given with what was asked for.
    pub(super) fn journal(&self) -> Option<JournalId> {
        self.inner()?.journal()
    }
}
