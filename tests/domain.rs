//! The rules without a database: commands decided over books built by hand.

mod cash_out;
mod codes;
mod fixture;
mod needs;
mod postings;
mod refusals;
