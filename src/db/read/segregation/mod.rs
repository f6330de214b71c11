//! Segregation of duties, checked after the fact: against the rows as they stand, not against what
//! the write path and the schema let through.
//!
//! Each finding is one statement over what was recorded in a stretch of time. It costs what was
//! recorded then, and what waits or was approved.

mod questions;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use self::questions::{QUESTIONS, Question};
use super::error::ReadError;
use super::text::Text;
use crate::domain::PledgeId;

/// How long each statement may run.
const TIMEOUT_S: u32 = 60;

/// What a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A control was broken: there should be none, ever.
    Violation,
    /// Every control held, and somebody should look at it all the same.
    NearMiss,
    /// Something that is allowed and stands out.
    Exception,
}

impl Meaning {
    /// The meaning as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Meaning::Violation => "violation",
            Meaning::NearMiss => "near-miss",
            Meaning::Exception => "exception",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SegregationFinding {
    /// Its stable name.
    pub name: &'static str,
    /// What was looked for.
    pub sentence: &'static str,
    /// What it means if there is any.
    pub meaning: Meaning,
    /// How many there are.
    pub count: i64,
    /// The first of them, as many as were asked for.
    pub entries: Vec<Map<String, Value>>,
}

impl SegregationFinding {
    /// What of it counts by the end of a day: a journal on its effective date, and whatever else
    /// was done on the day it was recorded. Of a finding with all its entries.
    pub fn by(mut self, day: Date) -> Self {
        let counts = |entry: &Map<String, Value>| {
            let day_of = entry.get("effective_date").or(entry.get("recorded_at"));
            let day_of = day_of.and_then(Value::as_str);
            // Both begin with the day as ISO 8601 has it, which sorts as days do.
            day_of.and_then(|text| text.get(..10)) <= Some(day.to_string().as_str())
        };
        self.entries.retain(counts);
        self.count = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        self
    }
}

#[derive(Debug, QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Jsonb)]
    entries: Value,
}

/// Every finding about what was recorded in a stretch of time, of one pledge or of all, each with
/// so many of its entries, at most. To be called in a snapshot.
pub async fn segregation(
    connection: &mut AsyncPgConnection,
    pledge: Option<PledgeId>,
    (from, until): (OffsetDateTime, OffsetDateTime),
    most: i64,
) -> Result<Vec<SegregationFinding>, ReadError> {
    let settings = format!("SET LOCAL statement_timeout = '{TIMEOUT_S}s'");
    connection.batch_execute(&settings).await?;
    let mut findings = Vec::with_capacity(QUESTIONS.len());
    for question in QUESTIONS {
        findings.push(ask(connection, question, pledge, (from, until), most).await?);
    }
    Ok(findings)
}

/// What lies just below its threshold, alone: the first so many of it.
pub async fn just_below_threshold(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    range: (OffsetDateTime, OffsetDateTime),
    most: i64,
) -> Result<Option<SegregationFinding>, ReadError> {
    let mut questions = QUESTIONS.iter();
    match questions.find(|question| question.name == "just-below-threshold") {
        Some(question) => ask(connection, question, Some(pledge), range, most)
            .await
            .map(Some),
        None => Ok(None),
    }
}

async fn ask(
    connection: &mut AsyncPgConnection,
    question: &Question,
    pledge: Option<PledgeId>,
    (from, until): (OffsetDateTime, OffsetDateTime),
    most: i64,
) -> Result<SegregationFinding, ReadError> {
    let text: Text = Text::new(question.wording)
        .bind(pledge.map(|id| id.0))
        .bind(from)
        .bind(until)
        .bind(most);
    let found: Found = text.get_result(connection).await?;
    Ok(SegregationFinding {
        name: question.name,
        sentence: question.sentence,
        meaning: question.meaning,
        count: found.count,
        entries: objects(found.entries),
    })
}

/// The objects of an array of them.
pub(super) fn objects(entries: Value) -> Vec<Map<String, Value>> {
    let entries = match entries {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    };
    let objects = entries.into_iter().filter_map(|entry| match entry {
        Value::Object(entry) => Some(entry),
        _ => None,
    });
    objects.collect()
}
