//! Statements that are issued: what they depend on, and their rows.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::sql_types::{Array, BigInt, Binary, Date, Integer, Nullable, Text, Timestamptz};
use diesel_async::AsyncPgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use crate::db::error::DbError;
use crate::db::statements::series;
use crate::domain::books::{Books, Changes};
use crate::domain::{Needs, PledgeId};

insert_columns! {
    InsertStatements into "statements" {
        pledge_id: Uuid => SqlUuid,
        account: i32 => Integer,
        number: i64 => BigInt,
        id: Uuid => SqlUuid,
        from_day: time::Date => Date,
        to_day: time::Date => Date,
        known_journal: i64 => BigInt,
        known_at: OffsetDateTime => Timestamptz,
        opening: i64 => BigInt,
        total_debits: i64 => BigInt,
        total_credits: i64 => BigInt,
        closing: i64 => BigInt,
        available: Option<i64> => Nullable<BigInt>,
        lines: i64 => BigInt,
        supersedes: Option<i64> => Nullable<BigInt>,
        reason: Option<String> => Nullable<Text>,
        run_id: Option<Uuid> => Nullable<SqlUuid>,
        issued_by: String => Text,
        identity: String => Text,
        issued_at: OffsetDateTime => Timestamptz,
        digest: Vec<u8> => Binary,
        checkpoint: String => Text,
        signature: String => Text,
    }
}

insert_columns! {
    InsertStatementRuns into "statement_runs" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        to_day: time::Date => Date,
        known_journal: i64 => BigInt,
        known_at: OffsetDateTime => Timestamptz,
        reason: Option<String> => Nullable<Text>,
        issued_by: String => Text,
        identity: String => Text,
        issued_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertRunAccounts into "statement_run_accounts" {
        pledge_id: Uuid => SqlUuid,
        run_id: Uuid => SqlUuid,
        account: i32 => Integer,
    }
}

impl InsertRunAccounts {
    pub(super) fn of(changes: &Changes) -> Self {
        let mut rows = Self::default();
        for run in &changes.statement_runs {
            for account in &run.accounts {
                rows.push(run.pledge.0, run.id, *account);
            }
        }
        rows
    }
}

impl InsertStatements {
    pub(super) fn of(changes: &Changes) -> Self {
        let mut rows = Self::default();
        for it in &changes.statements {
            rows.push(
                it.pledge.0,
                it.account,
                it.number,
                it.id.0,
                it.from,
                it.to,
                it.known_journal,
                it.known_at,
                it.opening,
                it.total_debits,
                it.total_credits,
                it.closing(),
                it.available,
                it.lines,
                it.supersedes,
                it.reason.clone(),
                it.run,
                it.issued_by.clone(),
                it.identity.clone(),
                it.issued_at,
                it.digest.to_vec(),
                it.checkpoint.clone(),
                it.signature.clone(),
            );
        }
        rows
    }
}

impl InsertStatementRuns {
    pub(super) fn of(changes: &Changes) -> Self {
        let mut rows = Self::default();
        for run in &changes.statement_runs {
            rows.push(
                run.pledge.0,
                run.id,
                run.to,
                run.known_journal,
                run.known_at,
                run.reason.clone(),
                run.issued_by.clone(),
                run.identity.clone(),
                run.issued_at,
            );
        }
        rows
    }
}

/// The statements so far of accounts that are to be issued more: under their pledges' locks.
pub(super) async fn load_statements(
    connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let mut asked: BTreeMap<PledgeId, Vec<i32>> = BTreeMap::new();
    for (pledge, account) in &needs.statements {
        asked.entry(*pledge).or_default().push(*account);
    }
    for (pledge, accounts) in asked {
        let mut found = series(connection, pledge, &accounts).await?;
        for account in accounts {
            let known = found.remove(&account).unwrap_or_default();
            books.statements.insert((pledge, account), known);
        }
    }
    Ok(())
}
