//! What was owed in other currencies at the ends of months, as it was valued, and what is to be.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Date, Nullable, SmallInt, Text as SqlText, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::page::{Page, Window};
use super::rows::money;
use super::sight::Sight;
use super::text::Text;
use crate::domain::exchange::StatedRate;
use crate::domain::{AccountId, Catalogue, JournalId, Money, PledgeId, RevaluationId};

/// No more months of pledges are looked up at a time; a later look finds the others.
const MOST_DUE: i64 = 1_000;

/// An account as it was valued at a month's end.
#[derive(Debug, Clone)]
pub struct RevaluedAccount {
    /// Its id.
    pub id: RevaluationId,
    /// The account.
    pub account: AccountId,
    /// The month's last day.
    pub month_end: time::Date,
    /// Which valuation of the month it is, from 1.
    pub revision: i16,
    /// What was owed.
    pub owed: Money,
    /// What that carried.
    pub carried: Money,
    /// What it was worth.
    pub valued: Money,
    /// The second less the first.
    pub difference: Money,
    /// At what rate.
    pub rate: StatedRate,
    /// What posted what changed, if anything did.
    pub journal: Option<JournalId>,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
}

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = SqlText)]
    own: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Date)]
    month_end: time::Date,
    #[diesel(sql_type = SmallInt)]
    revision: i16,
    #[diesel(sql_type = BigInt)]
    owed: i64,
    #[diesel(sql_type = BigInt)]
    carried: i64,
    #[diesel(sql_type = BigInt)]
    valued: i64,
    #[diesel(sql_type = BigInt)]
    difference: i64,
    #[diesel(sql_type = BigInt)]
    rate_e8: i64,
    #[diesel(sql_type = SqlText)]
    rate_source: String,
    #[diesel(sql_type = Date)]
    rate_day: time::Date,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    journal_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
}

impl Row {
    fn read(self, catalogue: &Catalogue) -> Result<RevaluedAccount, ReadError> {
        let own = |minor| money(catalogue, minor, &self.own);
        Ok(RevaluedAccount {
            id: RevaluationId(self.id),
            account: AccountId(self.account_id),
            month_end: self.month_end,
            revision: self.revision,
            owed: money(catalogue, self.owed, &self.unit)?,
            carried: own(self.carried)?,
            valued: own(self.valued)?,
            difference: own(self.difference)?,
            rate: StatedRate {
                rate_e8: self.rate_e8,
                source: self.rate_source,
                day: self.rate_day,
            },
            journal: self.journal_id.map(JournalId),
            recorded_at: self.recorded_at,
        })
    }
}

/// Of pledge $1, after $2 and up to $3, at most $4.
const REVALUED: &str = "
SELECT r.id, a.id AS account_id, p.functional_unit AS own, r.unit, r.month_end, r.revision,
       r.owed, r.carried, r.valued, r.difference, r.rate_e8, r.rate_source, r.rate_day,
       j.id AS journal_id, r.recorded_at
FROM revaluations r
JOIN pledges p ON p.id = r.pledge_id
JOIN accounts a ON a.pledge_id = r.pledge_id AND a.number = r.account
LEFT JOIN journals j ON j.pledge_id = r.pledge_id AND j.number = r.journal
WHERE r.pledge_id = $1 AND ($2::uuid IS NULL OR r.id > $2) AND ($3::uuid IS NULL OR r.id <= $3)
ORDER BY r.id LIMIT $4";

/// The revaluations of a pledge, in the order they were recorded; none unless whole pledges are in
/// sight.
pub async fn list_revaluations(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
    window: Window,
) -> Result<Page<RevaluedAccount>, ReadError> {
    let in_sight = sight.pledges().is_none_or(|seen| seen.contains(&pledge.0));
    if !in_sight || !sight.whole_pledges() || !sight.shows_creators() {
        return Ok(Page::cut(Vec::new(), window.limit));
    }
    let text: Text = Text::new(REVALUED)
        .bind(pledge.0)
        .bind(window.after)
        .bind(window.until)
        .bind(window.limit + 1);
    let rows: Vec<Row> = text.load(connection).await?;
    let read = rows.into_iter().map(|row| row.read(catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}

#[derive(Debug, QueryableByName)]
struct DueRow {
    #[diesel(sql_type = SqlUuid)]
    pledge_id: Uuid,
    #[diesel(sql_type = Date)]
    month_end: time::Date,
}

/// Months that are over, at whose end something was owed in another currency on an account that
/// isn't valued for it: at most $2. Where something was entered for the month after it was over,
/// and less than $1 seconds ago, more may come.
const DUE: &str = "
SELECT DISTINCT a.pledge_id, m.month_end
FROM pledges p
JOIN accounts a ON a.pledge_id = p.id AND a.code IN ('2120', '2210')
               AND a.unit <> p.functional_unit
CROSS JOIN LATERAL (
    SELECT min(d.day) AS day FROM account_days d
    WHERE d.pledge_id = a.pledge_id AND d.account = a.number) AS first
CROSS JOIN LATERAL (
    SELECT (start + interval '1 month' - interval '1 day')::date AS month_end
    FROM generate_series(date_trunc('month', first.day::timestamp),
                         date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')
                             - interval '1 month', interval '1 month') AS start) AS m
WHERE p.state NOT IN ('closed', 'cancelled')
  AND NOT EXISTS (
    SELECT FROM revaluations r
    WHERE r.pledge_id = a.pledge_id AND r.unit = a.unit AND r.account = a.number
      AND r.month_end = m.month_end)
  AND (SELECT sum(d.credits - d.debits) FROM account_days d
       WHERE d.pledge_id = a.pledge_id AND d.account = a.number AND d.day <= m.month_end) > 0
  AND NOT EXISTS (
    SELECT FROM journals j
    WHERE j.pledge_id = a.pledge_id AND j.effective_date <= m.month_end
      AND j.recorded_at > m.month_end + interval '1 day'
      AND j.recorded_at > clock_timestamp() - $1 * interval '1 second')
ORDER BY m.month_end, a.pledge_id LIMIT $2";

/// The months of pledges that are to be revalued, the first to end first. Those that something was
/// entered for after they were over, and less than `grace` ago, wait.
pub async fn due_revaluations(
    connection: &mut AsyncPgConnection,
    grace: Duration,
) -> Result<Vec<(PledgeId, time::Date)>, ReadError> {
    let seconds = i64::try_from(grace.as_secs()).unwrap_or(i64::MAX);
    let text: Text = Text::new(DUE).bind(seconds).bind(MOST_DUE);
    let rows: Vec<DueRow> = text.load(connection).await?;
    let due = rows.into_iter();
    Ok(due
        .map(|row| (PledgeId(row.pledge_id), row.month_end))
        .collect())
}
