//! The statements that a run had issued, of the accounts of somebody.
//!
//! A run is for accounts that had no statement up to its last day when it was asked for. Of each of
//! them it has the first statement, by number, that reaches this day: the run's own; or what
//! somebody issued before it came to the account, in which case it issued none. That one never
//! becomes another: a statement is never taken back, and what is issued again, or goes on, has a
//! later number. So what a run had issued is the same for ever once every account has it.
//!
//! Cost: the accounts the run is for.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::error::ReadError;
use super::issued::statements_of;
use super::sight::Sight;
use super::statement_heads::Whose;
use super::text::Text;
use crate::domain::Catalogue;
use crate::domain::statement::{Statement, StatementRun};

/// The accounts of a run that are in sight, with the first statement of each that reaches its last
/// day: $1 the pledge, $2 the run, $3 its last day, $4 markets and $5 codes in sight.
macro_rules! of_run {
    ($select:literal, $more:literal) => {
        concat!(
            "SELECT ",
            $select,
            "
FROM statement_run_accounts r
JOIN accounts a ON a.pledge_id = r.pledge_id AND a.number = r.account
LEFT JOIN LATERAL (
    SELECT s.id FROM statements s
    WHERE s.pledge_id = r.pledge_id AND s.account = r.account AND s.to_day >= $3
    ORDER BY s.number LIMIT 1) AS first ON true
WHERE r.pledge_id = $1 AND r.run_id = $2
  AND ($4 IS NULL OR a.market = ANY ($4)) AND ($5 IS NULL OR a.code = ANY ($5))",
            $more
        )
    };
}

const COUNT: &str = of_run!(
    "count(*) AS accounts, count(*) FILTER (WHERE first.id IS NULL) AS left",
    ""
);

/// $6 to $8 market, creator and lot, $9 how many.
const FIRST: &str = of_run!(
    "first.id",
    "
  AND ($6 IS NULL OR a.market = $6) AND ($7 IS NULL OR a.creator_id = $7)
  AND ($8 IS NULL OR a.lot_id = $8) AND first.id IS NOT NULL
ORDER BY a.code, a.unit, a.market NULLS FIRST, a.number
LIMIT $9"
);

/// How many accounts a run is for, of those in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct RunAccounts {
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub accounts: i64,
    /// Those that have no statement yet.
    #[diesel(sql_type = BigInt)]
    pub left: i64,
}

/// How many accounts a run is for, of those in sight, and how many of them are left. One statement.
pub async fn run_accounts(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    run: &StatementRun,
) -> Result<RunAccounts, ReadError> {
    let text: Text = Text::new(COUNT)
        .bind(run.pledge.0)
        .bind(run.id)
        .bind(run.to)
        .bind(sight.markets())
        .bind(sight.codes());
    Ok(text.get_result(connection).await?)
}

/// The statements a run had issued, of accounts in sight of somebody, at most `limit`, by code,
/// market and number. Takes two statements.
pub async fn run_statements(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    run: &StatementRun,
    whose: Whose,
    limit: i64,
) -> Result<Vec<Statement>, ReadError> {
    let text: Text<SqlUuid> = Text::new(FIRST)
        .bind(run.pledge.0)
        .bind(run.id)
        .bind(run.to)
        .bind(sight.markets())
        .bind(sight.codes())
        .bind(whose.market.map(|it| it.as_str().to_owned()))
        .bind(whose.creator.map(|id| id.0))
        .bind(whose.lot.map(|id| id.0))
        .bind(limit);
    let ids: Vec<Uuid> = text.load(connection).await?;
    statements_of(connection, catalogue, sight, &ids).await
}
