//! What of an account is set aside for something that isn't posted yet.
//!
//! Holds are kept as they stand. There is no telling how they stood: they come and go without a
//! journal.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::accounts::Account;
use super::error::ReadError;
use crate::db::schema::accounts;

/// What of the account's balance is held, in minor digits. One statement.
pub async fn held(connection: &mut AsyncPgConnection, account: &Account) -> Result<i64, ReadError> {
    let held = accounts::table
        .filter(accounts::pledge_id.eq(account.pledge.0))
        .filter(accounts::number.eq(account.number))
        .select(accounts::held);
    let held: Option<i64> = held.first(connection).await.optional()?;
    Ok(held.unwrap_or_default())
}
