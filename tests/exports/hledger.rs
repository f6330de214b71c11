//! The journal for hledger.

use std::collections::BTreeMap;

use super::export;
use crate::harness::World;

/// An amount in hundredths and its commodity: `700000.00 USD`, `5.00 "ADC:TIKTOK:USD"`.
fn amount(text: &str) -> (i64, String) {
    let (figure, commodity) = text.split_once(' ').unwrap();
    let negative = figure.starts_with('-');
    let (whole, cents) = figure.trim_start_matches('-').split_once('.').unwrap();
    let minor = whole.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap();
    let sign = if negative { -1 } else { 1 };
    (sign * minor, commodity.trim_matches('"').to_owned())
}

/// What a journal in plain-text accounting comes to.
#[derive(Debug, Default)]
struct Read {
    declared: Vec<String>,
    transactions: usize,
    sums: BTreeMap<(String, String), i64>,
    asserted: BTreeMap<(String, String), i64>,
}

fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut open: BTreeMap<String, i64> = BTreeMap::new();
    for line in text.lines() {
        if let Some(account) = line.strip_prefix("account ") {
            read.declared
                .push(account.split("  ").next().unwrap().to_owned());
        } else if line.starts_with(|c: char| c.is_ascii_digit()) {
            assert!(
                open.values().all(|sum| *sum == 0),
                "before {line}: {open:?}"
            );
            open.clear();
            read.transactions += 1;
        } else if let Some(posting) = line.strip_prefix("    ").filter(|it| !it.starts_with(';')) {
            let (account, rest) = posting.split_once("  ").unwrap();
            assert!(read.declared.iter().any(|it| it == account), "{account}");
            let (moved, asserted) = rest.split_once(" = ").unwrap_or((rest, ""));
            let (minor, commodity) = amount(moved);
            *open.entry(commodity.clone()).or_default() += minor;
            let at = (account.to_owned(), commodity);
            *read.sums.entry(at.clone()).or_default() += minor;
            if !asserted.is_empty() {
                let (balance, of) = amount(asserted);
                assert_eq!(of, at.1);
                read.asserted.insert(at, balance);
            }
        }
    }
    assert!(open.values().all(|sum| *sum == 0), "{open:?}");
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exported_journal_adds_up_to_every_balance_of_the_ledger() {
    let world = World::new().await;
    let id = super::moved(&world).await;
    let text = export(&world, &id, "journal.hledger", "text/plain").await;
    let read = read(&text);
    assert_eq!(read.sums, read.asserted);
    let journals = world.database.number("SELECT count(*) FROM journals").await;
    // And the last, which asserts.
    assert_eq!(i64::try_from(read.transactions).unwrap(), journals + 1);
    let accounts = world.database.number("SELECT count(*) FROM accounts").await;
    assert_eq!(i64::try_from(read.asserted.len()).unwrap(), accounts);
    let bank = ("assets:1010".to_owned(), "USD".to_owned());
    let bank = read.asserted[&bank];
    let ledgers = world.account(&id, "code=1010&unit=USD").await;
    assert_eq!(
        amount(&format!("{} USD", ledgers["balance"].as_str().unwrap())).0,
        bank
    );
    world.finish().await;
}
