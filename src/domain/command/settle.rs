//! Whether what a command decides is done now, or waits for somebody else.

use foldhash::HashMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Command, Context, Decision, Event, Home, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::approval::{Action, Approval, Limit, Proposal, Shown, Witness};
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Side;
use crate::domain::hold::HoldChange;
use crate::domain::id::{ApprovalId, PledgeId};
use crate::domain::journal::Draft;
use crate::domain::money::Money;
use crate::domain::person::Person;
use crate::domain::refusal::{ApprovalRefusal, Refusal};
use crate::domain::unit::Unit;

/// What becomes of what needs approval.
#[derive(Debug, Clone, Copy)]
pub enum Unapproved<'a> {
    /// It waits, on these terms.
    Waits(&'a Proposal),
    /// It is refused: it is part of a whole, or nobody's request.
    IsRefused,
    /// It is only to be seen what it would come to.
    IsShown,
}

/// In whose name, and by which approval, something is done that somebody else decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// The approval.
    pub approval: ApprovalId,
    /// Who asked for it.
    pub maker: Person,
}

/// What comes of a command.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What happens.
    pub decision: Decision,
    /// In whose name, if not in that of who asks.
    pub mandate: Option<Mandate>,
    /// By how many others it has to be approved; none, if it is done at once.
    pub needed: i16,
}

/// That somebody else has to approve, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What would be done.
    pub action: Action,
    /// How much of what is above its threshold, or of what there is most.
    pub amount: Option<Money>,
    /// How many people it takes besides the maker.
    pub approvals: i16,
}

impl Command {
    /// Decides, and what needs approval waits instead. The books are as before, but for what is
    /// remembered while an approval is decided.
    pub fn settle(
        &self,
        books: &mut Books,
        context: &Context,
        unapproved: Unapproved<'_>,
    ) -> Result<Settled, Refusal> {
        if let Command::DecideApproval(it) = self {
            return it.settle(books, context);
        }
        let decision = self.decide(books, context)?;
        decision.require_open_periods(books, context.by_controller)?;
        let done = |decision, needed| Settled {
            decision,
            mandate: None,
            needed,
        };
        let Some((pledge, requirement)) = self.requirement(&decision, books, context.now) else {
            return Ok(done(decision, 0));
        };
        match unapproved {
            Unapproved::IsShown => Ok(done(decision, requirement.approvals)),
            Unapproved::IsRefused => {
                let Requirement { action, amount, .. } = requirement;
                Err(ApprovalRefusal::NotAtOnce { action, amount }.into())
            }
            Unapproved::Waits(proposal) => {
                let book = books.pledge(pledge)?;
                let drafts = self.drafts(&decision);
                let waiting = Waiting {
                    command: self,
                    proposal,
                    requirement,
                    drafts,
                    pledge,
                };
                let proposed = waiting.decision(&decision, book, context);
                Ok(done(proposed, 0))
            }
        }
    }

    /// Whether others have to approve what was decided of the pledge's money.
    fn requirement(
        &self,
        decision: &Decision,
        books: &Books,
        now: OffsetDateTime,
    ) -> Option<(PledgeId, Requirement)> {
        let action = self.action()?;
        let pledge = match self.home() {
            Home::Pledge(id) => id,
            Home::Of(thing, id) => *books.homes.get(&(thing, id))?,
            Home::Registry => return None,
        };
        let limits = &books.pledge(pledge).ok()?.limits;
        if limits.is_empty() && !action.takes_two() {
            return None;
        }
        let moved = decision.moved();
        let above = moved.iter().filter_map(|amount| {
            let unit = amount.unit().code();
            let limit = Limit::in_force(limits, action, unit, now.date())?;
            (amount.minor() > limit.above).then_some((limit.approvals, amount))
        });
        let (approvals, amount) = match above.max_by_key(|(approvals, _)| *approvals) {
            Some((approvals, amount)) => (approvals, Some(amount.clone())),
            None if action.takes_two() => (1, moved.first().cloned()),
            None => return None,
        };
        let requirement = Requirement {
            action,
            amount,
            approvals,
        };
        Some((pledge, requirement))
    }

    /// What a decision posts, in order. What it makes has no id yet, as it is another one each time
    /// the same is asked for.
    pub fn drafts(&self, decision: &Decision) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = decision.drafts().cloned().collect();
        if let Some(made) = self.makes() {
            for movement in drafts.iter_mut().flat_map(|draft| &mut draft.moves) {
                movement.debit.forget(made);
                movement.credit.forget(made);
            }
        }
        drafts
    }
}

impl AccountKey {
    /// Leaves the id of what would only be made out of the key.
    fn forget(&mut self, made: Uuid) {
        if let Some(lot) = self.lot.as_mut().filter(|id| id.0 == made) {
            lot.0 = Uuid::nil();
        }
        if let Some(obligation) = self.obligation.as_mut().filter(|id| id.0 == made) {
            obligation.0 = Uuid::nil();
        }
    }
}

impl Decision {
    /// What is posted, in order.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        let later = self.events.iter().filter_map(|event| match event {
            Event::Posted(draft) => Some(draft),
            _ => None,
        });
        self.draft.iter().chain(later)
    }

    /// What is newly held.
    fn held(&self) -> impl Iterator<Item = &HoldChange> {
        self.events.iter().filter_map(|event| match event {
            Event::Held(_, change) if change.amount > 0 => Some(change),
            _ => None,
        })
    }

    /// How much it moves of each unit: the most that any one account is debited, credited or held
    /// for. So what passes through several accounts counts once.
    pub fn moved(&self) -> Vec<Money> {
        let mut sums: HashMap<(&AccountKey, Option<Side>), i64> = HashMap::default();
        let mut count = |key, side, amount: i64| {
            let sum = sums.entry((key, side)).or_default();
            *sum = sum.saturating_add(amount);
        };
        for movement in self.drafts().flat_map(|draft| &draft.moves) {
            count(&movement.debit, Some(Side::Debit), movement.amount);
            count(&movement.credit, Some(Side::Credit), movement.amount);
        }
        for change in self.held() {
            count(&change.key, None, change.amount);
        }
        let mut most: Vec<(Unit, i64)> = Vec::with_capacity(1);
        for ((key, _), sum) in sums {
            match most.iter_mut().find(|(unit, _)| *unit == key.unit) {
                Some((_, most)) => *most = sum.max(*most),
                None => most.push((key.unit.clone(), sum)),
            }
        }
        most.sort_by(|a, b| a.0.code().cmp(b.0.code()));
        let money = |(unit, sum)| Money::from_minor(sum, unit);
        most.into_iter().map(money).collect()
    }

    /// What it takes from accounts that can't go against their side, each as it is now.
    fn takes<'a>(&'a self, book: &PledgeBook) -> Vec<(&'a AccountKey, i64)> {
        let mut nets: Vec<(&AccountKey, i64)> = Vec::new();
        let mut count = |key, change| match nets.iter_mut().find(|(known, _)| *known == key) {
            Some((_, net)) => *net += change,
            None => nets.push((key, change)),
        };
        for movement in self.drafts().flat_map(|draft| &draft.moves) {
            for (key, side) in [
                (&movement.debit, Side::Debit),
                (&movement.credit, Side::Credit),
            ] {
                let takes = key.code.side() != side;
                count(
                    key,
                    if takes {
                        movement.amount
                    } else {
                        -movement.amount
                    },
                );
            }
        }
        for change in self.held() {
            count(&change.key, change.amount);
        }
        nets.retain(|(key, net)| {
            *net > 0 && !key.code.may_overdraw() && book.account(key).is_some()
        });
        nets
    }
}

/// What is to wait.
struct Waiting<'a> {
    command: &'a Command,
    proposal: &'a Proposal,
    requirement: Requirement,
    drafts: Vec<Draft>,
    pledge: PledgeId,
}

impl Waiting<'_> {
    fn decision(self, decided: &Decision, book: &PledgeBook, context: &Context) -> Decision {
        let Witness { request, show, .. } = &self.proposal.witness;
        let days = Duration::days(self.proposal.expires_in_days.into());
        let takes = match self.proposal.reserve {
            true => decided.takes(book),
            false => Vec::new(),
        };
        let approval = Approval {
            id: ApprovalId(context.journal.0),
            pledge: self.pledge,
            action: self.requirement.action,
            amount: self.requirement.amount,
            maker: context.person(),
            by_controller: context.by_controller,
            request: self.proposal.request.clone(),
            shown: show(request, &self.drafts),
            summary: self.command.summary(self.requirement.action, &self.drafts),
            needed: self.requirement.approvals,
            reserved: !takes.is_empty(),
            proposed_at: context.now,
            expires_at: context.now + days,
            decisions: Vec::new(),
            journal: None,
        };
        let held = takes.into_iter().map(|(key, amount)| {
            let change = HoldChange {
                subject: approval.id.0,
                key: key.clone(),
                amount,
                expires_on: None,
            };
            Event::Held(self.pledge, change)
        });
        let held: Vec<Event> = held.collect();
        let approval = Box::new(approval);
        let proposed = Event::Proposed(approval.clone());
        Decision {
            events: [proposed].into_iter().chain(held).collect(),
            draft: None,
            outcome: Outcome::Approval {
                approval,
                at: context.now,
            },
        }
    }
}

impl Command {
    /// What would be done, in words.
    pub(super) fn summary(&self, action: Action, drafts: &[Draft]) -> String {
        let journals: Vec<_> = drafts.iter().map(in_words).collect();
        match self {
            Command::StateThreshold(it) => format!(
                "threshold of {}: {} above {} from {} on, {} to approve",
                it.pledge,
                it.action.as_str(),
                it.above,
                it.valid_from,
                it.approvals
            ),
            Command::ReopenPeriod(it) => format!(
                "months of {} from that of {} on are opened again: {}",
                it.pledge, it.month_end, it.reason
            ),
            Command::ProposePayout(it) => {
                format!("payout {} of {} to {}", it.reference, it.amount, it.creator)
            }
            _ if drafts.is_empty() => format!("{}, which posts nothing by itself", action.as_str()),
            _ => journals.join("; "),
        }
    }
}

/// What a draft would post, in words.
fn in_words(draft: &Draft) -> String {
    let moves = draft.moves.iter().map(|it| {
        let amount = Money::from_minor(it.amount, it.debit.unit.clone());
        let (debit, credit) = (place(&it.debit), place(&it.credit));
        format!("{amount} debit {debit} credit {credit}")
    });
    let moves: Vec<_> = moves.collect();
    let (kind, day) = (draft.kind.as_str(), draft.effective_date);
    format!("{kind} of {day}: {}", moves.join(", "))
}

/// An account's code, with its market if it has one.
fn place(key: &AccountKey) -> String {
    match key.market {
        Some(market) => format!("{}.{market}", key.code.as_str()),
        None => key.code.as_str().to_owned(),
    }
}

/// Shows what a command's decision would post.
pub(super) fn shown(
    command: &Command,
    decision: &Decision,
    witness: &Witness,
) -> (Vec<Draft>, Shown) {
    let drafts = command.drafts(decision);
    let shown = (witness.show)(&witness.request, &drafts);
    (drafts, shown)
}
