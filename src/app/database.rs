//! Which database: the one `DATABASE_URL` names, or a private one in the data folder.

use crate::app::config::Config;
use crate::db::{Database, DbError, migrate};
use crate::embedded::{Embedded, EmbeddedError};

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

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The private one didn't start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// It can't be reached, or doesn't take the migrations.
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
