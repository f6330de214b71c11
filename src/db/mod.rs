//! Postgres: the only authority on what the ledger holds.

pub mod schema;
