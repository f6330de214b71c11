//! An account's entries, in the order they were posted.
//!
//! Each side of the account is an index range in order of its sequence numbers; a list merges the
//! two. What journals and counterparts say is looked up for the lines read, in one statement each.
//! Entries never change, so no snapshot is needed to read them page by page: the last entry to show
//! is the snapshot.

use std::collections::HashMap;

use diesel::sql_types::{self, BigInt, Bool, Integer, Nullable, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::Page;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::chart::Side;
use crate::domain::{AccountId, Code, JournalId, Kind, Market, PledgeId};

/// One line of an account: its side of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The account's own gapless number for it.
    pub seq: i64,
    /// When it counts.
    pub effective_date: Date,
    /// The side it stands on.
    pub side: Side,
    /// How much, in minor digits; greater than zero.
    pub amount: i64,
    /// The account's balance after it, in the order of posting, in minor digits.
    pub balance: i64,
    /// The event it is part of.
    pub journal: EntryJournal,
    /// The other side.
    pub counterpart: Counterpart,
}

/// The journal an entry is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryJournal {
    /// Its number within the pledge.
    pub number: i64,
    /// Its public id.
    pub id: JournalId,
    /// What happened.
    pub kind: Kind,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
}

/// The account on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counterpart {
    /// Its code.
    pub code: Code,
    /// Its id; none if it is out of sight.
    pub id: Option<AccountId>,
    /// Its market, if it has one and is in sight.
    pub market: Option<Market>,
}

/// Which entries of an account are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryWindow {
    /// The last entry already seen; 0 for none.
    pub after: i64,
    /// The last entry to show: how many there were at the moment the list shows.
    pub upto: i64,
    /// Only those effective on that day or later.
    pub from: Option<Date>,
    /// Only those effective before that day.
    pub before: Option<Date>,
    /// How many are wanted, at most.
    pub limit: i64,
}

pub(super) type RawLine = (Date, i64, bool, i64, i64, i64, i32);
pub(super) type RawLineSql = (
    sql_types::Date,
    BigInt,
    Bool,
    BigInt,
    BigInt,
    BigInt,
    Integer,
);

/// $1 pledge, $2 account, $3 after, $4 up to, $5 from day, $6 before day, $7 limit.
const ENTRIES: &str = "
SELECT * FROM (
    (SELECT effective_date, debit_seq AS seq, true, amount, debit_balance, journal, credit_account
     FROM transfers
     WHERE pledge_id = $1 AND debit_account = $2 AND debit_seq > $3 AND debit_seq <= $4
       AND ($5 IS NULL OR effective_date >= $5) AND ($6 IS NULL OR effective_date < $6)
     ORDER BY debit_seq LIMIT $7)
    UNION ALL
    (SELECT effective_date, credit_seq, false, amount, credit_balance, journal, debit_account
     FROM transfers
     WHERE pledge_id = $1 AND credit_account = $2 AND credit_seq > $3 AND credit_seq <= $4
       AND ($5 IS NULL OR effective_date >= $5) AND ($6 IS NULL OR effective_date < $6)
     ORDER BY credit_seq LIMIT $7)) AS entry
ORDER BY seq LIMIT $7";

/// Between which entries those of some days lie.
const BOUNDS: &str = "
SELECT min(first_seq), max(last_seq) FROM account_days
WHERE pledge_id = $1 AND account = $2 AND ($3 IS NULL OR day >= $3) AND ($4 IS NULL OR day < $4)";

/// Entries of an account, in the order they were posted. `sight` tells which counterparts are
/// named; that the account itself is in sight is the caller's to have seen.
pub async fn list_entries(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    account: i32,
    window: EntryWindow,
) -> Result<Page<Entry>, ReadError> {
    let (mut after, mut upto) = (window.after, window.upto);
    if window.from.is_some() || window.before.is_some() {
        let text: Text<(Nullable<BigInt>, Nullable<BigInt>)> = Text::new(BOUNDS)
            .bind(pledge.0)
            .bind(account)
            .bind(window.from)
            .bind(window.before);
        let bounds: (Option<i64>, Option<i64>) = text.get_result(connection).await?;
        after = after.max(bounds.0.unwrap_or(i64::MAX) - 1);
        upto = upto.min(bounds.1.unwrap_or(0));
    }
    if after >= upto {
        return Ok(Page {
            data: Vec::new(),
            has_more: false,
        });
    }
    let text: Text<RawLineSql> = Text::new(ENTRIES)
        .bind(pledge.0)
        .bind(account)
        .bind(after)
        .bind(upto)
        .bind(window.from)
        .bind(window.before)
        .bind(window.limit + 1);
    let lines: Vec<RawLine> = text.load(connection).await?;
    let page = Page::cut(lines, window.limit);
    let data = complete(connection, sight, pledge, page.data).await?;
    Ok(Page {
        data,
        has_more: page.has_more,
    })
}

/// Adds to lines what their journals and counterparts say.
pub(super) async fn complete(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    lines: Vec<RawLine>,
) -> Result<Vec<Entry>, ReadError> {
    let journals = load_journals(connection, pledge, &lines).await?;
    let counterparts = load_counterparts(connection, sight, pledge, &lines).await?;
    let entry = |(effective_date, seq, debit, amount, balance, number, other): RawLine| {
        let journal = journals
            .binary_search_by_key(&number, |journal| journal.number)
            .ok()
            .and_then(|index| journals.get(index))
            .ok_or_else(|| unreadable("journal", &number.to_string()))?;
        let counterpart = counterparts
            .get(&other)
            .ok_or_else(|| unreadable("account", &other.to_string()))?;
        Ok(Entry {
            seq,
            effective_date,
            side: if debit { Side::Debit } else { Side::Credit },
            amount,
            balance,
            journal: journal.clone(),
            counterpart: *counterpart,
        })
    };
    lines.into_iter().map(entry).collect()
}

type JournalRow = (i64, Uuid, String, OffsetDateTime, Option<String>);
type JournalRowSql = (
    BigInt,
    sql_types::Uuid,
    SqlText,
    Timestamptz,
    Nullable<SqlText>,
);

const JOURNALS_BETWEEN: &str = "
SELECT number, id, kind, recorded_at, reason FROM journals
WHERE pledge_id = $1 AND number BETWEEN $2 AND $3 ORDER BY number";

const JOURNALS_NUMBERED: &str = "
SELECT number, id, kind, recorded_at, reason FROM journals
WHERE pledge_id = $1 AND number = ANY ($2) ORDER BY number";

/// The lines' journals, by number. Where they lie close together the whole range is read, which is
/// several times cheaper than looking each of them up.
async fn load_journals(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    lines: &[RawLine],
) -> Result<Vec<EntryJournal>, ReadError> {
    let mut numbers: Vec<i64> = lines.iter().map(|line| line.5).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (&[first, ..], &[.., last]) = (numbers.as_slice(), numbers.as_slice()) else {
        return Ok(Vec::new());
    };
    let close = usize::try_from(last - first).is_ok_and(|span| span < 4 * numbers.len());
    let text: Text<JournalRowSql> = if close {
        Text::new(JOURNALS_BETWEEN)
            .bind(pledge.0)
            .bind(first)
            .bind(last)
    } else {
        Text::new(JOURNALS_NUMBERED).bind(pledge.0).bind(numbers)
    };
    let rows: Vec<JournalRow> = text.load(connection).await?;
    let read = |(number, id, kind, recorded_at, reason): JournalRow| {
        let (id, kind) = (JournalId(id), rows::kind(&kind)?);
        Ok(EntryJournal {
            number,
            id,
            kind,
            recorded_at,
            reason,
        })
    };
    rows.into_iter().map(read).collect()
}

type CounterpartRow = (i32, Uuid, String, Option<String>, bool);
type CounterpartSql = (Integer, sql_types::Uuid, SqlText, Nullable<SqlText>, Bool);

const COUNTERPARTS: &str = "
SELECT number, id, code, market, $3 IS NULL OR (market IS NOT NULL AND market = ANY ($3))
FROM accounts WHERE pledge_id = $1 AND number = ANY ($2)";

async fn load_counterparts(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
    lines: &[RawLine],
) -> Result<HashMap<i32, Counterpart>, ReadError> {
    let mut numbers: Vec<i32> = lines.iter().map(|line| line.6).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let text: Text<CounterpartSql> = Text::new(COUNTERPARTS)
        .bind(pledge.0)
        .bind(numbers)
        .bind(sight.markets());
    let rows: Vec<CounterpartRow> = text.load(connection).await?;
    let read = |(number, id, code, market, in_sight): CounterpartRow| {
        let market = market.as_deref().map(rows::market).transpose()?;
        let counterpart = Counterpart {
            code: rows::code(&code)?,
            id: in_sight.then_some(AccountId(id)),
            market: market.filter(|_| in_sight),
        };
        Ok((number, counterpart))
    };
    rows.into_iter().map(read).collect()
}
