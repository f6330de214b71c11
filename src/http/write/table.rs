//! Files of lines (`text/csv`): their columns, and their records with the lines they stand in.
//!
//! The first line names the columns, in any order, with or without a byte order mark. Lines end as
//! they like (`\n`, `\r\n`, `\r`), those with nothing in them don't count as records, and a quote
//! that is never closed takes only its own line.

use std::ops::Range;

use crate::domain::command::RefusedRow;
use crate::http::problem::Problem;

/// Where each of a file's columns stands in its records.
#[derive(Debug, Clone, Copy)]
pub struct Columns<const N: usize>([usize; N]);

impl<const N: usize> Columns<N> {
    /// Reads the header: those names, in any order, and no others.
    pub fn read(names: [&str; N], header: &csv::ByteRecord) -> Result<Self, Problem> {
        let found: Vec<&[u8]> = header.iter().collect();
        let first = found.first().copied().unwrap_or_default();
        let plain = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first);
        let place = |column: &str| {
            let mut found = found.iter().enumerate();
            found.position(|(at, name)| {
                let name = if at == 0 { plain } else { name };
                name == column.as_bytes()
            })
        };
        let places = names.map(place);
        if found.len() != N || places.contains(&None) {
            let detail = format!("The first line names the columns {}", names.join(", "));
            return Err(Problem::unreadable("malformed-header", detail));
        }
        Ok(Columns(places.map(Option::unwrap_or_default)))
    }

    /// The places in a record, in the order of the names.
    pub fn places(self) -> [usize; N] {
        self.0
    }

    /// A record's texts, in the order of the names.
    pub fn texts<'r>(
        &self,
        line: i32,
        record: &'r csv::ByteRecord,
    ) -> Result<[&'r str; N], RefusedRow> {
        let refused = |detail: &str| malformed(line, detail);
        if record.len() != N {
            let detail = format!("{} values, where {N} go", record.len());
            return Err(refused(&detail));
        }
        let mut texts = [""; N];
        for (text, place) in texts.iter_mut().zip(self.0) {
            let value = record.get(place).unwrap_or_default();
            *text = std::str::from_utf8(value).map_err(|_| refused("it isn't UTF-8"))?;
        }
        Ok(texts)
    }
}

/// A line that isn't a row.
pub fn malformed(line: i32, detail: &str) -> RefusedRow {
    RefusedRow {
        line,
        code: "malformed-row",
        detail: detail.to_owned(),
    }
}

/// A record's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'b> {
    /// Its number, from 1.
    pub number: usize,
    /// As it was sent.
    pub bytes: &'b [u8],
    /// Whether every quote is closed; if not, its record is to be refused.
    pub is_closed: bool,
}

/// Reads whole lines, record by record.
#[derive(Debug)]
pub struct Lines<'b> {
    bytes: &'b [u8],
    at: usize,
    records: csv::Reader<&'b [u8]>,
    ended: usize,
}

impl<'b> Lines<'b> {
    /// Lines that come after so many.
    pub fn new(bytes: &'b [u8], ended: usize) -> Self {
        Lines {
            bytes,
            at: 0,
            records: reader(bytes),
            ended,
        }
    }

    /// How many lines have ended.
    pub fn ended(&self) -> usize {
        self.ended
    }

    /// Reads the next record, if there is one.
    pub fn next(&mut self, record: &mut csv::ByteRecord) -> Result<Option<Line<'b>>, Problem> {
        let (bytes, at) = (self.bytes, self.at);
        let found = self.records.read_byte_record(record).map_err(|error| {
            log::error!("a record of bytes couldn't be read: {error}");
            Problem::internal()
        })?;
        if !found {
            self.ended += ends(bytes, at..bytes.len());
            self.at = bytes.len();
            return Ok(None);
        }
        let end = usize::try_from(self.records.position().byte()).unwrap_or(bytes.len());
        let spans = record.iter().any(|value| value.iter().any(is_break));
        // What ends the line before may still be there, and lines with nothing in them.
        let start = at + bytes[at..].iter().take_while(|byte| is_break(byte)).count();
        let end = match spans {
            true => line_end(bytes, start),
            false => end,
        };
        let line = Line {
            number: self.ended + ends(bytes, at..start) + 1,
            bytes: &bytes[start..end],
            is_closed: !spans,
        };
        self.ended += ends(bytes, at..end);
        self.at = end;
        if spans {
            *self = Lines::new(&bytes[end..], self.ended);
        }
        Ok(Some(line))
    }
}

fn is_break(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Whether a line ends with the byte at that place: of `\r\n`, with the second.
fn ends_at(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'\n') => true,
        Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// How many lines end in that range.
fn ends(bytes: &[u8], range: Range<usize>) -> usize {
    range.filter(|at| ends_at(bytes, *at)).count()
}

/// The place behind the line that starts there.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let end = (start..bytes.len()).find(|at| ends_at(bytes, *at));
    end.map_or(bytes.len(), |end| end + 1)
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The numbers of the lines with records, the file coming in these pieces.
    fn numbers(pieces: &[&str]) -> Vec<(usize, usize, bool)> {
        let (mut found, mut ended) = (Vec::new(), 0);
        let mut record = csv::ByteRecord::new();
        for piece in pieces {
            let mut lines = Lines::new(piece.as_bytes(), ended);
            while let Some(line) = lines.next(&mut record).unwrap() {
                found.push((line.number, record.len(), line.is_closed));
            }
            ended = lines.ended();
        }
        found
    }

    #[test]
    fn lines_are_numbered_the_same_however_they_end_and_come() {
        let expected = [(1, 2, true), (2, 2, true), (4, 2, true), (6, 1, true)];
        for end in ["\n", "\r\n", "\r"] {
            let file = ["a,b", "1,2", "", "\"3\",4", "", "5"].join(end);
            assert_eq!(numbers(&[&file]), expected, "{end:?}");
            for (at, _) in file.match_indices(end) {
                let (first, second) = file.split_at(at + end.len());
                assert_eq!(numbers(&[first, second]), expected, "{end:?} {at}");
            }
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_takes_only_its_own_line() {
        let file = "a,b\n1,\"2\n3,4\n5,6";
        let found = numbers(&[file]);
        let lines: Vec<_> = found
            .iter()
            .map(|(line, _, closed)| (*line, *closed))
            .collect();
        assert_eq!(lines, [(1, true), (2, false), (3, true), (4, true)]);
    }
}
