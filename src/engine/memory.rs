//! What a lane remembers from batch to batch, so that it need not ask the database again.
//!
//! A creator's market never changes, nor do a campaign's terms. Accounts do, but only with a
//! journal of their pledge or a change of its holds: they are as they were left while the pledge,
//! once its row is locked, has as many of both as then.
//! That is asked anew in every batch, as another service may have posted in between. Were something
//! remembered wrongly all the same, the database would refuse the batch, as it checks each transfer
//! against the accounts; then everything is forgotten and the commands are carried out afresh.

use foldhash::{HashMap, HashSet};

use crate::domain::account::{Account, AccountKey};
use crate::domain::books::Books;
use crate::domain::command::CampaignName;
use crate::domain::spend::Campaign;
use crate::domain::{CreatorId, Market, Needs, PledgeId};

/// How many creators, campaigns, and accounts each are remembered before all are forgotten: some
/// tens of megabytes.
const REMEMBERED: usize = 65_536;

/// The accounts of a pledge as they were after so many journals and changes of holds.
#[derive(Debug, Default)]
struct Left {
    version: (i64, i64),
    accounts: HashMap<AccountKey, Account>,
}

/// What a lane remembers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    creators: HashMap<CreatorId, Market>,
    campaigns: HashMap<CampaignName, Campaign>,
    pledges: HashMap<PledgeId, Left>,
    accounts: usize,
}

/// Accounts that need not be looked up, if their pledges are as they were left.
pub(super) type Remembered = HashSet<(PledgeId, AccountKey)>;

impl Memory {
    /// Enters the creators that are needed and remembered in the books. Whether there were any.
    pub(super) fn recall_creators(&self, needs: &Needs, books: &mut Books) -> bool {
        let known = needs.creators.iter();
        let known = known.filter_map(|id| Some((*id, Some(*self.creators.get(id)?))));
        books.creators.extend(known);
        !books.creators.is_empty()
    }

    /// Keeps what was read of these creators. One that isn't there may be enrolled later.
    pub(super) fn keep_creators(&mut self, asked: Vec<CreatorId>, books: &Books) {
        if self.creators.len() + asked.len() > REMEMBERED {
            self.creators.clear();
        }
        let found = asked.into_iter();
        let found = found.filter_map(|id| Some((id, books.creators.get(&id).copied().flatten()?)));
        self.creators.extend(found);
    }

    /// Enters the campaigns that are needed and remembered in the books. Whether there were any.
    pub(super) fn recall_campaigns(&self, needs: &Needs, books: &mut Books) -> bool {
        let known = needs.campaigns.iter();
        let known =
            known.filter_map(|it| Some((it.clone(), Some(self.campaigns.get(it)?.clone()))));
        books.campaigns.extend(known);
        !books.campaigns.is_empty()
    }

    /// Keeps what was read of these campaigns. One that isn't there may be begun later.
    pub(super) fn keep_campaigns(&mut self, asked: Vec<CampaignName>, books: &Books) {
        if self.campaigns.len() + asked.len() > REMEMBERED {
            self.campaigns.clear();
        }
        let found = |name: &CampaignName| books.campaigns.get(name).cloned().flatten();
        let found = asked
            .into_iter()
            .filter_map(|name| Some((found(&name)?, name)));
        self.campaigns
            .extend(found.map(|(campaign, name)| (name, campaign)));
    }

    /// Takes the accounts that are remembered out of what is needed.
    pub(super) fn spare(&self, needs: &mut Needs) -> Remembered {
        let remembers = |(pledge, key): &(PledgeId, AccountKey)| {
            let left = self.pledges.get(pledge);
            left.is_some_and(|left| left.accounts.contains_key(key))
        };
        let (remembered, unknown) = needs.accounts.drain().partition(remembers);
        needs.accounts = unknown;
        remembered
    }

    /// Enters remembered accounts in the books of pledges that are locked and as they were left.
    /// Others are forgotten, and their accounts remain to be looked up.
    pub(super) fn recall_accounts(&mut self, remembered: Remembered, books: &mut Books) {
        for (id, book) in &books.pledges {
            let version = book.as_ref().map(|it| (it.journals, it.hold_changes));
            if let Some(left) = self.pledges.get(id)
                && Some(left.version) != version
            {
                self.accounts -= left.accounts.len();
                self.pledges.remove(id);
            }
        }
        for (pledge, key) in remembered {
            if let Some(left) = self.pledges.get(&pledge)
                && let Some(account) = left.accounts.get(&key)
                && let Some(Some(book)) = books.pledges.get_mut(&pledge)
            {
                book.accounts.insert(key, Some(account.clone()));
            }
        }
    }

    /// Keeps the accounts of a batch that was committed, as if they had just been read.
    pub(super) fn keep_accounts(&mut self, books: Books) {
        if self.accounts > REMEMBERED {
            self.forget_accounts();
        }
        for (id, book) in books.pledges {
            let Some(book) = book else { continue };
            let left = self.pledges.entry(id).or_default();
            self.accounts -= left.accounts.len();
            left.version = (book.journals, book.hold_changes);
            let opened = book.accounts.into_iter();
            left.accounts
                .extend(opened.filter_map(|(key, account)| Some((key, account?.without_days()))));
            self.accounts += left.accounts.len();
        }
    }

    /// Forgets all accounts.
    pub(super) fn forget_accounts(&mut self) {
        self.pledges.clear();
        self.accounts = 0;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::books::PledgeBook;
    use crate::domain::chart::Code;
    use crate::domain::pledge::{Pledge, PledgeState};
    use crate::domain::unit::{Unit, UnitFacts, UnitKind};
    use crate::domain::{AccountId, Money};
    use time::OffsetDateTime;
    use time::macros::date;
    use uuid::Uuid;

    const PLEDGE: PledgeId = PledgeId(Uuid::from_u128(1));

    fn usd() -> Unit {
        Unit::new(UnitFacts {
            code: "USD".to_owned(),
            kind: UnitKind::Cash,
            minor_digits: 2,
            currency: "USD".to_owned(),
            platform: None,
            name: "US dollar".to_owned(),
        })
    }

    fn bank() -> AccountKey {
        AccountKey::plain(Code::Bank, &usd())
    }

    /// A pledge that has so many journals.
    fn books(journals: i64) -> Books {
        let pledge = Pledge {
            id: PLEDGE,
            reference: "FIDES".to_owned(),
            donor: "Donor".to_owned(),
            recipient: "Recipient".to_owned(),
            purpose: "Purpose".to_owned(),
            total: Money::from_minor(5, usd()),
            split: Vec::new(),
            markets: Vec::new(),
            exchange_differences: Default::default(),
            state: PledgeState::Active,
            agreed_on: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        let mut books = Books::default();
        let book = PledgeBook::new(pledge, journals, None);
        books.pledges.insert(PLEDGE, Some(book));
        books
    }

    /// A memory of a bank account with 7 in it, from after the pledge's third journal.
    fn memory() -> Memory {
        let mut committed = books(3);
        let book = committed.pledges.get_mut(&PLEDGE).unwrap().as_mut();
        let mut account = Account::open(1, AccountId(Uuid::from_u128(2)));
        (account.debits, account.last_day) = (7, Some(date!(2026 - 01 - 02)));
        account.days.insert(date!(2026 - 01 - 02), (7, 0));
        book.unwrap().accounts.insert(bank(), Some(account));
        let mut memory = Memory::default();
        memory.keep_accounts(committed);
        memory
    }

    fn needs() -> Needs {
        let mut needs = Needs::default();
        needs.accounts.insert((PLEDGE, bank()));
        needs
    }

    #[test]
    fn an_account_is_remembered_while_nobody_else_has_posted() {
        let (mut memory, mut needs, mut books) = (memory(), needs(), books(3));
        let remembered = memory.spare(&mut needs);
        assert!(needs.is_empty());
        memory.recall_accounts(remembered, &mut books);
        let book = books.pledge(PLEDGE).unwrap();
        let account = book.account(&bank()).unwrap();
        assert_eq!(account.debits, 7);
        assert!(account.days.is_empty());
        assert_eq!(account.days_known_after, Some(date!(2026 - 01 - 02)));
    }

    #[test]
    fn an_account_of_a_pledge_in_which_somebody_has_posted_is_looked_up_again() {
        let (mut memory, mut first, mut books) = (memory(), needs(), books(4));
        let remembered = memory.spare(&mut first);
        memory.recall_accounts(remembered, &mut books);
        assert!(books.pledge(PLEDGE).unwrap().accounts.is_empty());
        let mut again = needs();
        assert!(memory.spare(&mut again).is_empty());
        assert!(!again.is_empty());
        assert_eq!(memory.accounts, 0);
    }

    #[test]
    fn an_account_of_a_pledge_in_which_something_was_held_is_looked_up_again() {
        let (mut memory, mut first, mut books) = (memory(), needs(), books(3));
        let book = books.pledges.get_mut(&PLEDGE).unwrap().as_mut();
        book.unwrap().hold_changes = 1;
        let remembered = memory.spare(&mut first);
        memory.recall_accounts(remembered, &mut books);
        assert!(books.pledge(PLEDGE).unwrap().accounts.is_empty());
    }

    #[test]
    fn what_is_forgotten_is_looked_up_again() {
        let (mut memory, mut needs) = (memory(), needs());
        assert_eq!(memory.accounts, 1);
        memory.forget_accounts();
        assert!(memory.spare(&mut needs).is_empty());
        assert!(!needs.is_empty());
    }
}
