//! All stories, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod constraints;
mod domain;
mod embedded_postgres;
mod harness;
mod harness_itself;
mod invariants;
mod migrations;
mod openapi;
mod schema;
