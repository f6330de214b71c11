//! The ledger in other programs' words, so that it can be checked without this one.
//!
//! [`hledger`] writes a pledge's whole journal as plain-text accounting.

pub mod hledger;
