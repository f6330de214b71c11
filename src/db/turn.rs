//! Whose turn it is: of all services on a database, one holds a lock, for as long as its connection
//! lives. If the holder dies, so does its connection, and another takes its turn.

use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::connection::Database;
use super::error::DbError;

/// The lock of the service that does the jobs: "almoner" and "jobs", on a keypad.
const JOBS: i64 = 25_666_375_627;

/// A connection that holds the lock, or waits for it.
pub struct Turn {
    connection: AsyncPgConnection,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turn { .. }")
    }
}

impl Turn {
    /// A connection that doesn't hold the lock yet. It is never in a transaction.
    pub async fn at(database: &Database) -> Result<Self, DbError> {
        let connection = database.connect_for_turns().await?;
        Ok(Turn { connection })
    }

    /// Takes the lock, if no other service holds it.
    pub async fn take(&mut self) -> Result<bool, DbError> {
        self.ask(&format!("pg_try_advisory_lock({JOBS})")).await
    }

    /// Whether the connection still lives, and with it the lock it took.
    pub async fn lasts(&mut self) -> bool {
        self.ask("true").await.is_ok()
    }

    async fn ask(&mut self, question: &str) -> Result<bool, DbError> {
        let question = diesel::dsl::sql::<Bool>(question);
        let answer = diesel::select(question).get_result(&mut self.connection);
        Ok(answer.await?)
    }
}
