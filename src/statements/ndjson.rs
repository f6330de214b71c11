//! A statement as NDJSON: a JSON object on each line, ended by LF, without a space between.
//!
//! First what it is, its opening balance and what the account was debited and credited in all by
//! the end of the last day, then its lines, each the bytes it has in the JSON
//! form, then what they come to. What not everybody may see is left out, the ids of counterparts
//! and reasons in people's own words (the journal has both): so nothing in it depends on who asks,
//! and it is what an issued statement's digest is of: `sha256sum statement.ndjson`.

use super::ink::{push_amount, push_day, push_id, push_instant, push_seq};
use super::json;
use crate::db::read::{Entry, StatementHead};
use crate::domain::AccountId;

fn text(out: &mut Vec<u8>, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b"\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":\"");
    write(out);
    out.extend_from_slice(b"\"");
}

fn amount(out: &mut Vec<u8>, head: &StatementHead, name: &str, minor: i64) {
    let digits = head.account.key.unit.minor_digits();
    text(out, name, |out| push_amount(out, minor, digits));
}

pub(super) fn begin(out: &mut Vec<u8>, head: &StatementHead) {
    let key = &head.account.key;
    out.push(b'{');
    text(out, "account_id", |out| {
        push_id(out, AccountId::PREFIX, head.account.id.0);
    });
    for (name, value) in [
        ("code", key.code.as_str()),
        ("unit", key.unit.code()),
        ("normal_side", head.normal_side().as_str()),
    ] {
        out.push(b',');
        text(out, name, |out| out.extend_from_slice(value.as_bytes()));
    }
    for (name, day) in [("from", head.from), ("to", head.to)] {
        out.push(b',');
        text(out, name, |out| push_day(out, day));
    }
    out.push(b',');
    text(out, "known_at", |out| push_instant(out, head.known.at));
    out.extend_from_slice(b",\"known_journal\":");
    push_seq(out, head.known.journal);
    out.push(b',');
    amount(out, head, "opening", head.opening);
    for (name, minor) in [
        ("debits", head.account.debits),
        ("credits", head.account.credits),
    ] {
        out.push(b',');
        amount(out, head, name, minor);
    }
    out.extend_from_slice(b"}\n");
}

/// What of an entry everybody may see who sees its account.
pub(super) fn public(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    entry.counterpart.id = None;
    entry.journal.reason = None;
    entry
}

pub(super) fn line(out: &mut Vec<u8>, head: &StatementHead, entry: &Entry, balance: i64) {
    json::line(out, head, &public(entry), balance, true);
    out.push(b'\n');
}

pub(super) fn end(out: &mut Vec<u8>, head: &StatementHead, lines: u64) {
    out.extend_from_slice(b"{\"lines\":");
    push_seq(out, lines.cast_signed());
    for (name, minor) in [
        ("total_debits", head.total_debits),
        ("total_credits", head.total_credits),
        ("closing", head.closing()),
    ] {
        out.push(b',');
        amount(out, head, name, minor);
    }
    out.extend_from_slice(b"}\n");
}
