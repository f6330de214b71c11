//! What is stored of the times of checkpoints: which an authority stamped, and with what.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::text::Text;
use crate::db::schema::log_timestamps;

/// What an authority answered about a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LogTimestamp {
    /// The checkpoint's size.
    pub size: i64,
    /// The reply, to the byte.
    pub reply: Vec<u8>,
    /// The time it states.
    pub stamped_at: OffsetDateTime,
}

/// What was answered about the checkpoint of a log at a size, or about the last one that was
/// stamped.
pub async fn timestamp(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    size: Option<i64>,
) -> Result<Option<LogTimestamp>, ReadError> {
    let columns = (
        log_timestamps::size,
        log_timestamps::reply,
        log_timestamps::stamped_at,
    );
    let sizes = size.map_or(i64::MIN..=i64::MAX, |size| size..=size);
    let query = log_timestamps::table
        .filter(log_timestamps::log.eq(log))
        .filter(log_timestamps::size.between(*sizes.start(), *sizes.end()))
        .order(log_timestamps::size.desc())
        .select(columns);
    Ok(query.first(connection).await.optional()?)
}

#[derive(QueryableByName)]
struct LastRow {
    #[diesel(sql_type = SqlUuid)]
    log: Uuid,
    #[diesel(sql_type = BigInt)]
    size: i64,
}

/// $1 how many.
const UNSTAMPED: &str = "
SELECT l.log, l.size FROM (
    SELECT DISTINCT ON (c.log) c.log, c.size, c.signed_at FROM log_checkpoints c
    ORDER BY c.log, c.size DESC) AS l
WHERE NOT EXISTS (SELECT FROM log_timestamps t WHERE t.log = l.log AND t.size = l.size)
ORDER BY l.log <> '00000000-0000-0000-0000-000000000000', l.signed_at LIMIT $1";

/// Logs with the sizes of their last checkpoints, if these aren't stamped: the one over all logs,
/// then the others as they were signed; so many at most.
pub async fn unstamped(
    connection: &mut AsyncPgConnection,
    most: i64,
) -> Result<Vec<(Uuid, i64)>, ReadError> {
    let text: Text = Text::new(UNSTAMPED).bind(most);
    let rows: Vec<LastRow> = text.load(connection).await?;
    Ok(rows.into_iter().map(|row| (row.log, row.size)).collect())
}
