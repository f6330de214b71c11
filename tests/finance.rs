//! Finance's story: a pledge from its announcement to what creators hold, in cash and in credits.

mod advances;
mod backdating;
mod cash;
mod closing;
mod corrections;
mod creators;
mod credits;
mod currencies;
mod desk;
mod dry_runs;
mod expiry;
mod invoices;
mod lots;
mod payouts;
mod placed;
mod races;
