//! Holds: money set aside on an account for something that isn't posted yet.
//!
//! A payout on its way, or spend that isn't final, is held on the accounts it will be taken from,
//! so that nothing else takes it meanwhile. A hold is for one subject on one account. It is used or
//! let go by holding less; the database keeps the account's held figure and never lets the balance
//! fall below it.

use time::Date;
use uuid::Uuid;

use super::account::AccountKey;

/// What is held on one account for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The account, by its address.
    pub address: String,
    /// How much, in minor digits.
    pub amount: i64,
    /// The last day it holds.
    pub expires_on: Option<Date>,
}

/// A hold as it is to be: taken, changed or, with nothing left of it, let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldChange {
    /// What it is for.
    pub subject: Uuid,
    /// On which account; it was opened before.
    pub key: AccountKey,
    /// How much is held for the subject from now on, in minor digits.
    pub amount: i64,
    /// The last day it holds; for ever, if none is given.
    pub expires_on: Option<Date>,
}
