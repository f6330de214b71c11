//! For auditors: the register of journals with its control totals, what controls and journal-entry
//! tests found, and who had to approve what.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

use super::cell::{Amount, Free, day_text, row};
use super::{Report, Total};
use crate::db::read::{Cut, JournalFinding, JournalTests, RegisteredJournal, SegregationFinding};
use crate::domain::approval::{Action, Threshold};
use crate::domain::{Catalogue, Unit};

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

row! {
    /// Something a control found.
    ExceptionLine {
        /// What was looked for, by its stable name.
        finding: String,
        /// `violation`, `near-miss` or `exception`; of a journal-entry test, `test`.
        meaning: String,
        /// What was looked for.
        sentence: String,
        /// What it was found at: a journal, an approval, a payout, an event.
        id: Option<String>,
        /// What happened.
        kind: Option<String>,
        /// Who did it.
        actor: Option<Free>,
        /// Why, if a reason was given.
        reason: Option<Free>,
        /// What is counted, if an amount is.
        unit: Option<String>,
        /// How much.
        amount: Option<Amount>,
        /// When it counts, if it does.
        effective_date: Option<Date>,
        /// When it was recorded.
        recorded_at: Option<OffsetDateTime>,
        /// All that was found, as JSON.
        found: Free,
    }
}

row! {
    /// Above what an action needed whose approval.
    MatrixLine {
        /// The action.
        action: String,
        /// Whether it always takes two people, whatever the amount.
        takes_two: bool,
        /// Which roles decide of it: never whoever asked.
        decided_by: String,
        /// The unit of the threshold; null if none is in force.
        unit: Option<String>,
        /// Above which amount it needs approval.
        above: Option<Amount>,
        /// By how many.
        approvals: Option<i64>,
        /// From which day on.
        valid_from: Option<Date>,
        /// Who stated it.
        stated_by: Option<Free>,
        /// When it was stated.
        stated_at: Option<OffsetDateTime>,
        /// The threshold.
        threshold_id: Option<String>,
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
/// credited of each unit.
fn control_totals(journals: &[RegisteredJournal]) -> Vec<Total> {
    let numbers: BTreeSet<i64> = journals.iter().map(|it| it.number).collect();
    let hash: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
    let mut totals = vec![
        Total::plain("journals", numbers.len()),
        Total::plain("lines", journals.len()),
        Total::plain(
            "transfers",
            journals.iter().map(|it| it.transfers).sum::<i64>(),
        ),
        Total::plain("first_number", numbers.first().copied().unwrap_or(0)),
        Total::plain("last_number", numbers.last().copied().unwrap_or(0)),
        Total::plain("hash_total", hash),
    ];
    let mut sums: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    for it in journals {
        sums.entry(it.unit.code()).or_insert((&it.unit, 0)).1 += it.amount;
    }
    for (unit, sum) in sums.values() {
        totals.push(Total::amount("debits", unit, *sum));
        totals.push(Total::amount("credits", unit, *sum));
    }
    totals
}

/// The register of a pledge's journals.
pub fn register(
    cut: &Cut,
    mut journals: Vec<RegisteredJournal>,
    order: Order,
) -> Report<JournalLine> {
    journals.sort_by(|a, b| order.compare(a, b));
    let totals = control_totals(&journals);
    let lines = journals.iter().map(journal_line).collect();
    Report::new("journal-register", cut, lines, totals)
}

/// The first of these members that is there, as text.
fn text(entry: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let mut found = names.iter().filter_map(|name| entry.get(*name)?.as_str());
    found.next().map(str::to_owned)
}

/// A line of what was found by that name, which means that.
fn exception_line(
    (name, meaning, sentence): (&str, &str, &str),
    entry: &Map<String, Value>,
    catalogue: &Catalogue,
) -> ExceptionLine {
    let ids = entry.iter().filter(|(name, _)| name.ends_with("_id"));
    let unit = text(entry, &["unit"]);
    let known = unit.as_deref().and_then(|code| catalogue.units.get(code));
    let minor = entry.get("minor").and_then(Value::as_i64);
    let recorded_at = text(entry, &["recorded_at"]);
    let recorded_at = recorded_at.and_then(|at| OffsetDateTime::parse(&at, &Rfc3339).ok());
    let day = text(entry, &["effective_date"]);
    let form = time::macros::format_description!("[year]-[month]-[day]");
    ExceptionLine {
        finding: name.to_owned(),
        meaning: meaning.to_owned(),
        sentence: sentence.to_owned(),
        id: text(entry, &["journal_id"]).or_else(|| {
            ids.filter_map(|(_, id)| id.as_str())
                .map(str::to_owned)
                .next()
        }),
        kind: text(
            entry,
            &["kind", "action", "step", "state", "what", "request"],
        ),
        actor: text(entry, &["actor", "decided_by"]).map(Free),
        reason: text(entry, &["reason", "detail"]).map(Free),
        amount: known
            .zip(minor)
            .map(|(unit, minor)| Amount::new(minor, &unit)),
        unit,
        effective_date: day.and_then(|day| Date::parse(&day, form).ok()),
        recorded_at,
        found: Free(Value::Object(entry.clone()).to_string()),
    }
}

/// What controls found, each entry a line; and how many there are of each finding, those of which
/// nothing was found among them.
pub fn exceptions(
    cut: &Cut,
    findings: &[SegregationFinding],
    catalogue: &Catalogue,
) -> Report<ExceptionLine> {
    let lines = findings.iter().flat_map(|finding| {
        let found = (finding.name, finding.meaning.as_str(), finding.sentence);
        let entries = finding.entries.iter();
        entries.map(move |entry| exception_line(found, entry, catalogue))
    });
    let violations = findings
        .iter()
        .filter(|it| it.meaning.as_str() == "violation");
    let mut totals = vec![Total::plain(
        "violations",
        violations.map(|it| it.count).sum::<i64>(),
    )];
    totals.extend(findings.iter().map(|it| Total::plain(it.name, it.count)));
    Report::new("control-exceptions", cut, lines.collect(), totals)
}

/// What journal-entry tests found, each entry a line; how many there are by each test and what they
/// come to; and what was looked for.
pub fn journal_tests(
    cut: &Cut,
    asked: (Date, Date, &JournalTests),
    findings: &[JournalFinding],
    catalogue: &Catalogue,
) -> Report<ExceptionLine> {
    let lines = findings.iter().flat_map(|finding| {
        let found = (finding.name, "test", finding.sentence);
        let entries = finding.entries.iter();
        entries.map(move |entry| exception_line(found, entry, catalogue))
    });
    let (from, to, tests) = asked;
    let mut totals = vec![
        Total::plain("from", day_text(from)),
        Total::plain("to", day_text(to)),
        Total::plain("round", tests.round),
        Total::plain("backdated_days", tests.backdated_days),
        Total::plain("reversal_days", tests.reversal_days),
    ];
    for finding in findings {
        totals.push(Total::plain(finding.name, finding.count));
        totals.extend(finding.totals.iter().filter_map(|(unit, minor)| {
            let unit = catalogue.units.get(unit)?;
            Some(Total::amount(finding.name, &unit, minor.as_i64()?))
        }));
    }
    Report::new("journal-tests", cut, lines.collect(), totals)
}

fn matrix_line(action: Action, decided_by: &str, threshold: Option<&Threshold>) -> MatrixLine {
    MatrixLine {
        action: action.as_str().to_owned(),
        takes_two: action.takes_two(),
        decided_by: decided_by.to_owned(),
        unit: threshold.map(|it| it.limit.unit.clone()),
        above: threshold.map(|it| Amount::new(it.above.minor(), it.above.unit())),
        approvals: threshold.map(|it| i64::from(it.limit.approvals)),
        valid_from: threshold.map(|it| it.limit.valid_from),
        stated_by: threshold.map(|it| Free(it.stated_by.clone())),
        stated_at: threshold.map(|it| it.stated_at),
        threshold_id: threshold.map(|it| it.id.to_string()),
    }
}

/// Who had to approve what: of each action its thresholds in force, or one line without any.
pub fn matrix(cut: &Cut, actions: &[(Action, String, Vec<&Threshold>)]) -> Report<MatrixLine> {
    let mut lines = Vec::new();
    for (action, decided_by, thresholds) in actions {
        if thresholds.is_empty() {
            lines.push(matrix_line(*action, decided_by, None));
        }
        let stated = thresholds.iter();
        lines.extend(stated.map(|it| matrix_line(*action, decided_by, Some(it))));
    }
    Report::new("approval-matrix", cut, lines, Vec::new())
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
