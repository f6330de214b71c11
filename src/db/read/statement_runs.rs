//! Issuing statements for all accounts of pledges: what is asked for, and how far it has come.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::sight::Sight;
use super::text::Text;
use crate::db::schema::statement_runs;
use crate::domain::PledgeId;
use crate::domain::statement::StatementRun;

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = statement_runs)]
struct RunRow {
    pledge_id: Uuid,
    id: Uuid,
    to_day: time::Date,
    known_journal: i64,
    known_at: OffsetDateTime,
    reason: Option<String>,
    issued_by: String,
    identity: String,
    issued_at: OffsetDateTime,
}

impl RunRow {
    fn read(self) -> StatementRun {
        StatementRun {
            id: self.id,
            pledge: PledgeId(self.pledge_id),
            to: self.to_day,
            known_journal: self.known_journal,
            known_at: self.known_at,
            accounts: Vec::new(),
            reason: self.reason,
            issued_by: self.issued_by,
            identity: self.identity,
            issued_at: self.issued_at,
        }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct RunProgress {
    /// How many accounts it is for.
    #[diesel(sql_type = BigInt)]
    pub accounts: i64,
    /// How many of them have their statement.
    #[diesel(sql_type = BigInt)]
    pub issued: i64,
    /// How many earlier statements were issued again on the way.
    #[diesel(sql_type = BigInt)]
    pub reissued: i64,
}

const PROGRESS: &str = "
SELECT count(*) AS accounts,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM statements s
           WHERE s.pledge_id = a.pledge_id AND s.account = a.account AND s.to_day >= $3))
           AS issued,
       (SELECT count(*) FROM statements s WHERE s.run_id = $2 AND s.supersedes IS NOT NULL)
           AS reissued
FROM statement_run_accounts a WHERE a.pledge_id = $1 AND a.run_id = $2";

/// A run with how far it has come, if it is there. Takes two statements. The accounts are left out.
pub async fn statement_run(
    connection: &mut AsyncPgConnection,
    id: Uuid,
) -> Result<Option<(StatementRun, RunProgress)>, ReadError> {
    let row: Option<RunRow> = statement_runs::table
        .filter(statement_runs::id.eq(id))
        .select(RunRow::as_select())
        .first(connection)
        .await
        .optional()?;
    let Some(run) = row.map(RunRow::read) else {
        return Ok(None);
    };
    let text: Text = Text::new(PROGRESS)
        .bind(run.pledge.0)
        .bind(run.id)
        .bind(run.to);
    let progress = text.get_result(connection).await?;
    Ok(Some((run, progress)))
}

/// A run, if it is there and its pledge is in sight. One statement. The accounts are left out.
pub async fn run_in_sight(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    id: Uuid,
) -> Result<Option<StatementRun>, ReadError> {
    let mut query = statement_runs::table
        .filter(statement_runs::id.eq(id))
        .select(RunRow::as_select())
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(statement_runs::pledge_id.eq_any(pledges));
    }
    let row: Option<RunRow> = query.first(connection).await.optional()?;
    Ok(row.map(RunRow::read))
}

const UNFINISHED: &str = "
SELECT r.id FROM statement_runs r
WHERE EXISTS (
    SELECT FROM statement_run_accounts a
    WHERE a.pledge_id = r.pledge_id AND a.run_id = r.id AND NOT EXISTS (
        SELECT FROM statements s
        WHERE s.pledge_id = a.pledge_id AND s.account = a.account AND s.to_day >= r.to_day))
ORDER BY r.id";

/// The runs that aren't done, the first first.
pub async fn unfinished_runs(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<StatementRun>, ReadError> {
    let text: Text<SqlUuid> = Text::new(UNFINISHED);
    let ids: Vec<Uuid> = text.load(connection).await?;
    let rows: Vec<RunRow> = statement_runs::table
        .filter(statement_runs::id.eq_any(ids))
        .order(statement_runs::id)
        .select(RunRow::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(RunRow::read).collect())
}

/// $1 the pledge, $2 the run, $3 its last day, $4 after which account, $5 how many.
const LEFT: &str = "
SELECT a.account FROM statement_run_accounts a
WHERE a.pledge_id = $1 AND a.run_id = $2 AND a.account > $4 AND NOT EXISTS (
    SELECT FROM statements s
    WHERE s.pledge_id = a.pledge_id AND s.account = a.account AND s.to_day >= $3)
ORDER BY a.account LIMIT $5";

/// The next accounts for which a run has yet to issue its statement.
pub async fn accounts_left(
    connection: &mut AsyncPgConnection,
    run: &StatementRun,
    (after, limit): (i32, i64),
) -> Result<Vec<i32>, ReadError> {
    let text: Text<Integer> = Text::new(LEFT)
        .bind(run.pledge.0)
        .bind(run.id)
        .bind(run.to)
        .bind(after)
        .bind(limit);
    Ok(text.load(connection).await?)
}
