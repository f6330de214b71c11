//! What bodies are read against.

use time::macros::date;
use time::{Date, Duration, OffsetDateTime, UtcOffset};

use super::fields::Fields;
use super::scalar::{self, Window};
use crate::domain::Catalogue;

/// No date before this one means anything here.
pub(super) const EARLIEST: Date = date!(2000 - 01 - 01);
/// No plan reaches further.
pub(super) const LATEST: Date = date!(2100 - 12 - 31);

/// What a body is read against.
#[derive(Debug, Clone, Copy)]
pub struct Edge<'a> {
    /// The units and markets there are.
    pub catalogue: &'a Catalogue,
    /// The day it is now, UTC.
    pub today: Date,
}

impl<'a> Edge<'a> {
    /// The edge at this moment.
    pub fn now(catalogue: &'a Catalogue) -> Self {
        Edge::at(catalogue, OffsetDateTime::now_utc())
    }

    /// The edge at another moment.
    pub fn at(catalogue: &'a Catalogue, moment: OffsetDateTime) -> Self {
        Edge {
            catalogue,
            today: moment.to_offset(UtcOffset::UTC).date(),
        }
    }

    /// Days on which something may have counted: to tomorrow, as somewhere that day has begun.
    pub fn past(&self) -> Window {
        EARLIEST..=self.today.saturating_add(Duration::DAY)
    }
}

impl Fields<'_> {
    /// A day that is today or later.
    pub fn day_to_come(&mut self, name: &'static str) -> Option<Date> {
        let window = self.edge().today..=LATEST;
        self.value(name, |text| scalar::day(text, &window))
    }
}
