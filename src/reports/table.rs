//! A report as CSV (RFC 4180): UTF-8 with a byte order mark, lines ended by CR LF.
//!
//! The first column says what a row is: a `line` of the report; a `total`, with its name, value and
//! unit in the columns after that; or a `note`, with its name and value. Every row has as many
//! fields as the header. Amounts are plain decimals. What people wrote, and nothing else, is kept
//! from being taken for a formula.

use super::cell::{Cell, Row};
use super::{Report, Total};
use crate::exports::table::Table;
use crate::statements::unformula;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A total has its kind, name, value and unit: no table is narrower.
const LEAST_WIDTH: usize = 4;

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Free(text) => unformula(text).into_owned(),
        cell => cell.text(),
    }
}

/// The report as CSV.
pub fn csv<R: Row>(report: &Report<R>) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in [Piece::Head, Piece::Lines(&report.rows), Piece::End(report)] {
        piece.write(&mut out);
    }
    out
}

/// A part of a report as CSV, for those that are written a stretch at a time: one after the other
/// they are the report.
#[derive(Debug)]
pub enum Piece<'a, R> {
    /// The columns' names.
    Head,
    /// Some of the lines.
    Lines(&'a [R]),
    /// What all lines came to, and what is said of the report beside them.
    End(&'a Report<R>),
}

impl<R: Row> Piece<'_, R> {
    /// Writes it to the end of a text.
    pub fn write(&self, out: &mut Vec<u8>) {
        if matches!(self, Piece::Head) {
            out.extend(BYTE_ORDER_MARK);
        }
        let width = (R::COLUMNS.len() + 1).max(LEAST_WIDTH);
        let mut table = Table::csv(out);
        let mut row = |mut fields: Vec<String>| {
            fields.resize(width, String::new());
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            table.row(&fields);
        };
        match self {
            Piece::Head => {
                let mut header = vec!["row".to_owned()];
                header.extend(R::COLUMNS.iter().map(|it| it.name.to_owned()));
                row(header);
            }
            Piece::Lines(lines) => {
                for line in *lines {
                    let mut fields = vec!["line".to_owned()];
                    fields.extend(line.cells().iter().map(field));
                    row(fields);
                }
            }
            Piece::End(report) => {
                for Total { name, unit, value } in &report.totals {
                    let unit = unit.clone().unwrap_or_default();
                    row(vec!["total".to_owned(), name.clone(), value.clone(), unit]);
                }
                for (name, value) in report.notes() {
                    row(vec!["note".to_owned(), name.to_owned(), value]);
                }
            }
        }
    }
}
