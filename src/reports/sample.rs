//! A sample of journals: what is to be looked at, and how it came to be that.

use time::Date;

use super::cell::{Amount, day_text, row};
use super::{Report, Total};
use crate::db::read::{Cut, Drawn, Population};
use crate::domain::Unit;
use crate::domain::sampling::{Item, Selection};

row! {
    /// A journal that is to be looked at.
    SampleLine {
        /// `top`, if it is taken because it is so large; else `hit`.
        part: String,
        /// Its number within the pledge.
        number: i64,
        /// The journal.
        journal_id: String,
        /// What happened.
        kind: String,
        /// When it counts.
        effective_date: Date,
        /// What is counted.
        unit: String,
        /// What it comes to in the population.
        amount: Amount,
        /// The position that was hit.
        position: Option<Amount>,
        /// What the rest of the population comes to with this journal.
        cumulative: Option<Amount>,
    }
}

/// A sample that was drawn. Amounts are in minor digits.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// What is counted.
    pub unit: Unit,
    /// What it was drawn from.
    pub population: Population,
    /// How many items that has,
    pub count: usize,
    /// and what they come to.
    pub total: i64,
    /// The interval.
    pub interval: i64,
    /// The start within it.
    pub start: i64,
    /// The size of the checkpoint the seed comes of.
    pub checkpoint: u64,
    /// The text that was hashed.
    pub seed: String,
    /// Its SHA-256, in lower-case hexadecimal.
    pub digest: String,
    /// What was selected.
    pub selection: Selection,
    /// The journals of all of it, by their numbers.
    pub drawn: Vec<Drawn>,
}

impl Sampled {
    fn line(&self, part: &str, item: &Item, at: Option<(i64, i64)>) -> Option<SampleLine> {
        let place = self
            .drawn
            .binary_search_by_key(&item.number, |it| it.number);
        let journal = self.drawn.get(place.ok()?)?;
        let amount = |minor| Amount::new(minor, &self.unit);
        Some(SampleLine {
            part: part.to_owned(),
            number: item.number,
            journal_id: journal.id.to_string(),
            kind: journal.kind.as_str().to_owned(),
            effective_date: journal.effective_date,
            unit: self.unit.code().to_owned(),
            amount: amount(item.amount),
            position: at.map(|(position, _)| amount(position)),
            cumulative: at.map(|(_, cumulative)| amount(cumulative)),
        })
    }

    fn lines(&self) -> Vec<SampleLine> {
        let top = self.selection.top.iter();
        let top = top.filter_map(|item| self.line("top", item, None));
        let hits = self.selection.hits.iter();
        let hits = hits
            .filter_map(|hit| self.line("hit", &hit.item, Some((hit.position, hit.cumulative))));
        top.chain(hits).collect()
    }

    /// All it takes to draw it again, and what was drawn.
    fn totals(&self) -> Vec<Total> {
        let amount = |name, minor| Total::amount(name, &self.unit, minor);
        let (of, code) = self.population.name();
        let top: i64 = self.selection.top.iter().map(|it| it.amount).sum();
        vec![
            Total::plain("population", of),
            Total::plain("code", code.unwrap_or_default()),
            Total::plain("from", day_text(self.population.from)),
            Total::plain("to", day_text(self.population.to)),
            Total::plain("population_count", self.count),
            amount("population_total", self.total),
            amount("interval", self.interval),
            Total::plain("checkpoint_size", self.checkpoint),
            Total::plain("seed_sha256", &self.digest),
            amount("start", self.start),
            Total::plain("top_count", self.selection.top.len()),
            amount("top_total", top),
            Total::plain("rest_count", self.selection.rest),
            amount("rest_total", self.selection.rest_total),
            Total::plain("hits", self.selection.hits.len()),
        ]
    }
}

/// The sample as a table.
pub fn sample(cut: &Cut, it: &Sampled) -> Report<SampleLine> {
    Report::new("sample", cut, it.lines(), it.totals())
}
