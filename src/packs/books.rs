//! The books, kept again from the leaves: journal by journal, account by account.

use std::collections::BTreeMap;

use super::claims::{Leaf, Side};
use super::{Totals, UnitTotal};
use crate::domain::Code;
use crate::domain::chart;
use crate::domain::money::{format_minor, minor_of as minor};

/// An account as the leaves tell it.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    pub(super) unit: String,
    pub(super) code: String,
    pub(super) debits: i64,
    pub(super) credits: i64,
    /// Its entries, by their gapless numbers.
    pub(super) entries: Vec<Entry>,
}

impl Account {
    /// The side on which its balance is positive.
    pub(super) fn normal_side(&self) -> Option<chart::Side> {
        side_of(&self.code)
    }
}

/// One entry of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) journal: String,
    pub(super) journal_number: i64,
    pub(super) day: String,
    pub(super) is_debit: bool,
    pub(super) amount: i64,
}

/// The books of a pledge.
#[derive(Debug, Default)]
pub struct Books {
    pub(super) accounts: BTreeMap<String, Account>,
    /// What was posted by unit, with as many digits as the unit has.
    posted: BTreeMap<String, (i64, u32)>,
    journals: i64,
    transfers: i64,
    journal_numbers: i64,
}

fn side_of(code: &str) -> Option<chart::Side> {
    Code::parse(code).map(Code::side)
}

impl Books {
    /// How many journals were posted.
    pub fn journals(&self) -> i64 {
        self.journals
    }

    /// Posts a leaf of that pledge, or says what of it doesn't follow from those before.
    pub fn read(&mut self, leaf: &[u8], pledge: &str) -> Result<(), String> {
        let leaf: Leaf = serde_json::from_slice(leaf).map_err(|error| error.to_string())?;
        self.post(&leaf, pledge)
    }

    /// What they come to, with so many statements beside them.
    pub fn totals(&self, statements: i64) -> Totals {
        let posted = self
            .posted
            .iter()
            .map(|(unit, (amount, digits))| UnitTotal {
                unit: unit.clone(),
                amount: format_minor(*amount, *digits),
            });
        Totals {
            journals: self.journals,
            transfers: self.transfers,
            journal_numbers: self.journal_numbers,
            accounts: i64::try_from(self.accounts.len()).unwrap_or(i64::MAX),
            statements,
            posted: posted.collect(),
        }
    }

    /// Posts a journal, or says what of it doesn't follow from those before.
    fn post(&mut self, leaf: &Leaf, pledge: &str) -> Result<(), String> {
        let number = self.journals + 1;
        if leaf.number != number {
            let found = leaf.number;
            return Err(format!("journal {number} isn't there: {found} follows"));
        }
        if leaf.pledge != pledge {
            return Err(format!("journal {number} is of another pledge"));
        }
        for transfer in &leaf.transfers {
            let amount = minor(&transfer.amount).filter(|amount| *amount > 0);
            let amount = amount.ok_or_else(|| format!("journal {number} has a broken amount"))?;
            for (side, is_debit) in [(&transfer.debit, true), (&transfer.credit, false)] {
                self.enter(leaf, side, (&transfer.unit, amount, is_debit))?;
            }
            let fraction = transfer.amount.split_once('.').map_or(0, |it| it.1.len());
            let posted = self.posted.entry(transfer.unit.clone()).or_default();
            *posted = (posted.0 + amount, u32::try_from(fraction).unwrap_or(0));
            self.transfers += 1;
        }
        self.journals = number;
        self.journal_numbers += number;
        Ok(())
    }

    fn enter(
        &mut self,
        leaf: &Leaf,
        side: &Side,
        (unit, amount, is_debit): (&str, i64, bool),
    ) -> Result<(), String> {
        let (number, id) = (leaf.number, &side.account);
        let normal = side_of(&side.code).ok_or_else(|| format!("{id} has no known code"))?;
        let account = self.accounts.entry(id.clone()).or_default();
        if account.entries.is_empty() {
            (account.unit, account.code) = (unit.to_owned(), side.code.clone());
        }
        if account.unit != unit || account.code != side.code {
            return Err(format!(
                "journal {number} posts to {id} as if it were another account"
            ));
        }
        let seq = account.entries.len() as i64 + 1;
        if side.seq != seq {
            let found = side.seq;
            return Err(format!("entry {seq} of {id} isn't there: {found} follows"));
        }
        match is_debit {
            true => account.debits += amount,
            false => account.credits += amount,
        }
        let balance = normal.balance(account.debits, account.credits);
        if minor(&side.balance) != Some(balance) {
            return Err(format!("entry {seq} of {id} doesn't carry its balance on"));
        }
        account.entries.push(Entry {
            journal: leaf.id.clone(),
            journal_number: number,
            day: leaf.effective_date.clone(),
            is_debit,
            amount,
        });
        Ok(())
    }
}
