//! The API over HTTP.

pub mod problem;
