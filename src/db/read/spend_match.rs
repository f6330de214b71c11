//! What the ledger posted of spend, against what platforms reported and what they say is left.

use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Date, Integer, Nullable, Text as SqlText, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::known::Known;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{AdAccountId, Catalogue, Unit};

/// An ad account's month, in minor digits.
#[derive(Debug, Clone)]
pub struct MatchedMonth {
    /// The ad account.
    pub ad_account: AdAccountId,
    /// The platform's own number of it.
    pub reference: String,
    /// Its credits.
    pub unit: Unit,
    /// The month's first day.
    pub month: time::Date,
    /// Version and tolerance of the platform's profile in force on the month's last day.
    pub profile: Option<(i32, i64)>,
    /// What was posted of spend of the month's days.
    pub posted: i64,
    /// What provisional reports of them hold.
    pub held: i64,
    /// What the platform reported last of each of them.
    pub reported: i64,
    /// How many provisional reports are older than the profile says they get.
    pub overdue: i64,
    /// The oldest of their days.
    pub overdue_since: Option<time::Date>,
}

/// What the platform said last was left in an ad account, in minor digits.
#[derive(Debug, Clone)]
pub struct MatchedBalance {
    /// The ad account.
    pub ad_account: AdAccountId,
    /// Its credits.
    pub unit: Unit,
    /// At the end of which day.
    pub as_of: time::Date,
    /// Version and tolerance of the platform's profile in force on that day.
    pub profile: Option<(i32, i64)>,
    /// What the platform said.
    pub platform: i64,
    /// What the ledger has there at the end of that day.
    pub ledger: i64,
    /// What provisional reports of days up to then hold of that: spent, to the platform.
    pub provisional: i64,
}

/// The match of a pledge's ad accounts in sight.
#[derive(Debug, Clone)]
pub struct SpendMatch {
    /// By ad account, then by month.
    pub months: Vec<MatchedMonth>,
    /// By ad account, those that a balance was noted of.
    pub balances: Vec<MatchedBalance>,
}

#[derive(Debug, QueryableByName)]
struct MonthRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    reference: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Date)]
    month: time::Date,
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    tolerance: Option<i64>,
    #[diesel(sql_type = BigInt)]
    posted: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    reported: i64,
    #[diesel(sql_type = BigInt)]
    overdue: i64,
    #[diesel(sql_type = Nullable<Date>)]
    overdue_since: Option<time::Date>,
}

#[derive(Debug, QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Date)]
    as_of: time::Date,
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    tolerance: Option<i64>,
    #[diesel(sql_type = BigInt)]
    platform: i64,
    #[diesel(sql_type = BigInt)]
    ledger: i64,
    #[diesel(sql_type = BigInt)]
    provisional: i64,
}

/// `latest`, the reports that count of pledge $1: the last known of each campaign's day, up to day
/// $3, as far as journal $4 and moment $5 know of them.
macro_rules! latest {
    () => {
        "
latest AS MATERIALIZED (
    SELECT DISTINCT ON (obligation_id, day)
           ad_account_id, date_trunc('month', day)::date AS month, day, state, voucher_spend
    FROM spend_lines
    WHERE pledge_id = $1 AND ($3 IS NULL OR day <= $3)
      AND (journal <= $4 OR (journal IS NULL AND recorded_at <= $5))
    ORDER BY obligation_id, day, revision DESC)"
    };
}

/// Ad accounts of markets $2. What moves between lots of an account by an attribution counts on
/// both sides, so as nothing.
const MONTHS: &str = concat!(
    "
WITH own AS MATERIALIZED (
    SELECT id, reference, platform, unit, coalesce($3, local_day(time_zone)) AS today
    FROM ad_accounts WHERE pledge_id = $1 AND ($2 IS NULL OR market = ANY ($2))),",
    latest!(),
    ",
reported AS (
    SELECT ad_account_id, month, sum(voucher_spend) AS reported,
           sum(voucher_spend) FILTER (WHERE state = 'provisional') AS held
    FROM latest GROUP BY ad_account_id, month),
posted AS (
    SELECT a.ad_account_id, date_trunc('month', t.effective_date)::date AS month,
           sum(t.amount) AS posted
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT journal, effective_date, amount FROM transfers
        WHERE pledge_id = a.pledge_id AND credit_account = a.number
        UNION ALL
        SELECT journal, effective_date, -amount FROM transfers
        WHERE pledge_id = a.pledge_id AND debit_account = a.number) AS t
    JOIN journals j ON j.pledge_id = a.pledge_id AND j.number = t.journal AND j.kind = 'spend'
    WHERE a.pledge_id = $1 AND a.code = '1320' AND t.journal <= $4
      AND ($3 IS NULL OR t.effective_date <= $3)
    GROUP BY a.ad_account_id, date_trunc('month', t.effective_date))
SELECT o.id, o.reference, o.unit, m.month, p.version, p.tolerance,
       coalesce(w.posted, 0)::bigint AS posted, coalesce(r.held, 0)::bigint AS held,
       coalesce(r.reported, 0)::bigint AS reported, late.overdue, late.overdue_since
FROM (SELECT ad_account_id, month FROM reported
      UNION SELECT ad_account_id, month FROM posted) AS m
JOIN own o ON o.id = m.ad_account_id
LEFT JOIN reported r ON r.ad_account_id = m.ad_account_id AND r.month = m.month
LEFT JOIN posted w ON w.ad_account_id = m.ad_account_id AND w.month = m.month
LEFT JOIN LATERAL (
    SELECT version, tolerance, final_after_days FROM platform_profiles
    WHERE platform = o.platform AND valid_from < (m.month + interval '1 month')::date
    ORDER BY valid_from DESC LIMIT 1) AS p ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS overdue, min(l.day) AS overdue_since FROM latest l
    WHERE l.ad_account_id = m.ad_account_id AND l.month = m.month AND l.state = 'provisional'
      AND l.day + p.final_after_days < o.today) AS late
ORDER BY o.reference, o.id, m.month"
);

/// Ad accounts of markets $2. What the ledger has is what the days say, less what wasn't known
/// then.
const BALANCES: &str = concat!(
    "
WITH",
    latest!(),
    ",
later AS MATERIALIZED (
    SELECT debit_account, credit_account, effective_date, amount FROM transfers
    WHERE pledge_id = $1 AND journal > $4)
SELECT o.id, o.unit, b.as_of, p.version, p.tolerance, b.amount AS platform, l.ledger, h.provisional
FROM ad_accounts o
CROSS JOIN LATERAL (
    SELECT as_of, amount FROM platform_balances
    WHERE pledge_id = o.pledge_id AND ad_account_id = o.id
      AND ($3 IS NULL OR as_of <= $3) AND recorded_at <= $5
    ORDER BY as_of DESC, recorded_at DESC, id DESC LIMIT 1) AS b
CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.debits - d.credits - k.since), 0)::bigint AS ledger
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(debits), 0) AS debits, coalesce(sum(credits), 0) AS credits
        FROM account_days
        WHERE pledge_id = a.pledge_id AND account = a.number AND day <= b.as_of) AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN debit_account = a.number THEN amount ELSE -amount END), 0)
               AS since
        FROM later
        WHERE (debit_account = a.number OR credit_account = a.number)
          AND effective_date <= b.as_of) AS k
    WHERE a.pledge_id = o.pledge_id AND a.ad_account_id = o.id AND a.code = '1320') AS l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(voucher_spend), 0)::bigint AS provisional FROM latest
    WHERE ad_account_id = o.id AND day <= b.as_of AND state = 'provisional') AS h
LEFT JOIN LATERAL (
    SELECT version, tolerance FROM platform_profiles
    WHERE platform = o.platform AND valid_from <= b.as_of
    ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE o.pledge_id = $1 AND ($2 IS NULL OR o.market = ANY ($2))
ORDER BY o.reference, o.id"
);

/// When the last of what platforms said was recorded, up to a moment.
const LAST_REPORTED: &str = "
SELECT greatest(
    (SELECT max(recorded_at) FROM spend_lines
     WHERE pledge_id = $1 AND ($2 IS NULL OR recorded_at <= $2)),
    (SELECT max(recorded_at) FROM platform_balances
     WHERE pledge_id = $1 AND ($2 IS NULL OR recorded_at <= $2)))";

/// The cut, dated so that it has what platforms had said by then as well: asked for again with that
/// moment, the match is the same.
pub async fn with_what_was_reported(
    connection: &mut AsyncPgConnection,
    cut: Cut,
    known_at: Option<OffsetDateTime>,
) -> Result<Cut, ReadError> {
    let text: Text<Nullable<Timestamptz>> =
        Text::new(LAST_REPORTED).bind(cut.pledge.0).bind(known_at);
    let reported: Option<OffsetDateTime> = text.get_result(connection).await?;
    let at = reported.map_or(cut.known.at, |it| it.max(cut.known.at));
    let known = Known { at, ..cut.known };
    Ok(Cut { known, ..cut })
}

/// The match of a pledge that is in sight, by its ad accounts in sight, as it was known at a cut up
/// to a day. Within one snapshot; it costs what was reported and posted of the pledge's spend.
pub async fn spend_match(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
) -> Result<SpendMatch, ReadError> {
    if !sight.shows_creators() {
        let (months, balances) = (Vec::new(), Vec::new());
        return Ok(SpendMatch { months, balances });
    }
    let text = |wording| {
        Text::new(wording)
            .bind(cut.pledge.0)
            .bind(sight.markets())
            .bind(cut.as_of)
            .bind(cut.known.journal)
            .bind(cut.known.at)
    };
    let months: Text = text(MONTHS);
    let months: Vec<MonthRow> = months.load(connection).await?;
    let months = months.into_iter().map(|row| {
        Ok(MatchedMonth {
            ad_account: AdAccountId(row.id),
            reference: row.reference,
            unit: rows::unit(catalogue, &row.unit)?,
            month: row.month,
            profile: row.version.zip(row.tolerance),
            posted: row.posted,
            held: row.held,
            reported: row.reported,
            overdue: row.overdue,
            overdue_since: row.overdue_since,
        })
    });
    let months = months.collect::<Result<_, ReadError>>()?;
    let balances: Text = text(BALANCES);
    let balances: Vec<BalanceRow> = balances.load(connection).await?;
    let balances = balances.into_iter().map(|row| {
        Ok(MatchedBalance {
            ad_account: AdAccountId(row.id),
            unit: rows::unit(catalogue, &row.unit)?,
            as_of: row.as_of,
            profile: row.version.zip(row.tolerance),
            platform: row.platform,
            ledger: row.ledger,
            provisional: row.provisional,
        })
    });
    let balances = balances.collect::<Result<_, ReadError>>()?;
    Ok(SpendMatch { months, balances })
}
