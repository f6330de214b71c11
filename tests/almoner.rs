//! All stories, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod embedded_postgres;
mod finance;
mod harness;
mod harness_itself;
