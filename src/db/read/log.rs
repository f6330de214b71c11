//! What is stored of the logs. Hashes are bytes here; what they mean is [`crate::tlog`]'s.
//!
//! Cost: a tile is one look-up if it is complete, and at most 256 rows side by side if it isn't.

use std::ops::Range;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, SmallInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::text::Text;
use crate::db::schema::{
    log_checkpoints, log_cosignatures, log_key_ends, log_keys, log_leaves, log_tiles, pledges,
};

/// The log whose leaves are the checkpoints of all others.
pub const HEADS: Uuid = Uuid::nil();

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LogCheckpoint {
    /// How many leaves the log had.
    pub size: i64,
    /// The root over them.
    pub root: Vec<u8>,
    /// The signed note.
    pub note: String,
    /// Its place among all checkpoints of pledges, from 0; none if it is of those themselves.
    pub head: Option<i64>,
}

/// A pledge's checkpoint as a leaf of the log over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Announced {
    /// Its place.
    pub head: Option<i64>,
    /// The signed note.
    pub note: String,
}

/// When a key signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LogKey {
    /// Its public half, with its name.
    pub key: String,
    /// When it was noted that it signs.
    pub since: OffsetDateTime,
    /// When it was noted that it no longer does.
    pub until: Option<OffsetDateTime>,
}

const COLUMNS: (
    log_checkpoints::size,
    log_checkpoints::root,
    log_checkpoints::note,
    log_checkpoints::head,
) = (
    log_checkpoints::size,
    log_checkpoints::root,
    log_checkpoints::note,
    log_checkpoints::head,
);

/// How many leaves a log has.
pub async fn log_size(connection: &mut AsyncPgConnection, log: Uuid) -> Result<i64, ReadError> {
    let text: Text<BigInt> = Text::new("SELECT log_size($1)").bind(log);
    Ok(text.get_result(connection).await?)
}

#[derive(QueryableByName)]
struct TileRow {
    #[diesel(sql_type = SmallInt)]
    level: i16,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Bytea)]
    hashes: Vec<u8>,
}

const TILES: &str = "
SELECT w.level::smallint AS level, w.number, coalesce(
    (SELECT t.hashes FROM log_tiles t
     WHERE t.log = $1 AND t.level = w.level AND t.number = w.number),
    CASE w.level
        WHEN 0 THEN (SELECT string_agg(l.hashes, '' ORDER BY l.first) FROM log_leaves l
                     WHERE l.log = $1 AND l.first >= w.number * 256
                       AND l.first < (w.number + 1) * 256)
        ELSE (SELECT string_agg(t.root, '' ORDER BY t.number) FROM log_tiles t
              WHERE t.log = $1 AND t.level = w.level - 1 AND t.number >= w.number * 256
                AND t.number < (w.number + 1) * 256) END,
    '') AS hashes
FROM unnest($2, $3) AS w (level, number)";

/// Tiles by level and number, as much of each as there is.
pub async fn tiles(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    wanted: &[(u8, i64)],
) -> Result<Vec<(u8, i64, Vec<u8>)>, ReadError> {
    let levels: Vec<i32> = wanted.iter().map(|(level, _)| i32::from(*level)).collect();
    let numbers: Vec<i64> = wanted.iter().map(|(_, number)| *number).collect();
    let text: Text = Text::new(TILES).bind(log).bind(levels).bind(numbers);
    let rows: Vec<TileRow> = text.load(connection).await?;
    let tile = |row: TileRow| (u8::try_from(row.level).unwrap_or(0), row.number, row.hashes);
    Ok(rows.into_iter().map(tile).collect())
}

/// The checkpoint of a log at a size, if one was signed.
pub async fn checkpoint(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    size: i64,
) -> Result<Option<LogCheckpoint>, ReadError> {
    let query = log_checkpoints::table.find((log, size)).select(COLUMNS);
    Ok(query.first(connection).await.optional()?)
}

/// The checkpoint of a log that was signed last.
pub async fn latest_checkpoint(
    connection: &mut AsyncPgConnection,
    log: Uuid,
) -> Result<Option<LogCheckpoint>, ReadError> {
    let query = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log))
        .order(log_checkpoints::size.desc())
        .select(COLUMNS);
    Ok(query.first(connection).await.optional()?)
}

/// The first checkpoint of a log that the leaf of an index is in.
pub async fn checkpoint_over(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    index: i64,
) -> Result<Option<LogCheckpoint>, ReadError> {
    let query = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log))
        .filter(log_checkpoints::size.gt(index))
        .order(log_checkpoints::size)
        .select(COLUMNS);
    Ok(query.first(connection).await.optional()?)
}

const BEFORE: &str = "
SELECT size, encode(root, 'base64') AS root FROM log_checkpoints
WHERE log = $1 AND size <= $2 ORDER BY size DESC LIMIT 1";

#[derive(QueryableByName)]
struct BeforeRow {
    #[diesel(sql_type = BigInt)]
    size: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    root: String,
}

/// The size and the root, in base64, of the last checkpoint of a log that was signed at no more
/// leaves than so many.
pub async fn checkpoint_before(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    size: i64,
) -> Result<Option<(i64, String)>, ReadError> {
    let text: Text = Text::new(BEFORE).bind(log).bind(size);
    let rows: Vec<BeforeRow> = text.load(connection).await?;
    Ok(rows.into_iter().next().map(|row| (row.size, row.root)))
}

/// The last checkpoint of a log that a witness cosigned.
pub async fn latest_cosigned(
    connection: &mut AsyncPgConnection,
    log: Uuid,
) -> Result<Option<LogCheckpoint>, ReadError> {
    let query = log_checkpoints::table
        .inner_join(
            log_cosignatures::table.on(log_cosignatures::log
                .eq(log_checkpoints::log)
                .and(log_cosignatures::size.eq(log_checkpoints::size))),
        )
        .filter(log_checkpoints::log.eq(log))
        .order(log_checkpoints::size.desc())
        .select(COLUMNS);
    Ok(query.first(connection).await.optional()?)
}

/// What witnesses wrote under a checkpoint, in the order it was handed in.
pub async fn cosignatures(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    size: i64,
) -> Result<Vec<String>, ReadError> {
    let query = log_cosignatures::table
        .filter(log_cosignatures::log.eq(log))
        .filter(log_cosignatures::size.eq(size))
        .order((log_cosignatures::received_at, log_cosignatures::witness))
        .select(log_cosignatures::line);
    Ok(query.load(connection).await?)
}

/// Every checkpoint of a log, the oldest first.
pub async fn checkpoints(
    connection: &mut AsyncPgConnection,
    log: Uuid,
) -> Result<Vec<LogCheckpoint>, ReadError> {
    let query = log_checkpoints::table
        .filter(log_checkpoints::log.eq(log))
        .order(log_checkpoints::size)
        .select(COLUMNS);
    Ok(query.load(connection).await?)
}

/// The checkpoints of pledges with places in a range, in their order.
pub async fn announced(
    connection: &mut AsyncPgConnection,
    places: Range<i64>,
) -> Result<Vec<Announced>, ReadError> {
    let query = log_checkpoints::table
        .filter(log_checkpoints::head.ge(places.start))
        .filter(log_checkpoints::head.lt(places.end))
        .order(log_checkpoints::head)
        .select((log_checkpoints::head, log_checkpoints::note));
    Ok(query.load(connection).await?)
}

/// The hashes of a log's leaves with indexes in a range that ends where a run does, in runs with
/// the index of each one's first.
pub async fn leaf_runs(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    range: Range<i64>,
) -> Result<Vec<(i64, Vec<u8>)>, ReadError> {
    let query = log_leaves::table
        .filter(log_leaves::log.eq(log))
        .filter(log_leaves::first.ge(range.start))
        .filter(log_leaves::first.lt(range.end))
        .order(log_leaves::first)
        .select((log_leaves::first, log_leaves::hashes));
    Ok(query.load(connection).await?)
}

/// A complete tile as it is stored: its hashes, and the one they make.
pub async fn complete_tile(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    level: i16,
    number: i64,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, ReadError> {
    let query = log_tiles::table
        .find((log, level, number))
        .select((log_tiles::hashes, log_tiles::root));
    Ok(query.first(connection).await.optional()?)
}

/// How many complete tiles a log has.
pub async fn count_tiles(connection: &mut AsyncPgConnection, log: Uuid) -> Result<i64, ReadError> {
    let query = log_tiles::table.filter(log_tiles::log.eq(log)).count();
    Ok(query.get_result(connection).await?)
}

/// Every pledge with how many journals it says it has, and every pledge of which there is a log.
pub async fn logged_pledges(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<(Uuid, i64)>, ReadError> {
    let mut all: Vec<(Uuid, i64)> = pledges::table
        .order(pledges::id)
        .select((pledges::id, pledges::journals))
        .load(connection)
        .await?;
    let logs = log_tiles::table.select(log_tiles::log).distinct();
    let mut logs: Vec<Uuid> = logs.load(connection).await?;
    let leaves = log_leaves::table.select(log_leaves::log).distinct();
    logs.extend(leaves.load::<Uuid>(connection).await?);
    let stray = |log: &Uuid| *log != HEADS && !all.iter().any(|(id, _)| id == log);
    let mut stray: Vec<Uuid> = logs.into_iter().filter(stray).collect();
    stray.sort_unstable();
    stray.dedup();
    all.extend(stray.into_iter().map(|id| (id, 0)));
    Ok(all)
}

/// A pledge of which more is posted than is in its log.
#[derive(QueryableByName)]
struct AheadRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The pledges of which more is posted than is in their logs.
pub async fn pledges_ahead(connection: &mut AsyncPgConnection) -> Result<Vec<Uuid>, ReadError> {
    let text: Text = Text::new("SELECT id FROM pledges WHERE journals > log_size(id) ORDER BY id");
    let rows: Vec<AheadRow> = text.load(connection).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Every key that is known to have signed.
pub async fn log_keys(connection: &mut AsyncPgConnection) -> Result<Vec<LogKey>, ReadError> {
    let query = log_keys::table
        .left_join(log_key_ends::table.on(log_key_ends::key.eq(log_keys::key)))
        .order((log_keys::since, log_keys::key))
        .select((
            log_keys::key,
            log_keys::since,
            log_key_ends::until.nullable(),
        ));
    Ok(query.load(connection).await?)
}
