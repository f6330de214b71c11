//! What a reversal does to the things its first journal is about.
//!
//! | First journal | Is taken back of |
//! |---|---|
//! | receipt, lot issued | what the instalment received |
//! | write-off | what was written off of the instalment |
//! | condition met | the condition, if nothing came or was written off since |
//! | agreement | the signature, if nothing came, was written off or met since |
//! | allocation | the allocation: it is released |
//! | release | the release: the allocation holds it again |
//! | obligation, its release | the obligation's figures |
//!
//! A reversal of a reversal does the opposite. Whatever else moved is taken back by the postings
//! alone.

use super::Taken;
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Purses;
use crate::domain::command::{Event, Needs};
use crate::domain::id::{AllocationId, InstalmentId, ObligationId};
use crate::domain::journal::Kind;
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::pledge::Instalment;
use crate::domain::refusal::Refusal;
use crate::domain::reversal::{Chain, ReversibleLine};

/// What a journal did besides the posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// It had a pledge signed.
    Agreement,
    /// It had a condition met.
    Condition,
    /// Something came in on an instalment.
    Income,
    /// Something of an instalment will not come.
    WriteOff,
    /// It made an allocation.
    Allocation,
    /// It gave back part of one.
    Release,
    /// It bound part of an allocation.
    Binding,
    /// It gave back part of what was bound.
    Unbinding,
    /// Nothing.
    Posting,
    /// What can't be undone here, and what to do instead.
    OneWay(&'static str),
}

impl Concern {
    /// What the first journal of the chain did.
    pub(super) fn of(chain: &Chain<'_>) -> Concern {
        match chain.origin().kind {
            Kind::Agreement => Concern::Agreement,
            Kind::ConditionMet => Concern::Condition,
            Kind::Receipt | Kind::LotIssue => Concern::Income,
            Kind::WriteOff => Concern::WriteOff,
            Kind::Allocation => Concern::Allocation,
            Kind::Release => Concern::Release,
            Kind::Obligation => Concern::Binding,
            Kind::ObligationRelease | Kind::AdvanceReturn => Concern::Unbinding,
            Kind::Placement => {
                Concern::OneWay("credits in an ad account can't be had back from the platform.")
            }
            Kind::Payment => {
                Concern::OneWay("if the bank returned it, record the return of the payout.")
            }
            Kind::SupportCost
            | Kind::SupportCostDraw
            | Kind::Budget
            | Kind::BudgetReturn
            | Kind::Reversal
            | Kind::Invoice
            | Kind::PaymentReturn
            | Kind::Advance
            | Kind::Liquidation
            | Kind::Spend
            | Kind::AdTax
            | Kind::Overspill
            | Kind::PlatformPayment
            | Kind::Refund
            | Kind::Expiry
            | Kind::Revocation
            | Kind::ExpiryCorrection
            | Kind::Clawback
            | Kind::Recovery
            | Kind::BadDebt
            | Kind::DonorDue
            | Kind::DonorPayment
            | Kind::Reserve
            | Kind::ReserveReturn
            | Kind::TaxPayment
            | Kind::Suspense
            | Kind::Revaluation => Concern::Posting,
        }
    }

    /// Whether it says what is owed or has come of an instalment.
    pub(super) fn is_of_instalment(self) -> bool {
        match self {
            Concern::Agreement | Concern::Condition | Concern::Income | Concern::WriteOff => true,
            Concern::Allocation
            | Concern::Release
            | Concern::Binding
            | Concern::Unbinding
            | Concern::Posting
            | Concern::OneWay(_) => false,
        }
    }

    /// Whether it is so or not, with nothing in between.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Concern::Agreement | Concern::Condition => true,
            Concern::Income
            | Concern::WriteOff
            | Concern::Allocation
            | Concern::Release
            | Concern::Binding
            | Concern::Unbinding
            | Concern::Posting
            | Concern::OneWay(_) => false,
        }
    }
}

/// The side of a line that is the instalment's.
fn own_key(line: &ReversibleLine) -> Option<(&AccountKey, InstalmentId)> {
    let sides = [&line.debit, &line.credit].into_iter();
    sides.filter_map(|key| Some((key, key.instalment?))).next()
}

/// The allocation that the first journal made or released.
fn own_allocation(chain: &Chain<'_>) -> Option<AllocationId> {
    let origin = chain.origin();
    match Concern::of(chain) {
        Concern::Allocation => Some(AllocationId(origin.id.0)),
        Concern::Release => origin.subject.map(AllocationId),
        Concern::Agreement
        | Concern::Condition
        | Concern::Income
        | Concern::WriteOff
        | Concern::Binding
        | Concern::Unbinding
        | Concern::Posting
        | Concern::OneWay(_) => None,
    }
}

/// The obligations whose purses a line touches, with what they lose if it is taken back.
fn obligations(line: &ReversibleLine) -> impl Iterator<Item = (ObligationId, i64)> {
    let loses = line.credit.obligation.map(|id| (id, 1));
    let gains = line.debit.obligation.map(|id| (id, -1));
    loses.into_iter().chain(gains)
}

/// What has to be known of the things.
pub(super) fn needs(books: &Books, book: &PledgeBook, chain: &Chain<'_>, needs: &mut Needs) {
    if Concern::of(chain).is_of_instalment() {
        needs.instalments(book);
    }
    let allocation = own_allocation(chain);
    needs
        .allocations
        .extend(allocation.filter(|id| !books.allocations.contains_key(id)));
    for (id, _) in chain.target().lines.iter().flat_map(obligations) {
        needs.obligation(books, id);
    }
}

/// What happens to the things, or why it mustn't.
pub(super) fn of(
    books: &Books,
    book: &PledgeBook,
    chain: &Chain<'_>,
    taken: &[Taken<'_>],
) -> Result<Vec<Event>, Refusal> {
    match Concern::of(chain) {
        Concern::Agreement => unsign(book),
        Concern::Condition => unmeet(book, chain),
        Concern::Income => settle(book, chain, taken, |it| &mut it.received),
        Concern::WriteOff => settle(book, chain, taken, |it| &mut it.written_off),
        Concern::Allocation => reallocate(books, chain, taken, chain.takes_back()),
        Concern::Release => reallocate(books, chain, taken, !chain.takes_back()),
        Concern::Binding => Ok(bind(books, taken, |it, loses| it.obligated -= loses)),
        Concern::Unbinding => Ok(bind(books, taken, |it, loses| it.released += loses)),
        Concern::Posting | Concern::OneWay(_) => Ok(bind(books, taken, |_, _| {})),
    }
}

fn unsign(book: &PledgeBook) -> Result<Vec<Event>, Refusal> {
    let mut instalments = book.instalments.iter().flatten();
    let moved_on = instalments
        .any(|it| it.received > 0 || it.written_off > 0 || it.condition_met_on.is_some());
    if moved_on {
        return Err(Refusal::WrongState {
            what: "pledge",
            state: book.pledge.state.as_str(),
            command: "reversing its agreement",
            open: "Reverse first what was received, written off or met under it.",
        });
    }
    Ok(vec![Event::Unsigned(book.pledge.id)])
}

fn unmeet(book: &PledgeBook, chain: &Chain<'_>) -> Result<Vec<Event>, Refusal> {
    let lines = &chain.target().lines;
    let Some((_, id)) = lines.iter().find_map(own_key) else {
        return Ok(Vec::new());
    };
    let instalment = book.instalment(id).ok_or_else(|| absent(id))?;
    let receivable = |line: &&ReversibleLine| {
        let unit = instalment.amount.unit();
        line.debit.code == Purses::of(unit.kind()).receivable
    };
    let owed: i64 = lines.iter().filter(receivable).map(|it| it.amount).sum();
    if instalment.outstanding().minor() != owed {
        return Err(Refusal::WrongState {
            what: "instalment",
            state: instalment.state().as_str(),
            command: "reversing that its condition is met",
            open: "Reverse first what was received or written off since.",
        });
    }
    let mut changed = instalment.clone();
    changed.condition_met_on = None;
    changed.condition_document = None;
    Ok(vec![Event::InstalmentChanged(changed)])
}

fn absent(id: InstalmentId) -> Refusal {
    Refusal::NotFound {
        what: "instalment",
        id: id.to_string(),
    }
}

/// What came, or won't come, is less by what is taken back of it.
fn settle(
    book: &PledgeBook,
    chain: &Chain<'_>,
    taken: &[Taken<'_>],
    figure: impl Fn(&mut Instalment) -> &mut i64,
) -> Result<Vec<Event>, Refusal> {
    let own = taken.iter().filter_map(|it| {
        let (key, id) = own_key(it.line)?;
        Some((key, id, it.amount))
    });
    let own: Vec<_> = own.collect();
    let Some((key, id, _)) = own.first() else {
        return Ok(Vec::new());
    };
    let instalment = book.instalment(*id).ok_or_else(|| absent(*id))?;
    let amount: i64 = own.iter().map(|(_, _, amount)| amount).sum();
    let mut changed = instalment.clone();
    if chain.takes_back() {
        *figure(&mut changed) -= amount;
        return Ok(vec![Event::InstalmentChanged(changed)]);
    }
    *figure(&mut changed) += amount;
    let unit = instalment.amount.unit();
    if key.code == Purses::of(unit.kind()).advance && !instalment.awaits_condition() {
        return Err(Refusal::WrongState {
            what: "instalment",
            state: instalment.state().as_str(),
            command: "giving back what came before its condition was met",
            open: "Record anew what was received.",
        });
    }
    if changed.outstanding().minor() < 0 {
        return Err(Refusal::ExceedsOutstanding {
            pointer: "/amount",
            outstanding: instalment.outstanding(),
            requested: Money::from_minor(amount, unit.clone()),
        });
    }
    Ok(vec![Event::InstalmentChanged(changed)])
}

/// Taking an allocation back releases it, and taking a release back allocates it again.
fn reallocate(
    books: &Books,
    chain: &Chain<'_>,
    taken: &[Taken<'_>],
    releases: bool,
) -> Result<Vec<Event>, Refusal> {
    let Some(id) = own_allocation(chain) else {
        return Ok(Vec::new());
    };
    let (_, allocation) = books.allocation(id)?;
    let amount: i64 = taken.iter().map(|it| it.amount).sum();
    let remaining = allocation.remaining();
    if releases && amount > remaining.minor() {
        return Err(Refusal::ExceedsAllocation {
            requested: Money::from_minor(amount, remaining.unit().clone()),
            remaining,
        });
    }
    let mut changed = allocation.clone();
    changed.released += if releases { amount } else { -amount };
    Ok(vec![Event::Released(changed)])
}

/// Obligations as they are once their purses were moved back; `note` says what else that means.
fn bind(books: &Books, taken: &[Taken<'_>], note: impl Fn(&mut Obligation, i64)) -> Vec<Event> {
    let mut changed: Vec<Obligation> = Vec::new();
    for it in taken {
        for (id, sign) in obligations(it.line) {
            let known = changed.iter().position(|known| known.id == id);
            let place = known.or_else(|| {
                let (_, obligation) = books.obligation(id).ok()?;
                changed.push(obligation.clone());
                Some(changed.len() - 1)
            });
            let Some(obligation) = place.and_then(|at| changed.get_mut(at)) else {
                continue;
            };
            let loses = sign * it.amount;
            obligation.remaining -= loses;
            note(obligation, loses);
        }
    }
    changed.into_iter().map(Event::ObligationChanged).collect()
}
