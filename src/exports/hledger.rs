//! A pledge's journal for hledger (<https://hledger.org>, "Journal format").
//!
//! Commodities and accounts are declared first, so that a strict check finds anything that isn't.
//! Each journal is a transaction, numbered as in the ledger, with both sides of each transfer:
//! debits are positive. At the end every account's balance, as the ledger keeps it, is asserted on
//! the day after the last: hledger adds the transactions up itself and finds any difference.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use time::Date;

use crate::db::read::{Account, PostedJournal, PostedSide};
use crate::domain::chart::Side;
use crate::domain::money::format_minor;
use crate::domain::{AccountId, AccountKey, Unit};

/// What an account is called: the class hledger knows, its code, and what it is kept by.
fn name(key: &AccountKey) -> String {
    let code = key.code.as_str();
    let class = match code.as_bytes().first() {
        Some(b'1') => "assets",
        Some(b'2') => "liabilities",
        Some(b'3') => "equity",
        Some(b'4') => "revenues",
        _ => "expenses",
    };
    let kept_by = [
        key.market.map(|it| it.to_string()),
        key.creator.map(|it| it.to_string()),
        key.instalment.map(|it| it.to_string()),
        key.lot.map(|it| it.to_string()),
        key.obligation.map(|it| it.to_string()),
        key.ad_account.map(|it| it.to_string()),
        key.platform.clone(),
    ];
    let mut name = format!("{class}:{code}");
    for part in kept_by.into_iter().flatten() {
        name.push(':');
        name.push_str(&part);
    }
    name
}

/// An amount with its commodity; one that isn't letters alone is quoted.
fn amount(minor: i64, unit: &Unit) -> String {
    let figure = format_minor(minor, unit.minor_digits());
    let code = unit.code();
    match code.bytes().all(|b| b.is_ascii_alphabetic()) {
        true => format!("{figure} {code}"),
        false => format!("{figure} \"{code}\""),
    }
}

/// One line of free text: what would begin another is left out.
fn line(text: &str) -> String {
    text.replace(['\n', '\r', ';', '|'], " ")
}

/// Writes a journal piece by piece: beginning, transactions in order, end.
#[derive(Debug)]
pub struct Writer {
    names: HashMap<AccountId, (String, Unit)>,
    balances: BTreeMap<(String, String), (i64, Unit)>,
    last: Option<Date>,
}

/// A transfer touches an account that wasn't there when the export began: it can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a transfer touches an account that the export doesn't know")]
pub struct UnknownAccount;

impl Writer {
    /// A journal of these accounts, all of them as they stand at its end; writes the beginning.
    pub fn begin(title: &str, accounts: &[Account], out: &mut Vec<u8>) -> Self {
        let mut writer = Writer {
            names: HashMap::with_capacity(accounts.len()),
            balances: BTreeMap::new(),
            last: None,
        };
        let _ = writeln!(out, "; {}\n", line(title));
        let units: BTreeMap<&str, &Unit> = accounts
            .iter()
            .map(|it| (it.key.unit.code(), &it.key.unit))
            .collect();
        for unit in units.values() {
            // A decimal mark is asked for, also where there are no decimals.
            let sample = amount(1000 * 10_i64.pow(unit.minor_digits()), unit);
            let sample = match unit.minor_digits() {
                0 => sample.replacen("1000", "1000.", 1),
                _ => sample,
            };
            let _ = writeln!(out, "commodity {sample}");
        }
        let mut declared: BTreeMap<String, &'static str> = BTreeMap::new();
        for account in accounts {
            let name = name(&account.key);
            declared.insert(name.clone(), account.key.code.name());
            let balance = Side::Debit.balance(account.debits, account.credits);
            let unit = account.key.unit.clone();
            let at = (name.clone(), unit.code().to_owned());
            writer.balances.insert(at, (balance, unit.clone()));
            writer.names.insert(account.id, (name, unit));
        }
        for (name, label) in declared {
            let _ = writeln!(out, "account {name}  ; {label}");
        }
        writer
    }

    /// Writes journals; in the order of their numbers, over all calls.
    pub fn journals(
        &mut self,
        journals: &[PostedJournal],
        out: &mut Vec<u8>,
    ) -> Result<(), UnknownAccount> {
        for journal in journals {
            let (number, kind, day) = (journal.number, journal.kind, journal.effective_date);
            self.last = self.last.max(Some(day));
            let reason = journal.reason.as_deref().unwrap_or_default();
            let said = line(reason);
            let _ = writeln!(out, "\n{day} ({number}) {} {said}", kind.as_str());
            let _ = writeln!(out, "    ; {}", journal.id);
            for transfer in &journal.transfers {
                let (minor, unit) = (transfer.amount.minor(), transfer.amount.unit());
                let debit = self.name(&transfer.debit)?;
                let _ = writeln!(out, "    {debit}  {}", amount(minor, unit));
                let credit = self.name(&transfer.credit)?;
                let _ = writeln!(out, "    {credit}  {}", amount(-minor, unit));
            }
        }
        Ok(())
    }

    fn name(&self, side: &PostedSide) -> Result<&str, UnknownAccount> {
        let id = side.account.ok_or(UnknownAccount)?.id;
        let (name, _) = self.names.get(&id).ok_or(UnknownAccount)?;
        Ok(name)
    }

    /// Writes the end: what every account comes to, asserted on the day after the last.
    pub fn end(&self, out: &mut Vec<u8>) {
        let Some(day) = self.last.and_then(Date::next_day) else {
            return;
        };
        let _ = writeln!(out, "\n{day} (end) balances as the ledger keeps them");
        for ((name, _), (balance, unit)) in &self.balances {
            let _ = writeln!(
                out,
                "    {name}  {} = {}",
                amount(0, unit),
                amount(*balance, unit)
            );
        }
    }
}
