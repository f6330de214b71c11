//! Bringing a database up to the schema this build knows.

use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Database;
use super::error::DbError;

/// The migrations, as they stand in `migrations/`.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// Held while migrating, so that two services starting at once take turns.
const LOCK: &str = "SELECT pg_advisory_lock(hashtext('almoner migrations'))";

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> DbError {
    DbError::Declined(error.to_string())
}

async fn harness(database: &Database) -> Result<AsyncMigrationHarness<AsyncPgConnection>, DbError> {
    let mut connection = database.connect_as_owner().await?;
    connection.batch_execute(LOCK).await?;
    Ok(AsyncMigrationHarness::new(connection))
}

/// Runs the migrations that are still to be run and names them. The lock is the session's: it goes
/// with the connection, however this ends.
pub async fn up(database: &Database) -> Result<Vec<String>, DbError> {
    let mut harness = harness(database).await?;
    let run = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(run.iter().map(ToString::to_string).collect())
}

/// Reverts every migration, leaving an empty database. For tests of the migrations themselves.
pub async fn down(database: &Database) -> Result<(), DbError> {
    let mut harness = harness(database).await?;
    harness.revert_all_migrations(MIGRATIONS).map_err(failed)?;
    Ok(())
}
