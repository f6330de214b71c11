//! A working copy of the accounts an import moves, so that each of its rows is judged after those
//! before it.

use foldhash::HashMap;
use time::Date;
use uuid::Uuid;

use crate::domain::account::{Account, AccountKey};
use crate::domain::books::PledgeBook;
use crate::domain::chart::Side;
use crate::domain::hold::HoldChange;
use crate::domain::id::AccountId;
use crate::domain::money::Money;
use crate::domain::refusal::{Refusal, Shortage};

/// The accounts as they are after the rows so far, and what these changed of holds.
pub(super) struct Sheet<'a> {
    book: &'a PledgeBook,
    accounts: HashMap<AccountKey, Account>,
    holds: HashMap<(Uuid, AccountKey), i64>,
}

fn takable(account: &Account, key: &AccountKey, own: i64, day: Date) -> i64 {
    let free = key.code.side().balance(account.debits, account.credits) - account.held + own;
    free.min(account.least_from(key.code, day).0)
}

impl<'a> Sheet<'a> {
    pub(super) fn new(book: &'a PledgeBook) -> Self {
        Sheet {
            book,
            accounts: HashMap::default(),
            holds: HashMap::default(),
        }
    }

    fn account(&mut self, key: &AccountKey) -> &mut Account {
        let book = self.book;
        if !self.accounts.contains_key(key) {
            let known = book.account(key).cloned();
            let empty = || Account::open(0, AccountId(Uuid::nil()));
            let account = known.unwrap_or_else(empty);
            self.accounts.insert(key.clone(), account);
        }
        self.accounts
            .entry(key.clone())
            .or_insert_with(|| Account::open(0, AccountId(Uuid::nil())))
    }

    /// What the account can give on `day`, if `own` of what is held on it may be taken too.
    pub(super) fn takable(&mut self, key: &AccountKey, own: i64, day: Date) -> i64 {
        takable(self.account(key), key, own, day)
    }

    /// The same, had the account gained so much on these days.
    pub(super) fn takable_with(
        &mut self,
        key: &AccountKey,
        own: i64,
        day: Date,
        gains: &[(Date, i64)],
    ) -> i64 {
        let mut account = self.account(key).clone();
        for (on, minor) in gains {
            let figures = account.days.entry(*on).or_insert((0, 0));
            match key.code.side() {
                Side::Debit => {
                    (figures.0, account.debits) = (figures.0 + minor, account.debits + minor)
                }
                Side::Credit => {
                    (figures.1, account.credits) = (figures.1 + minor, account.credits + minor)
                }
            }
        }
        takable(&account, key, own, day)
    }

    /// Whether the account can give `requested` on `day`, as [`Sheet::takable`] has it.
    pub(super) fn require(
        &mut self,
        key: &AccountKey,
        requested: i64,
        own: i64,
        day: Date,
    ) -> Result<(), Refusal> {
        let available = self.takable(key, own, day);
        match requested <= available.max(0) {
            true => Ok(()),
            false => Err(self.shortage(key, available, requested)),
        }
    }

    /// Whether the account's cumulative figures stay in range if so much more is moved.
    pub(super) fn require_range(&mut self, key: &AccountKey, minor: i64) -> Result<(), Refusal> {
        let account = self.account(key);
        let figures = account.debits.max(account.credits);
        match figures.checked_add(minor) {
            Some(figure) if figure <= i64::MAX - i64::MAX / 1000 => Ok(()),
            _ => Err(Refusal::BeyondRange(Box::new(key.clone()))),
        }
    }

    /// A lack of funds, with its arithmetic.
    pub(super) fn shortage(&self, key: &AccountKey, available: i64, requested: i64) -> Refusal {
        let money = |minor| Money::from_minor(minor, key.unit.clone());
        Refusal::InsufficientFunds(Box::new(Shortage {
            key: key.clone(),
            account: self.book.account(key).map(|account| account.id),
            available: money(available.max(0)),
            requested: money(requested),
        }))
    }

    /// Moves an amount that was found to be there.
    pub(super) fn post(&mut self, debit: &AccountKey, credit: &AccountKey, minor: i64, day: Date) {
        for (key, side) in [(debit, Side::Debit), (credit, Side::Credit)] {
            let account = self.account(key);
            let figures = account.days.entry(day).or_insert((0, 0));
            match side {
                Side::Debit => {
                    figures.0 += minor;
                    account.debits += minor;
                }
                Side::Credit => {
                    figures.1 += minor;
                    account.credits += minor;
                }
            }
        }
    }

    /// Holds more for a subject on an account, or less.
    pub(super) fn hold(&mut self, subject: Uuid, key: &AccountKey, change: i64) {
        self.account(key).held += change;
        *self.holds.entry((subject, key.clone())).or_default() += change;
    }

    /// The holds as they are to be, those that changed.
    pub(super) fn hold_changes(self) -> Vec<HoldChange> {
        let book = self.book;
        let changed = self.holds.into_iter().filter(|(_, change)| *change != 0);
        let changes = changed.map(|((subject, key), change)| HoldChange {
            subject,
            amount: book.held(subject, &key) + change,
            key,
            expires_on: None,
        });
        let mut changes: Vec<HoldChange> = changes.collect();
        changes.sort_by_cached_key(|change| (change.subject, change.key.address()));
        changes
    }
}
