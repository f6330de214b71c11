//! Months that are closed and opened again: what they look like, and their rows.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz};
use diesel_async::AsyncPgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::post::split_document;
use crate::db::error::DbError;
use crate::db::periods::month_end;
use crate::domain::books::{Books, Changes};
use crate::domain::{Catalogue, Needs};

insert_columns! {
    InsertPeriodEvents into "period_events" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        month_end: time::Date => Date,
        state: &'static str => Text,
        reconciliation: Option<&'static str> => Nullable<Text>,
        reason: Option<String> => Nullable<Text>,
        document_uri: Option<String> => Nullable<Text>,
        document_sha256: Option<String> => Nullable<Text>,
        provisional_lines: i64 => BigInt,
        actor: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
        approval_id: Option<Uuid> => Nullable<SqlUuid>,
    }
}

impl InsertPeriodEvents {
    pub(super) fn of(changes: &Changes) -> Self {
        let mut rows = Self::default();
        for (event, approval) in &changes.periods {
            let (uri, sha256) = split_document(event.document.as_ref());
            rows.push(
                event.pledge.0,
                event.id.0,
                event.month_end,
                event.state.as_str(),
                event.reconciliation.map(|it| it.as_str()),
                event.reason.clone(),
                uri,
                sha256,
                event.provisional_lines,
                event.actor.clone(),
                event.recorded_at,
                approval.map(|id| id.0),
            );
        }
        rows
    }
}

/// What the months that are to be closed look like at their ends: under their pledges' locks.
pub(super) async fn load_month_ends(
    connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for at in &needs.month_ends {
        let found = month_end(connection, catalogue, *at).await?;
        books.month_ends.insert(*at, found);
    }
    Ok(())
}
