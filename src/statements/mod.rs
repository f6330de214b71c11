//! Statements written out.
//!
//! A [`Paper`] is a statement whole, of one account or of several: [`Paper::write`] writes it in
//! any [`Form`] there is. One of several accounts that was issued is made up of the accounts' own
//! issued statements: they alone are numbered and signed. One of a single account may be longer
//! than memory should hold: that is written piece by piece, as JSON, CSV or NDJSON, to the same
//! bytes.
//!
//! A [`Rendering`] is begun with the statement's head, given its lines in order, page by page, and
//! ended. It keeps the running balance and what it has written adds up to; [`Rendering::end`] is an
//! error if that isn't what the head says, so a statement that doesn't tie is never completed.

mod attached;
mod camt;
mod check;
mod form;
mod ink;
mod issued;
mod issuing;
mod json;
mod ndjson;
mod paper;
mod pdf;
mod several;
mod table;
mod whole;
mod xlsx;

use std::sync::Arc;

use crate::db::read::{Entry, StatementHead};
use crate::domain::chart::Side;

pub use attached::attached_json;
pub use check::{Claim, Line, NotAStatement};
pub use form::{Form, Unwritable, Written};
pub use ink::{push_amount, push_day, push_instant, unformula};
pub use issuing::{IssueError, Issuer, Proof};
pub use paper::{Issue, Paper, Section, Subject};
pub use pdf::{Attachment, NotPrinted, pdf};
pub use several::check;

/// How a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/csv`: RFC 4180, UTF-8 with a byte order mark, for spreadsheets.
    Csv,
    /// `application/x-ndjson`: for programs that read line by line, and for the digest.
    Ndjson,
}

/// The lines don't come to what the head says. Nothing of it should reach anybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the statement's lines do not come to its totals")]
pub struct DoesNotTie;

/// A statement on its way onto paper. Amounts are in minor digits.
#[derive(Debug, Clone)]
pub struct Rendering {
    format: Format,
    head: Arc<StatementHead>,
    balance: i64,
    debits: i64,
    credits: i64,
    lines: u64,
}

impl Rendering {
    /// A statement of that head.
    pub fn new(format: Format, head: Arc<StatementHead>) -> Self {
        let balance = head.opening;
        Rendering {
            format,
            head,
            balance,
            debits: 0,
            credits: 0,
            lines: 0,
        }
    }

    /// Writes what comes before the lines.
    pub fn begin(&self, out: &mut Vec<u8>) {
        match self.format {
            Format::Json => json::begin(out, &self.head),
            Format::Csv => {
                table::header(out, table::Columns::Lines);
                table::begin(out, &self.head, b"");
            }
            Format::Ndjson => ndjson::begin(out, &self.head),
        }
    }

    /// Writes lines, which go on where the last ones ended.
    pub fn lines(&mut self, out: &mut Vec<u8>, entries: &[Entry]) {
        let own_side = self.head.normal_side();
        for entry in entries {
            let (debit, credit) = match entry.side {
                Side::Debit => (entry.amount, 0),
                Side::Credit => (0, entry.amount),
            };
            self.debits += debit;
            self.credits += credit;
            self.balance += own_side.balance(debit, credit);
            match self.format {
                Format::Json => json::line(out, &self.head, entry, self.balance, self.lines == 0),
                Format::Csv => table::line(out, &self.head, entry, self.balance, b""),
                Format::Ndjson => ndjson::line(out, &self.head, entry, self.balance),
            }
            self.lines += 1;
        }
    }

    /// Writes what comes after the lines, if they tie. What is written like this is a draft.
    pub fn end(&self, out: &mut Vec<u8>) -> Result<(), DoesNotTie> {
        let head = &self.head;
        let written = (self.debits, self.credits, self.balance);
        if written != (head.total_debits, head.total_credits, head.closing()) {
            return Err(DoesNotTie);
        }
        match self.format {
            Format::Json => {
                json::end(out, head);
                json::standing(out, None);
            }
            Format::Csv => table::end(out, head, b""),
            Format::Ndjson => ndjson::end(out, head, self.lines),
        }
        Ok(())
    }
}

#[cfg(test)]
mod printed_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole_tests;
