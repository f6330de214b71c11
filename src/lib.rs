//! The grant and ad-credit ledger.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod embedded;
