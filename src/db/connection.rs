//! Connections: each takes on the service's role at once and carries every timeout.
//!
//! The role `almoner_service` owns nothing and has no right to alter what stands in the ledger,
//! whoever the URL names. A connection is never left in a transaction: the server ends one that
//! idles ([`IDLE_IN_TRANSACTION_TIMEOUT_MS`]), and nothing here wraps a transaction in a timeout of
//! its own, as dropping it half way would leave it open.
//!
//! A server that vanishes without a word (a host that lost its power, a network that is parted) is
//! noticed by TCP itself within half a minute: the system's own limits are hours.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Object, Pool as DeadPool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, PoolableConnection, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;

use super::error::DbError;

/// No statement of the service runs longer.
pub const STATEMENT_TIMEOUT_MS: u32 = 20_000;
/// No statement waits longer for another transaction's lock.
pub const LOCK_TIMEOUT_MS: u32 = 5_000;
/// The server ends a transaction in which nothing happens for so long.
pub const IDLE_IN_TRANSACTION_TIMEOUT_MS: u32 = 10_000;
/// Opening a connection takes no longer, however many hosts the URL names.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A reader waits no longer for a connection to come free.
pub const POOL_WAIT_TIMEOUT: Duration = Duration::from_secs(3);
/// A pooled connection that was last handed out longer ago than this is asked for a sign of life.
pub const PROVEN_FOR: Duration = Duration::from_secs(1);
/// A connection that gives no sign of life for so long is replaced.
pub const SIGN_OF_LIFE_TIMEOUT: Duration = Duration::from_secs(1);
/// TCP's own limits, for connections whose URL says nothing about them: for getting through to one
/// host, after which the next is tried, and for a host that falls silent.
const TCP_LIMITS: [(&str, u32); 5] = [
    ("connect_timeout", 2),
    ("keepalives_idle", 10),
    ("keepalives_interval", 5),
    ("keepalives_retries", 3),
    ("tcp_user_timeout", 25),
];
/// Readers share this many connections.
pub const READ_CONNECTIONS: usize = 8;
/// Who keeps the logs, and who asks for proofs, share this many.
pub const LOG_CONNECTIONS: usize = 4;

/// Where the database is.
#[derive(Clone)]
pub struct Database {
    url: String,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database { .. }") // the URL holds a password
    }
}

/// How a connection is going to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Reading,
    Writing,
    Turns,
    Watching,
    Logging,
}

/// What a connection is told when it opens.
fn greeting(usage: Use) -> String {
    let mut sql = format!(
        "SET ROLE almoner_service; \
         SET statement_timeout = {STATEMENT_TIMEOUT_MS}; \
         SET lock_timeout = {LOCK_TIMEOUT_MS}; \
         SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_TIMEOUT_MS}; \
         SET application_name = '{}';",
        match usage {
            Use::Reading => "almoner read",
            Use::Writing => "almoner write",
            Use::Turns => "almoner jobs",
            Use::Watching => "almoner register",
            Use::Logging => "almoner log",
        }
    );
    if usage == Use::Writing {
        // Every look-up of the write path is by key. A plan made while a table was small must not
        // become a scan of the whole table when it has grown.
        sql.push_str("SET enable_seqscan = off; SET enable_hashjoin = off; ");
        sql.push_str("SET enable_mergejoin = off; SET enable_bitmapscan = off; ");
        sql.push_str("SET plan_cache_mode = force_generic_plan;");
    }
    sql
}

/// The URL with limits for a server that falls silent, where it sets none itself.
fn with_tcp_limits(mut url: String) -> String {
    for (name, seconds) in TCP_LIMITS {
        let set = |pair: &str| pair.split('=').next() == Some(name);
        let (asks, already) = match url.split_once('?') {
            Some((_, query)) => (true, query.split('&').any(set)),
            None => (false, false),
        };
        if !already {
            let joint = if asks { '&' } else { '?' };
            url = format!("{url}{joint}{name}={seconds}");
        }
    }
    url
}

async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    tokio::time::timeout(CONNECT_TIMEOUT, AsyncPgConnection::establish(url))
        .await
        .map_err(|_| ConnectionError::BadConnection("no answer in time".to_owned()))?
}

async fn open(url: &str, usage: Use) -> ConnectionResult<AsyncPgConnection> {
    let mut connection = connect(url).await?;
    connection
        .batch_execute(&greeting(usage))
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

impl Database {
    /// The database at a `postgres://` URL.
    pub fn at(url: impl Into<String>) -> Self {
        Database {
            url: with_tcp_limits(url.into()),
        }
    }

    /// A connection as the URL's own user: for migrations only.
    pub async fn connect_as_owner(&self) -> Result<AsyncPgConnection, DbError> {
        Ok(connect(&self.url).await?)
    }

    /// A connection for one lane of the write path.
    pub async fn connect_for_writing(&self) -> Result<AsyncPgConnection, DbError> {
        Ok(open(&self.url, Use::Writing).await?)
    }

    /// A connection that only holds a lock, for as long as it lives.
    pub async fn connect_for_turns(&self) -> Result<AsyncPgConnection, DbError> {
        Ok(open(&self.url, Use::Turns).await?)
    }

    /// A connection that looks again and again whether the register has changed.
    pub async fn connect_for_watching(&self) -> Result<AsyncPgConnection, DbError> {
        Ok(open(&self.url, Use::Watching).await?)
    }

    /// A connection outside the pool, for long reads.
    pub async fn connect_for_reading(&self) -> Result<AsyncPgConnection, DbError> {
        Ok(open(&self.url, Use::Reading).await?)
    }

    /// A pool of connections for readers. Opens none before the first is asked for.
    pub fn reading_pool(&self) -> Result<Pool, DbError> {
        self.pool(READ_CONNECTIONS, Use::Reading)
    }

    /// A pool of a single connection, to look after the server with.
    pub fn watching_pool(&self) -> Result<Pool, DbError> {
        self.pool(1, Use::Reading)
    }

    /// A pool of connections that keep the logs over the journals.
    pub fn logging_pool(&self) -> Result<Pool, DbError> {
        self.pool(LOG_CONNECTIONS, Use::Logging)
    }

    fn pool(&self, connections: usize, usage: Use) -> Result<Pool, DbError> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| open(url, usage).boxed());
        let manager = AsyncDieselConnectionManager::new_with_config(&self.url, config);
        DeadPool::builder(manager)
            .max_size(connections)
            .wait_timeout(Some(POOL_WAIT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .pre_recycle(Hook::async_fn(|connection, metrics| {
                Box::pin(gives_sign_of_life(connection, metrics.last_used()))
            }))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map(Pool)
            .map_err(|error| DbError::Away(error.to_string()))
    }
}

/// Whether a pooled connection is still good, if nobody knows of late. It may have died, its server
/// may have fallen silent, or it may still carry out what a reader asked who didn't wait.
async fn gives_sign_of_life(
    connection: &mut AsyncPgConnection,
    last_used: Duration,
) -> Result<(), HookError> {
    if last_used < PROVEN_FOR {
        return Ok(());
    }
    let sign = connection.batch_execute("");
    match tokio::time::timeout(SIGN_OF_LIFE_TIMEOUT, sign).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(HookError::Backend(PoolError::QueryError(error))),
        Err(_) => Err(HookError::message("it gives no sign of life")),
    }
}

/// Connections for readers.
#[derive(Clone)]
pub struct Pool(DeadPool<AsyncPgConnection>);

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pool { .. }")
    }
}

/// A reader's connection: back in the pool when dropped. If its reader went away in the middle of a
/// transaction it is closed at once instead, and the transaction with it.
pub struct Reader(Option<Object<AsyncPgConnection>>);

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader { .. }")
    }
}

/// Only a reader that is being dropped has none.
const HAS_ONE: &str = "a reader has its connection until it is dropped";

impl Deref for Reader {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        match &self.0 {
            Some(connection) => connection,
            None => unreachable!("{HAS_ONE}"),
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        match &mut self.0 {
            Some(connection) => connection,
            None => unreachable!("{HAS_ONE}"),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take()
            && connection.is_broken()
        {
            drop(Object::take(connection));
        }
    }
}

impl Pool {
    /// A connection, unless none comes free or can be opened in time.
    pub async fn get(&self) -> Result<Reader, DbError> {
        let connection = self.0.get().await;
        connection
            .map(|connection| Reader(Some(connection)))
            .map_err(|error| DbError::Away(error.to_string()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.ask("true").await.map(drop)
    }

    /// Whether the database answers and takes writes: a standby doesn't.
    pub async fn takes_writes(&self) -> Result<bool, DbError> {
        self.ask("current_setting('transaction_read_only') = 'off'")
            .await
    }

    async fn ask(&self, question: &str) -> Result<bool, DbError> {
        let mut connection = self.get().await?;
        let question = diesel::dsl::sql::<diesel::sql_types::Bool>(question);
        let answer = diesel::select(question).get_result(&mut *connection);
        Ok(answer.await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_for_silence_are_added_where_the_url_sets_none() {
        let plain = with_tcp_limits("postgres://a:b@db:5432/almoner".to_owned());
        let expected = "postgres://a:b@db:5432/almoner?connect_timeout=2&keepalives_idle=10\
            &keepalives_interval=5&keepalives_retries=3&tcp_user_timeout=25";
        assert_eq!(plain, expected);
        let own = "postgres://a:b@/almoner?host=%2Fs&keepalives_idle=60&tcp_user_timeout=90";
        let own = with_tcp_limits(own.to_owned());
        assert!(
            own.ends_with("&connect_timeout=2&keepalives_interval=5&keepalives_retries=3"),
            "{own}"
        );
        assert_eq!(own.matches("keepalives_idle").count(), 1);
        assert_eq!(with_tcp_limits(own.clone()), own);
    }
}
