//! Finance's story: a pledge from its announcement to what creators hold, in cash and in credits.

mod backdating;
mod cash;
mod closing;
mod corrections;
mod creators;
mod credits;
mod dry_runs;
mod expiry;
mod lots;
mod placed;
