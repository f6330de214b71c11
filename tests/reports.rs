//! Reports: each ties, says the same in all its forms, and stays the same for ever once it is known
//! what it was cut by.

mod ageing;
mod audit;
mod axes;
mod exchange;
pub mod forms;
mod funds;
mod lots;
pub mod register;
mod sight;

use serde_json::Value;

use crate::harness::Client;

/// Every report there is.
const ALL: &[&str] = &[
    "trial-balance",
    "summary",
    "receivables-ageing",
    "advances-ageing",
    "lot-register",
    "expiry-horizon",
    "spend-match",
    "exchange-differences",
    "suspense",
    "use-of-funds",
    "confirmation",
    "in-kind",
    "journal-register",
    "control-exceptions",
    "approval-matrix",
];

/// A report of a pledge, as it is answered.
async fn report(client: &Client, pledge: &str, name: &str) -> Value {
    let at = format!("/v1/pledges/{pledge}/reports/{name}");
    client.get(&at).await.expect(200)
}

fn rows(report: &Value) -> &[Value] {
    report["rows"].as_array().unwrap()
}

/// The one row with these members.
#[track_caller]
fn row<'a>(report: &'a Value, members: &[(&str, &str)]) -> &'a Value {
    let is = |it: &&Value| {
        members.iter().all(|(name, value)| match *value {
            "null" => it[name].is_null(),
            value => it[name] == value,
        })
    };
    let found: Vec<&Value> = rows(report).iter().filter(is).collect();
    assert_eq!(found.len(), 1, "{members:?} in {report}");
    found[0]
}

/// What a report comes to by that name, in that unit.
#[track_caller]
fn total(report: &Value, name: &str, unit: Option<&str>) -> String {
    let totals = report["totals"].as_array().unwrap().iter();
    let found = totals.filter(|it| it["name"] == name && it["unit"].as_str() == unit);
    let found: Vec<&Value> = found.collect();
    assert_eq!(found.len(), 1, "{name} in {report}");
    found[0]["value"].as_str().unwrap().to_owned()
}

/// `-1250.00` in hundredths.
#[track_caller]
fn hundredths(figure: &Value) -> i64 {
    let text = figure
        .as_str()
        .unwrap_or_else(|| panic!("no figure: {figure}"));
    text.replace('.', "").parse().unwrap()
}

/// The sum of a column, in hundredths, of rows in that unit.
fn sum(report: &Value, column: &str, unit: &str) -> i64 {
    let own = rows(report).iter().filter(|it| it["unit"] == unit);
    own.map(|it| hundredths(&it[column])).sum()
}

const CREDITS: &str = "ADC:TIKTOK:USD";
