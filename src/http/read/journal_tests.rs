//! Journal-entry tests for auditors.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

use super::get::Get;
use super::tables::{Form, written};
use crate::db::read::{self, JournalFinding, JournalTests};
use crate::domain::money::format_minor;
use crate::domain::{Catalogue, PledgeId};
use crate::http::access::permission::ReadProofs;
use crate::http::problem::Problem;
use crate::http::wire::{Day, Instant};
use crate::reports::audit;

/// What is round, if nothing is said: multiples of so many of the unit.
const ROUND: u64 = 1_000;
/// What is backdated, if nothing is said: by more days.
const BACKDATED_DAYS: u64 = 30;
/// What is taken back soon, if nothing is said: within so many days.
const REVERSAL_DAYS: u64 = 7;
/// No number of days or of a unit is larger.
const LARGEST: u64 = 1_000_000_000;

/// How many entries of a finding are told as JSON, and in a table.
const MOST: (i64, i64) = (1_000, 100_000);

/// What stands out among a pledge's journals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalTests)]
pub struct JournalTestsOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The first day, in UTC, of what was recorded,
    pub from: Day,
    /// and the last.
    pub to: Day,
    /// What was recorded after that isn't taken into account.
    pub known_at: Instant,
    /// Amounts that are multiples of that many of the unit are round.
    pub round: i64,
    /// What is effective more days before it was recorded is backdated.
    pub backdated_days: i64,
    /// What is taken back within that many days is so soon.
    pub reversal_days: i64,
    /// What was looked for, and what was found of it. Nothing of it is wrong by itself.
    pub findings: Vec<JournalFindingOut>,
}

/// What was looked for, and what was found of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalFinding)]
pub struct JournalFindingOut {
    /// Its stable name.
    pub name: &'static str,
    /// What was looked for.
    pub sentence: &'static str,
    /// How many there are: of each journal, one for each unit.
    pub count: i64,
    /// What they come to, by unit; of more than the entries shown, if there are more. Empty for
    /// those just below a threshold, of which the largest move counts, and not the sum.
    pub totals: BTreeMap<String, String>,
    /// The first thousand: journal, number, days, kind, who, amount and unit, and why. As CSV and
    /// as a workbook there are a hundred thousand.
    #[schema(value_type = Vec<Object>)]
    pub entries: Vec<Map<String, Value>>,
}

/// Minor digits of a unit as an amount.
fn amount(catalogue: &Catalogue, unit: &str, minor: &Value) -> Option<String> {
    let unit = catalogue.units.get(unit)?;
    Some(format_minor(minor.as_i64()?, unit.minor_digits()))
}

/// An entry with amounts instead of minor digits.
fn entry(catalogue: &Catalogue, mut entry: Map<String, Value>) -> Map<String, Value> {
    let unit = entry
        .get("unit")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let unit = unit.to_owned();
    for (digits, name) in [("minor", "amount"), ("above_minor", "threshold")] {
        let read = entry.remove(digits);
        if let Some(amount) = read.and_then(|minor| amount(catalogue, &unit, &minor)) {
            entry.insert(name.to_owned(), Value::String(amount));
        }
    }
    entry
}

impl JournalFindingOut {
    fn of(found: JournalFinding, catalogue: &Catalogue) -> Self {
        let totals = found.totals.iter().filter_map(|(unit, minor)| {
            let amount = amount(catalogue, unit, minor)?;
            Some((unit.clone(), amount))
        });
        JournalFindingOut {
            name: found.name,
            sentence: found.sentence,
            count: found.count,
            totals: totals.collect(),
            entries: found
                .entries
                .into_iter()
                .map(|it| entry(catalogue, it))
                .collect(),
        }
    }
}

/// What is asked for.
struct Asked {
    form: Form,
    days: (time::Date, time::Date),
    /// The moment that was named, if one was.
    named: Option<OffsetDateTime>,
    known_at: OffsetDateTime,
    tests: JournalTests,
}

fn asked(get: &Get<ReadProofs>) -> Result<Asked, Problem> {
    let form = Form::of(get)?;
    let mut query = get.query_in_any_form();
    let days = query.required_day("from").zip(query.required_day("to"));
    if days.is_some_and(|(from, to)| from > to) {
        query.decline("to", "the last day doesn't come before the first");
    }
    let now = OffsetDateTime::now_utc();
    let named = query.instant("known_at");
    if named.is_some_and(|at| at > now) {
        query.decline("known_at", "what will be known isn't known yet");
    }
    let mut number = |name, otherwise, least| {
        let given = query.count(name);
        if given.is_some_and(|given| !(least..=LARGEST).contains(&given)) {
            query.decline(
                name,
                format!("a number from {least} to {LARGEST} is asked for here"),
            );
        }
        i64::try_from(given.unwrap_or(otherwise)).unwrap_or_default()
    };
    let round = number("round", ROUND, 1);
    let backdated_days = number("backdated_days", BACKDATED_DAYS, 0);
    let reversal_days = number("reversal_days", REVERSAL_DAYS, 0);
    let hours = (query.count("office_from"), query.count("office_until"));
    let office = match hours {
        (None, None) => None,
        (Some(from), Some(until)) if from < until && until <= 24 => {
            i64::try_from(from).ok().zip(i64::try_from(until).ok())
        }
        _ => {
            let detail = "two hours of a day are asked for, such as office_from=6&office_until=20";
            query.decline("office_from", detail);
            None
        }
    };
    query.finish()?;
    let days = days.ok_or_else(Problem::internal)?; // finishing would have told
    let known_at = named.unwrap_or(now).to_offset(UtcOffset::UTC);
    let end = days.1.midnight().assume_utc().saturating_add(Duration::DAY);
    Ok(Asked {
        form,
        days,
        named,
        known_at,
        tests: JournalTests {
            from: days.0.midnight().assume_utc(),
            until: end.min(known_at.saturating_add(Duration::MICROSECOND)),
            round,
            backdated_days,
            reversal_days,
            office,
            most: if form == Form::Json { MOST.0 } else { MOST.1 },
        },
    })
}

/// Test a pledge's journals
///
/// What stands out among what was recorded within the days (UTC): round amounts, postings at
/// weekends or outside an office's hours, backdated ones, those just below a threshold, and those
/// that were taken back by who posted them, or soon. None of it is wrong by itself: it is where an
/// auditor looks first.
#[utoipa::path(get, path = "/v1/pledges/{id}/journal-tests", tag = "reports",
    params(
        ("from" = String, Query, description = "The first day, in UTC, of what was recorded"),
        ("to" = String, Query, description = "The last"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then"),
        ("round" = Option<u64>, Query, description = "Multiples of so many of the unit: 1000"),
        ("backdated_days" = Option<u64>, Query, description = "By more days: 30"),
        ("reversal_days" = Option<u64>, Query, description = "Within so many days: 7"),
        ("office_from" = Option<u64>, Query, description = "The office's first hour, in UTC"),
        ("office_until" = Option<u64>, Query, description = "The hour in which it is closed")),
    responses((status = 200, description = "What was found", body = JournalTestsOut)))]
pub async fn test_journals(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let asked = asked(&get)?;
    let sight = get.sight();
    let found = get.snapshot(async |connection| {
        let Some(cut) = read::cut(connection, sight, id, None, asked.named).await? else {
            return Ok(None);
        };
        let found = read::journal_tests(connection, id, &asked.tests).await?;
        Ok(Some((cut, found)))
    });
    let (mut cut, found) = found.await?.ok_or_else(|| get.absent("pledge"))?;
    let catalogue = get.catalogue();
    if asked.form != Form::Json {
        cut.known.at = asked.known_at;
        let asked_for = (asked.days.0, asked.days.1, &asked.tests);
        let table = audit::journal_tests(&cut, asked_for, &found, catalogue);
        return written(&get, asked.form, table).await;
    }
    let out = |found| JournalFindingOut::of(found, catalogue);
    get.json(
        None,
        &JournalTestsOut {
            pledge_id: id,
            from: Day(asked.days.0),
            to: Day(asked.days.1),
            known_at: Instant(asked.known_at),
            round: asked.tests.round,
            backdated_days: asked.tests.backdated_days,
            reversal_days: asked.tests.reversal_days,
            findings: found.into_iter().map(out).collect(),
        },
    )
}
