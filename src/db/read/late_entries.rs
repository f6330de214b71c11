//! What one statement of an account knew and another for the same days didn't.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::entries::Entry;
use super::error::ReadError;
use super::lines::{Columns, LinesSql, complete, in_rows, line_columns};
use super::sight::Sight;
use super::text::Text;
use crate::db::schema::journals;
use crate::domain::statement::Statement;

/// An entry that was posted after an earlier statement of its day was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateEntry {
    /// The entry.
    pub entry: Entry,
    /// Who posted it, if the reader may see that.
    pub actor: Option<String>,
}

/// $1 the pledge, $2 the account, $3 the last journal known before, $4 the last one known since, $5
/// the last day.
const LATE: &str = concat!(
    "SELECT ",
    line_columns!(),
    " FROM (
    SELECT effective_date, debit_seq AS seq, amount AS debited, debit_balance AS balance,
           journal, credit_account AS counterpart
    FROM transfers
    WHERE pledge_id = $1 AND journal > $3 AND journal <= $4 AND debit_account = $2
      AND effective_date <= $5
    UNION ALL
    SELECT effective_date, credit_seq, -amount, credit_balance, journal, debit_account
    FROM transfers
    WHERE pledge_id = $1 AND journal > $3 AND journal <= $4 AND credit_account = $2
      AND effective_date <= $5) AS line"
);

/// The entries up to the statements' last day that the later one knows of and the earlier one
/// didn't, in the order they were posted. To be called in a snapshot.
pub async fn late_entries(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    earlier: &Statement,
    later: &Statement,
) -> Result<Vec<LateEntry>, ReadError> {
    let text: Text<LinesSql> = Text::new(LATE)
        .bind(earlier.pledge.0)
        .bind(earlier.account)
        .bind(earlier.known_journal)
        .bind(later.known_journal)
        .bind(earlier.to);
    let columns: Columns = text.get_result(connection).await?;
    let mut lines = in_rows(columns);
    lines.sort_unstable_by_key(|line| line.seq);
    let numbers: Vec<i64> = lines.iter().map(|line| line.journal).collect();
    let actors: Vec<(i64, String)> = journals::table
        .filter(journals::pledge_id.eq(earlier.pledge.0))
        .filter(journals::number.eq_any(numbers))
        .select((journals::number, journals::actor))
        .load(connection)
        .await?;
    let actors: HashMap<i64, String> = actors.into_iter().collect();
    let entries = complete(connection, sight, earlier.pledge, lines).await?;
    let late = |entry: Entry| LateEntry {
        actor: actors
            .get(&entry.journal.number)
            .filter(|_| sight.shows_staff())
            .cloned(),
        entry,
    };
    Ok(entries.into_iter().map(late).collect())
}
