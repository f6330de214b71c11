//! Lines of accounts, and what their journals and counterparts say.
//!
//! Thousands of them are read at a time, so they come as one row of arrays: that costs the database
//! and this service a third of what as many rows do.

use std::collections::HashMap;

use diesel::sql_types::{
    self, Array, BigInt, Bool, Integer, Nullable, Text as SqlText, Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::entries::{Counterpart, Entry, EntryJournal};
use super::error::{ReadError, unreadable};
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::chart::Side;
use crate::domain::{AccountId, JournalId, PledgeId};

/// Lines as one row of arrays, out of rows `line` that are in order already.
macro_rules! line_columns {
    () => {
        "coalesce(array_agg(effective_date), '{}'), coalesce(array_agg(seq), '{}'),
       coalesce(array_agg(debited), '{}'), coalesce(array_agg(balance), '{}'),
       coalesce(array_agg(journal), '{}'), coalesce(array_agg(counterpart), '{}')"
    };
}

pub(super) use line_columns;

/// A line as it is read, before what others say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) day: Date,
    pub(super) seq: i64,
    /// By how much; below zero if that was credited.
    debited: i64,
    balance: i64,
    pub(super) journal: i64,
    counterpart: i32,
}

/// The same, as arrays.
pub(super) type Columns = (Vec<Date>, Vec<i64>, Vec<i64>, Vec<i64>, Vec<i64>, Vec<i32>);

/// Their SQL types.
pub(super) type LinesSql = (
    Array<sql_types::Date>,
    Array<BigInt>,
    Array<BigInt>,
    Array<BigInt>,
    Array<BigInt>,
    Array<Integer>,
);

/// Lines out of arrays, in the same order.
pub(super) fn in_rows(columns: Columns) -> Vec<Line> {
    let (days, seqs, debited, balances, journals, counterparts) = columns;
    let figures = debited.into_iter().zip(balances);
    let others = journals.into_iter().zip(counterparts);
    let places = days.into_iter().zip(seqs);
    let lines = places.zip(figures).zip(others);
    let line = |(((day, seq), (debited, balance)), (journal, counterpart))| Line {
        day,
        seq,
        debited,
        balance,
        journal,
        counterpart,
    };
    lines.map(line).collect()
}

/// Adds to lines what their journals and counterparts say.
pub(super) async fn complete(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    lines: Vec<Line>,
) -> Result<Vec<Entry>, ReadError> {
    let journals = load_journals(connection, sight, pledge, &lines).await?;
    let counterparts = load_counterparts(connection, sight, pledge, &lines).await?;
    let entry = |line: Line| {
        let journal = journals
            .binary_search_by_key(&line.journal, |journal| journal.number)
            .ok()
            .and_then(|index| journals.get(index))
            .ok_or_else(|| unreadable("journal", &line.journal.to_string()))?;
        let counterpart = counterparts
            .get(&line.counterpart)
            .ok_or_else(|| unreadable("account", &line.counterpart.to_string()))?;
        Ok(Entry {
            seq: line.seq,
            effective_date: line.day,
            side: if line.debited > 0 {
                Side::Debit
            } else {
                Side::Credit
            },
            amount: line.debited.abs(),
            balance: line.balance,
            journal: journal.clone(),
            counterpart: *counterpart,
        })
    };
    lines.into_iter().map(entry).collect()
}

type JournalColumns = (
    Vec<i64>,
    Vec<Uuid>,
    Vec<String>,
    Vec<OffsetDateTime>,
    Vec<Option<String>>,
);
type JournalsSql = (
    Array<BigInt>,
    Array<sql_types::Uuid>,
    Array<SqlText>,
    Array<Timestamptz>,
    Array<Nullable<SqlText>>,
);

macro_rules! journal_columns {
    () => {
        "SELECT coalesce(array_agg(number), '{}'), coalesce(array_agg(id), '{}'),
       coalesce(array_agg(kind), '{}'), coalesce(array_agg(recorded_at), '{}'),
       coalesce(array_agg(reason), '{}')
FROM (SELECT number, id, kind, recorded_at, reason FROM journals WHERE pledge_id = $1 AND "
    };
}

const JOURNALS_BETWEEN: &str = concat!(
    journal_columns!(),
    "number BETWEEN $2 AND $3 ORDER BY number) AS journal"
);

const JOURNALS_NUMBERED: &str = concat!(
    journal_columns!(),
    "number = ANY ($2) ORDER BY number) AS journal"
);

/// The lines' journals, by number. Where they lie close together the whole range is read, which is
/// several times cheaper than looking each of them up.
async fn load_journals(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    lines: &[Line],
) -> Result<Vec<EntryJournal>, ReadError> {
    let mut numbers: Vec<i64> = lines.iter().map(|line| line.journal).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (&[first, ..], &[.., last]) = (numbers.as_slice(), numbers.as_slice()) else {
        return Ok(Vec::new());
    };
    let close = usize::try_from(last - first).is_ok_and(|span| span < 4 * numbers.len());
    let text: Text<JournalsSql> = if close {
        Text::new(JOURNALS_BETWEEN)
            .bind(pledge.0)
            .bind(first)
            .bind(last)
    } else {
        Text::new(JOURNALS_NUMBERED).bind(pledge.0).bind(numbers)
    };
    let columns: JournalColumns = text.get_result(connection).await?;
    let (numbers, ids, kinds, instants, reasons) = columns;
    let facts = kinds.into_iter().zip(instants.into_iter().zip(reasons));
    let journals = numbers.into_iter().zip(ids).zip(facts);
    type Fact = (OffsetDateTime, Option<String>);
    let read = |((number, id), (kind, (recorded_at, reason))): ((i64, Uuid), (String, Fact))| {
        let (id, kind) = (JournalId(id), rows::kind(&kind)?);
        Ok(EntryJournal {
            number,
            id,
            kind,
            recorded_at,
            reason: reason.filter(|_| sight.shows_reasons()),
        })
    };
    journals.map(read).collect()
}

type CounterpartRow = (i32, Option<Uuid>, String, Option<String>, bool);
type CounterpartSql = (
    Integer,
    Nullable<sql_types::Uuid>,
    SqlText,
    Nullable<SqlText>,
    Bool,
);

const COUNTERPARTS: &str = "
SELECT number, id, code, market, $3 IS NULL OR (market IS NOT NULL AND market = ANY ($3))
FROM accounts WHERE pledge_id = $1 AND number = ANY ($2)";

/// The same for a reader behind a wall that hides some of them: of those, the code.
const COUNTERPARTS_BEHIND: &str = "
SELECT n.number, a.id, coalesce(a.code, code_of($1, n.number)), a.market,
       a.id IS NOT NULL AND ($3 IS NULL OR (a.market IS NOT NULL AND a.market = ANY ($3)))
FROM unnest($2) AS n (number)
LEFT JOIN accounts a ON a.pledge_id = $1 AND a.number = n.number";

async fn load_counterparts(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    lines: &[Line],
) -> Result<HashMap<i32, Counterpart>, ReadError> {
    let mut numbers: Vec<i32> = lines.iter().map(|line| line.counterpart).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let wording = match sight {
        Sight::Everything => COUNTERPARTS,
        Sight::Creator(_) | Sight::Only { .. } => COUNTERPARTS_BEHIND,
    };
    let text: Text<CounterpartSql> = Text::new(wording)
        .bind(pledge.0)
        .bind(numbers)
        .bind(sight.markets());
    let rows: Vec<CounterpartRow> = text.load(connection).await?;
    let read = |(number, id, code, market, in_sight): CounterpartRow| {
        let market = market.as_deref().map(rows::market).transpose()?;
        let code = rows::code(&code)?;
        let in_sight = in_sight && sight.shows_code(code);
        let counterpart = Counterpart {
            code,
            id: id.filter(|_| in_sight).map(AccountId),
            market: market.filter(|_| in_sight),
        };
        Ok((number, counterpart))
    };
    rows.into_iter().map(read).collect()
}
