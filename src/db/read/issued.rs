//! Statements that were issued, and what the next ones depend on.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::db::schema::{accounts, statements};
use crate::db::statements::series;
use crate::domain::statement::{Series, Statement};
use crate::domain::{AccountId, Catalogue, PledgeId, StatementId};

/// An account that is to be issued a statement.
#[derive(Debug, Clone)]
pub struct AccountToIssue {
    /// Its id.
    pub id: AccountId,
    /// Whose money it counts.
    pub pledge: PledgeId,
    /// Its number within the pledge.
    pub number: i32,
    /// The day its first entry counts on, if it has one.
    pub first_day: Option<time::Date>,
    /// What it comes to now on its normal side, in minor digits.
    pub balance: i64,
    /// What of that is held.
    pub held: i64,
    /// Its statements so far.
    pub series: Series,
}

#[derive(Debug, QueryableByName)]
struct ToIssueRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pledge_id: Uuid,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Nullable<Date>)]
    first_day: Option<time::Date>,
    #[diesel(sql_type = BigInt)]
    balance: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
}

macro_rules! to_issue {
    ($which:literal) => {
        concat!(
            "SELECT a.id, a.pledge_id, a.number,
       (SELECT min(d.day) FROM account_days d
        WHERE d.pledge_id = a.pledge_id AND d.account = a.number) AS first_day,
       CASE a.normal_side WHEN 'debit' THEN a.debits - a.credits ELSE a.credits - a.debits END
           AS balance, a.held
FROM accounts a WHERE ",
            $which
        )
    };
}

const ONE_TO_ISSUE: &str = to_issue!("a.id = $1");

/// $1 the pledge, $2 the accounts.
const SOME_TO_ISSUE: &str = to_issue!("a.pledge_id = $1 AND a.number = ANY ($2) ORDER BY a.number");

/// $1 the pledge, $2 the last day, $3 after which account, $4 how many: accounts on which something
/// counts by that day.
const ALL_TO_ISSUE: &str = to_issue!(
    "a.pledge_id = $1 AND a.number > $3 AND EXISTS (
    SELECT FROM account_days d
    WHERE d.pledge_id = a.pledge_id AND d.account = a.number AND d.day <= $2)
ORDER BY a.number LIMIT $4"
);

async fn with_series(
    connection: &mut AsyncPgConnection,
    rows: Vec<ToIssueRow>,
) -> Result<Vec<AccountToIssue>, ReadError> {
    let [ToIssueRow { pledge_id, .. }, ..] = rows.as_slice() else {
        return Ok(Vec::new());
    };
    let pledge = PledgeId(*pledge_id);
    let numbers: Vec<i32> = rows.iter().map(|row| row.number).collect();
    let mut found: HashMap<i32, Series> = series(connection, pledge, &numbers).await?;
    let account = |row: ToIssueRow| AccountToIssue {
        id: AccountId(row.id),
        pledge,
        number: row.number,
        first_day: row.first_day,
        balance: row.balance,
        held: row.held,
        series: found.remove(&row.number).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(account).collect())
}

/// An account that is to be issued a statement, if it is there. Takes two statements.
pub async fn account_to_issue(
    connection: &mut AsyncPgConnection,
    id: AccountId,
) -> Result<Option<AccountToIssue>, ReadError> {
    let text: Text = Text::new(ONE_TO_ISSUE).bind(id.0);
    let rows: Vec<ToIssueRow> = text.load(connection).await?;
    Ok(with_series(connection, rows).await?.pop())
}

/// Accounts of a pledge that are to be issued statements. Takes two statements.
pub async fn accounts_to_issue(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    numbers: &[i32],
) -> Result<Vec<AccountToIssue>, ReadError> {
    let text: Text = Text::new(SOME_TO_ISSUE)
        .bind(pledge.0)
        .bind(numbers.to_vec());
    let rows: Vec<ToIssueRow> = text.load(connection).await?;
    with_series(connection, rows).await
}

/// The next accounts of a pledge on which something counts by a day. Takes two statements.
pub async fn active_accounts(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    to: time::Date,
    (after, limit): (i32, i64),
) -> Result<Vec<AccountToIssue>, ReadError> {
    let text: Text = Text::new(ALL_TO_ISSUE)
        .bind(pledge.0)
        .bind(to)
        .bind(after)
        .bind(limit);
    let rows: Vec<ToIssueRow> = text.load(connection).await?;
    with_series(connection, rows).await
}

/// $1 the pledge, $2 before which day: accounts of which a statement that stands closes at another
/// balance than they have now at its end.
const BEHIND: &str = "
SELECT count(DISTINCT s.account)
FROM statements s
JOIN accounts a ON a.pledge_id = s.pledge_id AND a.number = s.account
WHERE s.pledge_id = $1 AND s.to_day < $2
  AND NOT EXISTS (
    SELECT FROM statements o WHERE o.pledge_id = s.pledge_id AND o.account = s.account
        AND o.supersedes = s.number)
  AND s.closing <> (
    SELECT coalesce(sum(CASE a.normal_side WHEN 'debit' THEN d.debits - d.credits
                                           ELSE d.credits - d.debits END), 0)
    FROM account_days d
    WHERE d.pledge_id = s.pledge_id AND d.account = s.account AND d.day <= s.to_day)";

/// How many accounts of a pledge have a statement of days before one that late entries changed.
pub async fn accounts_behind(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    before: time::Date,
) -> Result<i64, ReadError> {
    let text: Text<BigInt> = Text::new(BEHIND).bind(pledge.0).bind(before);
    Ok(text.get_result(connection).await?)
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = statements)]
struct StatementRow {
    pledge_id: Uuid,
    account: i32,
    number: i64,
    id: Uuid,
    from_day: time::Date,
    to_day: time::Date,
    known_journal: i64,
    known_at: OffsetDateTime,
    opening: i64,
    total_debits: i64,
    total_credits: i64,
    available: Option<i64>,
    lines: i64,
    supersedes: Option<i64>,
    reason: Option<String>,
    run_id: Option<Uuid>,
    issued_by: String,
    identity: String,
    issued_at: OffsetDateTime,
    digest: Vec<u8>,
    checkpoint: String,
    signature: String,
}

impl StatementRow {
    fn read(
        self,
        (account_id, code, unit): (Uuid, String, String),
        catalogue: &Catalogue,
    ) -> Result<Statement, ReadError> {
        let digest = self.digest.try_into();
        Ok(Statement {
            id: StatementId(self.id),
            pledge: PledgeId(self.pledge_id),
            account: self.account,
            account_id: AccountId(account_id),
            normal_side: rows::code(&code)?.side(),
            unit: rows::unit(catalogue, &unit)?,
            number: self.number,
            from: self.from_day,
            to: self.to_day,
            known_journal: self.known_journal,
            known_at: self.known_at,
            opening: self.opening,
            total_debits: self.total_debits,
            total_credits: self.total_credits,
            available: self.available,
            lines: self.lines,
            supersedes: self.supersedes,
            reason: self.reason,
            run: self.run_id,
            issued_by: self.issued_by,
            identity: self.identity,
            issued_at: self.issued_at,
            digest: digest.map_err(|_| unreadable("digest", "of other than 32 bytes"))?,
            checkpoint: self.checkpoint,
            signature: self.signature,
        })
    }
}

/// Statements with their accounts.
macro_rules! issued {
    () => {
        statements::table
            .inner_join(
                accounts::table.on(accounts::pledge_id
                    .eq(statements::pledge_id)
                    .and(accounts::number.eq(statements::account))),
            )
            .select((
                StatementRow::as_select(),
                (accounts::id, accounts::code, accounts::unit),
            ))
            .into_boxed()
    };
}

/// A query of them, narrowed down to accounts in sight.
macro_rules! in_sight {
    ($query:expr, $sight:expr) => {{
        let mut query = $query;
        if let Some(pledges) = $sight.pledges() {
            query = query.filter(statements::pledge_id.eq_any(pledges));
        }
        if let Some(markets) = $sight.markets() {
            query = query.filter(accounts::market.eq_any(markets));
        }
        if let Some(codes) = $sight.codes() {
            query = query.filter(accounts::code.eq_any(codes));
        }
        query
    }};
}

type Row = (StatementRow, (Uuid, String, String));

/// A statement that was issued, if its account is in sight.
pub async fn issued_statement(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: StatementId,
) -> Result<Option<Statement>, ReadError> {
    let query = in_sight!(issued!().filter(statements::id.eq(id.0)), sight);
    let row: Option<Row> = query.first(connection).await.optional()?;
    row.map(|(row, account)| row.read(account, catalogue))
        .transpose()
}

/// Statements of accounts in sight, in that order. One statement.
pub(super) async fn statements_of(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<Statement>, ReadError> {
    let query = in_sight!(issued!().filter(statements::id.eq_any(ids)), sight);
    let rows: Vec<Row> = query.load(connection).await?;
    let places: HashMap<Uuid, usize> = ids.iter().copied().zip(0..).collect();
    let found = rows
        .into_iter()
        .map(|(row, account)| row.read(account, catalogue));
    let mut found = found.collect::<Result<Vec<Statement>, _>>()?;
    found.sort_by_key(|it| places.get(&it.id.0).copied());
    Ok(found)
}

/// Which statements are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatementFilter {
    /// Of that account.
    pub account: Option<AccountId>,
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// Issued by that run.
    pub run: Option<Uuid>,
    /// Whose days end on that day.
    pub to: Option<time::Date>,
}

/// Statements that were issued, of accounts in sight, in the order they were issued.
pub async fn list_statements(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: StatementFilter,
    window: Window,
) -> Result<Page<Statement>, ReadError> {
    let mut query = in_sight!(issued!(), sight)
        .order(statements::id)
        .limit(window.limit + 1);
    if let Some(account) = filter.account {
        query = query.filter(accounts::id.eq(account.0));
    }
    if let Some(pledge) = filter.pledge {
        query = query.filter(statements::pledge_id.eq(pledge.0));
    }
    if let Some(run) = filter.run {
        query = query.filter(statements::run_id.eq(run));
    }
    if let Some(to) = filter.to {
        query = query.filter(statements::to_day.eq(to));
    }
    if let Some(after) = window.after {
        query = query.filter(statements::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(statements::id.le(until));
    }
    let rows: Vec<Row> = query.load(connection).await?;
    let found = rows
        .into_iter()
        .map(|(row, account)| row.read(account, catalogue));
    Ok(Page::cut(found.collect::<Result<_, _>>()?, window.limit))
}
