//! What of a line of spend no purse covered, charged to its market once that has budget
//! (Dr 5220.m Cr 1900; Dr 3120.m Cr 4910).
//!
//! What a line has in suspense is what its latest report left there, less what was cleared of it
//! since; so much can be cleared, in parts or at once. It counts from the line's day on, as only
//! then something was in suspense. A later report of less takes what is still in suspense out
//! first, then gives back to the market's budget what was charged to it.

use time::Date;

use super::require::entry;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::id::SpendLineId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::refusal::Refusal;
use crate::domain::spend::SpendLine;
use crate::domain::unit::Unit;

/// Charge what of a line of spend is in suspense to its market's budget.
#[derive(Debug, Clone)]
pub struct ClearSuspense {
    /// A report of the campaign's day.
    pub line: SpendLineId,
    /// How much; all that the line has in suspense, if nothing is said.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Option<Document>,
    /// When it counts.
    pub effective_date: Date,
}

/// What was cleared of a line of spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The line as it then stands.
    pub line: SpendLine,
    /// How much, in minor digits.
    pub amount: i64,
    /// When it counts.
    pub effective_date: Date,
}

/// The currency a campaign's cash is counted in. Nothing is in suspense if the pledge has none.
fn currency<'a>(book: &'a PledgeBook, terms: &Obligation) -> Option<&'a Unit> {
    let mut units = book.pledge.split.iter().map(Money::unit);
    units.find(|unit| unit.code() == terms.amount.unit().currency())
}

impl ClearSuspense {
    /// How much is asked for.
    fn minor(&self, line: &SpendLine) -> i64 {
        self.amount.as_ref().map_or(line.suspended, Money::minor)
    }

    fn moves(&self, line: &SpendLine, terms: &Obligation, unit: &Unit) -> Vec<Move> {
        let amount = self.minor(line);
        let cost = AccountKey::market(Code::OverspillCost, unit, terms.market);
        let suspense = AccountKey::plain(Code::Suspense, unit);
        let budget = AccountKey::market(Code::CashMarket, unit, terms.market);
        let released = AccountKey::plain(Code::CashReleased, unit);
        vec![
            entry(cost, suspense, amount),
            entry(budget, released, amount),
        ]
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::SpendLine, self.line.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(line) = needs.spend_line(books, self.line) else {
            return;
        };
        let terms = books
            .obligations
            .get(&line.obligation)
            .and_then(Option::as_ref);
        let book = books.pledges.get(&line.pledge).and_then(Option::as_ref);
        if let (Some(book), Some(terms)) = (book, terms)
            && let Some(unit) = currency(book, terms)
        {
            let moves = self.moves(line, terms, unit);
            needs.moves(books, line.pledge, moves, self.effective_date);
        }
    }

    fn check(&self, line: &SpendLine, unit: &Unit) -> Result<(), Refusal> {
        if let Some(amount) = self.amount.as_ref().filter(|it| it.unit() != unit) {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: amount.unit().to_string(),
                expected: unit.to_string(),
            });
        }
        if self.effective_date < line.day {
            return Err(Refusal::EndsBeforeStart {
                pointer: "/effective_date",
                starts_on: line.day,
                ends_on: self.effective_date,
            });
        }
        if line.suspended == 0 {
            return Err(nothing_suspended());
        }
        match self.minor(line) <= line.suspended {
            true => Ok(()),
            false => Err(Refusal::ExceedsSuspended {
                suspended: Money::from_minor(line.suspended, unit.clone()),
                requested: Money::from_minor(self.minor(line), unit.clone()),
            }),
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let line = books.spend_line(self.line)?;
        let (book, terms) = books.obligation(line.obligation)?;
        let unit = currency(book, terms).ok_or_else(nothing_suspended)?;
        self.check(line, unit)?;
        let day = self.effective_date;
        let draft = Draft {
            subject: Some(line.ad_account.0),
            reason: Some(self.reason.clone()),
            document: self.document.clone(),
            ..Draft::new(
                line.pledge,
                Kind::SuspenseClearing,
                day,
                self.moves(line, terms, unit),
            )
        };
        book.check(&draft)?;
        let amount = self.minor(line);
        let mut changed = line.clone();
        changed.suspended -= amount;
        let money = |minor| Money::from_minor(minor, unit.clone());
        let outcome = Outcome::SuspenseClearing {
            line: changed.id,
            amount: money(amount),
            left: money(changed.suspended),
            effective_date: day,
            journal: context.journal,
        };
        let cleared = Cleared {
            line: changed,
            amount,
            effective_date: day,
        };
        Ok(Decision {
            events: vec![Event::SuspenseCleared(context.journal, cleared)],
            draft: Some(draft),
            outcome,
        })
    }
}

fn nothing_suspended() -> Refusal {
    Refusal::WrongState {
        what: "line of spend",
        state: "not in suspense",
        command: "clearing it",
        open: "It is open while cash that no purse covered is left of its latest report.",
    }
}
