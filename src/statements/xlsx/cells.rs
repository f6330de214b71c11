//! Single cells: how they look, and what goes into them.

use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError,
};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::domain::money::format_minor;

/// The most a spreadsheet counts exactly: 15 digits.
const MOST_EXACT: u64 = 999_999_999_999_999;

/// How cells look.
pub(super) struct Formats {
    pub(super) title: Format,
    pub(super) label: Format,
    pub(super) column: Format,
    pub(super) day: Format,
    pub(super) moment: Format,
    pub(super) check: Format,
    pub(super) exact: Format,
    text: Format,
}

impl Default for Formats {
    fn default() -> Self {
        let navy = Color::RGB(0x14_2F54);
        Formats {
            title: Format::new()
                .set_bold()
                .set_font_size(14)
                .set_font_color(navy),
            label: Format::new().set_font_color(Color::RGB(0x5B_6473)),
            column: Format::new()
                .set_bold()
                .set_font_color(navy)
                .set_background_color(Color::RGB(0xF2_F5F9))
                .set_border_bottom(FormatBorder::Thin),
            day: Format::new()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left),
            moment: Format::new()
                .set_num_format("yyyy-mm-dd hh:mm:ss")
                .set_align(FormatAlign::Left),
            check: Format::new().set_bold(),
            exact: Format::new()
                .set_num_format("@")
                .set_align(FormatAlign::Right),
            text: Format::new().set_num_format("@"),
        }
    }
}

impl Formats {
    /// Amounts of so many minor digits.
    pub(super) fn amount(digits: u32) -> Format {
        let fraction = match digits {
            0 => String::new(),
            some => format!(".{}", "0".repeat(some as usize)),
        };
        Format::new().set_num_format(format!("#,##0{fraction};[Red]-#,##0{fraction}"))
    }
}

/// A moment as a spreadsheet has it: in UTC, to the millisecond; none before 1900.
pub(super) fn datetime(at: OffsetDateTime) -> Option<ExcelDateTime> {
    let at = at.to_offset(UtcOffset::UTC);
    let year = u16::try_from(at.year()).ok()?;
    let day = ExcelDateTime::from_ymd(year, at.month().into(), at.day()).ok()?;
    let (hour, minute, second, milli) = at.to_hms_milli();
    day.and_hms_milli(hour.into(), minute, second, milli).ok()
}

/// A place in a sheet: row and column, from nought.
pub(super) type Place = (u32, u16);

/// Writes a text, whatever it begins with.
pub(super) fn text(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, column): Place,
    text: &str,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, text, &formats.text)?;
    Ok(())
}

/// Writes a day as a date.
pub(super) fn day(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, column): Place,
    day: Date,
) -> Result<(), XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or_default();
    match ExcelDateTime::from_ymd(year, day.month().into(), day.day()) {
        Ok(date) => sheet.write_datetime_with_format(row, column, &date, &formats.day)?,
        // There were no days before 1900.
        Err(_) => sheet.write_string(row, column, day.to_string())?,
    };
    Ok(())
}

/// Writes a moment as a date with its time, in UTC.
pub(super) fn moment(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, column): Place,
    at: OffsetDateTime,
) -> Result<(), XlsxError> {
    match datetime(at) {
        Some(date) => sheet.write_datetime_with_format(row, column, &date, &formats.moment)?,
        None => sheet.write_string(row, column, at.to_string())?,
    };
    Ok(())
}

/// Writes an amount: as a number, if a spreadsheet counts that exactly.
pub(super) fn amount(
    sheet: &mut Worksheet,
    (row, column): Place,
    minor: i64,
    digits: u32,
    format: &Format,
) -> Result<(), XlsxError> {
    let plain = format_minor(minor, digits);
    match plain.parse::<f64>() {
        Ok(number) if minor.unsigned_abs() <= MOST_EXACT => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            sheet.write_string_with_format(row, column, plain, format)?;
        }
    }
    Ok(())
}

/// Writes an amount as exact text.
pub(super) fn exact(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, column): Place,
    minor: i64,
    digits: u32,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, format_minor(minor, digits), &formats.exact)?;
    Ok(())
}

/// Writes a cell that adds up again: `OK`, or how far `sum` is from nought.
pub(super) fn check(
    sheet: &mut Worksheet,
    formats: &Formats,
    (row, column): Place,
    sum: &str,
    digits: u32,
) -> Result<(), XlsxError> {
    let formula = format!("IF(ROUND({sum},{digits})=0,\"OK\",ROUND({sum},{digits}))");
    let formula = Formula::new(formula).set_result("OK");
    sheet.write_formula_with_format(row, column, formula, &formats.check)?;
    Ok(())
}
