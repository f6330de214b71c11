//! What can be taken back of what was posted.
//!
//! A reversal moves back, line by line, what an earlier journal moved. It can be reversed itself,
//! which gives back to the earlier one what it took: so what is left of a journal depends on all
//! that came after it in its chain, and taking back a reversal needs what it took to be taken
//! still.

use time::Date;
use uuid::Uuid;

use super::account::AccountKey;
use super::id::{JournalId, PledgeId};
use super::journal::Kind;
use super::money::Money;

/// A posted journal, with what of it was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversible {
    /// Its id.
    pub id: JournalId,
    /// The pledge whose money moved.
    pub pledge: PledgeId,
    /// Its number within the pledge.
    pub number: i64,
    /// What happened.
    pub kind: Kind,
    /// When it counts.
    pub effective_date: Date,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// The journal it takes back, if it is a reversal or wins something back.
    pub reverses: Option<JournalId>,
    /// What moved, in the order of the lines.
    pub lines: Vec<ReversibleLine>,
}

/// A line of a posted journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversibleLine {
    /// Its place in the journal, or in the one that is reversed.
    pub line: i16,
    /// The account debited.
    pub debit: AccountKey,
    /// The account credited.
    pub credit: AccountKey,
    /// How much, in minor digits.
    pub amount: i64,
    /// How much of it was taken back, in minor digits.
    pub reversed: i64,
}

impl ReversibleLine {
    /// So many minor digits of its unit.
    pub fn money(&self, minor: i64) -> Money {
        Money::from_minor(minor, self.debit.unit.clone())
    }
}

impl Reversible {
    /// The line of that number.
    pub fn line(&self, line: i16) -> Option<&ReversibleLine> {
        self.lines.iter().find(|known| known.line == line)
    }

    /// Whether nothing is left of it.
    pub fn is_taken_back(&self) -> bool {
        self.lines.iter().all(|line| line.reversed == line.amount)
    }

    /// Notes that more of a line is taken back, or less.
    pub fn take_back(&mut self, line: i16, more: i64) {
        let own = self.lines.iter_mut().filter(|known| known.line == line);
        own.for_each(|known| known.reversed += more);
    }
}

/// A journal, then what it reverses, then what that reverses, to the first one.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    target: &'a Reversible,
    earlier: Vec<&'a Reversible>,
}

impl<'a> Chain<'a> {
    /// The chain of a journal, given each journal's reversed one.
    pub fn of(
        target: &'a Reversible,
        find: impl Fn(JournalId) -> Option<&'a Reversible>,
    ) -> Chain<'a> {
        let mut earlier = Vec::new();
        let mut next = target.reverses;
        while let Some(found) = next.and_then(&find) {
            earlier.push(found);
            next = found.reverses;
        }
        Chain { target, earlier }
    }

    /// The journal that is asked about.
    pub fn target(&self) -> &'a Reversible {
        self.target
    }

    /// The first journal, which takes nothing back.
    pub fn origin(&self) -> &'a Reversible {
        self.earlier.last().copied().unwrap_or(self.target)
    }

    /// Whether the journal that is asked about is itself a reversal.
    pub fn is_of_reversal(&self) -> bool {
        !self.earlier.is_empty()
    }

    /// Whether reversing takes back what the first journal did, rather than giving it back.
    pub fn takes_back(&self) -> bool {
        self.earlier.len().is_multiple_of(2)
    }

    /// The journals of the chain, with whether more of each is taken back by reversing the first
    /// one, or less.
    pub fn links(&self) -> impl Iterator<Item = (&'a Reversible, bool)> + '_ {
        let links = std::iter::once(self.target).chain(self.earlier.iter().copied());
        let links = links.enumerate();
        links.map(|(at, link)| (link, at.is_multiple_of(2)))
    }

    /// What can still be taken back of a line, in minor digits: of every journal whose line that
    /// takes from, the least that is left.
    pub fn left(&self, line: i16) -> i64 {
        let taken_from = self.links().filter(|(_, more)| *more);
        let lines = taken_from.filter_map(|(link, _)| link.line(line));
        let left = lines.map(|line| line.amount - line.reversed);
        left.min().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chart::Code;
    use crate::domain::unit::{Unit, UnitFacts, UnitKind};

    fn journal(number: u128, reverses: Option<u128>, amount: i64, reversed: i64) -> Reversible {
        let unit = Unit::new(UnitFacts {
            code: "USD".to_owned(),
            kind: UnitKind::Cash,
            minor_digits: 2,
            currency: "USD".to_owned(),
            platform: None,
            name: "US dollar".to_owned(),
        });
        let id = |number| JournalId(Uuid::from_u128(number));
        Reversible {
            id: id(number),
            pledge: PledgeId(Uuid::nil()),
            number: 1,
            kind: Kind::Budget,
            effective_date: Date::MIN,
            subject: None,
            bank_reference: None,
            reverses: reverses.map(id),
            lines: vec![ReversibleLine {
                line: 1,
                debit: AccountKey::plain(Code::CashFunded, &unit),
                credit: AccountKey::plain(Code::Reserve, &unit),
                amount,
                reversed,
            }],
        }
    }

    #[test]
    fn what_is_left_of_a_reversal_of_a_reversal_is_what_is_left_of_the_first_journal_at_most() {
        // 100, of which 70 were reversed, of which 40 were given back, and 60 reversed again.
        let all = [
            journal(1, None, 100, 90),
            journal(2, Some(1), 70, 40),
            journal(3, Some(2), 40, 0),
        ];
        let find = |id: JournalId| all.iter().find(|it| it.id == id);
        let chain = |at: usize| Chain::of(&all[at], find);
        assert_eq!(chain(0).left(1), 10);
        assert_eq!(chain(1).left(1), 30);
        // 40 were given back, but reversing that takes from the 10 that are left of the first.
        assert_eq!(chain(2).left(1), 10);
        assert_eq!(
            [0, 1, 2].map(|at| chain(at).takes_back()),
            [true, false, true]
        );
        assert_eq!(chain(2).origin().id, all[0].id);
        assert_eq!(chain(2).left(2), 0);
    }
}
