//! What the ledger posted of spend, against what platforms reported and what they say is left.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text as SqlText, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::error::ReadError;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{AdAccountId, Catalogue, PledgeId, Unit};

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

/// Of pledge $1, ad accounts of markets $2. What moves between lots of an account by an attribution
/// counts on both sides, so as nothing.
const MONTHS: &str = "
WITH own AS MATERIALIZED (
    SELECT id, reference, platform, unit, local_day(time_zone) AS today
    FROM ad_accounts WHERE pledge_id = $1 AND ($2 IS NULL OR market = ANY ($2))),
latest AS MATERIALIZED (
    SELECT DISTINCT ON (obligation_id, day)
           ad_account_id, date_trunc('month', day)::date AS month, day, state, voucher_spend
    FROM spend_lines WHERE pledge_id = $1
    ORDER BY obligation_id, day, revision DESC),
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
    WHERE a.pledge_id = $1 AND a.code = '1320'
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
ORDER BY o.reference, o.id, m.month";

/// Of pledge $1, ad accounts of markets $2.
const BALANCES: &str = "
SELECT o.id, o.unit, b.as_of, p.version, p.tolerance, b.amount AS platform, l.ledger, h.provisional
FROM ad_accounts o
CROSS JOIN LATERAL (
    SELECT as_of, amount FROM platform_balances
    WHERE pledge_id = o.pledge_id AND ad_account_id = o.id
    ORDER BY as_of DESC, recorded_at DESC, id DESC LIMIT 1) AS b
CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.debits - d.credits), 0)::bigint AS ledger
    FROM accounts a
    JOIN account_days d ON d.pledge_id = a.pledge_id AND d.account = a.number
    WHERE a.pledge_id = o.pledge_id AND a.ad_account_id = o.id AND a.code = '1320'
      AND d.day <= b.as_of) AS l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.voucher_spend), 0)::bigint AS provisional
    FROM spend_lines s
    WHERE s.pledge_id = o.pledge_id AND s.ad_account_id = o.id AND s.day <= b.as_of
      AND s.state = 'provisional'
      AND NOT EXISTS (SELECT FROM spend_lines n
                      WHERE n.pledge_id = s.pledge_id AND n.obligation_id = s.obligation_id
                        AND n.day = s.day AND n.revision > s.revision)) AS h
LEFT JOIN LATERAL (
    SELECT version, tolerance FROM platform_profiles
    WHERE platform = o.platform AND valid_from <= b.as_of
    ORDER BY valid_from DESC LIMIT 1) AS p ON true
WHERE o.pledge_id = $1 AND ($2 IS NULL OR o.market = ANY ($2))
ORDER BY o.reference, o.id";

/// The match of a pledge that is in sight, by its ad accounts in sight. Within one snapshot; it
/// costs what was reported and posted of the pledge's spend.
pub async fn spend_match(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
) -> Result<SpendMatch, ReadError> {
    if !sight.shows_creators() {
        let (months, balances) = (Vec::new(), Vec::new());
        return Ok(SpendMatch { months, balances });
    }
    let text: Text = Text::new(MONTHS).bind(pledge.0).bind(sight.markets());
    let months: Vec<MonthRow> = text.load(connection).await?;
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
    let text: Text = Text::new(BALANCES).bind(pledge.0).bind(sight.markets());
    let balances: Vec<BalanceRow> = text.load(connection).await?;
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
