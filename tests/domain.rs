//! The rules without a database: commands decided over books built by hand.

mod fixture;
mod needs;
mod postings;
mod refusals;
mod shortages;
mod spend;
