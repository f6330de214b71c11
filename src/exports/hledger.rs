//! A pledge's journal for hledger (<https://hledger.org>, "Journal format").
//!
//! Commodities and accounts are declared first, so that a strict check finds anything that isn't.
//! Each journal is a transaction, numbered as in the ledger, with both sides of each transfer:
//! debits are positive. At the end every account's balance, as the ledger keeps it, is asserted on
//! the day after the last: hledger adds the transactions up itself and finds any difference.

use std::io::Write;

use time::Date;

use super::Head;
use super::books::{Books, Posting, path};
use crate::db::read::PostedJournal;
use crate::domain::money::format_minor;
use crate::domain::{AccountKey, Unit};

/// What an account is called: the class hledger knows, its code, and what it is kept by.
pub(super) fn name(key: &AccountKey) -> String {
    let class = match key.code.as_str().as_bytes().first() {
        Some(b'1') => "assets",
        Some(b'2') => "liabilities",
        Some(b'3') => "equity",
        Some(b'4') => "revenues",
        _ => "expenses",
    };
    format!("{class}:{}", path(key))
}

/// An amount with its commodity; one that isn't letters alone is quoted.
fn amount(minor: i64, unit: &Unit) -> String {
    let figure = format_minor(minor, unit.minor_digits());
    let code = unit.code();
    match code.bytes().all(|b| b.is_ascii_alphabetic()) {
        true => format!("{figure} {code}"),
        false => format!("{figure} \"{code}\""),
    }
}

/// One line of free text: what would begin another is left out.
fn line(text: &str) -> String {
    text.replace(['\n', '\r', ';', '|'], " ")
}

/// Declares what is counted, and every account.
pub(super) fn begin(head: &Head, books: &Books, out: &mut Vec<u8>) {
    let _ = writeln!(out, "; {}\n", line(&head.title()));
    for unit in books.units() {
        // A decimal mark is asked for, also where there are no decimals.
        let sample = amount(1000 * 10_i64.pow(unit.minor_digits()), unit);
        let sample = match unit.minor_digits() {
            0 => sample.replacen("1000", "1000.", 1),
            _ => sample,
        };
        let _ = writeln!(out, "commodity {sample}");
    }
    for accounts in books.by_name() {
        let label = accounts[0].account.key.code.name();
        let _ = writeln!(out, "account {}  ; {label}", accounts[0].name);
    }
}

/// Writes a journal as a transaction.
pub(super) fn journal(
    books: &Books,
    journal: &PostedJournal,
    postings: &[Posting],
    out: &mut Vec<u8>,
) {
    let (number, kind, day) = (journal.number, journal.kind, journal.effective_date);
    let said = line(journal.reason.as_deref().unwrap_or_default());
    let _ = writeln!(out, "\n{day} ({number}) {} {said}", kind.as_str());
    let _ = writeln!(out, "    ; {}", journal.id);
    for posting in postings {
        let account = books.of(posting);
        let moved = amount(posting.minor, account.unit());
        let _ = writeln!(out, "    {}  {moved}", account.name);
    }
}

/// Asserts what every account comes to, on the day after the last.
pub(super) fn end(books: &Books, last: Date, out: &mut Vec<u8>) {
    let Some(day) = last.next_day() else {
        return;
    };
    let _ = writeln!(out, "\n{day} (end) balances as the ledger keeps them");
    for account in books.accounts() {
        let unit = account.unit();
        let (nothing, balance) = (amount(0, unit), amount(account.balance(), unit));
        let _ = writeln!(out, "    {}  {nothing} = {balance}", account.name);
    }
}
