//! What a command needs from the ledger before it can decide.

use foldhash::HashSet;
use time::Date;
use uuid::Uuid;

use super::CampaignName;
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook, RegisterNeeds};
use crate::domain::exchange::RateName;
use crate::domain::id::{
    AdAccountId, AllocationId, ApprovalId, CreatorId, JournalId, LotId, ObligationId, PayoutId,
    PledgeId, SpendLineId,
};
use crate::domain::journal::Move;
use crate::domain::market::Market;
use crate::domain::revaluation::RatesWanted;
use crate::domain::spend::SpendLine;
use crate::domain::withholding::Route;

/// A kind of thing that belongs to one pledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// An instalment.
    Instalment,
    /// An allocation.
    Allocation,
    /// A lot of credits.
    Lot,
    /// An obligation.
    Obligation,
    /// An ad account.
    AdAccount,
    /// A journal.
    Journal,
    /// A payout.
    Payout,
    /// A line of spend.
    SpendLine,
    /// A write that waits for somebody else.
    Approval,
}

/// What leads to the pledge a command works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// The pledge itself.
    Pledge(PledgeId),
    /// The pledge of this thing.
    Of(Thing, Uuid),
    /// No pledge's money is involved.
    Registry,
}

/// What a command still needs from the ledger before it can decide.
#[derive(Debug, Default)]
pub struct Needs {
    /// All instalments of these pledges.
    pub instalments_of: HashSet<PledgeId>,
    /// All accounts of these pledges that have something in them.
    pub standing_of: HashSet<PledgeId>,
    /// These creators.
    pub creators: HashSet<CreatorId>,
    /// These creators, as far as their persons are concerned.
    pub persons: HashSet<CreatorId>,
    /// These allocations.
    pub allocations: HashSet<AllocationId>,
    /// These accounts.
    pub accounts: HashSet<(PledgeId, AccountKey)>,
    /// The days of these accounts after that day.
    pub days: Vec<(PledgeId, AccountKey, Date)>,
    /// These obligations.
    pub obligations: HashSet<ObligationId>,
    /// These journals, and what they take back.
    pub journals: HashSet<JournalId>,
    /// These ad accounts.
    pub ad_accounts: HashSet<AdAccountId>,
    /// These lots, with what their end depends on.
    pub lots: HashSet<LotId>,
    /// The lots placed in these ad accounts.
    pub placed: HashSet<(PledgeId, AdAccountId)>,
    /// Campaigns of these names.
    pub campaigns: HashSet<CampaignName>,
    /// Whether these campaigns of ad accounts are paid from an obligation.
    pub paid_campaigns: HashSet<(PledgeId, AdAccountId, String)>,
    /// The latest lines of spend of these campaigns and days.
    pub spend: HashSet<(PledgeId, ObligationId, Date)>,
    /// Which campaigns and days these lines are of.
    pub spend_names: HashSet<(PledgeId, SpendLineId)>,
    /// Whether refunds of these references were recorded on these campaigns' days.
    pub refunds: HashSet<(PledgeId, ObligationId, Date, String)>,
    /// What is held for these subjects.
    pub holds: HashSet<(PledgeId, Uuid)>,
    /// Whether obligations, or ad accounts, of these references exist.
    pub own_references: HashSet<(PledgeId, Thing, String)>,
    /// Whether pledges of these references exist.
    pub pledge_references: HashSet<String>,
    /// Whether creators of these references exist.
    pub creator_references: HashSet<String>,
    /// Whether journals about these subjects bear these references of the bank's.
    pub bank_references: HashSet<(PledgeId, Uuid, String)>,
    /// These payouts.
    pub payouts: HashSet<PayoutId>,
    /// The withholding rules of these routes in force on those days.
    pub withholding_rules: HashSet<(Route, Date)>,
    /// Whether a withholding rule of these routes begins on those days.
    pub withholding_days: HashSet<(Route, Date)>,
    /// The currencies of these markets.
    pub currencies: HashSet<Market>,
    /// What these accounts in other currencies carry in their pledges' own.
    pub carried: HashSet<(PledgeId, AccountKey)>,
    /// What these months look like at their ends.
    pub month_ends: HashSet<(PledgeId, Date)>,
    /// Accounts whose statements so far are asked for, by their pledges and numbers.
    pub statements: HashSet<(PledgeId, i32)>,
    /// What these pledges owe in other currencies as of those days.
    pub open_debts: HashSet<(PledgeId, Date)>,
    /// These exchange rates of the latest day.
    pub rates_in_force: HashSet<RatesWanted>,
    /// These approvals, with what is held for them.
    pub approvals: HashSet<ApprovalId>,
    /// These exchange rates, as far as they are stated already.
    pub exchange_rates: HashSet<RateName>,
    /// What is needed of the register.
    pub register: RegisterNeeds,
}

impl Needs {
    /// Whether nothing more is needed.
    pub fn is_empty(&self) -> bool {
        self.instalments_of.is_empty()
            && self.standing_of.is_empty()
            && self.month_ends.is_empty()
            && self.statements.is_empty()
            && self.creators.is_empty()
            && self.persons.is_empty()
            && self.allocations.is_empty()
            && self.accounts.is_empty()
            && self.days.is_empty()
            && self.obligations.is_empty()
            && self.journals.is_empty()
            && self.ad_accounts.is_empty()
            && self.lots.is_empty()
            && self.placed.is_empty()
            && self.campaigns.is_empty()
            && self.paid_campaigns.is_empty()
            && self.spend.is_empty()
            && self.spend_names.is_empty()
            && self.refunds.is_empty()
            && self.holds.is_empty()
            && self.own_references.is_empty()
            && self.pledge_references.is_empty()
            && self.creator_references.is_empty()
            && self.bank_references.is_empty()
            && self.payouts.is_empty()
            && self.withholding_rules.is_empty()
            && self.withholding_days.is_empty()
            && self.currencies.is_empty()
            && self.carried.is_empty()
            && self.exchange_rates.is_empty()
            && self.approvals.is_empty()
            && self.open_debts.is_empty()
            && self.rates_in_force.is_empty()
            && self.register.is_empty()
    }

    pub(super) fn instalments(&mut self, book: &PledgeBook) {
        if book.instalments.is_none() {
            self.instalments_of.insert(book.pledge.id);
        }
    }

    /// Accounts the moves of a posting effective on `day` touch, and their days if it is backdated.
    pub(super) fn moves(&mut self, books: &Books, pledge: PledgeId, moves: Vec<Move>, day: Date) {
        let keys = moves.into_iter().flat_map(|it| [it.debit, it.credit]);
        self.accounts(books, pledge, keys, day);
    }

    /// What is held for a subject.
    pub(super) fn holds(&mut self, book: &PledgeBook, subject: Uuid) {
        if !book.holds.contains_key(&subject) {
            self.holds.insert((book.pledge.id, subject));
        }
    }

    /// Whether a refund of that reference was recorded on a campaign's day.
    pub(super) fn refund(
        &mut self,
        books: &Books,
        pledge: PledgeId,
        obligation: ObligationId,
        day: Date,
        reference: &str,
    ) {
        let reference = reference.to_owned();
        if !books
            .refunds
            .contains_key(&(obligation, day, reference.clone()))
        {
            self.refunds.insert((pledge, obligation, day, reference));
        }
    }

    /// Whether something of the pledge goes by that reference.
    pub(super) fn own_reference(
        &mut self,
        books: &Books,
        pledge: PledgeId,
        thing: Thing,
        reference: &str,
    ) {
        let name = (pledge, thing, reference.to_owned());
        if !books.own_references.contains_key(&name) {
            self.own_references.insert(name);
        }
    }

    /// Whether a journal about the subject bears that reference of the bank's.
    pub(super) fn bank_reference(
        &mut self,
        books: &Books,
        pledge: PledgeId,
        subject: Uuid,
        reference: &str,
    ) {
        let known = &books.bank_references;
        if !known.contains_key(&(subject, reference.to_owned())) {
            self.bank_references
                .insert((pledge, subject, reference.to_owned()));
        }
    }

    /// A report of spend as its campaign's day now stands, once it is known, with the obligation.
    pub(super) fn spend_line<'a>(
        &mut self,
        books: &'a Books,
        id: SpendLineId,
    ) -> Option<&'a SpendLine> {
        let pledge = books.home(Thing::SpendLine, id.0)?.pledge.id;
        let Some(found) = books.spend_names.get(&id) else {
            self.spend_names.insert((pledge, id));
            return None;
        };
        let (obligation, day) = (*found)?;
        self.obligation(books, obligation);
        let known = books.spend.get(&(obligation, day));
        if known.is_none() {
            self.spend.insert((pledge, obligation, day));
        }
        known?.as_ref()
    }

    /// The lots placed in an ad account.
    pub(super) fn placed(&mut self, books: &Books, pledge: PledgeId, ad_account: AdAccountId) {
        if !books.placed.contains_key(&ad_account) {
            self.placed.insert((pledge, ad_account));
        }
    }

    /// An obligation.
    pub(super) fn obligation(&mut self, books: &Books, id: ObligationId) {
        if !books.obligations.contains_key(&id) {
            self.obligations.insert(id);
        }
    }

    /// A lot, with what its end depends on.
    pub(super) fn lot(&mut self, books: &Books, id: LotId) {
        if !books.lots.contains_key(&id) {
            self.lots.insert(id);
        }
    }

    /// A payout.
    pub(super) fn payout(&mut self, books: &Books, id: PayoutId) {
        if !books.payouts.contains_key(&id) {
            self.payouts.insert(id);
        }
    }

    /// The withholding rule of a route in force on a day.
    pub(super) fn withholding_rule(&mut self, books: &Books, route: Route, day: Date) {
        if !books.withholding_rules.contains_key(&(route, day)) {
            self.withholding_rules.insert((route, day));
        }
    }

    /// The currency creators of a market are paid in.
    pub(super) fn currency(&mut self, books: &Books, market: Market) {
        if !books.currencies.contains_key(&market) {
            self.currencies.insert(market);
        }
    }

    /// What an account in another currency carries in the pledge's own.
    pub(super) fn carried(&mut self, books: &Books, pledge: PledgeId, key: AccountKey) {
        let name = (pledge, key);
        if !books.carried.contains_key(&name) {
            self.carried.insert(name);
        }
    }

    /// Whether a withholding rule of the route begins on that day.
    pub(super) fn withholding_day(&mut self, books: &Books, route: Route, day: Date) {
        if !books.withholding_days.contains_key(&(route, day)) {
            self.withholding_days.insert((route, day));
        }
    }

    /// An ad account.
    pub(super) fn ad_account(&mut self, books: &Books, id: AdAccountId) {
        if !books.ad_accounts.contains_key(&id) {
            self.ad_accounts.insert(id);
        }
    }

    /// Accounts a posting effective on `day` touches, and their days if it is backdated.
    pub(super) fn accounts(
        &mut self,
        books: &Books,
        pledge: PledgeId,
        keys: impl IntoIterator<Item = AccountKey>,
        day: Date,
    ) {
        let book = match books.pledges.get(&pledge) {
            Some(None) => return, // there is no such pledge
            Some(Some(book)) => Some(book),
            None => None,
        };
        for key in keys {
            match book.and_then(|book| book.accounts.get(&key)) {
                None => _ = self.accounts.insert((pledge, key)),
                Some(Some(account)) if !account.knows_days_after(day) => {
                    self.days.push((pledge, key, day));
                }
                Some(_) => {}
            }
        }
    }
}
