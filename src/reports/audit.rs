//! For auditors: what controls and journal-entry tests found, and who had to approve what.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

use super::cell::{Amount, Free, day_text, row};
use super::{Report, Total};
use crate::db::read::{Cut, JournalFinding, JournalTests, SegregationFinding};
use crate::domain::Catalogue;
use crate::domain::approval::{Action, Threshold};

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
