//! The application: settings from the environment, the command line, and the service put together.
//!
//! [`service::Service`] is build, port, run: what `almoner serve` runs is what the tests run. With
//! no `DATABASE_URL` the database is a private Postgres in the data folder ([`database`]).

pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
mod greeting;
mod key_watch;
mod register_watch;
mod scheduler;
pub mod service;

pub use cli::main;
