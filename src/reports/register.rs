//! For auditors: the register of journals with its control totals.
//!
//! A pledge may have more journals than there is memory: in the order of their numbers its register
//! is written a stretch at a time, with [`ControlTotals`] that count along.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use time::{Date, OffsetDateTime};

use super::cell::{Amount, Free, row};
use super::{Report, Total};
use crate::db::read::{Cut, RegisteredJournal};
use crate::domain::Unit;

/// What the report is called.
const NAME: &str = "journal-register";

row! {
    /// What a journal moved of a unit.
    JournalLine {
        /// Its number within the pledge: no gaps, in the order of recording.
        number: i64,
        /// The journal.
        journal_id: String,
        /// When it was recorded.
        recorded_at: OffsetDateTime,
        /// When it counts.
        effective_date: Date,
        /// What happened.
        kind: String,
        /// Who asked for it.
        recorded_by: Free,
        /// Who approved it, or the payout it pays, in their order; null if that took nobody.
        approved_by: Option<Free>,
        /// The approval it was posted by.
        approval_id: Option<String>,
        /// The number of the journal it takes back.
        reverses: Option<i64>,
        /// Where the document is that it rests on.
        document: Option<Free>,
        /// That document's SHA-256.
        document_sha256: Option<String>,
        /// The bank's own reference.
        bank_reference: Option<Free>,
        /// Why, if a reason was given.
        reason: Option<Free>,
        /// What is counted.
        unit: String,
        /// How many transfers it is of.
        transfers: i64,
        /// What its debits come to: as much as its credits.
        amount: Amount,
    }
}

/// What the register is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Key {
    #[default]
    Number,
    EffectiveDate,
    Amount,
    Kind,
}

/// In which order the register's lines go; those alike, by number and unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Order {
    key: Key,
    descending: bool,
}

impl Order {
    /// `number`, `effective_date`, `amount` or `kind`; with `-` before it, the greatest first.
    pub fn parse(text: &str) -> Option<Order> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let key = match name {
            "number" => Key::Number,
            "effective_date" => Key::EffectiveDate,
            "amount" => Key::Amount,
            "kind" => Key::Kind,
            _ => return None,
        };
        Some(Order { key, descending })
    }

    /// Amounts are of different units: they are compared within each.
    fn compare(self, a: &RegisteredJournal, b: &RegisteredJournal) -> Ordering {
        let by_key = match self.key {
            Key::Number => a.number.cmp(&b.number),
            Key::EffectiveDate => a.effective_date.cmp(&b.effective_date),
            Key::Amount => a.amount.cmp(&b.amount),
            Key::Kind => a.kind.as_str().cmp(b.kind.as_str()),
        };
        let by_key = if self.descending {
            by_key.reverse()
        } else {
            by_key
        };
        let by_unit = match self.key {
            Key::Amount => a.unit.code().cmp(b.unit.code()),
            Key::Number | Key::EffectiveDate | Key::Kind => Ordering::Equal,
        };
        let alike = (a.number, a.unit.code()).cmp(&(b.number, b.unit.code()));
        by_unit.then(by_key).then(alike)
    }
}

fn journal_line(it: &RegisteredJournal) -> JournalLine {
    JournalLine {
        number: it.number,
        journal_id: it.id.to_string(),
        recorded_at: it.recorded_at,
        effective_date: it.effective_date,
        kind: it.kind.as_str().to_owned(),
        recorded_by: Free(it.actor.clone()),
        approved_by: it.approved_by.clone().map(Free),
        approval_id: it.approval.map(|id| id.to_string()),
        reverses: it.reverses,
        document: it.document_uri.clone().map(Free),
        document_sha256: it.document_sha256.clone(),
        bank_reference: it.bank_reference.clone().map(Free),
        reason: it.reason.clone().map(Free),
        unit: it.unit.code().to_owned(),
        transfers: it.transfers,
        amount: Amount::new(it.amount, &it.unit),
    }
}

/// Control totals: how many journals and lines, the first and last number, the sum of the numbers
/// (a hash total, which a journal left out or doubled would change), and what was debited and
/// credited of each unit. Lines are counted in the order of their numbers.
#[derive(Debug, Clone, Default)]
pub struct ControlTotals {
    journals: i64,
    lines: i64,
    transfers: i64,
    first: i64,
    last: i64,
    hash: i128,
    moved: BTreeMap<String, (Unit, i64)>,
}

impl ControlTotals {
    /// Counts what comes next.
    pub fn count(&mut self, journals: &[RegisteredJournal]) {
        journals.iter().for_each(|it| self.count_one(it));
    }

    fn count_one(&mut self, it: &RegisteredJournal) {
        if self.journals == 0 {
            self.first = it.number;
        }
        if self.last != it.number {
            self.journals += 1;
            self.hash += i128::from(it.number);
        }
        self.last = it.number;
        self.lines += 1;
        self.transfers += it.transfers;
        let code = it.unit.code().to_owned();
        let (_, moved) = self.moved.entry(code).or_insert((it.unit.clone(), 0));
        *moved += it.amount;
    }

    fn told(&self) -> Vec<Total> {
        let mut totals = vec![
            Total::plain("journals", self.journals),
            Total::plain("lines", self.lines),
            Total::plain("transfers", self.transfers),
            Total::plain("first_number", self.first),
            Total::plain("last_number", self.last),
            Total::plain("hash_total", self.hash),
        ];
        for (unit, moved) in self.moved.values() {
            totals.push(Total::amount("debits", unit, *moved));
            totals.push(Total::amount("credits", unit, *moved));
        }
        totals
    }
}

/// The register of a pledge's journals, which come in the order of their numbers.
pub fn register(
    cut: &Cut,
    mut journals: Vec<RegisteredJournal>,
    order: Order,
) -> Report<JournalLine> {
    let mut totals = ControlTotals::default();
    totals.count(&journals);
    journals.sort_by(|a, b| order.compare(a, b));
    Report::new(NAME, cut, lines(&journals), totals.told())
}

/// The lines of journals.
pub fn lines(journals: &[RegisteredJournal]) -> Vec<JournalLine> {
    journals.iter().map(journal_line).collect()
}

/// The register without its lines: what all of them came to.
pub fn ended(cut: &Cut, totals: &ControlTotals) -> Report<JournalLine> {
    Report::new(NAME, cut, Vec::new(), totals.told())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Key, Order};

    #[test]
    fn an_order_is_a_column_s_name_with_or_without_a_minus() {
        assert_eq!(Order::parse("number"), Some(Order::default()));
        let order = Order::parse("-amount").unwrap();
        assert_eq!((order.key, order.descending), (Key::Amount, true));
        for text in ["", "-", "--number", "Number", "reason"] {
            assert_eq!(Order::parse(text), None, "{text}");
        }
    }
}
