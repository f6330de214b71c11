//! The end of credits: they lapse when their lot's life ends, or the platform takes them back
//! (Dr 5910 Cr 1310 or 1320; Dr 32xx Cr 4930).
//!
//! **From the lot.** The pool (1310) loses first, then ad accounts (1320) in the order of their
//! ids, each only what isn't held: held is spend that was in time and is still to become final.
//!
//! **From the purses.** What is least committed loses first: what is unallocated (3210), then the
//! budgets of the markets the lot is for (3220), then what is allocated to creators (3230), then
//! what campaigns are bound by (3240); within each by the pledge's order of markets, then by the
//! ids of creators and obligations; each only what isn't held. A loss is the market's (5910 by
//! market) whose purse it was, and nobody's (5910) where it was unallocated. If these purses don't
//! cover it, credits of the lot were promised to markets it isn't for: then what they cover lapses
//! and the rest waits until somebody gives budget back, and no revocation goes beyond them.
//!
//! **When.** A lot has ended for what is in an ad account once its last day has ended in the
//! account's time zone; for what is in the pool, once it has ended in UTC. The lapse counts from
//! the day after the last one, however late it is noticed. If the purses were used since, so that
//! some day between then and now would become negative, it counts from the first day that holds.
//!
//! A journal takes from at most [`MOST_PURSES`] purses. Expiring again goes on with what is left,
//! so it can be repeated at any time; once nothing is left it is refused and changes nothing.

use time::Date;

use super::require::entry;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::id::LotId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::lot::{LotStanding, parts};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;

/// A journal takes from at most so many purses.
pub const MOST_PURSES: usize = 1_000;

/// Let lapse what has ended of a lot.
#[derive(Debug, Clone)]
pub struct ExpireLot {
    /// The lot.
    pub lot: LotId,
}

/// Record that the platform took credits back.
#[derive(Debug, Clone)]
pub struct RevokeLot {
    /// The lot.
    pub lot: LotId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// The platform's notice.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// Accounts with what each can give.
type Sources = Vec<(AccountKey, i64)>;

fn total(sources: &Sources) -> i64 {
    sources.iter().map(|(_, available)| available).sum()
}

fn with_available(book: &PledgeBook, keys: impl IntoIterator<Item = AccountKey>) -> Sources {
    let known = keys.into_iter().map(|key| {
        let available = book.available(&key);
        (key, available)
    });
    known.filter(|(_, available)| *available > 0).collect()
}

/// Whether the purse may lose credits of the lot.
fn may_lose(standing: &LotStanding, key: &AccountKey) -> bool {
    let purses = [
        Code::CreditsFunded,
        Code::CreditsMarket,
        Code::CreditsCreator,
        Code::CreditsObligated,
    ];
    let lot = &standing.lot;
    purses.contains(&key.code)
        && key.unit == *lot.face.unit()
        && key.market.is_none_or(|market| lot.is_for(market))
}

/// The purses that lose, in the order they do.
fn purses(book: &PledgeBook, standing: &LotStanding) -> Sources {
    let keys = book.accounts.keys();
    let own = keys.filter(|key| may_lose(standing, key)).cloned();
    let mut purses = with_available(book, own);
    let markets = &book.pledge.markets;
    purses.sort_by_key(|(key, _)| {
        let place = markets
            .iter()
            .position(|market| Some(*market) == key.market);
        let (creator, obligation) = (key.creator.map(|id| id.0), key.obligation.map(|id| id.0));
        (key.code, place, creator, obligation)
    });
    purses.truncate(MOST_PURSES);
    purses
}

fn loss(purse: &AccountKey) -> AccountKey {
    AccountKey {
        market: purse.market,
        ..AccountKey::plain(Code::CreditsLost, &purse.unit)
    }
}

/// What moves when that much of the parts is lost to the purses, both of which cover it.
fn moves(mut parts: Sources, purses: &Sources, amount: i64) -> Vec<Move> {
    let mut lost: Vec<Move> = Vec::new();
    let mut released = Vec::new();
    let (mut left, mut at) = (amount, 0);
    for (purse, available) in purses {
        let mut taken = left.min(*available);
        if taken == 0 {
            break;
        }
        left -= taken;
        let lapsed = AccountKey::plain(Code::Lapsed, &purse.unit);
        released.push(entry(purse.clone(), lapsed, taken));
        let loss = loss(purse);
        while let Some((part, rest)) = parts.get_mut(at).filter(|_| taken > 0) {
            let now = taken.min(*rest);
            match lost.last_mut() {
                Some(last) if last.debit == loss && last.credit == *part => last.amount += now,
                _ => lost.push(entry(loss.clone(), part.clone(), now)),
            }
            (taken, *rest) = (taken - now, *rest - now);
            if *rest == 0 {
                at += 1;
            }
        }
    }
    lost.append(&mut released);
    lost
}

/// The accounts a loss effective on `day` may touch.
fn touch(books: &Books, needs: &mut Needs, id: LotId, day: impl Fn(&LotStanding) -> Date) {
    if books.is_located(Thing::Lot, id.0) {
        touch_lot(books, needs, id, day);
    }
}

fn touch_lot(books: &Books, needs: &mut Needs, id: LotId, day: impl Fn(&LotStanding) -> Date) {
    needs.lot(books, id);
    let Ok((book, standing)) = books.lot(id) else {
        return;
    };
    needs.instalments(book);
    let unit = standing.lot.face.unit();
    let mut keys: Vec<AccountKey> = standing.purses.iter().map(loss).collect();
    keys.push(AccountKey::plain(Code::CreditsLost, unit));
    keys.push(AccountKey::plain(Code::Lapsed, unit));
    keys.extend_from_slice(&standing.parts);
    keys.extend_from_slice(&standing.purses);
    needs.accounts(books, book.pledge.id, keys, day(standing));
}

/// Before its condition is met, what came of an instalment is the donor's still: no purse has it.
fn require_own(
    book: &PledgeBook,
    standing: &LotStanding,
    command: &'static str,
) -> Result<(), Refusal> {
    let instalment = book.instalment(standing.lot.instalment);
    if !instalment.is_some_and(|it| it.awaits_condition()) {
        return Ok(());
    }
    Err(Refusal::WrongState {
        what: "lot",
        state: "conditional",
        command,
        open: "It is in no purse until the condition of its instalment is met.",
    })
}

/// What came of a loss.
fn decided(standing: &LotStanding, book: &PledgeBook, draft: Draft, context: &Context) -> Decision {
    let mut lot = standing.lot.clone();
    lot.figures = standing.figures(book);
    let mut amount = 0;
    for movement in &draft.moves {
        if movement.credit.code == Code::CreditPool {
            lot.figures.in_pool -= movement.amount;
        } else if movement.credit.code == Code::CreditPlaced {
            lot.figures.placed -= movement.amount;
        } else {
            continue; // a purse's side of it
        }
        amount += movement.amount;
    }
    let lost = match draft.kind == Kind::Revocation {
        true => &mut lot.figures.revoked,
        false => &mut lot.figures.lapsed,
    };
    *lost += amount;
    lot.figures.ended_by = Some(draft.kind);
    Decision {
        events: vec![Event::LotChanged(lot.clone())],
        outcome: Outcome::CreditsLost {
            amount: Money::from_minor(amount, lot.face.unit().clone()),
            reason: draft.reason.clone(),
            effective_date: draft.effective_date,
            journal: context.journal,
            lot,
        },
        draft: Some(draft),
    }
}

impl ExpireLot {
    fn day(standing: &LotStanding) -> Date {
        let last = standing.lot.ends_on();
        last.next_day().unwrap_or(last)
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Lot, self.lot.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(books, needs, self.lot, Self::day);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, standing) = books.lot(self.lot)?;
        require_own(book, standing, "expiring")?;
        let all = parts(book, self.lot).into_iter();
        let ended = all.filter(|part| standing.has_ended(part.ad_account));
        let ended = with_available(book, ended);
        if ended.is_empty() {
            return Err(Refusal::WrongState {
                what: "lot",
                state: standing.lot.state().as_str(),
                command: "expiring",
                open: "Nothing of it has ended that was neither used nor is held.",
            });
        }
        let purses = purses(book, standing);
        let amount = total(&ended).min(total(&purses));
        if amount == 0 {
            let unit = standing.lot.face.unit();
            return Err(Refusal::ExceedsPurses {
                available: Money::from_minor(0, unit.clone()),
                requested: Money::from_minor(total(&ended), unit.clone()),
            });
        }
        let moves = moves(ended, &purses, amount);
        let draft = Draft {
            subject: Some(self.lot.0),
            ..Draft::new(book.pledge.id, Kind::Expiry, Self::day(standing), moves)
        };
        let draft = from_first_day(draft, |draft| book.check(draft))?;
        Ok(decided(standing, book, draft, context))
    }
}

/// The draft from the first day on from which nothing becomes negative by it.
fn from_first_day(
    mut draft: Draft,
    check: impl Fn(&Draft) -> Result<(), Refusal>,
) -> Result<Draft, Refusal> {
    loop {
        let Err(refusal) = check(&draft) else {
            return Ok(draft);
        };
        // It is the day after the worst.
        let worst = match &refusal {
            Refusal::BackdatedOverdraft { day, .. } => day.next_day(),
            _ => None,
        };
        match worst {
            Some(next) if next > draft.effective_date => draft.effective_date = next,
            _ => return Err(refusal),
        }
    }
}

/// What has to be known before [`lapse_at_once`].
pub(super) fn need_lapse(books: &Books, needs: &mut Needs, lot: LotId) {
    touch_lot(books, needs, lot, ExpireLot::day);
}

/// The lapse of what comes back to an account of a lot that has ended, by a posting that goes
/// before it: as far as purses cover it that the lots before, by `taken`, don't take from. The rest
/// waits, as ever.
pub(super) fn lapse_at_once(
    books: &Books,
    lot: LotId,
    (part, amount): (AccountKey, i64),
    taken: &mut Vec<Move>,
) -> Option<Draft> {
    let (book, standing) = books.lot(lot).ok()?;
    let mut purses = purses(book, standing);
    for (purse, available) in &mut purses {
        let own = taken.iter().filter(|it| it.debit == *purse);
        *available -= own.map(|it| it.amount).sum::<i64>();
    }
    purses.retain(|(_, available)| *available > 0);
    let amount = amount.min(total(&purses));
    if amount == 0 {
        return None;
    }
    let moves = moves(vec![(part, amount)], &purses, amount);
    let draft = Draft {
        subject: Some(lot.0),
        ..Draft::new(
            book.pledge.id,
            Kind::Expiry,
            ExpireLot::day(standing),
            moves,
        )
    };
    let from_purses = |draft: &Draft| {
        let moves = draft.moves.iter().chain(&*taken);
        let moves = moves.filter(|it| it.credit.code == Code::Lapsed).cloned();
        let moves = moves.collect();
        Draft::new(draft.pledge, draft.kind, draft.effective_date, moves)
    };
    let draft = from_first_day(draft, |draft| book.check(&from_purses(draft))).ok()?;
    taken.extend(draft.moves.iter().cloned());
    Some(draft)
}

impl RevokeLot {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Lot, self.lot.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        touch(books, needs, self.lot, |_| self.effective_date);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, standing) = books.lot(self.lot)?;
        let unit = standing.lot.face.unit();
        if self.amount.unit() != unit {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: self.amount.unit().to_string(),
                expected: unit.to_string(),
            });
        }
        require_own(book, standing, "revoking")?;
        let own = with_available(book, parts(book, self.lot));
        let purses = purses(book, standing);
        let requested = self.amount.clone();
        let available = Money::from_minor(total(&own), unit.clone());
        if requested.minor() > available.minor() {
            return Err(Refusal::ExceedsLot {
                available,
                requested,
            });
        }
        let available = Money::from_minor(total(&purses), unit.clone());
        if requested.minor() > available.minor() {
            return Err(Refusal::ExceedsPurses {
                available,
                requested,
            });
        }
        let moves = moves(own, &purses, self.amount.minor());
        let (pledge, day) = (book.pledge.id, self.effective_date);
        let draft = Draft {
            subject: Some(self.lot.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(pledge, Kind::Revocation, day, moves)
        };
        book.check(&draft)?;
        Ok(decided(standing, book, draft, context))
    }
}
