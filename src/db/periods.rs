//! What months look like at their ends, for both sides of the database.

use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::error::DbError;
use super::rows::money;
use crate::domain::period::MonthEnd;
use crate::domain::{Catalogue, LotId, Money, PledgeId};

/// What was in suspense at a day's end.
const SUSPENSE: &str = "
SELECT a.unit, sum(d.debits - d.credits)::bigint AS amount, 0::bigint AS lines
FROM accounts a
JOIN account_days d ON d.pledge_id = a.pledge_id AND d.account = a.number AND d.day <= $2
WHERE a.pledge_id = $1 AND a.code = '1900'
GROUP BY a.unit HAVING sum(d.debits - d.credits) <> 0
ORDER BY a.unit";

/// Lines of spend up to a day that are provisional, by unit: the latest report of each is.
const PROVISIONAL: &str = "
SELECT p.unit, sum(s.voucher_spend)::bigint AS amount, count(*) AS lines
FROM spend_lines s
JOIN ad_accounts p ON p.pledge_id = s.pledge_id AND p.id = s.ad_account_id
WHERE s.pledge_id = $1 AND s.day <= $2 AND s.state = 'provisional'
  AND NOT EXISTS (
    SELECT FROM spend_lines later
    WHERE later.pledge_id = s.pledge_id AND later.obligation_id = s.obligation_id
      AND later.day = s.day AND later.revision > s.revision)
GROUP BY p.unit
ORDER BY p.unit";

/// Lots that had ended by a day, and of which something hasn't lapsed that nothing is held of.
const UNLAPSED: &str = "
SELECT l.id
FROM lots l
CROSS JOIN LATERAL (SELECT lot_ends(l.pledge_id, l.id) AS last_day) AS ends
WHERE l.pledge_id = $1 AND ends.last_day <= $2
  AND EXISTS (
    SELECT FROM accounts a
    WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id AND a.debits - a.credits > a.held)
ORDER BY ends.last_day, l.id";

#[derive(Debug, QueryableByName)]
struct SumRow {
    #[diesel(sql_type = Text)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    lines: i64,
}

#[derive(Debug, QueryableByName)]
struct LotRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn sums(
    mut connection: &AsyncPgConnection,
    sql: &str,
    (PledgeId(pledge), day): (PledgeId, time::Date),
) -> Result<Vec<SumRow>, DbError> {
    let query = sql_query(sql)
        .bind::<SqlUuid, _>(pledge)
        .bind::<Date, _>(day);
    Ok(query.load(&mut connection).await?)
}

/// What a pledge's month looks like at its end.
pub(super) async fn month_end(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    at: (PledgeId, time::Date),
) -> Result<MonthEnd, DbError> {
    let amounts = |rows: &[SumRow]| -> Result<Vec<Money>, DbError> {
        let amounts = rows.iter();
        amounts
            .map(|row| money(catalogue, row.amount, &row.unit))
            .collect()
    };
    let suspense = sums(connection, SUSPENSE, at).await?;
    let provisional = sums(connection, PROVISIONAL, at).await?;
    let unlapsed: Vec<LotRow> = sql_query(UNLAPSED)
        .bind::<SqlUuid, _>(at.0.0)
        .bind::<Date, _>(at.1)
        .load(&mut connection)
        .await?;
    Ok(MonthEnd {
        suspense: amounts(&suspense)?,
        unlapsed: unlapsed.into_iter().map(|row| LotId(row.id)).collect(),
        provisional_lines: provisional.iter().map(|row| row.lines).sum(),
        provisional: amounts(&provisional)?,
    })
}
