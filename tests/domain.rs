//! The rules without a database: commands decided over books built by hand.

mod approvals;
mod cash_out;
mod codes;
mod ending;
mod fixture;
mod lapses;
mod needs;
mod periods;
mod persons;
mod postings;
mod refusals;
mod register;
mod reversals;
mod shortages;
mod spend;
