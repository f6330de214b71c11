//! The accounts an export is of, and what is posted to them.

use std::collections::{BTreeMap, HashMap};

use crate::db::read::Account;
use crate::domain::chart::Side;
use crate::domain::{AccountId, AccountKey, Unit};

/// The accounts of a pledge with what each is called, looked up by id. Two accounts of one name
/// differ in their unit.
#[derive(Debug)]
pub(super) struct Books {
    accounts: Vec<Named>,
    places: HashMap<AccountId, usize>,
}

/// An account and what the form calls it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) account: Account,
}

impl Named {
    pub(super) fn unit(&self) -> &Unit {
        &self.account.key.unit
    }

    /// What it came to, in minor digits; debits are positive, whatever its own side.
    pub(super) fn balance(&self) -> i64 {
        Side::Debit.balance(self.account.debits, self.account.credits)
    }
}

/// One side of a transfer: which account, and how much in minor digits; debits are positive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    pub(super) place: usize,
    pub(super) minor: i64,
}

impl Books {
    pub(super) fn new(accounts: Vec<Account>, name: fn(&AccountKey) -> String) -> Self {
        let named = accounts.into_iter().map(|account| Named {
            name: name(&account.key),
            account,
        });
        let mut accounts: Vec<Named> = named.collect();
        accounts.sort_by(|a, b| (&a.name, a.unit()).cmp(&(&b.name, b.unit())));
        let ids = accounts.iter().map(|it| it.account.id);
        let places = ids.zip(0..).collect();
        Books { accounts, places }
    }

    /// Where the account of that id is, if it is there.
    pub(super) fn place(&self, id: AccountId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The account a posting is to.
    pub(super) fn of(&self, posting: &Posting) -> &Named {
        &self.accounts[posting.place]
    }

    /// All accounts, by name and unit.
    pub(super) fn accounts(&self) -> &[Named] {
        &self.accounts
    }

    /// The accounts that share a name, name by name.
    pub(super) fn by_name(&self) -> impl Iterator<Item = &[Named]> {
        self.accounts.chunk_by(|a, b| a.name == b.name)
    }

    /// The units anything is counted in, by code.
    pub(super) fn units(&self) -> impl Iterator<Item = &Unit> {
        let units = self.accounts.iter().map(|it| (it.unit().code(), it.unit()));
        let units: BTreeMap<&str, &Unit> = units.collect();
        units.into_values()
    }
}

/// What an account is kept by, beyond its code and unit: market, creator, instalment, lot,
/// obligation, ad account, platform.
pub(super) fn kept_by(key: &AccountKey) -> [Option<String>; 7] {
    [
        key.market.map(|it| it.to_string()),
        key.creator.map(|it| it.to_string()),
        key.instalment.map(|it| it.to_string()),
        key.lot.map(|it| it.to_string()),
        key.obligation.map(|it| it.to_string()),
        key.ad_account.map(|it| it.to_string()),
        key.platform.clone(),
    ]
}

/// An account's code and what it is kept by: `3130:JP:crt_01a2…`.
pub(super) fn path(key: &AccountKey) -> String {
    let mut path = key.code.as_str().to_owned();
    for part in kept_by(key).into_iter().flatten() {
        path.push(':');
        path.push_str(&part);
    }
    path
}
