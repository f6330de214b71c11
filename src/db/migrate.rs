//! Bringing a database up to the schema this build knows.

use std::collections::HashSet;

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Database;
use super::error::DbError;

/// The migrations, as they stand in `migrations/`.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// Held while migrating, so that two services starting at once take turns.
const LOCK: &str = "SELECT pg_advisory_lock(hashtext('almoner migrations'))";

diesel::table! {
    /// What Diesel notes of the migrations that were run.
    __diesel_schema_migrations (version) {
        /// The migration's version: the digits of its name.
        version -> Text,
    }
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> DbError {
    DbError::Declined(error.to_string())
}

async fn harness(database: &Database) -> Result<AsyncMigrationHarness<AsyncPgConnection>, DbError> {
    let mut connection = database.connect_as_owner().await?;
    connection.batch_execute(LOCK).await?;
    Ok(AsyncMigrationHarness::new(connection))
}

/// Whether every migration was run, asked with the service's own rights. A database that doesn't
/// know the role or the table yet wasn't migrated.
async fn is_up(database: &Database) -> Result<bool, DbError> {
    use __diesel_schema_migrations::dsl;
    let Ok(mut connection) = database.connect_for_reading().await else {
        return Ok(false);
    };
    let run: Result<Vec<String>, _> = dsl::__diesel_schema_migrations
        .select(dsl::version)
        .load(&mut connection)
        .await;
    let run: HashSet<String> = run.unwrap_or_default().into_iter().collect();
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    Ok(known
        .iter()
        .all(|migration| run.contains(&migration.name().version().to_string())))
}

/// Runs the migrations that are still to be run and names them. Where there are none the owner's
/// rights aren't needed, and nothing is written. The lock is the session's: it goes with the
/// connection, however this ends.
pub async fn up(database: &Database) -> Result<Vec<String>, DbError> {
    if is_up(database).await? {
        return Ok(Vec::new());
    }
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
