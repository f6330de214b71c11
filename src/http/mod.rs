//! The API over HTTP: what turns a request into a command or a read, and a refusal into a status.

pub mod access;
pub mod problem;
pub mod views;
pub mod wire;
