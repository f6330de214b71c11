//! A whole statement as JSON, CSV and NDJSON.
//!
//! What it is of decides its shape, not how many accounts there are: one of an account is what the
//! account's own address answers, to the byte; any other has sections, were it only one, each of
//! them what its account's own statement is, to the byte as well.

use super::paper::{Paper, Section, Subject};
use super::{json, ndjson, table};

/// As JSON. What was issued says how, at its end.
pub(super) fn json(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    if paper.subject == Subject::Account {
        for section in &paper.sections {
            json_of(&mut out, section);
        }
        return out;
    }
    json::begin_paper(&mut out, paper);
    for (place, section) in paper.sections.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        json_of(&mut out, section);
    }
    json::end_paper(&mut out, paper.is_issued());
    out
}

/// One account's.
fn json_of(out: &mut Vec<u8>, section: &Section) {
    json::begin(out, &section.head);
    for (place, (line, balance)) in section.running().enumerate() {
        json::line(out, &section.head, line, balance, place == 0);
    }
    json::end(out, &section.head);
    json::standing(out, section.issue.as_ref());
}

/// As CSV: one table, of all accounts. Where all of several were issued, each row says as which
/// statement.
pub(super) fn csv(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    let columns = match (&paper.subject, paper.is_issued()) {
        (Subject::Account, _) => table::Columns::Lines,
        (_, false) => table::Columns::Accounts,
        (_, true) => table::Columns::Statements,
    };
    table::header(&mut out, columns);
    for section in &paper.sections {
        let prefix = table::prefix(&section.head, columns, section.issue.as_ref());
        table::begin(&mut out, &section.head, &prefix);
        for (line, balance) in section.running() {
            table::line(&mut out, &section.head, line, balance, &prefix);
        }
        table::end(&mut out, &section.head, &prefix);
    }
    out
}

/// As NDJSON: one account's after the other's.
pub(super) fn ndjson(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    for section in &paper.sections {
        ndjson_of(&mut out, section);
    }
    out
}

/// One account's. This is what its digest is of, so how it was issued isn't in it.
pub(super) fn ndjson_of(out: &mut Vec<u8>, section: &Section) {
    ndjson::begin(out, &section.head);
    for (line, balance) in section.running() {
        ndjson::line(out, &section.head, line, balance);
    }
    ndjson::end(out, &section.head, section.lines.len() as u64);
}
