//! The sheet with all accounts at a glance, each with a cell that adds up again; and where they
//! were issued, each with its days, its number and its digest.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::cells::{self, Formats};
use super::ledger;
use crate::domain::chart::Side;
use crate::statements::paper::{Paper, Section};

const COLUMNS: [(&str, f64); 12] = [
    ("Account", 40.0),
    ("Code", 8.0),
    ("Name", 40.0),
    ("Market", 9.0),
    ("Unit", 18.0),
    ("Held by", 24.0),
    ("Lines", 8.0),
    ("Opening", 16.0),
    ("Debits", 16.0),
    ("Credits", 16.0),
    ("Closing", 16.0),
    ("Adds up", 12.0),
];
const CHECK: u16 = 11;
/// What else there is of those that were issued.
const ISSUED: [(&str, f64); 5] = [
    ("From", 12.0),
    ("To", 12.0),
    ("Statement", 40.0),
    ("Issued as No.", 12.0),
    ("SHA-256 of the NDJSON", 66.0),
];
const HEADER: u32 = 6;

/// The columns of that statement.
fn columns(paper: &Paper) -> impl Iterator<Item = (u16, (&'static str, f64))> {
    let issued = ISSUED.into_iter().filter(|_| paper.is_issued());
    (0..).zip(COLUMNS.into_iter().chain(issued))
}

/// What an account's sheet is called: its place, code, unit and market, in 31 characters and
/// without those a sheet's name may not have.
pub(super) fn sheet_name((place, section): (usize, &Section)) -> String {
    let key = &section.head.account.key;
    let market = key.market.map(|it| format!(" {it}"));
    let name = format!(
        "{place} {} {}{}",
        key.code.as_str(),
        key.unit.code(),
        market.unwrap_or_default()
    );
    let allowed = name.chars().map(|it| match it {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'' => '.',
        other => other,
    });
    allowed.take(31).collect()
}

/// Accounts that have sheets of their own: the check is the one there.
pub(super) fn with_own_sheets(
    sheet: &mut Worksheet,
    formats: &Formats,
    paper: &Paper,
    names: &[String],
) -> Result<(), XlsxError> {
    head(sheet, formats, paper)?;
    for (row, (section, name)) in (HEADER + 1..).zip(paper.sections.iter().zip(names)) {
        account(sheet, formats, row, section)?;
        let formula = Formula::new(format!("'{name}'!B{}", ledger::CHECK + 1));
        let formula = formula.set_result("OK");
        sheet.write_formula_with_format(row, CHECK, formula, &formats.check)?;
        issue(sheet, formats, row, section)?;
    }
    finish(sheet, paper)
}

/// Accounts whose lines stand in one sheet, `Lines`.
pub(super) fn with_one_sheet(
    sheet: &mut Worksheet,
    formats: &Formats,
    paper: &Paper,
) -> Result<(), XlsxError> {
    head(sheet, formats, paper)?;
    for (row, section) in (HEADER + 1..).zip(&paper.sections) {
        account(sheet, formats, row, section)?;
        let row_name = row + 1;
        let of = |column: &str| format!("SUMIFS(Lines!{column}:{column},Lines!A:A,A{row_name})");
        let (debits, credits) = (of("N"), of("O"));
        let (more, less) = match section.head.normal_side() {
            Side::Debit => (debits, credits),
            Side::Credit => (credits, debits),
        };
        let sum = format!("H{row_name}+{more}-{less}-K{row_name}");
        let digits = section.head.account.key.unit.minor_digits();
        cells::check(sheet, formats, (row, CHECK), &sum, digits)?;
        issue(sheet, formats, row, section)?;
    }
    finish(sheet, paper)
}

fn head(sheet: &mut Worksheet, formats: &Formats, paper: &Paper) -> Result<(), XlsxError> {
    for (place, (_, width)) in columns(paper) {
        sheet.set_column_width(place, width)?;
    }
    sheet.write_string_with_format(0, 0, "Statement of accounts", &formats.title)?;
    let standing = match paper.is_issued() {
        true => "ISSUED: each account under a number of its own",
        false => "DRAFT: not issued",
    };
    cells::text(sheet, formats, (1, 0), standing)?;
    cells::text(sheet, formats, (2, 0), &paper.recipient)?;
    let pledge = format!("{}, given by {}", paper.reference, paper.donor);
    cells::text(sheet, formats, (3, 0), &pledge)?;
    let known = format!(
        "Journals up to No. {}, recorded (UTC):",
        paper.known.journal
    );
    cells::text(sheet, formats, (4, 0), &known)?;
    cells::moment(sheet, formats, (4, 2), paper.known.at)?;
    cells::day(sheet, formats, (4, 4), paper.from)?;
    cells::day(sheet, formats, (4, 5), paper.to)?;
    for (place, (name, _)) in columns(paper) {
        sheet.write_string_with_format(HEADER, place, name, &formats.column)?;
    }
    Ok(())
}

fn account(
    sheet: &mut Worksheet,
    formats: &Formats,
    row: u32,
    section: &Section,
) -> Result<(), XlsxError> {
    let (head, key) = (&section.head, &section.head.account.key);
    let digits = key.unit.minor_digits();
    let format = Formats::amount(digits);
    let texts = [
        Some(head.account.id.to_string()),
        Some(key.code.as_str().to_owned()),
        Some(key.code.name().to_owned()),
        key.market.map(|it| it.to_string()),
        Some(key.unit.code().to_owned()),
        section.holder.clone(),
    ];
    for (place, text) in (0..).zip(texts) {
        if let Some(text) = text {
            cells::text(sheet, formats, (row, place), &text)?;
        }
    }
    sheet.write_number(row, 6, section.lines.len() as f64)?;
    let figures = [
        head.opening,
        head.total_debits,
        head.total_credits,
        head.closing(),
    ];
    for (place, minor) in (7..).zip(figures) {
        cells::amount(sheet, (row, place), minor, digits, &format)?;
    }
    Ok(())
}

/// How an account's statement was issued, after everything else of it.
fn issue(
    sheet: &mut Worksheet,
    formats: &Formats,
    row: u32,
    section: &Section,
) -> Result<(), XlsxError> {
    let Some(issue) = &section.issue else {
        return Ok(());
    };
    let first = COLUMNS.len() as u16;
    cells::day(sheet, formats, (row, first), section.head.from)?;
    cells::day(sheet, formats, (row, first + 1), section.head.to)?;
    cells::text(sheet, formats, (row, first + 2), &issue.id.to_string())?;
    sheet.write_number(row, first + 3, issue.number as f64)?;
    cells::text(sheet, formats, (row, first + 4), &issue.digest)
}

fn finish(sheet: &mut Worksheet, paper: &Paper) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(HEADER + 1, 0)?;
    let last = HEADER + (paper.sections.len() as u32).max(1);
    let width = columns(paper).map(|(place, _)| place).max();
    sheet.autofilter(HEADER, 0, last, width.unwrap_or_default())?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}
