//! Tables for auditors: the Audit Data Standard's, and the French FEC.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Figures, REASON, export, hundredths, ledgers, moved};
use crate::harness::World;

/// A row by the names of its columns.
type Row = BTreeMap<String, String>;

/// The fields of a text with commas between, quoted where they have to be (RFC 4180).
fn rows_of_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && field.is_empty(), "{row:?}");
    rows
}

/// The header and the rows, each with as many fields as the header.
fn by_name(rows: Vec<Vec<String>>) -> (Vec<String>, Vec<Row>) {
    let mut rows = rows.into_iter();
    let header = rows.next().unwrap();
    let named = |row: Vec<String>| {
        assert_eq!(row.len(), header.len(), "{row:?}");
        header.iter().cloned().zip(row).collect()
    };
    let named = rows.map(named).collect();
    (header, named)
}

async fn csv(world: &World, pledge: &str, form: &str) -> Vec<Row> {
    let text = export(world, pledge, form, "text/csv").await;
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    by_name(rows_of_csv(text)).1
}

/// An account by its id, and its unit.
fn id_and_unit(account: &Value) -> (String, String) {
    let text = |of: &str| account[of].as_str().unwrap().to_owned();
    (text("id"), text("unit"))
}

/// The lines added up, by account and unit; debits are positive.
fn sums(lines: &[Row]) -> Figures {
    let mut sums = Figures::new();
    for line in lines {
        let amount = hundredths(&line["Amount"]);
        assert!(amount > 0, "{line:?}");
        let signed = match line["Amount_Credit_Debit_Indicator"].as_str() {
            "D" => amount,
            "C" => -amount,
            other => panic!("{other}"),
        };
        let at = (line["Segment01"].clone(), line["Amount_Currency"].clone());
        *sums.entry(at).or_default() += signed;
    }
    sums
}

#[tokio::test(flavor = "multi_thread")]
async fn gl_detail_adds_up_to_trial_balance_by_account_and_unit() {
    let world = World::new().await;
    let id = moved(&world).await;
    let lines = csv(&world, &id, "gl-detail.csv").await;
    let balances = csv(&world, &id, "trial-balance.csv").await;
    let mut stated = Figures::new();
    for row in &balances {
        assert_eq!(row["Amount_Beginning"], "0.00");
        assert_eq!(row["Balance_As_Of_Date"], "2024-12-03");
        assert_eq!(row["Business_Unit_Code"], id);
        let at = (row["Segment01"].clone(), row["Amount_Currency"].clone());
        let again = stated.insert(at, hundredths(&row["Amount_Ending"]));
        assert_eq!(again, None, "{row:?}");
    }
    assert!(stated.len() > 8);
    assert_eq!(sums(&lines), stated);
    assert_eq!(stated, ledgers(&world, &id, id_and_unit).await);
    // By code as well, as a reader has it who knows no segments.
    let codes = |rows: &[Row]| -> BTreeSet<(String, String)> {
        let code = |row: &Row| (row["GL_Account_Number"].clone(), row["Segment01"].clone());
        rows.iter().map(code).collect()
    };
    assert_eq!(codes(&lines), codes(&balances));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gl_detail_says_of_each_line_who_why_and_when() {
    let world = World::new().await;
    let id = moved(&world).await;
    let lines = csv(&world, &id, "gl-detail.csv").await;
    let numbers: BTreeSet<i64> = lines
        .iter()
        .map(|it| it["Segment09"].parse().unwrap())
        .collect();
    let journals = world.database.number("SELECT count(*) FROM journals").await;
    assert!(numbers.iter().copied().eq(1..=journals));
    let released: Vec<&Row> = lines
        .iter()
        .filter(|it| it["Source"] == "release")
        .collect();
    let [debit, credit] = released.as_slice() else {
        panic!("{released:?}");
    };
    let at = format!("/v1/journals/{}", debit["Journal_ID"]);
    let journal = world.auditor().get(&at).await.expect(200);
    for (line, number, side, code) in [(debit, "1", "D", "3130"), (credit, "2", "C", "3120")] {
        // What people wrote, and nothing else, is kept from being taken for a formula.
        assert_eq!(line["JE_Header_Description"], format!("'{REASON}"));
        assert_eq!(line["Journal_ID_Line_Number"], number);
        assert_eq!(line["Amount_Credit_Debit_Indicator"], side);
        assert_eq!(line["GL_Account_Number"], code);
        assert_eq!(
            (line["Amount"].as_str(), line["Segment02"].as_str()),
            ("0.49", "JP")
        );
        assert_eq!(line["Effective_Date"], "2024-12-03");
        assert_eq!(
            (line["Fiscal_Year"].as_str(), line["Period"].as_str()),
            ("2024", "12")
        );
        assert_eq!(line["Entered_By"], journal["actor"].as_str().unwrap());
        let entered = format!("{}T{}", line["Entered_Date"], line["Entered_Time"]);
        assert!(
            journal["recorded_at"]
                .as_str()
                .unwrap()
                .starts_with(&entered)
        );
    }
    world.finish().await;
}

/// `1250,00` in hundredths.
fn with_comma(figure: &str) -> i64 {
    assert!(!figure.contains('.'), "{figure}");
    hundredths(&figure.replace(',', "."))
}

/// The columns of article A47 A-1.
const FEC: &str = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|\
CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|\
Montantdevise|Idevise";

#[tokio::test(flavor = "multi_thread")]
async fn a_fec_has_its_columns_numbers_without_gaps_and_balances_entry_by_entry() {
    let world = World::new().await;
    let id = moved(&world).await;
    let text = export(&world, &id, "fec.txt", "text/plain").await;
    let rows = text.strip_suffix("\r\n").unwrap().split("\r\n");
    let rows = rows.map(|row| row.split('\t').map(str::to_owned).collect());
    let (header, rows) = by_name(rows.collect());
    assert_eq!(header.join("|"), FEC);
    let mut entries: BTreeMap<(i64, String), (i64, i64)> = BTreeMap::new();
    let mut accounts: Figures = Figures::new();
    let mut last = 0;
    for row in &rows {
        let number: i64 = row["EcritureNum"].parse().unwrap();
        assert!(
            number == last || number == last + 1,
            "{number} after {last}"
        );
        last = number;
        for day in ["EcritureDate", "PieceDate", "ValidDate"] {
            let digits = row[day].bytes().all(|b| b.is_ascii_digit());
            assert!(digits && row[day].len() == 8, "{row:?}");
        }
        for stated in [
            "JournalCode",
            "JournalLib",
            "CompteNum",
            "CompteLib",
            "PieceRef",
            "EcritureLib",
        ] {
            assert!(!row[stated].is_empty(), "{stated}: {row:?}");
        }
        assert_eq!(row["CompAuxNum"].is_empty(), row["CompAuxLib"].is_empty());
        let (debit, credit) = (with_comma(&row["Debit"]), with_comma(&row["Credit"]));
        assert!(
            (debit == 0) != (credit == 0) && debit >= 0 && credit >= 0,
            "{row:?}"
        );
        let unit = match row["Idevise"].as_str() {
            "" => "USD",
            other => {
                assert_eq!(with_comma(&row["Montantdevise"]), debit - credit);
                other
            }
        };
        let entry = entries.entry((number, unit.to_owned())).or_default();
        *entry = (entry.0 + debit, entry.1 + credit);
        let account = (row["CompteNum"].clone(), unit.to_owned());
        *accounts.entry(account).or_default() += debit - credit;
    }
    let journals = world.database.number("SELECT count(*) FROM journals").await;
    assert_eq!(last, journals);
    assert!(
        entries.values().all(|(debit, credit)| debit == credit),
        "{entries:?}"
    );
    assert_eq!(accounts, by_code(&world, &id).await);
    let said = &rows.last().unwrap()["EcritureLib"];
    assert_eq!(said, &format!("'{REASON}"));
    world.finish().await;
}

/// What the accounts of each code and unit come to, as the ledger's own trial balance has it.
async fn by_code(world: &World, pledge: &str) -> Figures {
    let at = format!("/v1/trial-balance?pledge_id={pledge}");
    let told = world.auditor().get(&at).await.expect(200);
    let mut figures = Figures::new();
    for unit in told["units"].as_array().unwrap() {
        for row in unit["rows"].as_array().unwrap() {
            let figure = |of: &str| hundredths(row[of].as_str().unwrap());
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            let at = (text(&row["code"]), text(&unit["unit"]));
            figures.insert(at, figure("debits") - figure("credits"));
        }
    }
    figures
}
