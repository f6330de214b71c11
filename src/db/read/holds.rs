//! What of an account is set aside for something that isn't posted yet.
//!
//! Holds are kept as they stand. There is no telling how they stood: they come and go without a
//! journal.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::accounts::Account;
use super::error::ReadError;
use crate::db::schema::accounts;
use crate::domain::PledgeId;

/// What of the account's balance is held, in minor digits. One statement.
pub async fn held(connection: &mut AsyncPgConnection, account: &Account) -> Result<i64, ReadError> {
    let held = accounts::table
        .filter(accounts::pledge_id.eq(account.pledge.0))
        .filter(accounts::number.eq(account.number))
        .select(accounts::held);
    let held: Option<i64> = held.first(connection).await.optional()?;
    Ok(held.unwrap_or_default())
}

/// What of the balances of a pledge's accounts is held, by their numbers. One statement.
pub async fn held_of(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    numbers: &[i32],
) -> Result<HashMap<i32, i64>, ReadError> {
    let held = accounts::table
        .filter(accounts::pledge_id.eq(pledge.0))
        .filter(accounts::number.eq_any(numbers))
        .select((accounts::number, accounts::held));
    let held: Vec<(i32, i64)> = held.load(connection).await?;
    Ok(held.into_iter().collect())
}
