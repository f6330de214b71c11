//! Almoner: a ledger for grants paid partly in cash and partly in advertising credits.
//!
//! A donor pledges money to a cause. Almoner records the pledge and its split, receives its
//! instalments, budgets it by market, allocates it to creators, and enforces every balance in a
//! double-entry Postgres ledger.
//!
//! # Reading this
//!
//! Rings outside, the same nouns inside; arrows point one way, and a test holds them to it:
//!
//! ```text
//! main → app → http → jobs → engine → db → domain
//! ```
//!
//! | Ring | Knows |
//! |---|---|
//! | [`domain`] | what is counted, where it is, how it moves, and why a command is declined; pure |
//! | [`db`] | Postgres: connections, the write path's statements, snapshots of reads, migrations |
//! | [`engine`] | the one write path: lanes, batches, idempotency, replay |
//! | [`jobs`] | what the service does by itself, through the engine like anybody else |
//! | [`statements`] | how statements are written: JSON, CSV, NDJSON, workbooks, PDF, camt.053 |
//! | [`exports`] | the ledger in other programs' words: hledger, beancount, auditors' tables |
//! | [`packs`] | audit packs: all of a pledge in one file, checked without the ledger |
//! | [`reports`] | reports, as rows with columns: written as JSON, CSV and XLSX |
//! | [`tlog`] | the logs: Merkle trees over the journals, signed, and proofs of what is in them |
//! | [`http`] | the API: access, parsing, problems, paging, the description |
//! | [`app`] | settings, the command line, the service put together, the demonstration |
//! | [`embedded`] | a private Postgres for a machine where nothing is set up |
//!
//! Start with [`domain`], which says in which order to read it; then [`engine`], whose head has the
//! guarantees; then `migrations/`, where every rule stands a second time, as a named constraint or
//! trigger that the owner of the database can't get round either.
//!
//! # What to rely on
//!
//! * A journal is numbered without gaps within its pledge and recorded at a strictly rising
//!   instant.
//! * A transfer has one unit; no account goes below zero, today or on any earlier day.
//! * Nothing posted is altered. An account's figures equal the sum of its transfers.
//! * A key is answered once: the same request with the same key gets the same answer for ever.
//! * The same statement, as known at the same moment, is the same for ever.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod app;
pub mod db;
pub mod domain;
pub mod embedded;
pub mod engine;
pub mod exports;
pub mod http;
pub mod jobs;
pub mod packs;
pub mod reports;
pub mod statements;
pub mod tlog;
