//! A report as a workbook (XLSX): a sheet of its rows, one of what they come to, and one that says
//! what it is and what its columns mean.
//!
//! An amount has two columns: a number, if fifteen digits hold it, as a spreadsheet keeps no more;
//! and beside it, `… (exact)`, the same in full as text. Days and moments are real dates; a moment
//! has its exact text beside it too. No text is ever a formula. The same report gives the same
//! bytes: what a workbook says of its making is when the ledger knew what is in it.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use time::{Date, OffsetDateTime, UtcOffset};

use super::Report;
use super::cell::{Amount, Cell, Column, Kind, Row};

/// The report can't be written as a workbook: it has more rows than a sheet.
#[derive(Debug, thiserror::Error)]
#[error("a workbook can't hold this report: {0}")]
pub struct Unwritable(#[from] XlsxError);

/// How a column is shown.
struct Styles {
    header: Format,
    day: Format,
    instant: Format,
    /// By how many digits follow the point.
    amounts: Vec<Format>,
}

impl Styles {
    fn new() -> Self {
        let amount = |digits: usize| match digits {
            0 => Format::new().set_num_format("#,##0"),
            _ => Format::new().set_num_format(format!("#,##0.{}", "0".repeat(digits))),
        };
        Styles {
            header: Format::new().set_bold(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            amounts: (0..=8).map(amount).collect(),
        }
    }
}

/// A moment as workbooks have it: in UTC, to the millisecond.
fn instant(at: OffsetDateTime) -> Result<ExcelDateTime, XlsxError> {
    let utc = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micros) = utc.to_hms_micro();
    let seconds = f64::from(second) + f64::from(micros / 1_000) / 1_000.0;
    day(utc.date())?.and_hms(u16::from(hour), minute, seconds)
}

fn day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let (year, month, day) = day.to_calendar_date();
    // A workbook has no day before 1900; such a one is still in full in the other forms.
    let year = u16::try_from(year).unwrap_or(1900).max(1900);
    ExcelDateTime::from_ymd(year, u8::from(month), day)
}

/// Whether the column has its exact text beside it.
fn has_exact(column: &Column) -> bool {
    matches!(column.kind, Kind::Amount | Kind::Instant)
}

fn width(column: &Column) -> f64 {
    let least: u32 = match column.kind {
        Kind::Text => 16,
        Kind::Amount | Kind::Instant => 20,
        Kind::Day | Kind::Number | Kind::Flag => 11,
    };
    f64::from(least.max(u32::try_from(column.name.len()).unwrap_or(least) + 3))
}

fn header(sheet: &mut Worksheet, styles: &Styles, columns: &[Column]) -> Result<u16, XlsxError> {
    let mut at = 0;
    for column in columns {
        sheet.set_column_width(at, width(column))?;
        sheet.write_string_with_format(0, at, column.name, &styles.header)?;
        at += 1;
        if has_exact(column) {
            let name = format!("{} (exact)", column.name);
            sheet.set_column_width(at, width(column) + 8.0)?;
            sheet.write_string_with_format(0, at, name, &styles.header)?;
            at += 1;
        }
    }
    Ok(at)
}

fn amount(
    sheet: &mut Worksheet,
    styles: &Styles,
    (row, at): (u32, u16),
    amount: Amount,
) -> Result<(), XlsxError> {
    let format = usize::try_from(amount.digits()).ok();
    let format = format.and_then(|digits| styles.amounts.get(digits));
    if let (Some(number), Some(format)) = (amount.number(), format) {
        sheet.write_number_with_format(row, at, number, format)?;
    }
    sheet.write_string(row, at + 1, amount.to_string())?;
    Ok(())
}

fn cell(
    sheet: &mut Worksheet,
    styles: &Styles,
    (row, at): (u32, u16),
    cell: &Cell,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Word(text) | Cell::Free(text) => {
            sheet.write_string(row, at, text)?;
        }
        Cell::Amount(it) => amount(sheet, styles, (row, at), *it)?,
        Cell::Day(it) => {
            sheet.write_datetime_with_format(row, at, day(*it)?, &styles.day)?;
        }
        Cell::Instant(it) => {
            sheet.write_datetime_with_format(row, at, instant(*it)?, &styles.instant)?;
            sheet.write_string(row, at + 1, cell.text())?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, at, *number as f64)?;
        }
        Cell::Flag(flag) => {
            sheet.write_boolean(row, at, *flag)?;
        }
    }
    Ok(())
}

/// A sheet's rows are counted from 0, the header's.
fn place(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn lines<R: Row>(
    sheet: &mut Worksheet,
    styles: &Styles,
    report: &Report<R>,
) -> Result<(), XlsxError> {
    let columns = header(sheet, styles, R::COLUMNS)?;
    for (index, line) in report.rows.iter().enumerate() {
        let mut at = 0;
        for (column, it) in R::COLUMNS.iter().zip(line.cells()) {
            cell(sheet, styles, (place(index), at), &it)?;
            at += if has_exact(column) { 2 } else { 1 };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    let last = u32::try_from(report.rows.len()).unwrap_or(u32::MAX);
    sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

fn totals<R: Row>(
    sheet: &mut Worksheet,
    styles: &Styles,
    report: &Report<R>,
) -> Result<(), XlsxError> {
    for (at, (name, width)) in [("name", 32.0), ("unit", 18.0), ("value", 48.0)]
        .into_iter()
        .enumerate()
    {
        let at = u16::try_from(at).unwrap_or(0);
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(0, at, name, &styles.header)?;
    }
    for (index, total) in report.totals.iter().enumerate() {
        let unit = total.unit.as_deref().unwrap_or_default();
        for (at, text) in [(0, total.name.as_str()), (1, unit), (2, &total.value)] {
            sheet.write_string(place(index), at, text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn notes<R: Row>(
    sheet: &mut Worksheet,
    styles: &Styles,
    report: &Report<R>,
) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 100)?;
    let mut row = 0;
    for (name, value) in report.notes() {
        sheet.write_string_with_format(row, 0, name, &styles.header)?;
        sheet.write_string(row, 1, value)?;
        row += 1;
    }
    row += 1;
    for column in R::COLUMNS {
        sheet.write_string_with_format(row, 0, column.name, &styles.header)?;
        sheet.write_string(row, 1, column.meaning.trim())?;
        row += 1;
    }
    Ok(())
}

/// The report as a workbook.
pub fn xlsx<R: Row>(report: &Report<R>) -> Result<Vec<u8>, Unwritable> {
    let mut workbook = Workbook::new();
    // To the second: the format has no other digits for it.
    let known_at = report.known_at;
    let second = OffsetDateTime::from_unix_timestamp(known_at.unix_timestamp());
    let made = instant(second.unwrap_or(known_at))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let styles = Styles::new();
    let sheet = workbook.add_worksheet().set_name("Report")?;
    lines(sheet, &styles, report)?;
    let sheet = workbook.add_worksheet().set_name("Totals")?;
    totals(sheet, &styles, report)?;
    let sheet = workbook.add_worksheet().set_name("Notes")?;
    notes(sheet, &styles, report)?;
    Ok(workbook.save_to_buffer()?)
}
