//! The statements of accounts so far, for both sides of the database.

use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::error::DbError;
use crate::domain::PledgeId;
use crate::domain::statement::{Series, Standing};

/// $1 the pledge, $2 the accounts.
const SERIES: &str = "
SELECT s.account, s.number, s.from_day, s.to_day, s.closing, s.known_at,
       NOT EXISTS (SELECT FROM statements o
                   WHERE o.pledge_id = s.pledge_id AND o.account = s.account
                     AND o.supersedes = s.number) AS stands
FROM statements s
WHERE s.pledge_id = $1 AND s.account = ANY ($2)
ORDER BY s.account, s.to_day, s.number";

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    account: i32,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Date)]
    from_day: time::Date,
    #[diesel(sql_type = Date)]
    to_day: time::Date,
    #[diesel(sql_type = BigInt)]
    closing: i64,
    #[diesel(sql_type = Timestamptz)]
    known_at: time::OffsetDateTime,
    #[diesel(sql_type = Bool)]
    stands: bool,
}

/// The statements of accounts of a pledge so far; an account that has none isn't there.
pub(super) async fn series(
    mut connection: &AsyncPgConnection,
    PledgeId(pledge): PledgeId,
    accounts: &[i32],
) -> Result<HashMap<i32, Series>, DbError> {
    let rows: Vec<Row> = sql_query(SERIES)
        .bind::<SqlUuid, _>(pledge)
        .bind::<Array<Integer>, _>(accounts)
        .load(&mut connection)
        .await?;
    let mut found: HashMap<i32, Series> = HashMap::new();
    for row in rows {
        let series = found.entry(row.account).or_default();
        series.last = series.last.max(row.number);
        if row.stands {
            series.standing.push(Standing {
                number: row.number,
                from: row.from_day,
                to: row.to_day,
                closing: row.closing,
                known_at: row.known_at,
            });
        }
    }
    Ok(found)
}
