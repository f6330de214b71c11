//! A pledge with its accounts, as one batch sees it.

use std::collections::BTreeMap;

use foldhash::HashMap;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::Posting;
use crate::domain::account::{Account, AccountKey};
use crate::domain::approval::Limit;
use crate::domain::chart::{Code, Side};
use crate::domain::hold::{Hold, HoldChange};
use crate::domain::id::{AccountId, InstalmentId};
use crate::domain::journal::{Draft, Journal, Leg, Transfer};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::period::Closed;
use crate::domain::pledge::{Instalment, Pledge, PledgeState};
use crate::domain::refusal::{Refusal, Shortage};
use crate::domain::unit::Unit;

/// What an account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its address.
    pub address: String,
    /// Its code.
    pub code: Code,
    /// What it counts.
    pub unit: Unit,
    /// Its market, if it has one.
    pub market: Option<Market>,
    /// Its balance on its normal side, in minor digits.
    pub balance: i64,
}

/// A pledge with its accounts.
#[derive(Debug)]
pub struct PledgeBook {
    /// The pledge.
    pub pledge: Pledge,
    /// Its accounts with something in them as the batch found them, once asked for.
    pub standing: Option<Vec<Standing>>,
    /// Above what its actions need approval, in the order that was stated.
    pub limits: Vec<Limit>,
    /// Up to which days its months are closed.
    pub closed: Closed,
    /// Its instalments, once asked for, in the order they were pledged.
    pub instalments: Option<Vec<Instalment>>,
    /// The number of its last journal.
    pub journals: i64,
    /// When that was recorded.
    pub last_recorded_at: Option<OffsetDateTime>,
    /// How often its holds were changed.
    pub hold_changes: i64,
    /// The highest account number, once accounts were loaded.
    pub last_account: i32,
    /// What is held for subjects that were asked for.
    pub holds: HashMap<Uuid, Vec<Hold>>,
    /// Accounts looked up; those not yet opened are `None`.
    pub accounts: HashMap<AccountKey, Option<Account>>,
}

impl PledgeBook {
    /// A pledge as it was when its row was locked.
    pub fn new(pledge: Pledge, journals: i64, last_recorded_at: Option<OffsetDateTime>) -> Self {
        PledgeBook {
            pledge,
            standing: None,
            limits: Vec::new(),
            closed: Closed::default(),
            instalments: None,
            journals,
            last_recorded_at,
            hold_changes: 0,
            last_account: 0,
            holds: HashMap::default(),
            accounts: HashMap::default(),
        }
    }

    /// An account that exists.
    pub fn account(&self, key: &AccountKey) -> Option<&Account> {
        self.accounts.get(key).and_then(Option::as_ref)
    }

    /// What an account has now, holds included, in minor digits; nothing if it was never opened.
    pub fn balance(&self, key: &AccountKey) -> i64 {
        self.account(key)
            .map_or(0, |a| key.code.side().balance(a.debits, a.credits))
    }

    /// One of the loaded instalments.
    pub fn instalment(&self, id: InstalmentId) -> Option<&Instalment> {
        self.instalments
            .as_ref()?
            .iter()
            .find(|instalment| instalment.id == id)
    }

    /// What all its accounts have now, once that was asked for: as the batch found them, or as its
    /// commands left them.
    pub fn standing(&self) -> Vec<Standing> {
        let mut all: BTreeMap<String, Standing> = BTreeMap::new();
        for found in self.standing.iter().flatten() {
            all.insert(found.address.clone(), found.clone());
        }
        for key in self.accounts.keys() {
            let address = key.address();
            let now = Standing {
                address: address.clone(),
                code: key.code,
                unit: key.unit.clone(),
                market: key.market,
                balance: self.balance(key),
            };
            all.insert(address, now);
        }
        all.into_values().collect()
    }

    /// What an account has that nothing is waiting for.
    pub fn available(&self, key: &AccountKey) -> i64 {
        self.balance(key) - self.account(key).map_or(0, |account| account.held)
    }

    /// What an account had at the end of a day, once every day after that is known.
    pub fn closing_on(&self, key: &AccountKey, day: Date) -> i64 {
        let since = self.account(key).into_iter().flat_map(|it| &it.days);
        let since = since.filter(|(later, _)| **later > day);
        let later: i64 = since
            .map(|(_, (debits, credits))| key.code.side().balance(*debits, *credits))
            .sum();
        self.balance(key) - later
    }

    /// What is held on an account for a subject that was asked for.
    pub fn held(&self, subject: Uuid, key: &AccountKey) -> i64 {
        let holds = self.holds.get(&subject).into_iter().flatten();
        let address = key.address();
        let own = holds.filter(|hold| hold.address == address);
        own.map(|hold| hold.amount).sum()
    }

    /// Whether every account the draft takes from covers what it takes, now and on every day since
    /// the effective date. The database holds the same rule as `accounts_no_overdraft` and
    /// `account_days_no_overdraft`.
    pub fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        self.check_with(draft, &[])
    }

    /// The same, for a draft that goes with changes of holds: what is let go may be taken, and what
    /// is newly held has to be there.
    pub fn check_with(&self, draft: &Draft, holds: &[HoldChange]) -> Result<(), Refusal> {
        match self.pledge.state {
            PledgeState::Announced
            | PledgeState::Agreed
            | PledgeState::Active
            | PledgeState::Closing => {}
            state @ (PledgeState::Closed | PledgeState::Cancelled) => {
                return Err(Refusal::WrongState {
                    what: "pledge",
                    state: state.as_str(),
                    command: "posting",
                    open: state.open(),
                });
            }
        }
        let mut nets: Vec<(&AccountKey, i64)> = Vec::with_capacity(2 * draft.moves.len());
        let mut count = |key, change| match nets.iter_mut().find(|(known, _)| *known == key) {
            Some((_, net)) => *net += change,
            None => nets.push((key, change)),
        };
        for movement in &draft.moves {
            for (key, side) in [
                (&movement.debit, Side::Debit),
                (&movement.credit, Side::Credit),
            ] {
                let change = if key.code.side() == side {
                    movement.amount
                } else {
                    -movement.amount
                };
                count(key, change);
                self.check_range(key, movement.amount)?;
            }
        }
        let mut changes: Vec<(&AccountKey, i64)> = Vec::with_capacity(holds.len());
        for hold in holds {
            let more = hold.amount - self.held(hold.subject, &hold.key);
            match changes.iter_mut().find(|(known, _)| **known == hold.key) {
                Some((_, sum)) => *sum += more,
                None => changes.push((&hold.key, more)),
            }
            count(&hold.key, 0);
        }
        nets.into_iter()
            .filter(|(key, _)| !key.code.may_overdraw())
            .try_for_each(|(key, net)| {
                let more = changes.iter().find(|(held, _)| *held == key);
                let more = more.map_or(0, |(_, more)| *more);
                self.check_covers(key, -net, more, draft.effective_date)
            })
    }

    fn check_range(&self, key: &AccountKey, amount: i64) -> Result<(), Refusal> {
        // A journal has few moves, so a thousandth of the range is ample distance for all of them.
        let figures = self
            .account(key)
            .map_or(0, |account| account.debits.max(account.credits));
        match figures.checked_add(amount) {
            Some(figure) if figure <= i64::MAX - i64::MAX / 1000 => Ok(()),
            _ => Err(Refusal::BeyondRange(Box::new(key.clone()))),
        }
    }

    /// Whether the account can give `requested`, and `more` be held on it besides.
    fn check_covers(
        &self,
        key: &AccountKey,
        requested: i64,
        more: i64,
        day: Date,
    ) -> Result<(), Refusal> {
        if requested.max(requested + more) <= 0 {
            return Ok(());
        }
        let now = self.available(key);
        let least = self.account(key).map(|it| it.least_from(key.code, day));
        let (throughout, worst) = least.unwrap_or((0, day));
        if now >= requested + more && throughout >= requested {
            return Ok(());
        }
        let money = |minor| Money::from_minor(minor, key.unit.clone());
        let shortage = |available: i64, requested: i64| {
            Box::new(Shortage {
                key: key.clone(),
                account: self.account(key).map(|account| account.id),
                available: money(available.max(0)),
                requested: money(requested),
            })
        };
        if now >= requested + more {
            return Err(Refusal::BackdatedOverdraft {
                from: day,
                day: worst,
                shortage: shortage(throughout, requested),
            });
        }
        Err(Refusal::InsufficientFunds(shortage(now, requested + more)))
    }

    /// The account of a key, opened if it isn't there yet.
    fn open(&mut self, key: &AccountKey, new_id: fn() -> Uuid) -> (bool, &mut Account) {
        let slot = self.accounts.entry(key.clone()).or_insert(None);
        let opened = slot.is_none();
        let last = &mut self.last_account;
        let account = slot.get_or_insert_with(|| {
            *last += 1;
            Account::open(*last, AccountId(new_id()))
        });
        (opened, account)
    }

    fn post_leg(account: &mut Account, code_side: Side, side: Side, amount: i64, day: Date) -> Leg {
        account.entries += 1;
        let figures = account.days.entry(day).or_insert((0, 0));
        let turnover = match side {
            Side::Debit => {
                figures.0 += amount;
                account.debits += amount;
                account.debits
            }
            Side::Credit => {
                figures.1 += amount;
                account.credits += amount;
                account.credits
            }
        };
        account.last_day = account.last_day.max(Some(day));
        Leg {
            account: account.number,
            seq: account.entries,
            balance: code_side.balance(account.debits, account.credits),
            turnover,
        }
    }

    /// Posts a draft that was checked: numbers it and carries its accounts forward.
    pub(super) fn post(&mut self, draft: Draft, posting: &Posting) -> (Journal, Vec<AccountKey>) {
        debug_assert_eq!(draft.out_of_proof(), None, "{draft:?}");
        let mut opened = Vec::new();
        let mut transfers = Vec::with_capacity(draft.moves.len());
        for movement in &draft.moves {
            let mut leg = |key: &AccountKey, side: Side| {
                let (new, account) = self.open(key, posting.new_id);
                if new {
                    opened.push(key.clone());
                }
                let own_side = key.code.side();
                Self::post_leg(
                    account,
                    own_side,
                    side,
                    movement.amount,
                    draft.effective_date,
                )
            };
            let debit = leg(&movement.debit, Side::Debit);
            let credit = leg(&movement.credit, Side::Credit);
            transfers.push(Transfer {
                amount: movement.amount,
                debit,
                credit,
            });
        }
        self.journals += 1;
        let earliest = self
            .last_recorded_at
            .map(|last| last + Duration::microseconds(1));
        let recorded_at = earliest.map_or(posting.now, |earliest| earliest.max(posting.now));
        self.last_recorded_at = Some(recorded_at);
        let journal = Journal {
            id: posting.journal,
            number: self.journals,
            recorded_at,
            actor: posting.actor.to_owned(),
            approval: posting.approval,
            draft,
            transfers,
        };
        (journal, opened)
    }
}
