//! The ledger for beancount.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Figures, REASON, export, hundredths, ledgers, moved};
use crate::harness::World;

/// What a ledger in beancount's language comes to.
#[derive(Debug, Default)]
struct Read {
    opened: BTreeMap<String, Vec<String>>,
    transactions: Vec<String>,
    sums: Figures,
    asserted: Figures,
    asserted_on: String,
}

/// A component of an account's name, or a currency, as beancount's grammar has them.
fn is_a_name(text: &str, others: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

impl Read {
    fn of(text: &str) -> Self {
        let mut read = Read::default();
        let mut open: BTreeMap<String, i64> = BTreeMap::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [_, "open", account, units, ..] if !line.starts_with(' ') => {
                    assert!(
                        account.split(':').all(|part| is_a_name(part, "-")),
                        "{account}"
                    );
                    let units = units.split(',').map(str::to_owned);
                    read.opened.insert((*account).to_owned(), units.collect());
                }
                [_, "commodity", unit] => assert!(unit.len() <= 24 && is_a_name(unit, ".")),
                [day, "balance", account, figure, unit] => {
                    let at = ((*account).to_owned(), (*unit).to_owned());
                    let again = read.asserted.insert(at, hundredths(figure));
                    assert_eq!(again, None, "{line}");
                    read.asserted_on = (*day).to_owned();
                }
                [_, "*", ..] => {
                    assert!(
                        open.values().all(|sum| *sum == 0),
                        "before {line}: {open:?}"
                    );
                    open.clear();
                    read.transactions.push(line.to_owned());
                }
                [account, figure, unit] if line.starts_with("  ") && !account.ends_with(':') => {
                    assert!(read.opened[*account].iter().any(|it| it == unit), "{line}");
                    let minor = hundredths(figure);
                    *open.entry((*unit).to_owned()).or_default() += minor;
                    let at = ((*account).to_owned(), (*unit).to_owned());
                    *read.sums.entry(at).or_default() += minor;
                }
                _ => {}
            }
        }
        assert!(open.values().all(|sum| *sum == 0), "{open:?}");
        read
    }
}

/// The names the writer states for an account: read back from its JSON.
fn name(account: &Value) -> (String, String) {
    let text = |of: &str| account[of].as_str().map(str::to_owned);
    let code = text("code").unwrap();
    let root = match &code[..1] {
        "1" => "Assets",
        "2" => "Liabilities",
        "3" => "Equity",
        "4" => "Income",
        _ => "Expenses",
    };
    let id = |of: &str| text(of).map(|it| it[..1].to_uppercase() + &it[1..].replace('_', "-"));
    let parts = [
        text("market"),
        id("creator_id"),
        id("instalment_id"),
        id("lot_id"),
    ];
    let mut name = format!("{root}:{code}");
    for part in parts.into_iter().flatten() {
        name = format!("{name}:{part}");
    }
    (name, text("unit").unwrap().replace(':', "."))
}

#[tokio::test(flavor = "multi_thread")]
async fn beancount_is_given_every_account_every_journal_and_every_balance() {
    let world = World::new().await;
    let id = moved(&world).await;
    let text = export(&world, &id, "journal.beancount", "text/plain").await;
    assert!(text.contains("\noption \"tolerance_multiplier\" \"0\"\n"));
    let read = Read::of(&text);
    let ledgers = ledgers(&world, &id, name).await;
    assert!(ledgers.len() > 8 && ledgers.keys().any(|(_, unit)| unit == "ADC.TIKTOK.USD"));
    assert_eq!(read.asserted, ledgers);
    assert_eq!(read.sums, ledgers);
    assert_eq!(read.asserted_on, "2024-12-04");
    let journals = world.database.number("SELECT count(*) FROM journals").await;
    assert_eq!(i64::try_from(read.transactions.len()).unwrap(), journals);
    let released = read.transactions.last().unwrap();
    let said = REASON.replace('\\', "\\\\").replace('"', "\\\"");
    let begins = format!("2024-12-03 * \"release\" \"{said}\" ^jnl_");
    assert!(released.starts_with(&begins), "{released}");
    world.finish().await;
}
