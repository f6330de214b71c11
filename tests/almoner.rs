//! All stories, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod crash;
mod embedded_postgres;
mod faults;
mod harness;
mod harness_itself;
mod outages;
mod serving;
