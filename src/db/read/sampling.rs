//! What an auditor draws a sample from: journals with what they moved, fixed at a journal.
//!
//! Cost: one pass over the pledge's transfers in the unit, whose sums alone are read; and the
//! journals that were drawn.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date as SqlDate, Nullable, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::error::ReadError;
use super::rows;
use super::text::Text;
use crate::domain::chart::Side;
use crate::domain::sampling::Item;
use crate::domain::{Code, JournalId, Kind, PledgeId};

/// Which journals, with what of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// The unit.
    pub unit: String,
    /// The side and code of the accounts whose entries count; all that was moved, if none is named.
    pub of: Option<(Side, Code)>,
    /// The first day on which what counts is effective,
    pub from: Date,
    /// and the last.
    pub to: Date,
}

impl Population {
    /// What it is called: `journals`; or `debits` or `credits`, and of which code.
    pub fn name(&self) -> (&'static str, Option<&'static str>) {
        match self.of {
            None => ("journals", None),
            Some((Side::Debit, code)) => ("debits", Some(code.as_str())),
            Some((Side::Credit, code)) => ("credits", Some(code.as_str())),
        }
    }
}

/// How far a pledge's journals went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// The last journal that is known; 0 if there is none.
    pub journal: i64,
    /// When it was recorded.
    pub at: Option<OffsetDateTime>,
}

/// A journal that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Its number.
    pub number: i64,
    /// Its id.
    pub id: JournalId,
    /// What happened.
    pub kind: Kind,
    /// When it counts.
    pub effective_date: Date,
}

#[derive(QueryableByName)]
struct FixedRow {
    #[diesel(sql_type = BigInt)]
    journal: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<OffsetDateTime>,
    #[diesel(sql_type = Bool)]
    future: bool,
}

/// Within a pledge `recorded_at` rises with the number. $1 the pledge, $2 the moment.
const FIXED: &str = "
SELECT coalesce(max(j.number), 0) AS journal, max(j.recorded_at) AS at,
       coalesce($2 > greatest(clock_timestamp(), (SELECT p.last_recorded_at FROM pledges p
                                                  WHERE p.id = $1)), false) AS future
FROM journals j WHERE j.pledge_id = $1 AND ($2 IS NULL OR j.recorded_at <= $2)";

/// The last journal that was known at a moment; now, if none is named.
pub async fn fixed(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    known_at: Option<OffsetDateTime>,
) -> Result<Fixed, ReadError> {
    let text: Text = Text::new(FIXED).bind(pledge.0).bind(known_at);
    let row: FixedRow = text.get_result(connection).await?;
    match row.future {
        true => Err(ReadError::KnownAtInFuture),
        false => Ok(Fixed {
            journal: row.journal,
            at: row.at,
        }),
    }
}

#[derive(QueryableByName)]
struct ItemRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// $1 the pledge, $2 the unit, $3 and $4 the days, $5 the last journal, $6 the side or nothing, $7
/// the code.
const ITEMS: &str = "
SELECT t.journal AS number, sum(t.amount)::bigint AS amount
FROM transfers t
WHERE t.pledge_id = $1 AND t.unit = $2 AND t.effective_date >= $3 AND t.effective_date <= $4
  AND t.journal <= $5
  AND ($6 IS NULL OR (
        SELECT a.code FROM accounts a
        WHERE a.pledge_id = t.pledge_id
          AND a.number = CASE $6 WHEN 'debit' THEN t.debit_account ELSE t.credit_account END) = $7)
GROUP BY t.journal
ORDER BY t.journal";

/// The items of a population, in the order of the journals. To be called in the snapshot in which
/// it was fixed.
pub async fn population(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    population: &Population,
    fixed: Fixed,
) -> Result<Vec<Item>, ReadError> {
    let (side, code) = match population.of {
        Some((side, code)) => (
            Some(side.as_str().to_owned()),
            Some(code.as_str().to_owned()),
        ),
        None => (None, None),
    };
    let text: Text = Text::new(ITEMS)
        .bind(pledge.0)
        .bind(population.unit.clone())
        .bind(population.from)
        .bind(population.to)
        .bind(fixed.journal)
        .bind(side)
        .bind(code);
    let rows: Vec<ItemRow> = text.load(connection).await?;
    let item = |row: ItemRow| Item {
        number: row.number,
        amount: row.amount,
    };
    Ok(rows.into_iter().map(item).collect())
}

#[derive(QueryableByName)]
struct DrawnRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = SqlDate)]
    effective_date: Date,
}

/// $1 the pledge, $2 the numbers.
const DRAWN: &str = "
SELECT j.number, j.id, j.kind, j.effective_date FROM journals j
WHERE j.pledge_id = $1 AND j.number = ANY ($2) ORDER BY j.number";

/// The journals that were drawn, in the order of their numbers.
pub async fn drawn(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    numbers: Vec<i64>,
) -> Result<Vec<Drawn>, ReadError> {
    let text: Text = Text::new(DRAWN).bind(pledge.0).bind(numbers);
    let rows: Vec<DrawnRow> = text.load(connection).await?;
    let drawn = |row: DrawnRow| {
        Ok(Drawn {
            number: row.number,
            id: JournalId(row.id),
            kind: rows::kind(&row.kind)?,
            effective_date: row.effective_date,
        })
    };
    rows.into_iter().map(drawn).collect()
}
