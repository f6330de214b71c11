//! JSON, CSV and XLSX, read back by readers that share nothing with the writers.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use serde_json::Value;

use super::{ALL, rows};
use crate::harness::{Answer, World};
use crate::operations::Place;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The rows of a CSV, the first being the header.
pub fn of_csv(answer: &Answer) -> Vec<Vec<String>> {
    let text = answer
        .body
        .strip_prefix(b"\xef\xbb\xbf")
        .expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(text);
    let records = reader.records().map(|it| it.unwrap());
    records
        .map(|it| it.iter().map(str::to_owned).collect())
        .collect()
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

/// What is between two marks, each time.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open)
        .skip(1)
        .map(move |rest| rest.split(close).next().unwrap())
}

/// A sheet's cells by row and column, those of text as their text.
pub fn of_sheet(workbook: &[u8], sheet: &str) -> BTreeMap<(usize, String), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut file = archive.by_name(name).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    };
    let strings = part("xl/sharedStrings.xml");
    let strings: Vec<String> = between(&strings, "<si>", "</si>")
        .map(|it| unescaped(it.split_once('>').unwrap().1.strip_suffix("</t>").unwrap()))
        .collect();
    let mut cells = BTreeMap::new();
    for cell in between(&part(sheet), "<c ", "</c>") {
        let Some(value) = between(cell, "<v>", "</v>").next() else {
            continue;
        };
        let at = between(cell, "r=\"", "\"").next().unwrap();
        let digits = at.find(|c: char| c.is_ascii_digit()).unwrap();
        let (column, row) = at.split_at(digits);
        let value = match cell.contains("t=\"s\"") {
            true => strings[value.parse::<usize>().unwrap()].clone(),
            false => value.to_owned(),
        };
        cells.insert((row.parse().unwrap(), column.to_owned()), value);
    }
    cells
}

/// The letters of a column, from 0.
fn letters(index: usize) -> String {
    let letter = |of: usize| char::from(b'A' + u8::try_from(of).unwrap());
    match index {
        0..26 => letter(index).to_string(),
        _ => format!("{}{}", letter(index / 26 - 1), letter(index % 26)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What people wrote is kept from being a formula in the one form that has no types.
fn same(field: &str, value: &Value) -> bool {
    field == text(value) || field.strip_prefix('\'') == Some(&text(value))
}

/// Each row of the JSON stands in the CSV, in its order and with every column.
fn csv_agrees(json: &Value, csv: &[Vec<String>]) {
    let header = &csv[0];
    assert!(csv.iter().all(|it| it.len() == header.len()));
    let lines: Vec<&Vec<String>> = csv.iter().filter(|it| it[0] == "line").collect();
    assert_eq!(lines.len(), rows(json).len(), "{json}");
    for (line, row) in lines.iter().zip(rows(json)) {
        let columns = row.as_object().unwrap();
        for (name, value) in columns {
            let at = header.iter().position(|it| it == name).unwrap();
            assert!(same(&line[at], value), "{name}: {} and {value}", line[at]);
        }
    }
    let totals = csv.iter().filter(|it| it[0] == "total");
    let told = json["totals"].as_array().unwrap();
    assert_eq!(totals.clone().count(), told.len());
    for (line, total) in totals.zip(told) {
        for (at, name) in [(1, "name"), (2, "value"), (3, "unit")] {
            assert!(same(&line[at], &total[name]), "{line:?} and {total}");
        }
    }
    let note = |name: &str| {
        let mut notes = csv.iter().filter(|it| it[0] == "note");
        notes.find(|it| it[1] == name).unwrap()[2].clone()
    };
    for name in ["report", "pledge_id", "as_of", "known_at", "known_journal"] {
        assert_eq!(note(name), text(&json[name]), "{name}");
    }
}

/// Each row of the JSON stands in the workbook: amounts as numbers, and exactly beside them.
fn xlsx_agrees(json: &Value, workbook: &[u8]) -> usize {
    let cells = of_sheet(workbook, "xl/worksheets/sheet1.xml");
    let mut columns = BTreeMap::new();
    for index in 0..100 {
        if let Some(name) = cells.get(&(1, letters(index))) {
            columns.insert(name.clone(), letters(index));
        }
    }
    let mut numbers = 0;
    for (index, row) in rows(json).iter().enumerate() {
        for (name, value) in row.as_object().unwrap() {
            let cell = |column: &str| {
                let column = columns[column].clone();
                cells.get(&(index + 2, column)).cloned().unwrap_or_default()
            };
            let exact = format!("{name} (exact)");
            if columns.contains_key(&exact) {
                assert_eq!(cell(&exact), text(value), "{name} of {row}");
            }
            match value {
                Value::String(amount) if columns.contains_key(&exact) && !amount.contains('T') => {
                    let number: f64 = cell(name).parse().unwrap();
                    assert_eq!(number, amount.parse::<f64>().unwrap(), "{name} of {row}");
                    numbers += 1;
                }
                Value::Number(count) => assert_eq!(cell(name), count.to_string()),
                Value::Bool(flag) => assert_eq!(cell(name), if *flag { "1" } else { "0" }),
                Value::String(word) if !columns.contains_key(&exact) => {
                    // A day is a number here: so many since 1900.
                    let is_day = cell(name).parse::<u32>().is_ok_and(|it| it > 40_000);
                    assert!(
                        cell(name) == *word || is_day,
                        "{name} of {row}: {}",
                        cell(name)
                    );
                }
                _ => {}
            }
        }
    }
    let notes = of_sheet(workbook, "xl/worksheets/sheet3.xml");
    let noted = |it: &str| notes.values().any(|note| note == it);
    assert!(
        noted(json["known_at"].as_str().unwrap()) && noted(json["pledge_id"].as_str().unwrap())
    );
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_says_the_same_as_json_csv_and_xlsx_at_both_addresses() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let auditor = world.auditor();
    let (mut lines, mut numbers) = (0, 0);
    for name in ALL {
        let at = format!("/v1/pledges/{}/reports/{name}", place.pledge);
        let now = auditor.get(&at).await.expect(200);
        // Some change with the refusals and decisions there are: each is asked for as it was known.
        let query = format!("?known_at={}", now["known_at"].as_str().unwrap());
        let json = auditor.get(&format!("{at}{query}")).await.expect(200);
        assert_eq!(json["report"], **name);
        lines += rows(&json).len();
        let csv = auditor.get(&format!("{at}.csv{query}")).await;
        assert_eq!(csv.status, 200, "{csv:?}");
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        csv_agrees(&json, &of_csv(&csv));
        let xlsx = auditor.get(&format!("{at}.xlsx{query}")).await;
        assert_eq!(xlsx.status, 200, "{name}");
        assert_eq!(xlsx.header("content-type"), Some(XLSX));
        numbers += xlsx_agrees(&json, &xlsx.body);
        for (file, accept, ending) in [(csv, "text/csv", "csv"), (xlsx, XLSX, "xlsx")] {
            let named = file.header("content-disposition").unwrap();
            let begins = format!("attachment; filename=\"{name}_{}", place.pledge);
            assert!(named.starts_with(&begins), "{named}");
            assert!(named.ends_with(&format!(".{ending}\"")), "{named}");
            assert!(file.header("repr-digest").is_some());
            let path = format!("{at}{query}");
            let accepted = auditor.get_with(&path, ("Accept", accept)).await;
            assert!(
                accepted.body == file.body,
                "{name} as {accept}, by Accept and by address"
            );
            let tag = file.header("etag").unwrap().to_owned();
            let path = format!("{at}.{ending}{query}");
            let again = auditor.get_with(&path, ("If-None-Match", &tag)).await;
            assert_eq!(again.status, 304, "{name}");
        }
        let pdf = auditor.get(&format!("{at}.pdf")).await;
        pdf.expect_problem(404, "not-found");
    }
    assert!(
        lines > 60 && numbers > 100,
        "{lines} lines, {numbers} numbers"
    );
    world.finish().await;
}
