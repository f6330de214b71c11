//! The API over HTTP: what turns a request into a command or a read, and a refusal into a status.

pub mod accept;
pub mod access;
pub mod allowed;
pub mod app;
pub mod body;
pub mod boundary;
pub mod cors;
pub mod docs;
pub mod etag;
pub mod health;
pub mod idempotency;
pub mod limits;
pub mod paging;
pub mod problem;
pub mod protection;
pub mod read;
pub mod routes;
pub mod state;
pub mod trail;
pub mod views;
pub mod wire;
pub mod write;

#[cfg(test)]
mod tests;
