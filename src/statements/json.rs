//! A statement as JSON. Written by hand, as most of a long one is digits; a test compares it with
//! the shape the API documents.

use super::ink::{push_amount, push_day, push_id, push_instant, push_seq};
use crate::db::read::{Entry, StatementHead};
use crate::domain::chart::Side;
use crate::domain::{AccountId, JournalId};

fn digits(head: &StatementHead) -> u32 {
    head.account.key.unit.minor_digits()
}

fn money(out: &mut Vec<u8>, head: &StatementHead, name: &str, minor: i64) {
    out.extend_from_slice(b"\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":{\"amount\":\"");
    push_amount(out, minor, digits(head));
    out.extend_from_slice(b"\",\"unit\":\"");
    out.extend_from_slice(head.account.key.unit.code().as_bytes());
    out.extend_from_slice(b"\"}");
}

pub(super) fn begin(out: &mut Vec<u8>, head: &StatementHead, account: &str) {
    out.extend_from_slice(b"{\"account\":");
    out.extend_from_slice(account.as_bytes());
    out.extend_from_slice(b",\"from\":\"");
    push_day(out, head.from);
    out.extend_from_slice(b"\",\"to\":\"");
    push_day(out, head.to);
    out.extend_from_slice(b"\",\"known_at\":\"");
    push_instant(out, head.known.at);
    out.extend_from_slice(b"\",\"known_journal\":");
    push_seq(out, head.known.journal);
    out.extend_from_slice(b",\"normal_side\":\"");
    out.extend_from_slice(head.normal_side().as_str().as_bytes());
    out.extend_from_slice(b"\",");
    money(out, head, "opening", head.opening);
    out.extend_from_slice(b",\"lines\":[");
}

pub(super) fn line(
    out: &mut Vec<u8>,
    head: &StatementHead,
    entry: &Entry,
    balance: i64,
    first: bool,
) {
    if !first {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"seq\":");
    push_seq(out, entry.seq);
    out.extend_from_slice(b",\"effective_date\":\"");
    push_day(out, entry.effective_date);
    out.extend_from_slice(b"\",\"recorded_at\":\"");
    push_instant(out, entry.journal.recorded_at);
    out.extend_from_slice(b"\",\"journal_id\":\"");
    push_id(out, JournalId::PREFIX, entry.journal.id.0);
    out.extend_from_slice(b"\",\"kind\":\"");
    out.extend_from_slice(entry.journal.kind.as_str().as_bytes());
    out.extend_from_slice(b"\",\"reason\":");
    match &entry.journal.reason {
        // A text as JSON can't fail to be written into memory.
        Some(reason) => serde_json::to_writer(&mut *out, reason).unwrap_or_default(),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"counterpart\":{");
    if let Some(id) = entry.counterpart.id {
        out.extend_from_slice(b"\"id\":\"");
        push_id(out, AccountId::PREFIX, id.0);
        out.extend_from_slice(b"\",");
    }
    out.extend_from_slice(b"\"code\":\"");
    out.extend_from_slice(entry.counterpart.code.as_str().as_bytes());
    out.extend_from_slice(b"\",\"market\":");
    match entry.counterpart.market {
        Some(market) => {
            out.push(b'"');
            out.extend_from_slice(market.as_str().as_bytes());
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    for side in [Side::Debit, Side::Credit] {
        out.extend_from_slice(b",\"");
        out.extend_from_slice(side.as_str().as_bytes());
        out.extend_from_slice(b"\":");
        if side == entry.side {
            out.push(b'"');
            push_amount(out, entry.amount, digits(head));
            out.push(b'"');
        } else {
            out.extend_from_slice(b"null");
        }
    }
    out.extend_from_slice(b",\"balance\":\"");
    push_amount(out, balance, digits(head));
    out.extend_from_slice(b"\"}");
}

pub(super) fn end(out: &mut Vec<u8>, head: &StatementHead) {
    out.extend_from_slice(b"],");
    money(out, head, "total_debits", head.total_debits);
    out.push(b',');
    money(out, head, "total_credits", head.total_credits);
    out.push(b',');
    money(out, head, "closing", head.closing());
    out.push(b'}');
}
