//! All stories, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod approvals;
mod architecture;
mod auditor;
mod authorization;
mod bad_input;
mod concurrency;
mod constraints;
mod crash;
mod demonstration;
mod domain;
mod embedded_postgres;
mod exports;
mod faults;
mod finance;
mod harness;
mod harness_itself;
mod idempotency;
mod invariants;
mod migrations;
mod openapi;
mod operations;
mod outages;
mod partner;
mod readme;
mod reads;
mod register;
mod scheduler;
mod schema;
mod serving;
mod tlog;
mod tokens;
mod walls;
