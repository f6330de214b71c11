//! Which database: the one `DATABASE_URL` names, or a private one in the data folder.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::app::config::Config;
use crate::db::{Database, DbError, migrate};
use crate::embedded::{Embedded, EmbeddedError};

/// How long a server is waited for that doesn't answer yet: things are started in any order.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(200);

/// A database that is there and has the schema this build knows.
#[derive(Debug)]
pub struct Opened {
    /// Where writes go.
    pub database: Database,
    /// Where reads go.
    pub read_database: Database,
    /// The private server, if it is one.
    pub embedded: Option<Embedded>,
    /// The migrations that were run just now.
    pub migrated: Vec<String>,
}

/// What to look at when nobody answers.
const NAMED: &str = "DATABASE_URL and READ_DATABASE_URL name the servers to use; with neither, \
                     almoner starts one of its own.";

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The private one didn't start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// Nobody answered for a while.
    #[error("The database didn't answer within {} s: {reason}. {NAMED}", waited.as_secs())]
    NoAnswer {
        /// How long it was waited for.
        waited: Duration,
        /// What came of the last attempt.
        reason: DbError,
    },
    /// It can't be reached any more, or doesn't take the migrations.
    #[error("The database can't be used: {0}.")]
    Database(#[from] DbError),
}

impl Opened {
    /// Opens the database the settings name and brings it up to date.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        let embedded = match &config.database_url {
            Some(_) => None,
            None => Some(Embedded::open(&config.data_dir).await?),
        };
        let url = embedded
            .as_ref()
            .map(|it| it.url().to_owned())
            .or(config.database_url.clone());
        let url = url.unwrap_or_default();
        let database = Database::at(&url);
        let read_database = Database::at(config.read_database_url.as_ref().unwrap_or(&url));
        if embedded.is_none() {
            wait_for(&database, PATIENCE).await?;
        }
        if config.read_database_url.is_some() {
            wait_for(&read_database, PATIENCE).await?;
        }
        let migrated = migrate::up(&database).await?;
        Ok(Opened {
            database,
            read_database,
            embedded,
            migrated,
        })
    }

    /// Stops the private server, if it is ours, and waits until it has.
    pub async fn close(self) -> Result<(), OpenError> {
        match self.embedded {
            Some(embedded) => Ok(embedded.stop().await?),
            None => Ok(()),
        }
    }
}

/// Waits until a server answers, and says so if it doesn't at once.
async fn wait_for(database: &Database, patience: Duration) -> Result<(), OpenError> {
    let started = Instant::now();
    let mut told = false;
    loop {
        let Err(reason) = database.connect_as_owner().await else {
            return Ok(());
        };
        let waited = started.elapsed();
        if waited >= patience {
            return Err(OpenError::NoAnswer { waited, reason });
        }
        if !told {
            let seconds = patience.as_secs();
            eprintln!("almoner: waiting up to {seconds} s for the database: {reason}");
            told = true;
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_stays_away_is_given_up_with_a_sentence() {
        let nowhere = Database::at("postgres://almoner@/almoner?host=/no/such/folder");
        let patience = Duration::from_millis(500);
        let error = wait_for(&nowhere, patience).await.unwrap_err();
        assert!(matches!(error, OpenError::NoAnswer { waited, .. } if waited >= patience));
        let said = error.to_string();
        assert!(said.contains("DATABASE_URL"), "{said}");
        assert!(said.contains("didn't answer within 0 s"), "{said}");
    }
}
