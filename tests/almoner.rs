//! All stories, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod constraints;
mod crash;
mod embedded_postgres;
mod faults;
mod harness;
mod harness_itself;
mod migrations;
mod openapi;
mod schema;
mod outages;
mod auditor;
mod authorization;
mod concurrency;
mod embedded_postgres;
mod finance;
mod harness;
mod harness_itself;
mod idempotency;
mod operations;
mod partner;
mod tokens;
