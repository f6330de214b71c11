//! A statement as CSV (RFC 4180): UTF-8 with a byte order mark, lines ended by CR LF, a header row,
//! then an opening row, a row for each line, a row of totals and a closing row.
//!
//! Where there are several accounts, each of their rows begins with the account's id, code and
//! market, so that all of it is one table; where they were issued, with the statement's id and
//! number as well. Amounts are plain decimals. `reason` is the one column people write, so the one
//! that is quoted where it needs it, and kept from being taken for a formula.

use super::ink::{push_amount, push_day, push_id, push_instant, push_seq, unformula};
use super::paper::Issue;
use crate::db::read::{Entry, StatementHead};
use crate::domain::chart::Side;
use crate::domain::{AccountId, JournalId, StatementId};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const HEADER: &[u8] = b"row,seq,effective_date,recorded_at,journal_id,kind,reason,\
counterpart_code,counterpart_market,counterpart_id,debit,credit,balance,unit\r\n";

/// What each row begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// Its line: there is one account.
    Lines,
    /// Its account, of several.
    Accounts,
    /// Its account, of several, and the statement of it that was issued.
    Statements,
}

fn digits(head: &StatementHead) -> u32 {
    head.account.key.unit.minor_digits()
}

fn end_row(out: &mut Vec<u8>, head: &StatementHead) {
    out.push(b',');
    out.extend_from_slice(head.account.key.unit.code().as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// What comes first in every row of an account.
pub(super) fn prefix(head: &StatementHead, columns: Columns, issue: Option<&Issue>) -> Vec<u8> {
    let mut out = Vec::new();
    if columns == Columns::Lines {
        return out;
    }
    push_id(&mut out, AccountId::PREFIX, head.account.id.0);
    out.push(b',');
    out.extend_from_slice(head.account.key.code.as_str().as_bytes());
    out.push(b',');
    if let Some(market) = head.account.key.market {
        out.extend_from_slice(market.as_str().as_bytes());
    }
    out.push(b',');
    if let Some(issue) = issue.filter(|_| columns == Columns::Statements) {
        push_id(&mut out, StatementId::PREFIX, issue.id.0);
        out.push(b',');
        push_seq(&mut out, issue.number);
        out.push(b',');
    }
    out
}

/// A row that states a balance on a day.
fn balance_row(out: &mut Vec<u8>, head: &StatementHead, name: &str, day: time::Date, minor: i64) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b",,");
    push_day(out, day);
    out.extend_from_slice(b",,,,,,,,,,");
    push_amount(out, minor, digits(head));
    end_row(out, head);
}

pub(super) fn header(out: &mut Vec<u8>, columns: Columns) {
    out.extend_from_slice(BYTE_ORDER_MARK);
    if columns != Columns::Lines {
        out.extend_from_slice(b"account_id,code,market,");
    }
    if columns == Columns::Statements {
        out.extend_from_slice(b"statement_id,number,");
    }
    out.extend_from_slice(HEADER);
}

pub(super) fn begin(out: &mut Vec<u8>, head: &StatementHead, prefix: &[u8]) {
    out.extend_from_slice(prefix);
    balance_row(out, head, "opening", head.from, head.opening);
}

pub(super) fn line(
    out: &mut Vec<u8>,
    head: &StatementHead,
    entry: &Entry,
    balance: i64,
    prefix: &[u8],
) {
    out.extend_from_slice(prefix);
    out.extend_from_slice(b"line,");
    push_seq(out, entry.seq);
    out.push(b',');
    push_day(out, entry.effective_date);
    out.push(b',');
    push_instant(out, entry.journal.recorded_at);
    out.push(b',');
    push_id(out, JournalId::PREFIX, entry.journal.id.0);
    out.push(b',');
    out.extend_from_slice(entry.journal.kind.as_str().as_bytes());
    out.push(b',');
    if let Some(reason) = &entry.journal.reason {
        push_text(out, reason);
    }
    out.push(b',');
    out.extend_from_slice(entry.counterpart.code.as_str().as_bytes());
    out.push(b',');
    if let Some(market) = entry.counterpart.market {
        out.extend_from_slice(market.as_str().as_bytes());
    }
    out.push(b',');
    if let Some(id) = entry.counterpart.id {
        push_id(out, AccountId::PREFIX, id.0);
    }
    for side in [Side::Debit, Side::Credit] {
        out.push(b',');
        if side == entry.side {
            push_amount(out, entry.amount, digits(head));
        }
    }
    out.push(b',');
    push_amount(out, balance, digits(head));
    end_row(out, head);
}

pub(super) fn end(out: &mut Vec<u8>, head: &StatementHead, prefix: &[u8]) {
    out.extend_from_slice(prefix);
    out.extend_from_slice(b"totals,,,,,,,,,,");
    push_amount(out, head.total_debits, digits(head));
    out.push(b',');
    push_amount(out, head.total_credits, digits(head));
    out.push(b',');
    end_row(out, head);
    out.extend_from_slice(prefix);
    balance_row(out, head, "closing", head.to, head.closing());
}

/// One field of free text, quoted if it has to be.
fn push_text(out: &mut Vec<u8>, text: &str) {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory can't fail.
    let written = writer.write_record([unformula(text).as_bytes()]);
    if let (Ok(()), Ok(row)) = (written, writer.into_inner()) {
        out.extend_from_slice(row.strip_suffix(b"\n").unwrap_or(&row));
    }
}
