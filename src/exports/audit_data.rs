//! `GL_Detail` and `Trial_Balance` of the AICPA's Audit Data Standard (General Ledger Standard,
//! July 2015), as CSV: RFC 4180, UTF-8 with a byte order mark, the standard's names for columns.
//!
//! | Column | What it is here |
//! |---|---|
//! | `Journal_ID`, `Reversal_Journal_ID` | the journal's id, and that of the one it takes back |
//! | `Journal_ID_Line_Number` | 1 and 2 are the debit and credit of the first transfer, and so on |
//! | `JE_Header_Description`, `Source` | why, and what happened: the journal's reason and kind |
//! | `JE_Line_Description` | what the chart calls the account |
//! | `Business_Unit_Code` | the pledge |
//! | `Fiscal_Year`, `Period` | year and month of the effective date |
//! | `GL_Account_Number` | the code in the chart |
//! | `Amount`, `Amount_Credit_Debit_Indicator` | greater than zero; `D` or `C` says which side |
//! | `Amount_Beginning`, `Amount_Ending` | debits are positive, credits negative |
//! | `Amount_Currency` | the unit, which may be of credits: `ADC:TIKTOK:USD` |
//! | `Entered_By`, `Entered_Date`, `Entered_Time` | who asked, and when it was recorded, in UTC |
//! | `Segment01` to `Segment04` | the account; its market, creator, instalment |
//! | `Segment05` to `Segment08` | its lot, obligation, ad account, platform |
//! | `Segment09` | the journal's number: no gaps |
//!
//! The balances are those the ledger keeps, not sums of these lines: that the lines add up to them
//! is for the reader to find. One period, which began with nothing, is the whole of the pledge's
//! time. Of the standard's columns those are left out that the ledger has nothing for: other
//! amounts than the transfer's own, and later changes of a line, as there are none. Who approved a
//! journal isn't told here either: `/v1/approvals` says so, and each journal names its approval.
//!
//! What people wrote (reasons, and names of callers) is kept from being taken for a formula;
//! nothing else is touched.

use time::{Date, OffsetDateTime, UtcOffset};

use super::Head;
use super::books::{Books, Named, Posting, kept_by};
use super::table::Table;
use crate::db::read::PostedJournal;
use crate::domain::money::format_minor;
use crate::statements::unformula;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const GL_DETAIL: &[&str] = &[
    "Journal_ID",
    "Journal_ID_Line_Number",
    "JE_Header_Description",
    "JE_Line_Description",
    "Source",
    "Business_Unit_Code",
    "Effective_Date",
    "Fiscal_Year",
    "Period",
    "GL_Account_Number",
    "Amount",
    "Amount_Credit_Debit_Indicator",
    "Amount_Currency",
    "Entered_By",
    "Entered_Date",
    "Entered_Time",
    "Reversal_Journal_ID",
    "Segment01",
    "Segment02",
    "Segment03",
    "Segment04",
    "Segment05",
    "Segment06",
    "Segment07",
    "Segment08",
    "Segment09",
];

const TRIAL_BALANCE: &[&str] = &[
    "GL_Account_Number",
    "Business_Unit_Code",
    "Balance_As_Of_Date",
    "Amount_Beginning",
    "Amount_Ending",
    "Amount_Currency",
    "Segment01",
    "Segment02",
    "Segment03",
    "Segment04",
    "Segment05",
    "Segment06",
    "Segment07",
    "Segment08",
];

fn header(columns: &[&str], out: &mut Vec<u8>) {
    out.extend_from_slice(BYTE_ORDER_MARK);
    Table::csv(out).row(columns);
}

pub(super) fn begin_detail(out: &mut Vec<u8>) {
    header(GL_DETAIL, out);
}

pub(super) fn begin_balance(out: &mut Vec<u8>) {
    header(TRIAL_BALANCE, out);
}

/// `Segment01` to `Segment08`: the account, and what it is kept by.
fn segments(named: &Named) -> [String; 8] {
    let [
        market,
        creator,
        instalment,
        lot,
        obligation,
        ad_account,
        platform,
    ] = kept_by(&named.account.key).map(Option::unwrap_or_default);
    let account = named.account.id.to_string();
    [
        account, market, creator, instalment, lot, obligation, ad_account, platform,
    ]
}

/// Day and time of day, in UTC.
fn entered(at: OffsetDateTime) -> (String, String) {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = at.to_hms();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    (at.date().to_string(), time)
}

/// What all lines of a journal share, in the order of the columns around what they don't.
struct Shared {
    journal: String,
    reason: String,
    pledge: String,
    day: String,
    year: String,
    month: String,
    entered_by: String,
    entered: (String, String),
    reverses: String,
    number: String,
}

impl Shared {
    fn of(journal: &PostedJournal) -> Self {
        let day = journal.effective_date;
        let text = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            unformula(text).into_owned()
        };
        let reverses = journal.reverses.map(|it| it.to_string());
        Shared {
            journal: journal.id.to_string(),
            reason: text(&journal.reason),
            pledge: journal.pledge.to_string(),
            day: day.to_string(),
            year: day.year().to_string(),
            month: u8::from(day.month()).to_string(),
            entered_by: text(&journal.actor),
            entered: entered(journal.recorded_at),
            reverses: reverses.unwrap_or_default(),
            number: journal.number.to_string(),
        }
    }
}

/// Writes a journal's lines.
pub(super) fn journal(
    books: &Books,
    journal: &PostedJournal,
    postings: &[Posting],
    out: &mut Vec<u8>,
) {
    let mut table = Table::csv(out);
    let shared = Shared::of(journal);
    for (posting, line) in postings.iter().zip(1..) {
        let line = i32::to_string(&line);
        let named = books.of(posting);
        let unit = named.unit();
        let amount = format_minor(posting.minor.abs(), unit.minor_digits());
        let side = if posting.minor < 0 { "C" } else { "D" };
        let code = named.account.key.code;
        let segments = segments(named);
        let mut fields = vec![
            shared.journal.as_str(),
            &line,
            &shared.reason,
            code.name(),
            journal.kind.as_str(),
            &shared.pledge,
            &shared.day,
            &shared.year,
            &shared.month,
            code.as_str(),
            &amount,
            side,
            unit.code(),
            &shared.entered_by,
            &shared.entered.0,
            &shared.entered.1,
            &shared.reverses,
        ];
        fields.extend(segments.iter().map(String::as_str));
        fields.push(&shared.number);
        table.row(&fields);
    }
}

/// Writes what every account comes to on the last day.
pub(super) fn end_balance(head: &Head, books: &Books, last: Date, out: &mut Vec<u8>) {
    let mut table = Table::csv(out);
    let (pledge, day) = (head.pledge.to_string(), last.to_string());
    for named in books.accounts() {
        let unit = named.unit();
        let amount = |minor| format_minor(minor, unit.minor_digits());
        let (nothing, balance) = (amount(0), amount(named.balance()));
        let segments = segments(named);
        let mut fields = vec![
            named.account.key.code.as_str(),
            &pledge,
            &day,
            &nothing,
            &balance,
            unit.code(),
        ];
        fields.extend(segments.iter().map(String::as_str));
        table.row(&fields);
    }
}
