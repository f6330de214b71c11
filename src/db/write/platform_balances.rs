//! Rows of what platforms said was left in ad accounts.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use crate::domain::PlatformBalance;

insert_columns! {
    InsertPlatformBalances into "platform_balances" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        ad_account_id: Uuid => SqlUuid,
        as_of: time::Date => Date,
        amount: i64 => BigInt,
        document_uri: String => Text,
        document_sha256: String => Text,
        actor: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

impl InsertPlatformBalances {
    pub(super) fn of(balances: &[PlatformBalance]) -> Self {
        let mut rows = Self::default();
        for it in balances {
            rows.push(
                it.pledge.0,
                it.id.0,
                it.ad_account.0,
                it.as_of,
                it.amount.minor(),
                it.document.uri.clone(),
                it.document.sha256.clone(),
                it.actor.clone(),
                it.recorded_at,
            );
        }
        rows
    }
}
