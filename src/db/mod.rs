//! Postgres: the only authority on what the ledger holds.
//!
//! [`connection`] opens connections that have taken on the service's role and carry every timeout;
//! [`mod@write`] is the write path's side of the database (lock, load, write as arrays); [`read`]
//! answers questions from one snapshot; [`mod@log`] adds to the logs over the journals;
//! [`migrate`] brings a database up to the schema this build knows.

mod approvals;
pub mod connection;
pub mod error;
mod identities;
pub mod log;
mod lots;
pub mod migrate;
mod periods;
pub mod read;
mod rows;
pub mod schema;
mod statements;
mod turn;
pub mod write;

pub use connection::{Database, Pool, Reader};
pub use error::DbError;
pub use turn::Turn;
pub use write::{Writer, note_token_uses};
