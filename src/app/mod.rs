//! The application: settings from the environment, the command line, and the service put together.
//!
//! [`service::Service`] is build, port, run: what `almoner serve` runs is what the tests run. With
//! no `DATABASE_URL` the database is a private Postgres in the data folder ([`database`]).

mod check;
pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
mod greeting;
mod key_watch;
pub mod log;
mod register_watch;
mod scheduler;
pub mod service;
pub mod timestamps;
mod verify;
mod witness;

pub use cli::main;
