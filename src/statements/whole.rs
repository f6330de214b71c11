//! A whole statement as JSON, CSV and NDJSON.
//!
//! What it is of decides its shape, not how many accounts there are: one of an account is what the
//! account's own address answers, to the byte; any other has sections, were it only one.

use super::paper::{Paper, Subject};
use super::{json, ndjson, table};

/// As JSON. An issued one says how it was, at the end.
pub(super) fn json(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    let alone = paper.subject == Subject::Account;
    if !alone {
        json::begin_paper(&mut out, paper);
    }
    for (place, section) in paper.sections.iter().enumerate() {
        match alone {
            true => json::begin(&mut out, &section.head),
            false => json::begin_section(&mut out, &section.head, place == 0),
        }
        for (place, (line, balance)) in section.running().enumerate() {
            json::line(&mut out, &section.head, line, balance, place == 0);
        }
        json::end(&mut out, &section.head);
        if !alone {
            out.push(b'}');
        }
    }
    if !alone {
        out.push(b']');
    }
    json::standing(&mut out, paper.issue.as_ref());
    out
}

/// As CSV: one table, of all accounts.
pub(super) fn csv(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    let several = paper.subject != Subject::Account;
    table::header(&mut out, several);
    for section in &paper.sections {
        let prefix = match several {
            true => table::prefix(&section.head),
            false => Vec::new(),
        };
        table::begin(&mut out, &section.head, &prefix);
        for (line, balance) in section.running() {
            table::line(&mut out, &section.head, line, balance, &prefix);
        }
        table::end(&mut out, &section.head, &prefix);
    }
    out
}

/// As NDJSON: one account's after the other's. This is what the digest is of, so how it was issued
/// isn't in it.
pub(super) fn ndjson(paper: &Paper) -> Vec<u8> {
    let mut out = Vec::new();
    for section in &paper.sections {
        ndjson::begin(&mut out, &section.head);
        for (line, balance) in section.running() {
            ndjson::line(&mut out, &section.head, line, balance);
        }
        ndjson::end(&mut out, &section.head, section.lines.len() as u64);
    }
    out
}
