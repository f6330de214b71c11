//! Statements: an account over some days, from one balance to another.
//!
//! The head (opening, totals, closing) is read in one snapshot, from the account's days. It names
//! the last entry that was known. Entries never change, so the lines can then be read page by page
//! without holding a snapshot or a connection: a reader that is slow costs nothing, and a statement
//! of any length costs the memory of a page.

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};

use super::accounts::{Account, Moment, account};
use super::entries::{Entry, RawLine, RawLineSql, complete};
use super::error::ReadError;
use super::known::Known;
use super::sight::Sight;
use super::text::Text;
use crate::domain::chart::Side;
use crate::domain::{AccountId, Catalogue};

/// What a statement says before and after its lines. Amounts are in minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementHead {
    /// The account, with its figures at the end of the last day.
    pub account: Account,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What was taken into account.
    pub known: Known,
    /// The balance at the end of the day before the first.
    pub opening: i64,
    /// What was debited on these days.
    pub total_debits: i64,
    /// What was credited on these days.
    pub total_credits: i64,
}

impl StatementHead {
    /// The balance at the end of the last day.
    pub fn closing(&self) -> i64 {
        self.account.balance()
    }

    /// The side on which the balance is positive.
    pub fn normal_side(&self) -> Side {
        self.account.key.code.side()
    }
}

/// A line's place: days in order, and on each day the order of posting.
pub type Place = (Date, i64);

/// The head of a statement from `from` to `to`, both included; `None` if the account isn't there or
/// not in sight. Call it in a snapshot: it takes two statements.
pub async fn statement_head(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: AccountId,
    days: (Date, Date),
    known_at: Option<OffsetDateTime>,
) -> Result<Option<StatementHead>, ReadError> {
    let (from, to) = days;
    let at = Moment {
        as_of: Some(to),
        known_at,
    };
    let Some(end) = account(connection, catalogue, sight, id, at).await? else {
        return Ok(None);
    };
    let (mut opening, mut before) = (0, (0, 0));
    if let Some(eve) = from.previous_day() {
        let at = Moment {
            as_of: Some(eve),
            known_at,
        };
        if let Some(start) = account(connection, catalogue, sight, id, at).await? {
            opening = start.account.balance();
            before = (start.account.debits, start.account.credits);
        }
    }
    Ok(Some(StatementHead {
        from,
        to,
        known: end.known,
        opening,
        total_debits: end.account.debits - before.0,
        total_credits: end.account.credits - before.1,
        account: end.account,
    }))
}

/// $1 pledge, $2 account, $3 first day, $4 last day, $5 the last line seen on the first day, $6 the
/// last entry known, $7 limit. A day's entries lie between its first and its last; others between
/// them were posted for other days.
const LINES: &str = "
SELECT entry.effective_date, entry.seq, entry.debit, entry.amount, entry.balance, entry.journal,
       entry.counterpart
FROM account_days d
CROSS JOIN LATERAL (
    SELECT effective_date, debit_seq AS seq, true AS debit, amount, debit_balance AS balance,
           journal, credit_account AS counterpart
    FROM transfers
    WHERE pledge_id = $1 AND debit_account = $2 AND effective_date = d.day
      AND debit_seq >= CASE WHEN d.day = $3 THEN greatest(d.first_seq, $5 + 1)
                            ELSE d.first_seq END
      AND debit_seq <= least(d.last_seq, $6)
    UNION ALL
    SELECT effective_date, credit_seq, false, amount, credit_balance, journal, debit_account
    FROM transfers
    WHERE pledge_id = $1 AND credit_account = $2 AND effective_date = d.day
      AND credit_seq >= CASE WHEN d.day = $3 THEN greatest(d.first_seq, $5 + 1)
                             ELSE d.first_seq END
      AND credit_seq <= least(d.last_seq, $6)) AS entry
WHERE d.pledge_id = $1 AND d.account = $2 AND d.day >= $3 AND d.day <= $4 AND d.first_seq <= $6
ORDER BY d.day, entry.seq LIMIT $7";

/// The lines behind `after`, in order, at most `limit`.
pub async fn statement_lines(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    head: &StatementHead,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Entry>, ReadError> {
    let (day, seq) = after.unwrap_or((head.from, 0));
    let text: Text<RawLineSql> = Text::new(LINES)
        .bind(head.account.pledge.0)
        .bind(head.account.number)
        .bind(day)
        .bind(head.to)
        .bind(seq)
        .bind(head.account.entries)
        .bind(limit);
    let lines: Vec<RawLine> = text.load(connection).await?;
    complete(connection, sight, head.account.pledge, lines).await
}
