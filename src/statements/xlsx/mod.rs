//! A statement as an Excel workbook.
//!
//! | Accounts | Sheets |
//! |---|---|
//! | one account's statement | `Statement` |
//! | several, up to [`MOST_SHEETS`] | `Accounts`, and one for each, with its lines |
//! | more | `Accounts`, and `Lines` with those of all |
//!
//! Amounts are numbers as far as a spreadsheet counts exactly (15 digits), and text beyond that;
//! beside them each stands as exact text. Every account has a cell that adds up again: `OK`, or how
//! far it is off. What people write is always text, so none of it can be taken for a formula.

mod accounts;
mod cells;
mod ledger;

use rust_xlsxwriter::{DocProperties, Workbook, XlsxError};

use super::paper::{Paper, Subject};
use cells::{Formats, datetime};

/// How many accounts have a sheet of their own.
pub const MOST_SHEETS: usize = 50;

/// How many lines a statement may have as a workbook: a sheet has 1,048,576 rows.
pub const MOST_LINES: usize = 1_000_000;

/// It can't be written as a workbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the statement can't be written as a workbook: {0}")]
pub struct NoWorkbook(pub(super) String);

impl From<XlsxError> for NoWorkbook {
    fn from(error: XlsxError) -> Self {
        NoWorkbook(error.to_string())
    }
}

/// The statement as a workbook.
pub(super) fn xlsx(paper: &Paper) -> Result<Vec<u8>, NoWorkbook> {
    let mut workbook = Workbook::new();
    let mut properties = DocProperties::new()
        .set_title(format!("Statement, {}", paper.reference))
        .set_author(&paper.recipient)
        .set_company(&paper.recipient)
        .set_comment("Written by Almoner");
    if let Some(at) = datetime(paper.made_at()) {
        properties = properties.set_creation_datetime(&at);
    }
    workbook.set_properties(&properties);
    let formats = Formats::default();
    match paper.sections.as_slice() {
        [section] if paper.subject == Subject::Account => {
            let sheet = workbook.add_worksheet_with_low_memory()?;
            sheet.set_name("Statement")?;
            ledger::own_sheet(sheet, &formats, paper, section)?;
        }
        sections if sections.len() <= MOST_SHEETS => {
            let names: Vec<String> = (1..).zip(sections).map(accounts::sheet_name).collect();
            let sheet = workbook.add_worksheet_with_low_memory()?;
            sheet.set_name("Accounts")?;
            accounts::with_own_sheets(sheet, &formats, paper, &names)?;
            for (section, name) in sections.iter().zip(&names) {
                let sheet = workbook.add_worksheet_with_low_memory()?;
                sheet.set_name(name)?;
                ledger::own_sheet(sheet, &formats, paper, section)?;
            }
        }
        sections => {
            let sheet = workbook.add_worksheet_with_low_memory()?;
            sheet.set_name("Accounts")?;
            accounts::with_one_sheet(sheet, &formats, paper)?;
            let sheet = workbook.add_worksheet_with_low_memory()?;
            sheet.set_name("Lines")?;
            ledger::shared_sheet(sheet, &formats, sections)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}
