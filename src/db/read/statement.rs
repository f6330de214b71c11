//! Statements: an account over some days, from one balance to another.
//!
//! The head (opening, totals, closing) is read in one snapshot, from the account's days. It says
//! where the lines are, and ends with the last entry that was known. Entries never change, so the
//! lines can then be read stretch by stretch without holding a snapshot or a connection: a reader
//! that is slow costs nothing, and a statement of any length costs the memory of a stretch.
//!
//! Cost: the entries between the first and the last one of each day. An entry that was backdated
//! long after its day makes that one day as long as everything posted in between.

use diesel::sql_types::{self, BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};

use super::accounts::{Account, Moment, account};
use super::entries::Entry;
use super::error::ReadError;
use super::known::Known;
use super::lines::{Columns, LinesSql, complete, in_rows, line_columns};
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
    /// Where its lines are, in order.
    pub stretches: Vec<Stretch>,
}

impl StatementHead {
    /// The balance at the end of the last day.
    pub fn closing(&self) -> i64 {
        self.account.balance()
    }

    /// It has at most so many lines: fewer, if others lie between them.
    pub fn most_lines(&self) -> i64 {
        let lines = self.stretches.iter().map(|it| it.last - it.first + 1);
        lines.sum()
    }

    /// The side on which the balance is positive.
    pub fn normal_side(&self) -> Side {
        self.account.key.code.side()
    }
}

/// A part of a statement: entries of some days, among those numbered from one to another. Parts
/// come one after the other, and none of them takes more than a bounded number to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    from: Date,
    to: Date,
    first: i64,
    last: i64,
}

/// How many entries are read at a time.
pub const STRETCH: i64 = 2_048;

/// Divides days, each with its first and last entry, into stretches: several days together as long
/// as their entries lie close, or a long day in parts.
pub(super) fn divide(days: &[(Date, i64, i64)]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    // Another day joins whole days only: among the entries of a part, and before them, may be
    // others of the part's own day.
    let mut whole_days = false;
    for &(day, first, last) in days {
        if let Some(open) = stretches.last_mut() {
            let (low, high) = (open.first.min(first), open.last.max(last));
            if whole_days && high - low < STRETCH {
                *open = Stretch {
                    from: open.from,
                    to: day,
                    first: low,
                    last: high,
                };
                continue;
            }
        }
        whole_days = last - first < STRETCH;
        let mut low = first;
        while low <= last {
            let high = last.min(low + STRETCH - 1);
            stretches.push(Stretch {
                from: day,
                to: day,
                first: low,
                last: high,
            });
            low = high + 1;
        }
    }
    stretches
}

/// $1 the pledge, $2 the account, $3 and $4 the days, $5 the last entry known.
const DAYS: &str = "
SELECT day, first_seq, least(last_seq, $5) FROM account_days
WHERE pledge_id = $1 AND account = $2 AND day BETWEEN $3 AND $4 AND first_seq <= $5
ORDER BY day";

/// The head of a statement from `from` to `to`, both included; `None` if the account isn't there or
/// not in sight. Call it in a snapshot: it takes three statements.
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
    let text: Text<(sql_types::Date, BigInt, BigInt)> = Text::new(DAYS)
        .bind(end.account.pledge.0)
        .bind(end.account.number)
        .bind(from)
        .bind(to)
        .bind(end.account.entries);
    let days: Vec<(Date, i64, i64)> = text.load(connection).await?;
    Ok(Some(StatementHead {
        from,
        to,
        known: end.known,
        opening,
        total_debits: end.account.debits - before.0,
        total_credits: end.account.credits - before.1,
        account: end.account,
        stretches: divide(&days),
    }))
}

/// $1 the pledge, $2 the account, $3 and $4 the days, $5 and $6 the entries.
const LINES: &str = concat!(
    "SELECT ",
    line_columns!(),
    " FROM (
    SELECT effective_date, debit_seq AS seq, amount AS debited, debit_balance AS balance,
           journal, credit_account AS counterpart
    FROM transfers
    WHERE pledge_id = $1 AND debit_account = $2 AND debit_seq BETWEEN $5 AND $6
      AND effective_date BETWEEN $3 AND $4
    UNION ALL
    SELECT effective_date, credit_seq, -amount, credit_balance, journal, debit_account
    FROM transfers
    WHERE pledge_id = $1 AND credit_account = $2 AND credit_seq BETWEEN $5 AND $6
      AND effective_date BETWEEN $3 AND $4) AS line"
);

/// $1 the pledge, $2 the account, $3 and $4 the days, $5 and $6 the entries.
const COUNT: &str = "
SELECT (SELECT count(*) FROM transfers WHERE pledge_id = $1 AND debit_account = $2
        AND debit_seq BETWEEN $5 AND $6 AND effective_date BETWEEN $3 AND $4)
     + (SELECT count(*) FROM transfers WHERE pledge_id = $1 AND credit_account = $2
        AND credit_seq BETWEEN $5 AND $6 AND effective_date BETWEEN $3 AND $4)";

/// How many lines a statement has.
pub async fn count_lines(
    connection: &mut AsyncPgConnection,
    head: &StatementHead,
) -> Result<i64, ReadError> {
    let first = head.stretches.iter().map(|it| it.first).min();
    let last = head.stretches.iter().map(|it| it.last).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(0);
    };
    let text: Text<BigInt> = Text::new(COUNT)
        .bind(head.account.pledge.0)
        .bind(head.account.number)
        .bind(head.from)
        .bind(head.to)
        .bind(first)
        .bind(last);
    Ok(text.get_result(connection).await?)
}

/// The lines of a stretch, in order. Entries never change, so no snapshot is needed.
pub async fn statement_lines(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    head: &StatementHead,
    stretch: Stretch,
) -> Result<Vec<Entry>, ReadError> {
    let text: Text<LinesSql> = Text::new(LINES)
        .bind(head.account.pledge.0)
        .bind(head.account.number)
        .bind(stretch.from)
        .bind(stretch.to)
        .bind(stretch.first)
        .bind(stretch.last);
    let columns: Columns = text.get_result(connection).await?;
    let mut lines = in_rows(columns);
    lines.sort_unstable_by_key(|line| (line.day, line.seq));
    complete(connection, sight, head.account.pledge, lines).await
}

#[cfg(test)]
mod tests {
    use super::{STRETCH, Stretch, divide};
    use time::macros::date;

    #[test]
    fn days_are_read_together_while_their_entries_lie_close() {
        let (one, two, three) = (
            date!(2026 - 01 - 01),
            date!(2026 - 01 - 02),
            date!(2026 - 01 - 03),
        );
        let stretch = |from, to, first, last| Stretch {
            from,
            to,
            first,
            last,
        };
        assert_eq!(divide(&[]), []);
        assert_eq!(
            divide(&[(one, 1, 10), (two, 11, 20), (three, 5, 21)]),
            [stretch(one, three, 1, 21)]
        );
        // The second day has a late entry far away; the third lies before it, so it costs nothing.
        assert_eq!(
            divide(&[(one, 1, 10), (two, 11, STRETCH + 1), (three, 20, 30)]),
            [
                stretch(one, one, 1, 10),
                stretch(two, three, 11, STRETCH + 1)
            ]
        );
        // A long day is read in parts, and nothing is read with the last of them.
        assert_eq!(
            divide(&[(one, 1, STRETCH + 5), (two, STRETCH + 6, STRETCH + 7)]),
            [
                stretch(one, one, 1, STRETCH),
                stretch(one, one, STRETCH + 1, STRETCH + 5),
                stretch(two, two, STRETCH + 6, STRETCH + 7),
            ]
        );
    }
}
