//! An account's entries, in the order they were posted.
//!
//! Each side of the account is an index range in order of its sequence numbers; a list merges the
//! two. What journals and counterparts say is looked up for the lines read, in one statement each.
//! Entries never change, so no snapshot is needed to read them page by page: the last entry to show
//! is the snapshot.

use diesel::sql_types::{BigInt, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};

use super::error::ReadError;
use super::lines::{Columns, LinesSql, complete, in_rows, line_columns};
use super::page::Page;
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

/// $1 pledge, $2 account, $3 after, $4 up to, $5 from day, $6 before day, $7 limit.
const ENTRIES: &str = concat!(
    "SELECT ",
    line_columns!(),
    " FROM (SELECT * FROM (
    (SELECT effective_date, debit_seq AS seq, amount AS debited, debit_balance AS balance,
            journal, credit_account AS counterpart
     FROM transfers
     WHERE pledge_id = $1 AND debit_account = $2 AND debit_seq > $3 AND debit_seq <= $4
       AND ($5 IS NULL OR effective_date >= $5) AND ($6 IS NULL OR effective_date < $6)
     ORDER BY debit_seq LIMIT $7)
    UNION ALL
    (SELECT effective_date, credit_seq, -amount, credit_balance, journal, debit_account
     FROM transfers
     WHERE pledge_id = $1 AND credit_account = $2 AND credit_seq > $3 AND credit_seq <= $4
       AND ($5 IS NULL OR effective_date >= $5) AND ($6 IS NULL OR effective_date < $6)
     ORDER BY credit_seq LIMIT $7)) AS side
ORDER BY seq LIMIT $7) AS line"
);

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
    let text: Text<LinesSql> = Text::new(ENTRIES)
        .bind(pledge.0)
        .bind(account)
        .bind(after)
        .bind(upto)
        .bind(window.from)
        .bind(window.before)
        .bind(window.limit + 1);
    let lines: Columns = text.get_result(connection).await?;
    let page = Page::cut(in_rows(lines), window.limit);
    let data = complete(connection, sight, pledge, page.data).await?;
    Ok(Page {
        data,
        has_more: page.has_more,
    })
}
