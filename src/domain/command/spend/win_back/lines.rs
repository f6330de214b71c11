//! Which lines of expiries are taken back, so that what comes back does so where it was lost.

use std::collections::HashMap;

use time::Date;

use super::{Lapses, Win, loss};
use crate::domain::account::AccountKey;
use crate::domain::chart::Code;
use crate::domain::command::require::entry;
use crate::domain::id::LotId;
use crate::domain::reversal::{Reversible, ReversibleLine};
use crate::domain::spend::Campaign;

impl<'a> Lapses<'a> {
    /// What of a line isn't reversed and won't be won back.
    fn left(&self, expiry: &Reversible, line: &ReversibleLine) -> i64 {
        let won = self.won.get(&(expiry.number, line.line));
        let planned = self.wins.iter().filter(|it| it.expiry.id == expiry.id);
        let planned = planned.flat_map(|it| &it.lines);
        let planned = planned.filter(|(known, _)| known.line == line.line);
        let planned: i64 = planned.map(|(_, amount)| amount).sum();
        line.amount - line.reversed - won.copied().unwrap_or(0) - planned
    }

    /// What can be won back to an account, of each expiry of a lot; the latest first.
    pub(super) fn winnable(&self, lot: LotId, placed: &AccountKey) -> Vec<(&'a Reversible, i64)> {
        let books = self.books;
        let of = |expiry: &'a Reversible| {
            let own = expiry.lines.iter().filter(|line| line.credit == *placed);
            let left = own.map(|line| self.left(expiry, line)).sum::<i64>();
            (expiry, left)
        };
        let mut expiries: Vec<_> = books.lapses_of(lot).map(of).collect();
        expiries.retain(|(_, left)| *left > 0);
        expiries.sort_by_key(|(it, _)| std::cmp::Reverse((it.effective_date, it.number)));
        expiries
    }

    /// Chooses the lines by which `amount` comes back: as much of purses as of the account.
    pub(super) fn plan(
        &mut self,
        campaign: &Campaign,
        lot: LotId,
        winnable: &[(&'a Reversible, i64)],
        amount: i64,
    ) {
        let (purse, placed) = (campaign.purse(), campaign.placed(lot));
        let mut open = amount;
        for (expiry, left) in winnable {
            if open <= 0 {
                break;
            }
            let taken = open.min(*left);
            open -= taken;
            let mut lines = self.purses(expiry, &purse, taken);
            let mut parts = self.parts(expiry, |key| *key == placed, &lines);
            parts.append(&mut lines);
            self.wins.push(Win {
                expiry,
                lot,
                lines: parts,
                changes_places: false,
            });
        }
    }

    /// Lines of purses that come to `amount`: the campaign's own first, then those that lost last.
    fn purses(
        &self,
        expiry: &'a Reversible,
        own: &AccountKey,
        amount: i64,
    ) -> Vec<(&'a ReversibleLine, i64)> {
        let purses = expiry.lines.iter().rev();
        let purses = purses.filter(|line| line.credit.code == Code::Lapsed);
        let (first, then): (Vec<_>, Vec<_>) = purses.partition(|line| line.debit == *own);
        let mut open = amount;
        let mut taken = Vec::new();
        for line in first.into_iter().chain(then) {
            let now = open.min(self.left(expiry, line));
            open -= now;
            if now > 0 {
                taken.push((line, now));
            }
        }
        taken
    }

    /// Lines of the lot's accounts that come to as much as those of purses: by the loss that each
    /// purse had, as far as that was booked against them, then any; the pool before ad accounts.
    fn parts(
        &self,
        expiry: &'a Reversible,
        of: impl Fn(&AccountKey) -> bool,
        purses: &[(&'a ReversibleLine, i64)],
    ) -> Vec<(&'a ReversibleLine, i64)> {
        let own = expiry.lines.iter();
        let own = own.filter(|line| of(&line.credit));
        let mut parts: Vec<_> = own.map(|line| (line, self.left(expiry, line), 0)).collect();
        let mut open: i64 = purses.iter().map(|(_, amount)| amount).sum();
        let mut losses: HashMap<AccountKey, i64> = HashMap::new();
        for (line, amount) in purses {
            *losses.entry(loss(&line.debit)).or_default() += amount;
        }
        for exact in [true, false] {
            for (line, left, taken) in &mut parts {
                let own = losses.entry(line.debit.clone()).or_default();
                let now = if exact { *own } else { open }.min(*left).min(open);
                (*left, *taken) = (*left - now, *taken + now);
                (*own, open) = (*own - now, open - now);
            }
        }
        let taken = parts.into_iter().filter(|(_, _, taken)| *taken > 0);
        taken.map(|(line, _, taken)| (line, taken)).collect()
    }

    /// What other purses got back for the row at hand: from which day on, and how much.
    fn restored(&self, own: &AccountKey) -> Vec<(AccountKey, Date, i64)> {
        let all = self.wins.iter().flat_map(|win| {
            let day = win.expiry.effective_date;
            win.lines
                .iter()
                .map(move |(line, amount)| (line, day, *amount))
        });
        let purses =
            all.filter(|(line, ..)| line.credit.code == Code::Lapsed && line.debit != *own);
        purses
            .map(|(line, day, amount)| (line.debit.clone(), day, amount))
            .collect()
    }

    /// Wins back for the campaign's purse what it lost with other expiries, up to `amount`, of
    /// which as much lapses again from the purses that get something back for the row.
    pub(super) fn change_places(&mut self, own: &AccountKey, amount: i64) {
        let mut restored = self.restored(own);
        let total: i64 = restored.iter().map(|(_, _, amount)| amount).sum();
        let mut open = amount.min(total);
        let books = self.books;
        let all = books.lapses.keys().flat_map(|lot| books.lapses_of(*lot));
        let mut expiries: Vec<&Reversible> = all.collect();
        expiries.sort_by_key(|it| std::cmp::Reverse((it.effective_date, it.number)));
        for expiry in expiries {
            let purses = self.purses_of(expiry, own, open);
            let taken: i64 = purses.iter().map(|(_, amount)| amount).sum();
            let Some(lot) = expiry.subject.map(LotId).filter(|_| taken > 0) else {
                continue;
            };
            open -= taken;
            let parts = self.parts(expiry, |key| key.lot.is_some(), &purses);
            self.lapse_from(lot, expiry.effective_date, &parts, &mut restored);
            self.wins.push(Win {
                expiry,
                lot,
                lines: [parts, purses].concat(),
                changes_places: true,
            });
        }
    }

    /// Lines of one purse that come to at most `amount`.
    fn purses_of(
        &self,
        expiry: &'a Reversible,
        own: &AccountKey,
        amount: i64,
    ) -> Vec<(&'a ReversibleLine, i64)> {
        let lines = self.purses(expiry, own, amount);
        lines
            .into_iter()
            .filter(|(line, _)| line.debit == *own)
            .collect()
    }

    /// Has the parts lapse again from purses that got something back, from the day on from which
    /// both are there again.
    fn lapse_from(
        &mut self,
        lot: LotId,
        since: Date,
        parts: &[(&ReversibleLine, i64)],
        purses: &mut [(AccountKey, Date, i64)],
    ) {
        for (part, amount) in parts {
            let mut open = *amount;
            for (purse, day, left) in purses.iter_mut() {
                let now = open.min(*left);
                (open, *left) = (open - now, *left - now);
                if now > 0 {
                    let day = since.max(*day);
                    let gone = AccountKey::plain(Code::Lapsed, &purse.unit);
                    let lost = entry(loss(purse), part.credit.clone(), now);
                    self.again.push((lot, day, lost));
                    self.again.push((lot, day, entry(purse.clone(), gone, now)));
                }
            }
        }
    }
}
