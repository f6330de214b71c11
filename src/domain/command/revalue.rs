//! Valuing what is owed in other currencies anew at a month's end.

use std::collections::BTreeMap;

use time::Date;

use super::agreement::require_signed;
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::exchange::{StatedRate, difference};
use crate::domain::id::PledgeId;
use crate::domain::journal::{Draft, Kind, Move, Reverses};
use crate::domain::money::Money;
use crate::domain::refusal::{ExchangeRefusal, Refusal, Shortage};
use crate::domain::revaluation::{OpenDebt, RatesWanted, Revaluation, Valued};
use crate::domain::unit::Unit;

/// Value what a pledge owes in other currencies anew at a month's end.
#[derive(Debug, Clone)]
pub struct RevaluePledge {
    /// Whose money.
    pub pledge: PledgeId,
    /// The month's last day.
    pub month_end: Date,
    /// By whose rates; whoever states the latest, if nobody is named and there is but one.
    pub source: Option<String>,
}

/// What came of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevaluedUnit {
    /// The currency.
    pub unit: Unit,
    /// The rate that was in force.
    pub rate: StatedRate,
    /// What was posted: a loss; or, if it is less than nothing, a gain.
    pub posted: Money,
    /// The accounts whose figures are new.
    pub accounts: Vec<Revaluation>,
}

impl RevaluedUnit {
    /// What it posts, as the journals of these numbers; the second takes the first back.
    fn drafts(&self, pledge: PledgeId, month_end: Date, number: i64) -> Option<[Draft; 2]> {
        let own = self.posted.unit();
        let reserve = AccountKey::plain(Code::Reserve, own);
        let moves = difference(Code::ExchangeUnrealised, &reserve, self.posted.minor());
        let back = moves.iter().map(|it| Move {
            debit: it.credit.clone(),
            credit: it.debit.clone(),
            amount: it.amount,
        });
        let back = back.collect();
        let next_day = month_end.next_day()?;
        let lines = (1..).take(moves.len()).collect();
        let month = format!("{}-{:02}", month_end.year(), u8::from(month_end.month()));
        let revaluation = Draft {
            subject: Some(pledge.0),
            ..Draft::new(pledge, Kind::Revaluation, month_end, moves)
        };
        let reversal = Draft {
            reason: Some(format!("The revaluation of {month} ends with the month")),
            reverses: Some(Reverses {
                journal: number,
                lines,
            }),
            ..Draft::new(pledge, Kind::Reversal, next_day, back)
        };
        (self.posted.minor() != 0).then_some([revaluation, reversal])
    }
}

impl RevaluePledge {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    fn rates_wanted(&self, own: &Unit, unit: &Unit) -> RatesWanted {
        let source = self.source.clone();
        (own.clone(), unit.clone(), self.month_end, source)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(Some(book)) = books.pledges.get(&self.pledge) else {
            return;
        };
        let Some(open) = books.open_debts.get(&(self.pledge, self.month_end)) else {
            needs.open_debts.insert((self.pledge, self.month_end));
            return;
        };
        let own = book.pledge.total.unit();
        for debt in open {
            let wanted = self.rates_wanted(own, &debt.key.unit);
            if !books.rates_in_force.contains_key(&wanted) {
                needs.rates_in_force.insert(wanted);
            }
        }
        let keys = own_accounts(own).into_iter();
        let keys = keys.chain(open.iter().map(|debt| debt.key.clone()));
        needs.accounts(books, self.pledge, keys, self.month_end);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let month_end = self.month_end;
        if context.now.date() <= month_end {
            return Err(ExchangeRefusal::MonthNotOver { month_end }.into());
        }
        require_signed(book, "revaluing")?;
        let kind = Kind::Revaluation;
        book.check(&Draft::new(self.pledge, kind, month_end, Vec::new()))?;
        let mut by_unit: BTreeMap<&str, Vec<&OpenDebt>> = BTreeMap::new();
        let open = books.open_debts.get(&(self.pledge, month_end));
        for debt in open.into_iter().flatten() {
            by_unit.entry(debt.key.unit.code()).or_default().push(debt);
        }
        let own = book.pledge.total.unit();
        let mut number = book.journals + 1;
        let (mut units, mut drafts, mut lost) = (Vec::new(), Vec::new(), 0);
        for debts in by_unit.into_values() {
            let mut unit = self.revalued(books, own, &debts)?;
            let posts = unit.drafts(self.pledge, month_end, number);
            if posts.is_some() {
                lost += unit.posted.minor();
                require_cover(book, &unit.posted, lost, month_end)?;
                let journal = Some(number);
                unit.accounts.iter_mut().for_each(|it| it.journal = journal);
                number += 2;
            }
            units.push(unit);
            drafts.push(posts);
        }
        Ok(self.decision(units, drafts))
    }

    /// The accounts of a unit, each valued by itself; those whose figures are as they were last
    /// time are left out.
    fn revalued(
        &self,
        books: &Books,
        own: &Unit,
        debts: &[&OpenDebt],
    ) -> Result<RevaluedUnit, Refusal> {
        let unit = &debts[0].key.unit;
        let rate = self.rate_in_force(books, own, unit)?;
        let (mut accounts, mut posted) = (Vec::new(), 0);
        for debt in debts {
            let owed = Money::from_minor(debt.owed, unit.clone());
            let valued = rate.worth(&owed, own);
            let valued = valued.ok_or_else(|| Refusal::BeyondRange(Box::new(debt.key.clone())))?;
            let figures = Valued {
                revision: debt.last.map_or(0, |last| last.revision) + 1,
                owed: debt.owed,
                carried: debt.carried,
                valued: valued.minor(),
            };
            let said = |it: &Valued| (it.owed, it.carried, it.valued);
            if debt.last.as_ref().map_or((0, 0, 0), said) == said(&figures) {
                continue;
            }
            let before = debt.last.map_or(0, |last| last.valued - last.carried);
            let account = Revaluation {
                pledge: self.pledge,
                key: debt.key.clone(),
                month_end: self.month_end,
                figures,
                rate: rate.clone(),
                journal: None,
            };
            posted += account.difference() - before;
            accounts.push(account);
        }
        Ok(RevaluedUnit {
            unit: unit.clone(),
            rate,
            posted: Money::from_minor(posted, own.clone()),
            accounts,
        })
    }

    /// The rate of the latest day, if there is one, and nobody else states that day.
    fn rate_in_force(&self, books: &Books, own: &Unit, unit: &Unit) -> Result<StatedRate, Refusal> {
        let wanted = self.rates_wanted(own, unit);
        let rates = books.rates_in_force.get(&wanted).map(Vec::as_slice);
        let rates = rates.unwrap_or_default();
        match rates {
            [] => Err(ExchangeRefusal::RateMissing {
                base: own.to_string(),
                quote: unit.to_string(),
                day: self.month_end,
                source_name: self.source.clone(),
            }
            .into()),
            [rate] => Ok(rate.clone()),
            [first, ..] => Err(ExchangeRefusal::RateAmbiguous {
                base: own.to_string(),
                quote: unit.to_string(),
                day: first.day,
                sources: rates.iter().map(|it| it.source.clone()).collect(),
            }
            .into()),
        }
    }

    /// For each unit in turn: its revaluation, its rate, its figures, and the reversal.
    fn decision(&self, units: Vec<RevaluedUnit>, drafts: Vec<Option<[Draft; 2]>>) -> Decision {
        let (mut draft, mut events) = (None, Vec::new());
        for (unit, posts) in units.iter().zip(drafts) {
            let rows = Event::Revalued(unit.accounts.clone());
            let Some([revaluation, reversal]) = posts else {
                events.push(rows);
                continue;
            };
            // The first of all is the decision's own.
            match draft {
                None => draft = Some(revaluation),
                Some(_) => events.push(Event::Posted(revaluation)),
            }
            let (quote, rate) = (unit.unit.clone(), unit.rate.clone());
            events.push(Event::RateStated(self.pledge, quote, rate));
            events.push(rows);
            events.push(Event::Posted(reversal));
        }
        Decision {
            events,
            draft,
            outcome: Outcome::Revaluation {
                pledge: self.pledge,
                month_end: self.month_end,
                units,
            },
        }
    }
}

/// The accounts a revaluation posts to.
fn own_accounts(own: &Unit) -> [AccountKey; 4] {
    [
        Code::ExchangeUnrealised,
        Code::CurrencyClearing,
        Code::Reserve,
        Code::CashReleased,
    ]
    .map(|code| AccountKey::plain(code, own))
}

/// What is lost must be in reserve, and what is gained have been released: now, and at the end of
/// the month's last day, where all the units' revaluations count together. It comes back the day
/// after, so no later day matters.
fn require_cover(
    book: &PledgeBook,
    posted: &Money,
    together: i64,
    month_end: Date,
) -> Result<(), Refusal> {
    let own = posted.unit();
    for (code, now, that_day) in [
        (Code::Reserve, posted.minor(), together),
        (Code::CashReleased, -posted.minor(), -together),
    ] {
        let key = AccountKey::plain(code, own);
        let money = |minor: i64| Money::from_minor(minor, own.clone());
        let shortage = |available: i64, requested: i64| {
            Box::new(Shortage {
                key: key.clone(),
                account: book.account(&key).map(|account| account.id),
                available: money(available.max(0)),
                requested: money(requested),
            })
        };
        let (available, closing) = (book.available(&key), book.closing_on(&key, month_end));
        if now > available.max(0) {
            return Err(Refusal::InsufficientFunds(shortage(available, now)));
        }
        if that_day > closing.max(0) {
            return Err(Refusal::BackdatedOverdraft {
                from: month_end,
                day: month_end,
                shortage: shortage(closing, that_day),
            });
        }
    }
    Ok(())
}
