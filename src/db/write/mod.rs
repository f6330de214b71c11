//! The write path's side of the database: lock, load, write as arrays, commit.
//!
//! A batch costs a fixed number of statements, whatever the number of commands in it: one to lock,
//! one per kind of thing to load, one to post, one per other table to write. The lock and the loads
//! are separate statements under READ COMMITTED, as waiting for a lock does not refresh a
//! statement's snapshot.
//! A [`Session`] that isn't committed is rolled back with its connection.
//!
//! Statements that don't wait for each other's answers are sent together. The server carries them
//! out in the order they are sent, which is the order they stand in: `try_join!` polls in that
//! order, and preparing a statement holds the connection's cache, so that the next waits its turn.
//! If one fails, those sent after it are declined with the transaction, the commit included; if one
//! can't even be sent, those after it aren't.

mod accounts;
mod approvals;
mod attributions;
mod audit;
mod clearings;
mod columns;
mod endings;
mod identities;
mod instalments;
mod lapses;
mod load;
mod lock;
mod lots;
mod obligations;
mod order;
mod payouts;
mod periods;
mod persons;
mod platform_balances;
mod post;
mod record;
mod register;
mod revaluations;
mod reversibles;
mod spend;
mod statements;
mod token_uses;

use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures_util::try_join;
use time::OffsetDateTime;
use uuid::Uuid;

use self::audit::AuditRows;
use self::columns::Columns;
use self::post::Rows;
use super::connection::Database;
use super::error::DbError;
use crate::domain::audit::AuditEvent;
use crate::domain::books::Books;
use crate::domain::command::Thing;
use crate::domain::{Catalogue, Needs, PledgeId};

pub use self::token_uses::note_token_uses;

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
    is_kept: bool,
    is_committing: bool,
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

    /// A connection for one batch, which is the session's until it ends.
    pub async fn session(&mut self) -> Result<Session, DbError> {
        let kept = self.connection.take();
        let is_kept = kept.is_some();
        let connection = match kept {
            Some(connection) => connection,
            None => self.database.connect_for_writing().await?,
        };
        let catalogue = Arc::clone(&self.catalogue);
        Ok(Session {
            connection,
            catalogue,
            is_kept,
            is_committing: false,
        })
    }

    /// Takes back the connection of a session that was committed.
    pub fn take_back(&mut self, session: Session) {
        self.connection = Some(session.connection);
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
        run(&session.connection, Rollback).await?;
        self.connection = Some(session.connection);
        Ok(())
    }
}

/// A statement of a word, prepared once like all others.
macro_rules! statement {
    ($name:ident = $sql:literal) => {
        #[derive(Debug, QueryId)]
        struct $name;

        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }
    };
}

statement!(Begin = "BEGIN");
statement!(Commit = "COMMIT");
statement!(Rollback = "ROLLBACK");

async fn run<S>(mut connection: &AsyncPgConnection, statement: S) -> Result<(), DbError>
where
    S: QueryFragment<Pg> + QueryId + Send,
{
    connection.execute_returning_count(statement).await?;
    Ok(())
}

/// Inserts rows, if there are any.
async fn insert<S: Columns>(connection: &AsyncPgConnection, rows: S) -> Result<(), DbError> {
    match rows.is_empty() {
        true => Ok(()),
        false => run(connection, rows).await,
    }
}

impl Session {
    /// Whether what broke may be a connection that died unnoticed since the batch before. Nothing
    /// was asked to be committed on it, so the batch can be carried out on another.
    pub fn may_have_died_idle(&self) -> bool {
        self.is_kept && !self.is_committing
    }

    /// Finds out which pledges things of a kind belong to. That never changes, so it is asked
    /// before the transaction begins.
    pub async fn locate(
        &mut self,
        thing: Thing,
        ids: Vec<Uuid>,
        books: &mut Books,
    ) -> Result<(), DbError> {
        load::locate(&self.connection, thing, ids, books).await
    }

    /// Begins the transaction, locks the pledges in the order of their ids and reads them, looks up
    /// the keys, and loads what is known to be needed already: in one round trip. Returns the
    /// database's clock and what earlier requests with these keys were answered.
    pub async fn begin(
        &mut self,
        pledges: &[PledgeId],
        keys: &[Uuid],
        needs: Needs,
        books: &mut Books,
    ) -> Result<(OffsetDateTime, Vec<AnsweredKey>), DbError> {
        let mut ids: Vec<Uuid> = pledges.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let connection = &self.connection;
        let ((), (now, pledges), stored, (), found) = try_join!(
            run(connection, Begin),
            lock::lock_pledges(connection, &self.catalogue, ids),
            load::stored_keys(connection, keys),
            load::load_first(connection, &self.catalogue, &needs, books),
            accounts::find_accounts(connection, &needs),
        )?;
        books.pledges.extend(pledges);
        accounts::enter_accounts(connection, &needs, found, books).await?;
        Ok((now, stored))
    }

    /// What earlier requests with these keys were answered, as of now.
    pub async fn stored_keys(&mut self, keys: &[Uuid]) -> Result<Vec<AnsweredKey>, DbError> {
        load::stored_keys(&self.connection, keys).await
    }

    /// Loads what is needed into the books.
    pub async fn load(&mut self, needs: Needs, books: &mut Books) -> Result<(), DbError> {
        load::load(&self.connection, &self.catalogue, needs, books).await
    }

    /// Writes what the books' changes say, the answers to its keys and what goes into the audit
    /// trail, and commits: in one round trip, unless something is noted on earlier rows. After an
    /// error nothing was written, or, if the connection broke, it is unknown whether all of it was.
    pub async fn commit(
        &mut self,
        books: &Books,
        keys: Vec<AnsweredKey>,
        trail: Vec<AuditEvent>,
        now: OffsetDateTime,
    ) -> Result<(), DbError> {
        self.is_committing = true;
        let mut rows = Rows::of(books, keys, now);
        let mut trail = AuditRows::of(trail, now);
        if !rows.posting.is_empty() {
            rows.posting.trail = std::mem::take(&mut trail.events);
        }
        let connection = &self.connection;
        post::update(connection, books).await?;
        try_join!(
            insert(connection, rows.pledges),
            insert(connection, rows.pledge_units),
            insert(connection, rows.pledge_markets),
            insert(connection, rows.instalments),
            insert(connection, rows.creators),
            insert(connection, rows.persons),
            insert(connection, rows.bank_details),
            insert(connection, rows.lots),
            insert(connection, rows.lot_markets),
            insert(connection, rows.lot_campaigns),
            insert(connection, rows.lot_events),
            insert(connection, rows.job_runs),
            insert(connection, rows.ad_accounts),
            insert(connection, rows.obligations),
            insert(connection, rows.accounts),
            insert(connection, rows.approvals),
            insert(connection, rows.decisions),
            insert(connection, rows.thresholds),
            insert(connection, rows.let_go),
            insert(connection, rows.posting),
            insert(connection, rows.spend),
            insert(connection, rows.refunds),
            insert(connection, rows.attributions),
            insert(connection, rows.clearings),
            insert(connection, rows.platform_balances),
            insert(connection, rows.held),
            insert(connection, rows.periods),
            insert(connection, rows.statement_runs),
            insert(connection, rows.run_accounts),
            insert(connection, rows.statements),
            insert(connection, rows.ended),
            insert(connection, rows.end),
            insert(connection, rows.withholding_rules),
            insert(connection, rows.payouts),
            insert(connection, rows.payout_events),
            insert(connection, rows.stated_rates),
            insert(connection, rows.revaluations),
            insert(connection, rows.exchange_rates),
            rows.register.insert(connection),
            insert(connection, rows.erasures),
            insert(connection, rows.keys),
            insert(connection, trail.events),
            insert(connection, trail.reads),
            run(connection, Commit),
        )?;
        Ok(())
    }
}
