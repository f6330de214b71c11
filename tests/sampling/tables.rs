//! A sample, and what stands out, as CSV and as a workbook: the same as in the JSON.

use serde_json::Value;

use super::Story;
use crate::harness::World;
use crate::reports::forms::{XLSX, of_csv, of_sheet};
use crate::reports::register::long_pledge;

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// The lines of a CSV by those columns, and its totals by name.
fn table(csv: &[Vec<String>], columns: &[&str]) -> (Vec<Vec<String>>, Vec<(String, String)>) {
    let at = |name: &&str| csv[0].iter().position(|it| it == name).expect("the column");
    let places: Vec<usize> = columns.iter().map(at).collect();
    let lines = csv.iter().filter(|it| it[0] == "line");
    let lines = lines.map(|line| places.iter().map(|at| line[*at].clone()).collect());
    let totals = csv.iter().filter(|it| it[0] == "total");
    let totals = totals.map(|it| (it[1].clone(), it[2].clone()));
    (lines.collect(), totals.collect())
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl Story {
    /// The CSV at its address, which `Accept` gets as well, and the workbook.
    async fn as_tables(&self, what: &str, query: &str) -> (Vec<Vec<String>>, Vec<u8>) {
        let csv = self
            .auditor
            .get(&self.at(&format!("{what}.csv?{query}")))
            .await;
        assert_eq!(csv.status, 200, "{csv:?}");
        let at = self.at(&format!("{what}?{query}"));
        let accepted = self.auditor.get_with(&at, ("Accept", "text/csv")).await;
        assert_eq!(accepted.header("content-type"), csv.header("content-type"));
        let xlsx = self
            .auditor
            .get(&self.at(&format!("{what}.xlsx?{query}")))
            .await;
        assert_eq!(
            (xlsx.status, xlsx.header("content-type")),
            (200, Some(XLSX))
        );
        (of_csv(&csv), xlsx.body)
    }
}

/// Whether each text stands in the first column of that name, row by row.
fn stand_in(workbook: &[u8], column: &str, expected: impl Iterator<Item = String>) {
    let cells = of_sheet(workbook, SHEET);
    let header = cells
        .iter()
        .find(|((row, _), text)| *row == 1 && *text == column);
    let letters = &header.expect("the column").0.1;
    for (row, expected) in (2..).zip(expected) {
        assert_eq!(
            cells.get(&(row, letters.clone())),
            Some(&expected),
            "{column} {row}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_the_same_as_a_table() {
    let story = Story::with(&["100.00", "1500.25", "0.01", "999.99", "250.50", "730.00"]).await;
    let size = story.sign().await;
    let query = format!(
        "unit=USD&population=credits&code=3130&from=2024-01-01&to=2025-12-31&interval=500.00\
         &seed_checkpoint={size}"
    );
    let sample = story
        .auditor
        .get(&story.at(&format!("sample?{query}")))
        .await;
    let sample = sample.expect(200);
    let top = sample["top_stratum"]["items"].as_array().unwrap().iter();
    let top = top.map(|it| ("top", it, String::new()));
    let hits = sample["hits"].as_array().unwrap().iter();
    let hits = hits.map(|it| ("hit", it, text(&it["position"])));
    let expected: Vec<Vec<String>> = top
        .chain(hits)
        .map(|(part, it, position)| {
            let own = ["number", "journal_id", "amount"].map(|name| text(&it[name]));
            [&[part.to_owned()], &own[..], &[position]].concat()
        })
        .collect();
    assert!(expected.len() >= 3, "{sample}");
    let (csv, workbook) = story.as_tables("sample", &query).await;
    let columns = ["part", "number", "journal_id", "amount", "position"];
    let (lines, totals) = table(&csv, &columns);
    assert_eq!(lines, expected);
    for (name, value) in [
        ("population_total", &sample["population"]["total"]),
        ("population_count", &sample["population"]["count"]),
        ("interval", &sample["interval"]),
        ("start", &sample["seed"]["start"]),
        ("seed_sha256", &sample["seed"]["sha256"]),
        ("top_total", &sample["top_stratum"]["total"]),
        ("rest_total", &sample["rest"]["total"]),
    ] {
        let found = totals.iter().find(|it| it.0 == name);
        assert_eq!(found.map(|it| it.1.clone()), Some(text(value)), "{name}");
    }
    stand_in(
        &workbook,
        "journal_id",
        expected.iter().map(|it| it[2].clone()),
    );
    stand_in(
        &workbook,
        "amount (exact)",
        expected.iter().map(|it| it[3].clone()),
    );
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_out_is_the_same_as_a_table() {
    let story = Story::with(&["3000.00", "12.34", "40000.00"]).await;
    // All of it is looked at, whatever day it is.
    let query = "from=2020-01-01&to=2100-01-01&round=1000";
    let tests = story
        .auditor
        .get(&story.at(&format!("journal-tests?{query}")))
        .await;
    let tests = tests.expect(200);
    let mut expected = Vec::new();
    for finding in tests["findings"].as_array().unwrap() {
        for it in finding["entries"].as_array().unwrap() {
            let own =
                ["journal_id", "unit", "amount", "effective_date"].map(|name| text(&it[name]));
            expected.push([&[text(&finding["name"])], &own[..]].concat());
        }
    }
    assert!(
        expected
            .iter()
            .any(|it| it[0] == "round-amounts" && it[3] == "3000.00")
    );
    let (csv, workbook) = story.as_tables("journal-tests", query).await;
    let columns = ["finding", "id", "unit", "amount", "effective_date"];
    let (lines, totals) = table(&csv, &columns);
    assert_eq!(lines, expected);
    for finding in tests["findings"].as_array().unwrap() {
        let count = (text(&finding["name"]), text(&finding["count"]));
        assert!(totals.contains(&count), "{count:?} of {totals:?}");
        for (_, sum) in finding["totals"].as_object().unwrap() {
            assert!(totals.contains(&(count.0.clone(), text(sum))), "{finding}");
        }
    }
    stand_in(
        &workbook,
        "finding",
        expected.iter().map(|it| it[0].clone()),
    );
    stand_in(&workbook, "id", expected.iter().map(|it| it[1].clone()));
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_tells_more_of_what_stands_out_than_fits_into_json() {
    let world = World::new().await;
    let pledge = long_pledge(&world).await;
    let today = time::OffsetDateTime::now_utc().date();
    let tomorrow = today.next_day().unwrap();
    let at = format!("/v1/pledges/{}/journal-tests", pledge.id);
    let query = format!("from={today}&to={tomorrow}");
    let auditor = world.auditor();
    let told = auditor.get(&format!("{at}?{query}")).await.expect(200);
    let findings = told["findings"].as_array().unwrap();
    let backdated = findings
        .iter()
        .find(|it| it["name"] == "backdated")
        .unwrap();
    let count = backdated["count"].as_u64().unwrap();
    assert!(count > 2_000, "{count}");
    assert_eq!(backdated["entries"].as_array().unwrap().len(), 1_000);
    let csv = of_csv(&auditor.get(&format!("{at}.csv?{query}")).await);
    let (lines, _) = table(&csv, &["finding"]);
    let lines = lines.iter().filter(|it| it[0] == "backdated");
    assert_eq!(lines.count() as u64, count);
    world.finish().await;
}
