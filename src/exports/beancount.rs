//! A pledge's journal for beancount (<https://beancount.github.io>, "Language syntax").
//!
//! Tolerances are off, so that a transaction balances to the last digit or not at all. Commodities
//! are declared and accounts opened, for their units alone, before the first day there can be.
//! Each journal is a transaction with both sides of each transfer: debits are positive. At the end
//! every account's balance, as the ledger keeps it, is asserted for the beginning of the day after
//! the last: `bean-check` adds the transactions up itself and finds any difference.
//!
//! Names are beancount's own kind, and lead back to the ledger's without a table:
//!
//! | Here | There | Back |
//! |---|---|---|
//! | `ADC:TIKTOK:USD` | `ADC.TIKTOK.USD` | dots are colons: no unit's code has one |
//! | `3130`, `JP`, `crt_01a2…` | `Equity:3130:JP:Crt-01a2…` | an id is `crt`, `_` and digits |
//! | `5910`, of no market | `Expenses:5910:No-market` | |
//!
//! The last, where a code's accounts are kept both by market and without one: beancount counts an
//! account below another with it, so that neither may be above the other.

use std::io::Write;

use time::Date;

use super::Head;
use super::books::{Books, Posting, kept_by};
use crate::db::read::PostedJournal;
use crate::domain::money::format_minor;
use crate::domain::{AccountKey, Unit};

/// The day everything is opened on: before any on which something may count.
const OPENED: &str = "1900-01-01";

/// What an account is called: the root beancount knows, its code, and what it is kept by.
pub(super) fn name(key: &AccountKey) -> String {
    let code = key.code.as_str();
    let root = match code.as_bytes().first() {
        Some(b'1') => "Assets",
        Some(b'2') => "Liabilities",
        Some(b'3') => "Equity",
        Some(b'4') => "Income",
        _ => "Expenses",
    };
    let mut name = format!("{root}:{code}");
    let by_market = key.code.dimensions().iter().any(|it| it.contains('m'));
    if by_market && key.market.is_none() {
        name.push_str(":No-market");
    }
    for part in kept_by(key).into_iter().flatten() {
        name.push(':');
        name.push_str(&component(&part));
    }
    name
}

/// A part of a name: it begins with a capital or a digit, and has no underscore.
fn component(part: &str) -> String {
    let Some((prefix, digits)) = part.split_once('_') else {
        return part.to_owned();
    };
    let (first, rest) = prefix.split_at(prefix.len().min(1));
    format!("{}{rest}-{digits}", first.to_ascii_uppercase())
}

/// What a unit is called: at most 24 of `A` to `Z` and dots, as the shape of its code has it.
fn currency(unit: &Unit) -> String {
    unit.code().replace(':', ".")
}

fn amount(minor: i64, unit: &Unit) -> String {
    let figure = format_minor(minor, unit.minor_digits());
    format!("{figure} {}", currency(unit))
}

/// A string on one line.
fn quoted(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Turns tolerances off, declares what is counted, and opens every account.
pub(super) fn begin(head: &Head, books: &Books, out: &mut Vec<u8>) {
    let _ = writeln!(out, "option \"title\" {}", quoted(&head.title()));
    let _ = writeln!(out, "option \"tolerance_multiplier\" \"0\"\n");
    for unit in books.units() {
        let facts = unit.facts();
        let _ = writeln!(out, "{OPENED} commodity {}", currency(unit));
        let _ = writeln!(out, "  name: {}", quoted(&facts.name));
        let _ = writeln!(out, "  unit: {}", quoted(unit.code()));
        let _ = writeln!(out, "  precision: {}", unit.minor_digits());
    }
    let _ = writeln!(out);
    for accounts in books.by_name() {
        let units: Vec<String> = accounts.iter().map(|it| currency(it.unit())).collect();
        let label = accounts[0].account.key.code.name();
        let (name, units) = (&accounts[0].name, units.join(","));
        let _ = writeln!(out, "{OPENED} open {name} {units}  ; {label}");
    }
}

/// Writes a journal as a transaction, linked with one it takes back.
pub(super) fn journal(
    books: &Books,
    journal: &PostedJournal,
    postings: &[Posting],
    out: &mut Vec<u8>,
) {
    let (day, kind) = (journal.effective_date, journal.kind.as_str());
    let said = quoted(journal.reason.as_deref().unwrap_or_default());
    let _ = write!(out, "\n{day} * \"{kind}\" {said} ^{}", journal.id);
    if let Some(reversed) = journal.reverses {
        let _ = write!(out, " ^{reversed}");
    }
    let _ = writeln!(out, "\n  number: {}", journal.number);
    for posting in postings {
        let account = books.of(posting);
        let moved = amount(posting.minor, account.unit());
        let _ = writeln!(out, "  {}  {moved}", account.name);
    }
}

/// Asserts what every account comes to, for the beginning of the day after the last.
pub(super) fn end(books: &Books, last: Date, out: &mut Vec<u8>) {
    let Some(day) = last.next_day() else {
        return;
    };
    let _ = writeln!(out);
    for account in books.accounts() {
        let balance = amount(account.balance(), account.unit());
        let _ = writeln!(out, "{day} balance {}  {balance}", account.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::unit::{UnitFacts, UnitKind};

    fn credits(platform: &str) -> Unit {
        Unit::new(UnitFacts {
            code: format!("ADC:{platform}:USD"),
            kind: UnitKind::Credits,
            minor_digits: 2,
            currency: "USD".into(),
            platform: Some(platform.into()),
            name: platform.into(),
        })
    }

    #[test]
    fn every_unit_has_a_name_beancount_takes_and_that_leads_back() {
        for platform in ["XX", "TIKTOK", "ABCDEFGHIJKLMNOP"] {
            let unit = credits(platform);
            let name = currency(&unit);
            assert!(name.len() <= 24);
            let may_stand = |b: u8| b.is_ascii_uppercase() || b == b'.';
            assert!(name.bytes().all(may_stand), "{name}");
            assert_eq!(name.replace('.', ":"), unit.code());
        }
    }

    #[test]
    fn parts_of_names_begin_with_a_capital_and_lead_back() {
        assert_eq!(component("crt_01a2"), "Crt-01a2");
        assert_eq!(component("JP"), "JP");
    }

    #[test]
    fn text_stays_within_its_string() {
        assert_eq!(quoted("a \"b\" \\\n; c"), r#""a \"b\" \\ ; c""#);
    }
}
