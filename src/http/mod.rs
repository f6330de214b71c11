//! The HTTP ring: what turns a request into a command or a read, and a refusal into a status.

pub mod access;
pub mod problem;
