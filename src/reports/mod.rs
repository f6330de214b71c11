//! Reports: figures of a pledge as rows, which are written as JSON, as CSV and as XLSX.
//!
//! A report is cut twice, by when things count (`as_of`) and by when they were known (`known_at`),
//! and says both: asked for again with them, it is the same, to the byte, whatever was posted since
//! ([`crate::db::read::Cut`] has the rule). Each kind of row is declared once, by `row!` in
//! [`mod@cell`]; its JSON, its columns and its description follow from that.
//!
//! | Module | Reports |
//! |---|---|
//! | [`mod@balances`] | trial balance |
//! | [`mod@funds`] | summary by market, use of funds, confirmation of balances |
//! | [`mod@ageing`] | receivables and advances by age |
//! | [`mod@lots`] | the register of lots, what is going to lapse, gifts in kind |
//! | [`mod@postings`] | exchange differences, suspense |
//! | [`mod@spend`] | spend against what platforms say |
//! | [`mod@register`] | the register of journals |
//! | [`mod@audit`] | control exceptions, the approval matrix |
//! | [`mod@sample`] | samples of journals |
//!
//! All of it is worked out in memory from what the database adds up, so a report costs its rows;
//! but for the register of journals as CSV, which costs a stretch of them.

pub mod ageing;
pub mod audit;
pub mod balances;
pub mod cell;
pub mod funds;
pub mod lots;
pub mod postings;
pub mod register;
pub mod sample;
pub mod spend;
mod table;
mod workbook;

use serde::Serialize;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;

use crate::db::read::Cut;
use crate::domain::money::format_minor;
use crate::domain::{PledgeId, Unit};
use cell::{Row, day_text, instant_text};

pub use table::{Piece, csv};
pub use workbook::{Unwritable, xlsx};

/// A report: what it was cut by, its rows, and what these come to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Report<R> {
    /// What it is called.
    pub report: &'static str,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// What the parties call the pledge.
    pub reference: String,
    /// At the end of which day, by effective date; null for everything there is.
    #[serde(serialize_with = "write_day")]
    pub as_of: Option<Date>,
    /// What the ledger knew: asked for with this `known_at`, the answer stays the same.
    #[serde(serialize_with = "write_instant")]
    pub known_at: OffsetDateTime,
    /// The number of the last journal taken into account; 0 if there was none.
    pub known_journal: i64,
    /// The rows.
    pub rows: Vec<R>,
    /// What they come to.
    pub totals: Vec<Total>,
}

/// What rows come to, in one respect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportTotal)]
pub struct Total {
    /// In which respect.
    pub name: String,
    /// What is counted; null for a number of things, and for a word.
    pub unit: Option<String>,
    /// How much.
    pub value: String,
}

impl Total {
    /// So many of the unit's minor digit.
    pub fn amount(name: impl Into<String>, unit: &Unit, minor: i64) -> Self {
        Total {
            name: name.into(),
            unit: Some(unit.code().to_owned()),
            value: format_minor(minor, unit.minor_digits()),
        }
    }

    /// So many things, or a word.
    pub fn plain(name: impl Into<String>, value: impl ToString) -> Self {
        Total {
            name: name.into(),
            unit: None,
            value: value.to_string(),
        }
    }
}

fn write_day<S: serde::Serializer>(day: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => to.serialize_str(&day_text(*day)),
        None => to.serialize_none(),
    }
}

fn write_instant<S: serde::Serializer>(at: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&instant_text(*at))
}

impl<R: Row> Report<R> {
    /// A report of what was cut so.
    pub fn new(report: &'static str, cut: &Cut, rows: Vec<R>, totals: Vec<Total>) -> Self {
        Report {
            report,
            pledge_id: cut.pledge,
            reference: cut.reference.clone(),
            as_of: cut.as_of,
            known_at: cut.known.at,
            known_journal: cut.known.journal,
            rows,
            totals,
        }
    }

    /// What is said of it beside its rows, by name.
    fn notes(&self) -> Vec<(&'static str, String)> {
        vec![
            ("report", self.report.to_owned()),
            ("pledge_id", self.pledge_id.to_string()),
            ("as_of", self.as_of.map(day_text).unwrap_or_default()),
            ("known_at", instant_text(self.known_at)),
            ("known_journal", self.known_journal.to_string()),
        ]
    }

    /// What a file of it is called, without its ending.
    pub fn file_name(&self) -> String {
        let day = self
            .as_of
            .map_or_else(String::new, |day| format!("_{}", day_text(day)));
        let (report, pledge, journal) = (self.report, self.pledge_id, self.known_journal);
        format!("{report}_{pledge}{day}_{journal}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
