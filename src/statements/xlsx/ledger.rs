//! Sheets with lines.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::cells::{self, Formats};
use crate::db::read::Entry;
use crate::domain::chart::Side;
use crate::statements::paper::{Paper, Section};

/// What the columns of lines are called.
const COLUMNS: [(&str, f64); 15] = [
    ("Entry", 8.0),
    ("Effective date", 14.0),
    ("Recorded at (UTC)", 20.0),
    ("Journal", 40.0),
    ("Kind", 18.0),
    ("Reason", 44.0),
    ("Counterpart", 12.0),
    ("Counterpart name", 34.0),
    ("Counterpart market", 10.0),
    ("Counterpart account", 40.0),
    ("Debit", 16.0),
    ("Credit", 16.0),
    ("Balance", 16.0),
    ("Amount, exact", 18.0),
    ("Balance, exact", 18.0),
];
const DEBIT: u16 = 10;
const CREDIT: u16 = 11;
const BALANCE: u16 = 12;
const AMOUNT_EXACT: u16 = 13;
const BALANCE_EXACT: u16 = 14;

/// In which row of a sheet of its own each figure of an account stands.
pub(super) const OPENING: u32 = 14;
const DEBITS: u32 = 15;
const CREDITS: u32 = 16;
const CLOSING: u32 = 17;
const AVAILABLE: u32 = 18;
/// Where it adds up again.
pub(super) const CHECK: u32 = 19;
const HEADER: u32 = 21;

/// One account's sheet: what it is, what it came to, whether it adds up, and its lines.
pub(super) fn own_sheet(
    sheet: &mut Worksheet,
    formats: &Formats,
    paper: &Paper,
    section: &Section,
) -> Result<(), XlsxError> {
    for (place, (_, width)) in (0..).zip(COLUMNS) {
        // The first columns have the names and values of the head as well.
        let width = if place == 0 { 22.0_f64 } else { width };
        sheet.set_column_width(place, width)?;
    }
    facts(sheet, formats, paper, section)?;
    figures(sheet, formats, section)?;
    header(sheet, formats, HEADER, 0)?;
    let format = Formats::amount(section.head.account.key.unit.minor_digits());
    let mut row = HEADER + 1;
    for (entry, balance) in section.running() {
        line(sheet, formats, (row, 0), section, (entry, balance), &format)?;
        row += 1;
    }
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    let last = (row - 1).max(HEADER + 1);
    sheet.autofilter(HEADER, 0, last, COLUMNS.len() as u16 - 1)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADER, HEADER)?;
    Ok(())
}

/// What the account and its statement are. It is as many rows for any of them.
fn facts(
    sheet: &mut Worksheet,
    formats: &Formats,
    paper: &Paper,
    section: &Section,
) -> Result<(), XlsxError> {
    let (head, key) = (&section.head, &section.head.account.key);
    sheet.write_string_with_format(0, 0, "Statement of account", &formats.title)?;
    let market = key.market.map(|it| it.to_string()).unwrap_or_default();
    let account = format!("{} {}", key.code.as_str(), key.code.name());
    let standing = match &section.issue {
        Some(issue) => format!("Issued as No. {}", issue.number),
        None => "DRAFT: not issued".to_owned(),
    };
    let digest = section.issue.as_ref().map(|it| it.digest.as_str());
    let texts = [
        (1, "Status", standing.as_str()),
        (2, "SHA-256 of the NDJSON", digest.unwrap_or_default()),
        (3, "Kept by", &paper.recipient),
        (4, "Pledge", &paper.reference),
        (5, "Given by", &paper.donor),
        (6, "Account", &account),
        (7, "Number", &head.account.id.to_string()),
        (8, "Unit", key.unit.code()),
        (9, "Market", &market),
        (10, "Held by", section.holder.as_deref().unwrap_or_default()),
    ];
    for (row, name, value) in texts {
        sheet.write_string_with_format(row, 0, name, &formats.label)?;
        cells::text(sheet, formats, (row, 1), value)?;
    }
    sheet.write_string_with_format(11, 0, "From, to", &formats.label)?;
    cells::day(sheet, formats, (11, 1), head.from)?;
    cells::day(sheet, formats, (11, 2), head.to)?;
    sheet.write_string_with_format(12, 0, "As known at (UTC)", &formats.label)?;
    cells::moment(sheet, formats, (12, 1), head.known.at)?;
    let journals = format!("journals up to No. {}", head.known.journal);
    cells::text(sheet, formats, (12, 2), &journals)
}

/// What the account came to, and whether its lines come to that as well.
fn figures(sheet: &mut Worksheet, formats: &Formats, section: &Section) -> Result<(), XlsxError> {
    let head = &section.head;
    let digits = head.account.key.unit.minor_digits();
    let format = Formats::amount(digits);
    let mut figures = vec![
        (OPENING, "Opening", head.opening),
        (DEBITS, "Debits", head.total_debits),
        (CREDITS, "Credits", head.total_credits),
        (CLOSING, "Closing", head.closing()),
    ];
    figures.extend(section.available.map(|it| (AVAILABLE, "Available", it)));
    for (row, name, minor) in figures {
        sheet.write_string_with_format(row, 0, name, &formats.label)?;
        cells::amount(sheet, (row, 1), minor, digits, &format)?;
        cells::exact(sheet, formats, (row, 2), minor, digits)?;
    }
    let (more, less) = match head.normal_side() {
        Side::Debit => ("K", "L"),
        Side::Credit => ("L", "K"),
    };
    let (first, last) = (HEADER + 2, HEADER + 1 + section.lines.len().max(1) as u32);
    let sum = format!(
        "B{}+SUM({more}{first}:{more}{last})-SUM({less}{first}:{less}{last})-B{}",
        OPENING + 1,
        CLOSING + 1
    );
    sheet.write_string_with_format(CHECK, 0, "Adds up", &formats.label)?;
    cells::check(sheet, formats, (CHECK, 1), &sum, digits)
}

fn header(sheet: &mut Worksheet, formats: &Formats, row: u32, first: u16) -> Result<(), XlsxError> {
    for (place, (name, _)) in (first..).zip(COLUMNS) {
        sheet.write_string_with_format(row, place, name, &formats.column)?;
    }
    Ok(())
}

fn line(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, first): cells::Place,
    section: &Section,
    (entry, balance): (&Entry, i64),
    format: &Format,
) -> Result<(), XlsxError> {
    let digits = section.head.account.key.unit.minor_digits();
    let other = &entry.counterpart;
    sheet.write_number(row, first, entry.seq as f64)?;
    cells::day(sheet, formats, (row, first + 1), entry.effective_date)?;
    cells::moment(sheet, formats, (row, first + 2), entry.journal.recorded_at)?;
    let market = other.market.map(|it| it.to_string());
    let account = other.id.map(|it| it.to_string());
    let texts = [
        Some(entry.journal.id.to_string()),
        Some(entry.journal.kind.as_str().to_owned()),
        entry.journal.reason.clone(),
        Some(other.code.as_str().to_owned()),
        Some(other.code.name().to_owned()),
        market,
        account,
    ];
    for (place, text) in (first + 3..).zip(texts) {
        if let Some(text) = text {
            cells::text(sheet, formats, (row, place), &text)?;
        }
    }
    let side = match entry.side {
        Side::Debit => DEBIT,
        Side::Credit => CREDIT,
    };
    cells::amount(sheet, (row, first + side), entry.amount, digits, format)?;
    cells::amount(sheet, (row, first + BALANCE), balance, digits, format)?;
    let at = (row, first + AMOUNT_EXACT);
    cells::exact(sheet, formats, at, entry.amount, digits)?;
    let at = (row, first + BALANCE_EXACT);
    cells::exact(sheet, formats, at, balance, digits)
}

/// The lines of many accounts in one sheet, each with its account's id, code and unit in front.
pub(super) fn shared_sheet(
    sheet: &mut Worksheet,
    formats: &Formats,
    sections: &[Section],
) -> Result<(), XlsxError> {
    let own = [("Account", 40.0), ("Code", 8.0), ("Unit", 18.0)];
    let first = own.len() as u16;
    for (place, (_, width)) in (0..).zip(own.into_iter().chain(COLUMNS)) {
        sheet.set_column_width(place, width)?;
    }
    for (place, (name, _)) in (0..).zip(own) {
        sheet.write_string_with_format(0, place, name, &formats.column)?;
    }
    header(sheet, formats, 0, first)?;
    let mut row = 1;
    for section in sections {
        let account = &section.head.account;
        let format = Formats::amount(account.key.unit.minor_digits());
        let id = account.id.to_string();
        for (entry, balance) in section.running() {
            cells::text(sheet, formats, (row, 0), &id)?;
            cells::text(sheet, formats, (row, 1), account.key.code.as_str())?;
            cells::text(sheet, formats, (row, 2), account.key.unit.code())?;
            line(
                sheet,
                formats,
                (row, first),
                section,
                (entry, balance),
                &format,
            )?;
            row += 1;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let last = first + COLUMNS.len() as u16 - 1;
    sheet.autofilter(0, 0, (row - 1).max(1), last)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}
