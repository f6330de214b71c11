//! Finance's story: a pledge from its announcement to what creators hold, in cash and in credits.

mod ads;
mod backdating;
mod cash;
mod creators;
mod credits;
mod dry_runs;
mod files;
mod overspill;
mod placement;
mod spend;
