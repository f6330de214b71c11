//! Keeps this instance's knowledge of the register up to date, on a connection of its own.
//!
//! A look is one statement that reads one row. Whatever goes wrong with it, the connection is given
//! up and another is tried; until one works, what is known here grows old, and at last is trusted
//! no more ([`crate::http::access::TRUSTED_FOR`]).

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::AsyncPgConnection;
use tokio::task::JoinHandle;

use crate::db::read::{self, ReadError};
use crate::db::{Database, DbError, note_token_uses};
use crate::http::access::{POLL, Register};

/// A look takes no longer, or the connection is given up.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// The running watch.
#[derive(Debug)]
pub struct RegisterWatch(JoinHandle<()>);

impl RegisterWatch {
    /// Starts to look.
    pub fn start(database: Database, register: Arc<Register>) -> Self {
        RegisterWatch(tokio::spawn(async move {
            let mut is_away = false;
            loop {
                let broken = watch(&database, &register, &mut is_away).await;
                if !is_away {
                    log::warn!(error:% = broken; "the register can't be looked at");
                }
                is_away = true;
                tokio::time::sleep(POLL).await;
            }
        }))
    }

    /// Stops at once.
    pub async fn stop(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}

/// Looks again and again, until something goes wrong.
async fn watch(database: &Database, register: &Register, is_away: &mut bool) -> ReadError {
    let mut connection = match database.connect_for_watching().await {
        Ok(connection) => connection,
        Err(error) => return error.into(),
    };
    loop {
        let look = tokio::time::timeout(LOOK_TIMEOUT, look(&mut connection, register));
        match look.await {
            Ok(Ok(())) => *is_away = false,
            Ok(Err(error)) => return error,
            Err(_) => return DbError::Away("no answer in time".to_owned()).into(),
        }
        register.next_look().await;
    }
}

/// Reads the register anew if it has changed, and notes which tokens were seen.
async fn look(connection: &mut AsyncPgConnection, register: &Register) -> Result<(), ReadError> {
    let begun = Instant::now();
    let version = read::register_version(connection).await?;
    if register.version() != Some(version) {
        register.replace(read::register_contents(connection).await?);
    }
    register.confirm(begun);
    let uses = register.unrecorded_uses();
    if !uses.is_empty() {
        note_token_uses(connection, &uses).await?;
    }
    Ok(())
}
