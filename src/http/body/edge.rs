//! What bodies are read against.

use time::macros::date;
use time::{Date, Duration, OffsetDateTime};

use super::scalar::Window;
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
        Edge {
            catalogue,
            today: OffsetDateTime::now_utc().date(),
        }
    }

    /// Days on which something may have counted: to tomorrow, as somewhere that day has begun.
    pub fn past(&self) -> Window {
        EARLIEST..=self.today.saturating_add(Duration::DAY)
    }
}
