//! A report in each of its forms.

use std::io::Read;

use time::macros::{date, datetime};

use super::cell::{Amount, Free, row};
use super::{Report, Total, csv, xlsx};
use crate::db::read::{Cut, Known};
use crate::domain::PledgeId;
use crate::domain::unit::{Unit, UnitFacts, UnitKind};

row! {
    /// A line of a test.
    TestLine {
        /// Which.
        number: i64,
        /// How much.
        amount: Amount,
        /// When it counts.
        day: time::Date,
        /// When it was recorded.
        at: Option<time::OffsetDateTime>,
        /// Why.
        reason: Option<Free>,
    }
}

fn usd() -> Unit {
    Unit::new(UnitFacts {
        code: "USD".to_owned(),
        kind: UnitKind::Cash,
        minor_digits: 2,
        currency: "USD".to_owned(),
        platform: None,
        name: "US dollar".to_owned(),
    })
}

fn report() -> Report<TestLine> {
    let usd = usd();
    let line = |number, minor, reason: Option<&str>| TestLine {
        number,
        amount: Amount::new(minor, &usd),
        day: date!(2026 - 01 - 09),
        at: (number == 1).then_some(datetime!(2026-01-09 05:57:41.25 UTC)),
        reason: reason.map(|text| Free(text.to_owned())),
    };
    let cut = Cut {
        pledge: PledgeId(uuid::Uuid::nil()),
        reference: "FIDES".to_owned(),
        as_of: Some(date!(2026 - 01 - 31)),
        known: Known {
            journal: 7,
            at: datetime!(2026-02-01 00:00:00.5 UTC),
        },
        now: datetime!(2026-02-02 00:00:00 UTC),
    };
    let lines = vec![
        line(1, -12_345, Some("=SUM(A1), she said \"so\"")),
        line(2, i64::MAX, None),
    ];
    let totals = vec![Total::amount("sum", &usd, 5), Total::plain("lines", 2)];
    Report::new("test", &cut, lines, totals)
}

#[test]
fn json_has_the_columns_and_says_what_it_was_cut_by() {
    let json = serde_json::to_value(report()).unwrap();
    assert_eq!(json["known_at"], "2026-02-01T00:00:00.500000Z");
    assert_eq!(
        (&json["as_of"], &json["known_journal"]),
        (&"2026-01-31".into(), &7.into())
    );
    let expected = serde_json::json!({"number": 1, "amount": "-123.45", "day": "2026-01-09",
        "at": "2026-01-09T05:57:41.250000Z", "reason": "=SUM(A1), she said \"so\""});
    assert_eq!(json["rows"][0], expected);
    assert!(json["rows"][1]["reason"].is_null());
    assert_eq!(json["totals"][0]["value"], "0.05");
}

#[test]
fn csv_is_read_back_and_keeps_only_what_people_wrote_from_being_a_formula() {
    let text = csv(&report());
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap();
    assert!(text.ends_with(b"\r\n"));
    let rows: Vec<Vec<String>> = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text)
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows[0], ["row", "number", "amount", "day", "at", "reason"]);
    let reason = "'=SUM(A1), she said \"so\"";
    let at = "2026-01-09T05:57:41.250000Z";
    assert_eq!(rows[1], ["line", "1", "-123.45", "2026-01-09", at, reason]);
    assert_eq!(
        rows[2],
        ["line", "2", "92233720368547758.07", "2026-01-09", "", ""]
    );
    assert_eq!(rows[3], ["total", "sum", "0.05", "USD", "", ""]);
    assert_eq!(rows[4], ["total", "lines", "2", "", "", ""]);
    assert!(
        rows.contains(
            &["note", "known_journal", "7", "", "", ""]
                .map(str::to_owned)
                .to_vec()
        )
    );
}

fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn a_workbook_has_numbers_of_fifteen_digits_exact_text_and_the_same_bytes_twice() {
    let workbook = xlsx(&report()).unwrap();
    assert!(
        workbook == xlsx(&report()).unwrap(),
        "the same report, other bytes"
    );
    let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>-123.45</v>"), "{sheet}");
    assert!(
        !sheet.contains("9223372036854775"),
        "more digits than a spreadsheet keeps: {sheet}"
    );
    assert!(
        sheet.contains("<autoFilter") && sheet.contains("state=\"frozen\""),
        "{sheet}"
    );
    assert!(!sheet.contains("<f>"), "a formula: {sheet}");
    let texts = part(&workbook, "xl/sharedStrings.xml");
    for text in [
        "-123.45",
        "92233720368547758.07",
        "amount (exact)",
        "=SUM(A1), she said",
    ] {
        assert!(texts.contains(text), "{text}: {texts}");
    }
    let made = part(&workbook, "docProps/core.xml");
    assert!(made.contains("2026-02-01T00:00:00Z"), "{made}");
}
