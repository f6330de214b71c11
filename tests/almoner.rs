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
