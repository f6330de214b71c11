//! The write path's side of the database: lock, load, write as arrays, commit.
//!
//! A batch costs a fixed number of statements, whatever the number of commands in it: one to lock,
//! one per kind of thing to load, one per table to write. The lock and the loads are separate
//! statements under READ COMMITTED, as waiting for a lock does not refresh a statement's snapshot.
//! A [`Session`] that isn't committed is rolled back with its connection.

mod accounts;
mod columns;
mod load;
mod post;

use std::sync::Arc;

use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use time::OffsetDateTime;
use uuid::Uuid;

use super::connection::Database;
use super::error::DbError;
use crate::domain::books::Books;
use crate::domain::{AllocationId, Catalogue, InstalmentId, Needs, PledgeId};

/// A key, its fingerprint and the answer it got: written with the work it answers.
pub type AnsweredKey = (Uuid, Uuid, Vec<u8>);

/// One lane's connection. Opened when first needed, and again after it broke.
pub struct Writer {
    database: Database,
    catalogue: Arc<Catalogue>,
    connection: Option<AsyncPgConnection>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("connected", &self.connection.is_some())
            .finish()
    }
}

/// One batch's transaction.
pub struct Session {
    connection: AsyncPgConnection,
    catalogue: Arc<Catalogue>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session { .. }")
    }
}

impl Writer {
    /// A writer that connects when it is first used.
    pub fn new(database: Database, catalogue: Arc<Catalogue>) -> Self {
        Writer {
            database,
            catalogue,
            connection: None,
        }
    }

    /// Begins a transaction. The connection belongs to the session until it ends. One that was
    /// kept may have died meanwhile; nothing was done on it, so another takes its place.
    pub async fn begin(&mut self) -> Result<Session, DbError> {
        if let Some(kept) = self.connection.take() {
            match self.begin_on(kept).await {
                Ok(session) => return Ok(session),
                Err(error) => log::info!(error:% = error; "a kept connection is replaced"),
            }
        }
        let fresh = self.database.connect_for_writing().await?;
        self.begin_on(fresh).await
    }

    async fn begin_on(&self, mut connection: AsyncPgConnection) -> Result<Session, DbError> {
        AnsiTransactionManager::begin_transaction(&mut connection).await?;
        Ok(Session {
            connection,
            catalogue: Arc::clone(&self.catalogue),
        })
    }

    /// Ends a session without writing and keeps its connection for the next, if it is still good.
    pub async fn abandon(&mut self, session: Session) {
        let _ = self.roll_back(session).await;
    }

    /// Ends a session in which something went wrong, and says what it was: if the connection broke,
    /// that, whatever the statement said that noticed. A server that ends a session says so in
    /// words like those of any refusal.
    pub async fn give_up(&mut self, session: Session, error: DbError) -> DbError {
        match (self.roll_back(session).await, error) {
            (Ok(()), DbError::Away(reason)) => {
                self.connection = None; // it works, but not for writing
                DbError::Away(reason)
            }
            (Ok(()), error) => error,
            (Err(_), DbError::Away(reason) | DbError::Declined(reason)) => DbError::Away(reason),
            (Err(_), DbError::Rule(rule)) => DbError::Rule(rule),
        }
    }

    async fn roll_back(&mut self, session: Session) -> Result<(), DbError> {
        let mut connection = session.connection;
        AnsiTransactionManager::rollback_transaction(&mut connection).await?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Commits a session. After [`DbError::Away`] it is unknown whether the server did.
    pub async fn commit(&mut self, mut session: Session) -> Result<(), DbError> {
        match AnsiTransactionManager::commit_transaction(&mut session.connection).await {
            Ok(()) => {
                self.connection = Some(session.connection);
                Ok(())
            }
            Err(error) => Err(self.give_up(session, error.into()).await),
        }
    }
}

impl Session {
    /// Finds out which pledges instalments and allocations belong to.
    pub async fn locate(
        &mut self,
        instalments: &[InstalmentId],
        allocations: &[AllocationId],
        books: &mut Books,
    ) -> Result<(), DbError> {
        let instalments: Vec<Uuid> = instalments.iter().map(|id| id.0).collect();
        let allocations: Vec<Uuid> = allocations.iter().map(|id| id.0).collect();
        load::locate(&mut self.connection, &instalments, &allocations, books).await
    }

    /// Locks pledges in the order of their ids and reads them; returns the database's clock.
    pub async fn lock(
        &mut self,
        pledges: &[PledgeId],
        books: &mut Books,
    ) -> Result<OffsetDateTime, DbError> {
        let mut ids: Vec<Uuid> = pledges.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        load::lock_pledges(&mut self.connection, &self.catalogue, ids, books).await
    }

    /// What earlier requests with these keys were answered.
    pub async fn stored_keys(&mut self, keys: &[Uuid]) -> Result<Vec<AnsweredKey>, DbError> {
        load::stored_keys(&mut self.connection, keys).await
    }

    /// Loads what is needed into the books.
    pub async fn load(&mut self, needs: Needs, books: &mut Books) -> Result<(), DbError> {
        load::load(&mut self.connection, &self.catalogue, needs, books).await
    }

    /// Writes what the books' changes say, and the answers to its keys.
    pub async fn post(
        &mut self,
        books: &Books,
        keys: Vec<AnsweredKey>,
        now: OffsetDateTime,
    ) -> Result<(), DbError> {
        post::post(&mut self.connection, books, keys, now).await
    }
}
