//! When tokens made here were last seen: no part of the ledger, so it doesn't go through the lanes.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::insert;
use crate::db::error::DbError;
use crate::domain::ApiTokenId;

insert_columns! {
    InsertTokenUses into "api_token_uses" {
        token_id: Uuid => SqlUuid,
        last_used_at: OffsetDateTime => Timestamptz,
    } or "ON CONFLICT (token_id) DO UPDATE SET last_used_at = excluded.last_used_at \
          WHERE api_token_uses.last_used_at < excluded.last_used_at"
}

/// Notes when tokens were last seen; what was noted by another instance and is later stays.
pub async fn note_token_uses(
    connection: &AsyncPgConnection,
    uses: &[(ApiTokenId, OffsetDateTime)],
) -> Result<(), DbError> {
    let mut rows = InsertTokenUses::default();
    for (token, at) in uses {
        rows.push(token.0, *at);
    }
    insert(connection, rows).await
}
