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
//! | advance, what became of it | the hold on the obligation's purse that covers it |
//!
//! A reversal of a reversal does the opposite. Whatever else moved is taken back by the postings
//! alone.

use time::Date;

use super::Taken;
use super::concern::Concern;
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::{Code, Purses};
use crate::domain::command::{Event, Needs};
use crate::domain::hold::HoldChange;
use crate::domain::id::{AllocationId, InstalmentId, ObligationId};
use crate::domain::journal::Kind;
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::pledge::Instalment;
use crate::domain::refusal::Refusal;
use crate::domain::reversal::{Chain, ReversibleLine};

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
        | Concern::Advance(_)
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
pub(super) fn needs(
    books: &Books,
    book: &PledgeBook,
    chain: &Chain<'_>,
    day: Date,
    needs: &mut Needs,
) {
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
    if let Some(id) = own_advance(chain) {
        needs.obligation(books, id);
        needs.holds(book, id.0);
        if let Some(Some(known)) = books.obligations.get(&id) {
            needs.accounts(books, book.pledge.id, [known.purse()], day);
        }
    }
}

/// The obligation that the first journal paid in advance on, or accounted for.
fn own_advance(chain: &Chain<'_>) -> Option<ObligationId> {
    match Concern::of(chain) {
        Concern::Advance(_) => chain.origin().subject.map(ObligationId),
        Concern::Agreement
        | Concern::Condition
        | Concern::Income
        | Concern::WriteOff
        | Concern::Allocation
        | Concern::Release
        | Concern::Binding
        | Concern::Unbinding
        | Concern::Posting
        | Concern::OneWay(_) => None,
    }
}

/// What is still advanced stays covered: the hold on the obligation's purse follows it.
fn cover(
    books: &Books,
    book: &PledgeBook,
    chain: &Chain<'_>,
    taken: &[Taken<'_>],
    held: i64,
) -> Vec<Event> {
    let obligation = own_advance(chain).and_then(|id| books.obligations.get(&id)?.as_ref());
    let Some(obligation) = obligation else {
        return Vec::new();
    };
    let advanced = |it: &&Taken<'_>| {
        let sides = [it.line.debit.code, it.line.credit.code];
        sides.contains(&Code::Advances)
    };
    let moved: i64 = taken.iter().filter(advanced).map(|it| it.amount).sum();
    let sign = if chain.takes_back() { -held } else { held };
    let (subject, key) = (obligation.id.0, obligation.purse());
    let amount = book.held(subject, &key) + sign * moved;
    let change = HoldChange {
        subject,
        key,
        amount,
        expires_on: None,
    };
    let mut events = match chain.origin().kind {
        Kind::AdvanceReturn => bind(books, taken, |it, loses| it.released += loses),
        _ => bind(books, taken, |_, _| {}),
    };
    events.push(Event::Held(book.pledge.id, change));
    events
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
        Concern::Advance(held) => Ok(cover(books, book, chain, taken, held)),
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
