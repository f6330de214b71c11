//! The part of the ledger one batch works on.
//!
//! Everything a batch's commands need is loaded into a [`Books`] under the pledges' locks; commands
//! decide over it one after the other, each seeing what the earlier ones did; and what changed is
//! then written as a whole. A value looked up and not found is remembered as absent.

use std::collections::HashMap;

use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::account::{Account, AccountKey};
use super::chart::Side;
use super::command::{Decision, Event};
use super::id::{AccountId, AllocationId, CreatorId, InstalmentId, JournalId, PledgeId};
use super::journal::{Draft, Journal, Leg, Transfer};
use super::market::Market;
use super::money::Money;
use super::pledge::{Instalment, Lot, Pledge, PledgeState};
use super::refusal::{Refusal, Shortage};
use super::{Allocation, Creator};

/// What posting needs from outside: the actor, the time and fresh ids.
#[derive(Debug, Clone)]
pub struct Posting<'a> {
    /// Who asked.
    pub actor: &'a str,
    /// The database's clock.
    pub now: OffsetDateTime,
    /// The id the journal will have, if one is posted.
    pub journal: JournalId,
    /// Where ids of accounts opened on the way come from.
    pub new_id: fn() -> Uuid,
}

/// A pledge with its accounts.
#[derive(Debug)]
pub struct PledgeBook {
    /// The pledge.
    pub pledge: Pledge,
    /// Its instalments, once asked for, in the order they were pledged.
    pub instalments: Option<Vec<Instalment>>,
    /// The number of its last journal.
    pub journals: i64,
    /// When that was recorded.
    pub last_recorded_at: Option<OffsetDateTime>,
    /// The highest account number, once accounts were loaded.
    pub last_account: i32,
    /// Accounts looked up; those not yet opened are `None`.
    pub accounts: HashMap<AccountKey, Option<Account>>,
}

impl PledgeBook {
    /// A pledge as it was when its row was locked.
    pub fn new(pledge: Pledge, journals: i64, last_recorded_at: Option<OffsetDateTime>) -> Self {
        PledgeBook {
            pledge,
            instalments: None,
            journals,
            last_recorded_at,
            last_account: 0,
            accounts: HashMap::new(),
        }
    }

    /// An account that exists.
    pub fn account(&self, key: &AccountKey) -> Option<&Account> {
        self.accounts.get(key).and_then(Option::as_ref)
    }

    /// What an account has available now, in minor digits; nothing if it was never opened.
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

    /// Whether every account the draft takes from covers what it takes, now and on every day since
    /// the effective date. The database holds the same rule as `accounts_no_overdraft` and
    /// `account_days_no_overdraft`.
    pub fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        let mut nets: Vec<(&AccountKey, i64)> = Vec::with_capacity(2 * draft.moves.len());
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
                match nets.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, net)) => *net += change,
                    None => nets.push((key, change)),
                }
                self.check_range(key, movement.amount)?;
            }
        }
        nets.into_iter()
            .filter(|(_, net)| *net < 0)
            .try_for_each(|(key, net)| self.check_covers(key, -net, draft.effective_date))
    }

    fn check_range(&self, key: &AccountKey, amount: i64) -> Result<(), Refusal> {
        // A journal has few moves, so a thousandth of the range is ample distance for all of them.
        let figures = self
            .account(key)
            .map_or(0, |account| account.debits.max(account.credits));
        match figures.checked_add(amount) {
            Some(figure) if figure <= i64::MAX - i64::MAX / 1000 => Ok(()),
            _ => Err(Refusal::BeyondRange(key.clone())),
        }
    }

    fn check_covers(&self, key: &AccountKey, requested: i64, day: Date) -> Result<(), Refusal> {
        let now = self.balance(key);
        let throughout = self
            .account(key)
            .map_or(0, |a| a.available_from(key.code, day));
        if throughout >= requested {
            return Ok(());
        }
        let money = |minor| Money::from_minor(minor, key.unit.clone());
        let shortage = |available: i64| Shortage {
            key: key.clone(),
            account: self.account(key).map(|account| account.id),
            available: money(available.max(0)),
            requested: money(requested),
        };
        if now >= requested {
            return Err(Refusal::BackdatedOverdraft {
                day,
                shortage: shortage(throughout),
            });
        }
        Err(Refusal::InsufficientFunds(shortage(now)))
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
    fn post(&mut self, draft: Draft, posting: &Posting) -> (Journal, Vec<AccountKey>) {
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
            draft,
            transfers,
        };
        (journal, opened)
    }
}

/// What a batch is going to write.
#[derive(Debug, Default)]
pub struct Changes {
    /// New pledges with their instalments.
    pub announced: Vec<(Pledge, Vec<Instalment>)>,
    /// Pledges whose state changed.
    pub moved_on: Vec<PledgeId>,
    /// Instalments something happened to.
    pub instalments: Vec<(PledgeId, InstalmentId)>,
    /// New lots.
    pub lots: Vec<Lot>,
    /// New creators.
    pub creators: Vec<Creator>,
    /// Accounts to open.
    pub accounts: Vec<(PledgeId, AccountKey)>,
    /// Journals to post, in order.
    pub journals: Vec<Journal>,
}

/// The part of the ledger one batch works on.
#[derive(Debug, Default)]
pub struct Books {
    /// Pledges, locked.
    pub pledges: HashMap<PledgeId, Option<PledgeBook>>,
    /// Which pledge an instalment belongs to.
    pub instalment_homes: HashMap<InstalmentId, PledgeId>,
    /// Which pledge an allocation belongs to.
    pub allocation_homes: HashMap<AllocationId, PledgeId>,
    /// The markets of creators: all that deciding asks of a creator, and it never changes.
    pub creators: HashMap<CreatorId, Option<Market>>,
    /// Allocations by id.
    pub allocations: HashMap<AllocationId, Option<Allocation>>,
    /// Whether a pledge of that reference exists.
    pub pledge_references: HashMap<String, bool>,
    /// Whether a creator of that reference exists.
    pub creator_references: HashMap<String, bool>,
    /// Whether a receipt on that instalment bears that bank reference.
    pub bank_references: HashMap<(InstalmentId, String), bool>,
    /// What has been decided so far.
    pub changes: Changes,
}

impl Books {
    /// A pledge that exists.
    pub fn pledge(&self, id: PledgeId) -> Result<&PledgeBook, Refusal> {
        self.pledges
            .get(&id)
            .and_then(Option::as_ref)
            .ok_or_else(|| Refusal::NotFound {
                what: "pledge",
                id: id.to_string(),
            })
    }

    /// An instalment that exists, with its pledge.
    pub fn instalment(&self, id: InstalmentId) -> Result<(&PledgeBook, &Instalment), Refusal> {
        let absent = || Refusal::NotFound {
            what: "instalment",
            id: id.to_string(),
        };
        let home = self.instalment_homes.get(&id).ok_or_else(absent)?;
        let book = self.pledge(*home)?;
        book.instalment(id)
            .map(|instalment| (book, instalment))
            .ok_or_else(absent)
    }

    /// An allocation that exists, with its pledge.
    pub fn allocation(&self, id: AllocationId) -> Result<(&PledgeBook, &Allocation), Refusal> {
        let found = self.allocations.get(&id).and_then(Option::as_ref);
        let allocation = found.ok_or_else(|| Refusal::NotFound {
            what: "allocation",
            id: id.to_string(),
        })?;
        Ok((self.pledge(allocation.pledge)?, allocation))
    }

    /// Takes a decision into the books, so that the next command sees it.
    pub fn apply(&mut self, decision: Decision, posting: &Posting) {
        for event in decision.events {
            self.record(event);
        }
        let Some(draft) = decision.draft else { return };
        let pledge = draft.pledge;
        let Some(Some(book)) = self.pledges.get_mut(&pledge) else {
            return;
        };
        if let (Some(instalment), Some(reference)) = (draft.subject, &draft.bank_reference) {
            self.bank_references
                .insert((InstalmentId(instalment), reference.clone()), true);
        }
        let (journal, opened) = book.post(draft, posting);
        self.changes
            .accounts
            .extend(opened.into_iter().map(|key| (pledge, key)));
        self.changes.journals.push(journal);
    }

    fn record(&mut self, event: Event) {
        match event {
            Event::Announced(pledge, instalments) => {
                self.pledge_references
                    .insert(pledge.reference.clone(), true);
                self.changes.announced.push((pledge, instalments));
            }
            Event::Agreed(id, on) => self.move_on(id, PledgeState::Agreed, Some(on)),
            Event::Activated(id) => self.move_on(id, PledgeState::Active, None),
            Event::InstalmentChanged(instalment) => {
                let (pledge, id) = (instalment.pledge, instalment.id);
                let book = self.pledges.get_mut(&pledge).and_then(Option::as_mut);
                let known = book.and_then(|book| book.instalments.as_mut());
                if let Some(slot) =
                    known.and_then(|all| all.iter_mut().find(|known| known.id == id))
                {
                    *slot = instalment;
                }
                if !self.changes.instalments.contains(&(pledge, id)) {
                    self.changes.instalments.push((pledge, id));
                }
            }
            Event::LotIssued(lot) => self.changes.lots.push(lot),
            Event::Enrolled(creator) => {
                self.creator_references
                    .insert(creator.reference.clone(), true);
                self.creators.insert(creator.id, Some(creator.market));
                self.changes.creators.push(creator);
            }
            Event::Allocated(allocation) | Event::Released(allocation) => {
                self.allocations.insert(allocation.id, Some(allocation));
            }
        }
    }

    fn move_on(&mut self, id: PledgeId, state: PledgeState, agreed_on: Option<Date>) {
        let Some(Some(book)) = self.pledges.get_mut(&id) else {
            return;
        };
        book.pledge.state = state;
        book.pledge.agreed_on = agreed_on.or(book.pledge.agreed_on);
        if !self.changes.moved_on.contains(&id) {
            self.changes.moved_on.push(id);
        }
    }
}
