//! What every story stands on: a database and a real service of its own, with users as clients.
//!
//! ```ignore
//! let world = World::new().await;
//! let pledge = world.funded_pledge().await;
//! world.preparer().post("/v1/allocations", json!({…})).await.expect(201);
//! world.finish().await; // the books are proved, and nothing is left open
//! ```
//!
//! One throwaway Postgres serves the whole test process; each [`World`] has a database made from a
//! migrated template and a service on a free loopback port. Stories may run side by side and any
//! number of times. What begins with `db_` goes round the service.

#![allow(dead_code, unused_imports)] // a means that no story uses at the moment is still one

mod answer;
mod approving;
mod client;
mod database;
mod files;
mod pledges;
mod process;
mod stories;
mod world;

pub use answer::Answer;
pub use approving::{Waiting, by_two};
pub use client::{Client, new_key};
pub use database::{TestDatabase, eventually};
pub use files::Folder;
pub use pledges::{Agreed, agreed, agreed_as, demonstration};
pub use process::Process;
pub use stories::{Funded, allocation, credits, document, money, usd};
pub use world::{WITNESS, World, witness};
