//! Almoner: a double-entry ledger for grants in cash and ad credits.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod app;
pub mod db;
pub mod domain;
pub mod embedded;
pub mod engine;
pub mod http;
pub mod statements;
