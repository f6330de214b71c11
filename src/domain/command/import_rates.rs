//! Stating many exchange rates at once, as a source lists them.
//!
//! A row is judged after those before it. One that says what is stated already changes nothing; one
//! that is refused stops no other, unless all or none were asked for.

use std::collections::HashMap;

use super::{Context, Decision, Event, Home, Needs, Outcome, RefusedRow, StateExchangeRate};
use crate::domain::books::Books;
use crate::domain::command::MOST_NAMED;
use crate::domain::refusal::{ExchangeRefusal, Refusal};

/// State many exchange rates.
#[derive(Debug, Clone)]
pub struct ImportRates {
    /// Whether all rows are taken or none.
    pub atomic: bool,
    /// The rows, in order, each with its line, counted from 1.
    pub rows: Vec<(i32, StateExchangeRate)>,
    /// Rows that couldn't be read.
    pub unread: Vec<RefusedRow>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateImport {
    /// Rates that are new.
    pub stated: usize,
    /// Rates that were stated already, with the same figure.
    pub unchanged: usize,
    /// How many rows were refused.
    pub refused: usize,
    /// The first of them, in the order of their lines.
    pub refusals: Vec<RefusedRow>,
}

impl ImportRates {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        for (_, row) in &self.rows {
            row.needs(books, needs);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let mut refusals = self.unread.clone();
        let (mut events, mut unchanged) = (Vec::new(), 0);
        let mut known = HashMap::with_capacity(self.rows.len());
        for (line, row) in &self.rows {
            let name = row.name();
            let before = books.exchange_rates.get(&name).copied().flatten();
            let before = before.or_else(|| known.get(&name).copied());
            let refusal = match (row.require_currencies(), before) {
                (Err(refusal), _) => refusal,
                (Ok(()), None) => {
                    known.insert(name, row.stated.rate_e8);
                    events.push(Event::ExchangeRateStated(row.rate(context)));
                    continue;
                }
                (Ok(()), Some(rate_e8)) if rate_e8 == row.stated.rate_e8 => {
                    unchanged += 1;
                    continue;
                }
                (Ok(()), Some(_)) => row.is_stated(),
            };
            refusals.push(RefusedRow {
                line: *line,
                code: refusal.code(),
                detail: refusal.to_string(),
            });
        }
        let refused = refusals.len();
        refusals.sort_by_key(|it| it.line);
        refusals.truncate(MOST_NAMED);
        if self.atomic && refused > 0 {
            let refused = ExchangeRefusal::RowsRefused {
                rows: self.rows.len() + self.unread.len(),
                refused,
                first: refusals,
            };
            return Err(refused.into());
        }
        let outcome = Outcome::RateImport(RateImport {
            stated: events.len(),
            unchanged,
            refused,
            refusals,
        });
        Ok(Decision {
            events,
            draft: None,
            outcome,
        })
    }
}
