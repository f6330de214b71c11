//! Finance's story: a pledge from its announcement to what creators hold, in cash and in credits.

mod advances;
mod backdating;
mod cash;
mod creators;
mod credits;
mod currencies;
mod desk;
mod dry_runs;
mod invoices;
mod payouts;
mod races;
