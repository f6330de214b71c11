//! Finance's story: a pledge from its announcement to what creators hold, in cash and in credits.

mod ads;
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
mod files;
mod holds;
mod invoices;
mod last_credits;
mod lots;
mod obligations;
mod overspill;
mod payouts;
mod placed;
mod placement;
mod races;
mod recovery;
mod spend;
