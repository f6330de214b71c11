//! Journal-entry tests: what auditors look for among postings, since it may be somebody's doing.
//!
//! They are about what was **recorded** in a stretch of days in UTC, and what was known at a
//! moment. Each is one statement over the journals recorded then; none says that anything is wrong.
//! A journal stands in a finding once for each unit it moved, with all that it moved in it.
//!
//! | Test | Finds |
//! |---|---|
//! | `round-amounts` | whole multiples of so many of the unit; and of which power of ten |
//! | `weekend-postings` | recorded on a Saturday or Sunday |
//! | `outside-hours` | recorded before or after the hours of an office, if such are stated |
//! | `backdated` | effective more than so many days before they were recorded |
//! | `just-below-threshold` | at most a hundredth below the threshold in force then |
//! | `reversed-by-same-person` | taken back by who posted them |
//! | `reversed-soon` | taken back within so many days |

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::error::ReadError;
use super::segregation::{just_below_threshold, objects};
use super::text::Text;
use crate::domain::PledgeId;

/// How long each statement may run.
const TIMEOUT_S: u32 = 60;

/// What is tested, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalTests {
    /// Recorded then or later,
    pub from: OffsetDateTime,
    /// and before then.
    pub until: OffsetDateTime,
    /// Amounts that are multiples of that many of the unit are round.
    pub round: i64,
    /// What is effective more days before it was recorded is backdated.
    pub backdated_days: i64,
    /// What is taken back within that many days is so soon.
    pub reversal_days: i64,
    /// The hours of the office in UTC: from one, and before the other.
    pub office: Option<(i64, i64)>,
    /// How many entries of each finding are told.
    pub most: i64,
}

/// What a test found.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalFinding {
    /// The test's stable name.
    pub name: &'static str,
    /// What was looked for.
    pub sentence: &'static str,
    /// How many there are.
    pub count: i64,
    /// What they come to, by unit, in minor digits.
    pub totals: Map<String, Value>,
    /// The first of them, in the order they were recorded; amounts are `minor` digits.
    pub entries: Vec<Map<String, Value>>,
}

#[derive(Debug, QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Jsonb)]
    totals: Value,
    #[diesel(sql_type = Jsonb)]
    entries: Value,
}

/// A test's statement, from what it looks for among what was `moved`. $1 the pledge, $2 and $3 the
/// stretch, $4 and $5 its own numbers.
macro_rules! test {
    ($why:expr, $which:expr) => {
        concat!(
            "WITH picked AS MATERIALIZED (
    SELECT j.* FROM journals j
    WHERE j.pledge_id = $1 AND j.recorded_at >= $2 AND j.recorded_at < $3),
moved AS (
    SELECT p.pledge_id, p.number, p.id, p.kind, p.effective_date, p.recorded_at,
           p.recorded_at AT TIME ZONE 'UTC' AS recorded_utc, p.actor, p.reason, t.unit,
           sum(t.amount)::bigint AS minor
    FROM picked p
    JOIN transfers t ON t.pledge_id = p.pledge_id AND t.journal = p.number
    GROUP BY p.pledge_id, p.number, p.id, p.kind, p.effective_date, p.recorded_at, p.actor,
             p.reason, t.unit),
found AS (
    SELECT 'jnl_' || replace(m.id::text, '-', '') AS journal_id, m.number, m.effective_date,
           m.recorded_at, m.kind, m.actor, m.reason, m.unit, m.minor, ",
            $why,
            "
    FROM moved m
    JOIN units u ON u.code = m.unit
    ",
            $which,
            "
    ORDER BY m.number, m.unit)
SELECT (SELECT count(*) FROM found) AS count,
       (SELECT coalesce(jsonb_object_agg(s.unit, s.minor), '{}')
        FROM (SELECT f.unit, sum(f.minor)::bigint AS minor FROM found f GROUP BY f.unit) AS s)
           AS totals,
       (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]')
        FROM (SELECT * FROM found LIMIT $6) AS f) AS entries"
        )
    };
}

const ROUND: &str = test!(
    "'a multiple of 1' || repeat('0', length(w.whole) - length(rtrim(w.whole, '0'))) AS why",
    "CROSS JOIN LATERAL (SELECT (m.minor / (10 ^ u.minor_digits)::bigint)::text AS whole) AS w
    WHERE m.minor % ($4 * (10 ^ u.minor_digits)::bigint) = 0 AND $5 = 0"
);

const WEEKEND: &str = test!(
    "'recorded on a ' || trim(to_char(m.recorded_utc, 'Day')) || ' (UTC)' AS why",
    "WHERE extract(isodow FROM m.recorded_utc) > 5 AND $4 = $5"
);

const OFFICE: &str = test!(
    "'recorded at ' || to_char(m.recorded_utc, 'HH24:MI') || ' UTC' AS why",
    "WHERE extract(hour FROM m.recorded_utc) < $4 OR extract(hour FROM m.recorded_utc) >= $5"
);

const BACKDATED: &str = test!(
    "'effective ' || (m.recorded_utc::date - m.effective_date) || ' days before it was recorded'
         AS why",
    "WHERE m.recorded_utc::date - m.effective_date > $4 AND $5 = 0"
);

/// Of what was taken back in the stretch; $4 is 1 if it is by the same person, $5 the days.
const REVERSED: &str = test!(
    "'jnl_' || replace(o.id::text, '-', '') AS reverses, o.actor AS reversed_actor,
           'taken back ' || (m.recorded_utc::date - (o.recorded_at AT TIME ZONE 'UTC')::date)
               || ' days after it was recorded, by '
               || CASE WHEN m.actor = o.actor THEN 'the same person' ELSE 'another person' END
               AS why",
    "JOIN journals r ON r.pledge_id = m.pledge_id AND r.number = m.number
    JOIN journals o ON o.pledge_id = r.pledge_id AND o.number = r.reverses
    WHERE CASE $4 WHEN 1 THEN m.actor = o.actor OR EXISTS (
                      SELECT FROM identity_subjects a
                      JOIN identity_subjects b ON b.identity_id = a.identity_id
                      WHERE a.subject = m.actor AND b.subject = o.actor)
                  ELSE m.recorded_at - o.recorded_at <= make_interval(days => $5::int) END"
);

async fn ask(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    tests: &JournalTests,
    (name, sentence, wording, numbers): (&'static str, &'static str, &'static str, (i64, i64)),
) -> Result<JournalFinding, ReadError> {
    let text: Text = Text::new(wording)
        .bind(pledge.0)
        .bind(tests.from)
        .bind(tests.until)
        .bind(numbers.0)
        .bind(numbers.1)
        .bind(tests.most);
    let found: Found = text.get_result(connection).await?;
    let totals = match found.totals {
        Value::Object(totals) => totals,
        _ => Map::new(),
    };
    Ok(JournalFinding {
        name,
        sentence,
        count: found.count,
        totals,
        entries: objects(found.entries),
    })
}

/// Every test of a pledge's journals. To be called in a snapshot.
pub async fn journal_tests(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    tests: &JournalTests,
) -> Result<Vec<JournalFinding>, ReadError> {
    let settings = format!("SET LOCAL statement_timeout = '{TIMEOUT_S}s'");
    connection.batch_execute(&settings).await?;
    let mut questions = vec![
        (
            "round-amounts",
            "What was moved is a whole multiple of a round amount.",
            ROUND,
            (tests.round, 0),
        ),
        (
            "weekend-postings",
            "It was recorded on a Saturday or a Sunday, in UTC.",
            WEEKEND,
            (0, 0),
        ),
        (
            "backdated",
            "It is effective long before it was recorded.",
            BACKDATED,
            (tests.backdated_days, 0),
        ),
        (
            "reversed-by-same-person",
            "Somebody took back what they had posted themselves.",
            REVERSED,
            (1, 0),
        ),
        (
            "reversed-soon",
            "It took back what was recorded shortly before.",
            REVERSED,
            (0, tests.reversal_days),
        ),
    ];
    if let Some(hours) = tests.office {
        let sentence = "It was recorded outside the hours of the office, in UTC.";
        questions.push(("outside-hours", sentence, OFFICE, hours));
    }
    let mut findings = Vec::with_capacity(questions.len() + 1);
    for question in questions {
        findings.push(ask(connection, pledge, tests, question).await?);
    }
    findings.extend(near(connection, pledge, tests).await?);
    Ok(findings)
}

/// What lies just below its threshold, as the report on segregation of duties has it.
async fn near(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    tests: &JournalTests,
) -> Result<Option<JournalFinding>, ReadError> {
    let range = (tests.from, tests.until);
    let found = just_below_threshold(connection, pledge, range, tests.most).await?;
    Ok(found.map(|found| JournalFinding {
        name: found.name,
        sentence: found.sentence,
        count: found.count,
        totals: Map::new(),
        entries: found.entries,
    }))
}
