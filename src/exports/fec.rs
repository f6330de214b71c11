//! A pledge's journal as a *fichier des écritures comptables*: the 18 columns of article A47 A-1
//! of the French *livre des procédures fiscales*, a header row, tabs between, decimal commas, days
//! as `YYYYMMDD`, in UTF-8.
//!
//! | Column | What it is here |
//! |---|---|
//! | `JournalCode`, `JournalLib` | what happened: the journal's kind |
//! | `EcritureNum` | the journal's number: in the order they were recorded, without gaps |
//! | `EcritureDate`, `PieceDate` | the effective date |
//! | `CompteNum`, `CompteLib` | the code in the chart, and what the chart calls it |
//! | `CompAuxNum`, `CompAuxLib` | the account, and what it is kept by; neither, if by nothing |
//! | `PieceRef` | the journal's id |
//! | `EcritureLib` | the reason, or the kind if none was asked for |
//! | `ValidDate` | the day it was recorded, in UTC: nothing recorded can be altered |
//! | `Montantdevise`, `Idevise` | in any other unit than the pledge's own: amount and unit |
//!
//! Nothing is converted, as a transfer has one unit and no rate: `Debit` and `Credit` are in the
//! unit of the account, each journal balances in each unit, and `Montantdevise` repeats the amount
//! (credits negative). A reader who has to state all in one currency converts by `Idevise`.
//! Nothing is matched (`EcritureLet`, `DateLet`).
//!
//! The reason, which people wrote, is kept on its line and from being taken for a formula.

use time::{Date, UtcOffset};

use super::Head;
use super::books::{Books, Named, Posting, kept_by};
use super::table::Table;
use crate::db::read::PostedJournal;
use crate::domain::money::format_minor;
use crate::statements::unformula;

const COLUMNS: &[&str] = &[
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
];

pub(super) fn begin(out: &mut Vec<u8>) {
    Table::tabs(out).row(COLUMNS);
}

/// `20241105`.
fn day(day: Date) -> String {
    let (year, month, day) = day.to_calendar_date();
    format!("{year:04}{:02}{day:02}", u8::from(month))
}

/// `1250,00`.
fn amount(minor: i64, digits: u32) -> String {
    format_minor(minor, digits).replace('.', ",")
}

/// Free text within one field.
fn text(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], " ");
    unformula(&text).into_owned()
}

/// The account and what it is kept by, where it is kept by anything.
fn auxiliary(named: &Named) -> (String, String) {
    let parts: Vec<String> = kept_by(&named.account.key).into_iter().flatten().collect();
    match parts.is_empty() {
        true => Default::default(),
        false => (named.account.id.to_string(), parts.join(" ")),
    }
}

/// Writes a journal's lines.
pub(super) fn journal(
    head: &Head,
    books: &Books,
    journal: &PostedJournal,
    postings: &[Posting],
    out: &mut Vec<u8>,
) {
    let mut table = Table::tabs(out);
    let (code, label) = (
        journal.kind.as_str(),
        journal.kind.as_str().replace('-', " "),
    );
    let (number, id) = (journal.number.to_string(), journal.id.to_string());
    let counts = day(journal.effective_date);
    let recorded = day(journal.recorded_at.to_offset(UtcOffset::UTC).date());
    let said = text(journal.reason.as_deref().unwrap_or(&label));
    for posting in postings {
        let named = books.of(posting);
        let (account, unit) = (named.account.key.code, named.unit());
        let (auxiliary, kept_by) = auxiliary(named);
        let digits = unit.minor_digits();
        let debit = amount(posting.minor.max(0), digits);
        let credit = amount((-posting.minor).max(0), digits);
        let foreign = match *unit == head.functional_unit {
            true => (String::new(), ""),
            false => (amount(posting.minor, digits), unit.code()),
        };
        table.row(&[
            code,
            &label,
            &number,
            &counts,
            account.as_str(),
            account.name(),
            &auxiliary,
            &kept_by,
            &id,
            &counts,
            &said,
            &debit,
            &credit,
            "",
            "",
            &recorded,
            &foreign.0,
            foreign.1,
        ]);
    }
}
