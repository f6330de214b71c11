//! A sample, as the API writes it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{JournalId, PledgeId};
use crate::http::wire::{Day, Instant};

/// A monetary-unit sample of a pledge's journals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sample)]
pub struct SampleOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What the amounts are in.
    pub unit: String,
    /// What was drawn from.
    pub population: PopulationOut,
    /// The sampling interval.
    pub interval: String,
    /// Where the start comes from.
    pub seed: SeedOut,
    /// Items of at least the interval: all of them are looked at.
    pub top_stratum: StratumOut,
    /// All other items,
    pub rest: TotalOut,
    /// and those of them that were hit, in the order of their positions.
    pub hits: Vec<HitOut>,
}

/// What a sample is drawn from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SamplePopulation)]
pub struct PopulationOut {
    /// `journals`, or `debits` or `credits` of the accounts of a code.
    pub of: &'static str,
    /// That code.
    pub code: Option<&'static str>,
    /// The first day on which what counts is effective,
    pub from: Day,
    /// and the last.
    pub to: Day,
    /// When the last journal taken into account was recorded: asked for with this, the population
    /// stays the same for ever. Null if there is none.
    pub known_at: Option<Instant>,
    /// The number of that journal.
    pub known_journal: i64,
    /// How many items there are.
    pub count: usize,
    /// What they come to.
    pub total: String,
}

/// Where a start comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleSeed)]
pub struct SeedOut {
    /// The size of the checkpoint.
    pub checkpoint_size: u64,
    /// The checkpoint, signed, with the lines of those who saw it.
    pub checkpoint: String,
    /// What is hashed.
    pub text: String,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// The first position, which comes of it.
    pub start: String,
}

/// How many items, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleTotal)]
pub struct TotalOut {
    /// How many.
    pub count: usize,
    /// What they come to.
    pub total: String,
}

/// Items that are all looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleStratum)]
pub struct StratumOut {
    /// How many.
    pub count: usize,
    /// What they come to.
    pub total: String,
    /// Each, in the order of the journals.
    pub items: Vec<ItemOut>,
}

/// A journal that is looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleItem)]
pub struct ItemOut {
    /// The journal.
    pub journal_id: JournalId,
    /// Its number.
    pub number: i64,
    /// What happened.
    pub kind: &'static str,
    /// When it counts.
    pub effective_date: Day,
    /// Its amount.
    pub amount: String,
}

/// A position that was hit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleHit)]
pub struct HitOut {
    /// The position, as an amount.
    pub position: String,
    /// What the rest comes to with this item: the item covers the position.
    pub cumulative: String,
    /// The journal.
    #[serde(flatten)]
    pub item: ItemOut,
}
