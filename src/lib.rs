//! Almoner: a double-entry ledger for grants in cash and ad credits.

pub mod http;
