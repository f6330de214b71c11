//! What lapses and is won back, what is attributed to other lots, and what is cleared of suspense,
//! as the commands of a batch leave it to those after them.

use time::Date;

use super::Books;
use crate::domain::command::Cleared;
use crate::domain::id::{JournalId, LotId, ObligationId};
use crate::domain::journal::{Journal, Kind};
use crate::domain::reversal::{Reversible, ReversibleLine};
use crate::domain::spend::SpendLine;

impl Books {
    /// The expiries of a lot, in the order they were posted.
    pub fn lapses_of(&self, lot: LotId) -> impl DoubleEndedIterator<Item = &Reversible> {
        let known = self.lapses.get(&lot).map_or(&[][..], Vec::as_slice);
        known
            .iter()
            .filter_map(|id| self.journals.get(id)?.as_ref())
    }

    /// A line of spend stands in other lots from now on.
    pub(super) fn record_attribution(&mut self, journal: JournalId, line: SpendLine) {
        let at = (line.obligation, line.day);
        self.spend.insert(at, Some(line.clone()));
        self.changes.attributions.push((journal, line));
    }

    /// Less of a line of spend is in suspense from now on.
    pub(super) fn record_clearing(&mut self, journal: JournalId, cleared: Cleared) {
        let at = (cleared.line.obligation, cleared.line.day);
        self.spend.insert(at, Some(cleared.line.clone()));
        self.note_cleared(at, cleared.amount, cleared.effective_date);
        self.changes.clearings.push((journal, cleared));
    }

    /// So much was cleared of a campaign's day, as of then.
    pub fn note_cleared(&mut self, at: (ObligationId, Date), amount: i64, on: Date) {
        let known = self.cleared.entry(at).or_insert((0, on));
        *known = (known.0 + amount, known.1.max(on));
    }

    /// Notes a journal by which something lapsed or was won back: what was lost of the lot, what
    /// its obligations have left, and what can be won back of it from now on.
    pub(super) fn note_lapse(&mut self, journal: &Journal) {
        let draft = &journal.draft;
        let Some(lot) = draft.subject.map(LotId) else {
            return;
        };
        for movement in &draft.moves {
            for (key, more) in [(&movement.debit, 1), (&movement.credit, -1)] {
                if let Some(obligation) = key.obligation {
                    self.liquidate(obligation, more * movement.amount);
                }
            }
        }
        if let Some(Some(standing)) = self.lots.get_mut(&lot) {
            let own = draft.moves.iter();
            let lapsed = own.map(|it| match (it.debit.lot, it.credit.lot) {
                (None, Some(_)) => it.amount,
                (Some(_), None) => -it.amount,
                _ => 0,
            });
            standing.lot.figures.lapsed += lapsed.sum::<i64>();
        }
        if draft.kind == Kind::Expiry {
            self.lapses.entry(lot).or_default().push(journal.id);
            self.journals.insert(journal.id, Some(reversible(journal)));
        }
    }
}

/// A journal of which nothing was taken back yet.
fn reversible(journal: &Journal) -> Reversible {
    let lines = (1..).zip(&journal.draft.moves);
    let lines = lines.map(|(line, movement)| ReversibleLine {
        line,
        debit: movement.debit.clone(),
        credit: movement.credit.clone(),
        amount: movement.amount,
        reversed: 0,
    });
    Reversible {
        id: journal.id,
        pledge: journal.draft.pledge,
        number: journal.number,
        kind: journal.draft.kind,
        effective_date: journal.draft.effective_date,
        subject: journal.draft.subject,
        bank_reference: None,
        reverses: None,
        lines: lines.collect(),
    }
}
