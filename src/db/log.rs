//! Adding to the logs over the journals: leaves' hashes, complete tiles, signed checkpoints.
//!
//! Whoever adds to a log holds its [`turn`], a lock that lasts as long as the transaction, so that
//! there is one at a time, on however many services. What refers to the checkpoints of all pledges
//! takes the turn of [`HEADS`] as well, always second. Nothing here touches the books, and nothing
//! of it has to be done for something to be posted.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    TransactionManager,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::DbError;
use super::schema::{
    log_checkpoints, log_cosignatures, log_key_ends, log_keys, log_leaves, log_tiles,
    log_timestamps, pledges,
};
use crate::db::read::HEADS;

/// Hashes of leaves that follow each other, within one tile.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = log_leaves)]
pub struct LeafRun {
    /// The log.
    pub log: Uuid,
    /// The index of the first.
    pub first: i64,
    /// The hashes, one after the other.
    pub hashes: Vec<u8>,
}

/// A complete tile.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = log_tiles)]
pub struct CompleteTile {
    /// The log.
    pub log: Uuid,
    /// Its level.
    pub level: i16,
    /// Its number.
    pub number: i64,
    /// Its 256 hashes.
    pub hashes: Vec<u8>,
    /// The hash they make.
    pub root: Vec<u8>,
}

/// A checkpoint that was signed just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckpoint {
    /// The log.
    pub log: Uuid,
    /// How many leaves it has.
    pub size: i64,
    /// The root over them.
    pub root: Vec<u8>,
    /// The signed note.
    pub note: String,
}

/// That a witness saw a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = log_cosignatures)]
pub struct Cosignature {
    /// The log.
    pub log: Uuid,
    /// The checkpoint's size.
    pub size: i64,
    /// The witness's public key, with its name.
    pub witness: String,
    /// Its line, to the byte.
    pub line: String,
    /// When it says it saw it.
    pub cosigned_at: OffsetDateTime,
    /// When it was handed in.
    pub received_at: OffsetDateTime,
}

/// What an authority answered about a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = log_timestamps)]
pub struct NewTimestamp {
    /// The log.
    pub log: Uuid,
    /// The checkpoint's size.
    pub size: i64,
    /// The reply, to the byte.
    pub reply: Vec<u8>,
    /// The time it states.
    pub stamped_at: OffsetDateTime,
    /// When it came.
    pub received_at: OffsetDateTime,
}

/// Runs something in a transaction in which nobody else adds to the log.
pub async fn turn<T, E: From<DbError>>(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
) -> Result<T, E> {
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN")
        .await
        .map_err(DbError::from)?;
    let done = match lock(connection, log).await {
        Ok(()) => work(connection).await,
        Err(error) => Err(error.into()),
    };
    let ended = match &done {
        Ok(_) => AnsiTransactionManager::commit_transaction(connection).await,
        Err(_) => AnsiTransactionManager::rollback_transaction(connection).await,
    };
    match (done, ended) {
        (Ok(_), Err(error)) => Err(DbError::from(error).into()),
        (done, _) => done,
    }
}

/// Waits for a log's turn. Its id is one of ours, in which is nothing to escape.
async fn lock(connection: &mut AsyncPgConnection, log: Uuid) -> Result<(), DbError> {
    let lock = format!("SELECT pg_advisory_xact_lock(hashtextextended('almoner log {log}', 0))");
    Ok(connection.batch_execute(&lock).await?)
}

/// How many journals a pledge has.
pub async fn journals(connection: &mut AsyncPgConnection, pledge: Uuid) -> Result<i64, DbError> {
    let count = pledges::table.find(pledge).select(pledges::journals);
    Ok(count.first(connection).await.optional()?.unwrap_or(0))
}

/// How many checkpoints of pledges there are.
pub async fn heads(connection: &mut AsyncPgConnection) -> Result<i64, DbError> {
    let last =
        diesel::dsl::sql::<BigInt>("coalesce((SELECT max(head) + 1 FROM log_checkpoints), 0)");
    Ok(diesel::select(last).get_result(connection).await?)
}

/// Adds leaves and the tiles they complete.
pub async fn append(
    connection: &mut AsyncPgConnection,
    leaves: &[LeafRun],
    tiles: &[CompleteTile],
) -> Result<(), DbError> {
    if !leaves.is_empty() {
        diesel::insert_into(log_leaves::table)
            .values(leaves)
            .execute(connection)
            .await?;
    }
    if !tiles.is_empty() {
        diesel::insert_into(log_tiles::table)
            .values(tiles)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Adds a signed checkpoint; a pledge's gets the next place among those of all.
pub async fn sign(
    connection: &mut AsyncPgConnection,
    checkpoint: NewCheckpoint,
) -> Result<(), DbError> {
    let head = match checkpoint.log == HEADS {
        true => None,
        false => {
            lock(connection, HEADS).await?;
            Some(heads(connection).await?)
        }
    };
    diesel::insert_into(log_checkpoints::table)
        .values((
            log_checkpoints::log.eq(checkpoint.log),
            log_checkpoints::size.eq(checkpoint.size),
            log_checkpoints::root.eq(checkpoint.root),
            log_checkpoints::note.eq(checkpoint.note),
            log_checkpoints::signed_at.eq(OffsetDateTime::now_utc()),
            log_checkpoints::head.eq(head),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps cosignatures; of a witness that cosigned a checkpoint before, the first is kept.
pub async fn cosign(
    connection: &mut AsyncPgConnection,
    cosignatures: &[Cosignature],
) -> Result<(), DbError> {
    diesel::insert_into(log_cosignatures::table)
        .values(cosignatures)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes which keys sign, and which of those that did no longer do; what is noted stays.
pub async fn note_keys(
    connection: &mut AsyncPgConnection,
    signing: &[String],
    retired: &[String],
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let signing = signing.iter();
    let signing = signing.map(|key| (log_keys::key.eq(key), log_keys::since.eq(now)));
    diesel::insert_into(log_keys::table)
        .values(signing.collect::<Vec<_>>())
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    let known = log_keys::table.filter(log_keys::key.eq_any(retired));
    let known: Vec<String> = known.select(log_keys::key).load(connection).await?;
    if known.is_empty() {
        return Ok(());
    }
    let ended = known.iter();
    let ended = ended.map(|key| (log_key_ends::key.eq(key), log_key_ends::until.eq(now)));
    diesel::insert_into(log_key_ends::table)
        .values(ended.collect::<Vec<_>>())
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what an authority answered; of several answers the first.
pub async fn keep_timestamp(
    connection: &mut AsyncPgConnection,
    timestamp: &NewTimestamp,
) -> Result<(), DbError> {
    diesel::insert_into(log_timestamps::table)
        .values(timestamp)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}
