//! What a report is cut by: a day, up to which things count, and a moment, up to which they were
//! known.
//!
//! The moment is resolved to the last journal in sight that was recorded by then, and told as when
//! that was recorded (or when a lot was extended last, if that was later). Asked for again with
//! that moment, the cut is the same whatever was recorded since: journals are never altered, and
//! later ones, backdated ones among them, have greater numbers.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime, UtcOffset};

use super::error::ReadError;
use super::known::Known;
use super::sight::Sight;
use super::text::Text;
use crate::domain::PledgeId;

/// A pledge as it was known at a moment, up to a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The pledge.
    pub pledge: PledgeId,
    /// What its parties call it.
    pub reference: String,
    /// The last day that counts; every day, if none is given.
    pub as_of: Option<Date>,
    /// What was known.
    pub known: Known,
    /// When it was cut.
    pub now: OffsetDateTime,
}

impl Cut {
    /// The day that ages are counted to: the one asked for, or else today, UTC.
    pub fn day(&self) -> Date {
        let today = self.now.to_offset(UtcOffset::UTC).date();
        self.as_of.unwrap_or(today)
    }

    /// The same up to the day that ages are counted to.
    pub fn dated(self) -> Self {
        Cut {
            as_of: Some(self.day()),
            ..self
        }
    }
}

/// $1 the pledge, $2 pledges in sight, $3 the moment.
const CUT: &str = "
SELECT p.reference, coalesce(j.number, 0)::bigint AS journal,
       greatest(coalesce(j.recorded_at, least($3, p.created_at - interval '1 microsecond')),
                (SELECT max(e.recorded_at) FROM lot_events e
                 WHERE e.pledge_id = p.id AND ($3 IS NULL OR e.recorded_at <= $3))) AS at,
       coalesce($3 > greatest(clock_timestamp(), p.last_recorded_at), false) AS future,
       clock_timestamp() AS now
FROM pledges p
LEFT JOIN LATERAL (
    SELECT number, recorded_at FROM journals
    WHERE pledge_id = p.id AND ($3 IS NULL OR recorded_at <= $3)
    ORDER BY number DESC LIMIT 1) AS j ON true
WHERE p.id = $1 AND ($2 IS NULL OR p.id = ANY ($2))";

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlText)]
    reference: String,
    #[diesel(sql_type = BigInt)]
    journal: i64,
    #[diesel(sql_type = Timestamptz)]
    at: OffsetDateTime,
    #[diesel(sql_type = Bool)]
    future: bool,
    #[diesel(sql_type = Timestamptz)]
    now: OffsetDateTime,
}

/// The cut of a pledge in sight. In the snapshot of what is read by it.
pub async fn cut(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    as_of: Option<Date>,
    known_at: Option<OffsetDateTime>,
) -> Result<Option<Cut>, ReadError> {
    let text: Text = Text::new(CUT)
        .bind(pledge.0)
        .bind(sight.pledges())
        .bind(known_at);
    let rows: Vec<Row> = text.load(connection).await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    if row.future {
        return Err(ReadError::KnownAtInFuture);
    }
    let known = Known {
        journal: row.journal,
        at: row.at,
    };
    Ok(Some(Cut {
        pledge,
        reference: row.reference,
        as_of,
        known,
        now: row.now,
    }))
}
