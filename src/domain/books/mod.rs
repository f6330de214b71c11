//! The part of the ledger one batch works on.
//!
//! Everything a batch's commands need is loaded into a [`Books`] under the pledges' locks; commands
//! decide over it one after the other, each seeing what the earlier ones did; and what changed is
//! then written as a whole. A value looked up and not found is remembered as absent.

mod apply;
mod approvals;
mod cash_out;
mod lapses;
mod pledge_book;
mod register;

use foldhash::{HashMap, HashSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::account::AccountKey;
use super::ad_account::AdAccount;
use super::approval::{Approval, Decided, Threshold};
use super::command::{CampaignName, Cleared, MovedOn, Refunded, RegisterEvent, Thing};
use super::creator::{BankDetails, Erasure, Person};
use super::exchange::{ExchangeRate, RateName, StatedRate};
use super::id::{
    AdAccountId, AllocationId, ApprovalId, CreatorId, InstalmentId, JournalId, LotId, ObligationId,
    PayoutId, PledgeId, SpendLineId,
};
use super::job::JobRun;
use super::journal::Journal;
use super::lot::LotStanding;
use super::market::Market;
use super::obligation::Obligation;
use super::payout::{Payout, PayoutEvent};
use super::period::{MonthEnd, PeriodEvent};
use super::platform::PlatformBalance;
use super::pledge::{Instalment, Lot, Pledge};
use super::refusal::Refusal;
use super::revaluation::{OpenDebt, RatesWanted, Revaluation};
use super::reversal::{Chain, Reversible};
use super::spend::{Campaign, SpendLine};
use super::statement::{Series, Statement, StatementRun};
use super::unit::Unit;
use super::withholding::{Route, WithholdingRule};
use super::{Allocation, Creator};

pub use approvals::Reserved;
pub use pledge_book::{PledgeBook, Standing};
pub use register::{RegisterBooks, RegisterNeeds};

/// What posting needs from outside: the actor, the time and fresh ids.
#[derive(Debug, Clone)]
pub struct Posting<'a> {
    /// Who asked.
    pub actor: &'a str,
    /// By which approval, if it took one.
    pub approval: Option<ApprovalId>,
    /// The database's clock.
    pub now: OffsetDateTime,
    /// The id the journal will have, if one is posted.
    pub journal: JournalId,
    /// Where ids of accounts opened on the way come from.
    pub new_id: fn() -> Uuid,
}

/// That a pledge moved on without a posting, as it is recorded.
#[derive(Debug, Clone)]
pub struct PledgeEvent {
    /// Its id.
    pub id: Uuid,
    /// Who said so.
    pub actor: String,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// What happened.
    pub moved: MovedOn,
}

/// What a batch is going to write.
#[derive(Debug, Default)]
pub struct Changes {
    /// New pledges with their instalments.
    pub announced: Vec<(Pledge, Vec<Instalment>)>,
    /// Pledges whose state changed.
    pub moved_on: Vec<PledgeId>,
    /// Pledges that moved on without a posting, with what records it.
    pub ended: Vec<PledgeEvent>,
    /// Instalments something happened to.
    pub instalments: Vec<(PledgeId, InstalmentId)>,
    /// New lots.
    pub lots: Vec<Lot>,
    /// Lots that were given a later end, as of then, with who recorded it.
    pub extended: Vec<(Lot, String)>,
    /// Jobs that were done.
    pub runs: Vec<JobRun>,
    /// New creators.
    pub creators: Vec<Creator>,
    /// Where creators are paid from now on.
    pub bank_details: Vec<BankDetails>,
    /// Creators whose names and bank details go.
    pub erasures: Vec<Erasure>,
    /// New ad accounts.
    pub ad_accounts: Vec<AdAccount>,
    /// New obligations.
    pub obligations: Vec<Obligation>,
    /// Holds that were changed: subject and account, in the order they were first changed, with
    /// what was held before.
    pub holds: Vec<(PledgeId, Uuid, AccountKey, i64)>,
    /// The same subjects and accounts, to tell whether one was changed before.
    held: HashSet<(PledgeId, Uuid, AccountKey)>,
    /// New lines of spend.
    pub spend: Vec<SpendLine>,
    /// Lines that were attributed to lots, as of then, with the journals that post it.
    pub attributions: Vec<(JournalId, SpendLine)>,
    /// What was cleared of suspense, with the journals that post it.
    pub clearings: Vec<(JournalId, Cleared)>,
    /// What platforms said was left in ad accounts.
    pub platform_balances: Vec<PlatformBalance>,
    /// New refunds, with the journals that post them.
    pub refunds: Vec<(JournalId, Refunded)>,
    /// Accounts to open.
    pub accounts: Vec<(PledgeId, AccountKey)>,
    /// Journals to post, in order.
    pub journals: Vec<Journal>,
    /// New withholding rules.
    pub withholding_rules: Vec<WithholdingRule>,
    /// New payouts, each with the approval it was proposed by.
    pub payouts: Vec<(Payout, Option<ApprovalId>)>,
    /// What happened to payouts, in order, each with the number of the journal posted with it.
    pub payout_events: Vec<(PayoutEvent, Option<i64>)>,
    /// Rates that journals, by their numbers, took one currency for another at.
    pub stated_rates: Vec<(PledgeId, i64, Unit, StatedRate)>,
    /// Accounts that were valued anew, with who had that done, and when.
    pub revaluations: Vec<(Uuid, Revaluation, String, OffsetDateTime)>,
    /// Writes that wait from now on.
    pub approvals: Vec<Approval>,
    /// What was decided of approvals, in order.
    pub decided: Vec<(PledgeId, ApprovalId, Decided)>,
    /// New thresholds, with the approvals they were stated by.
    pub thresholds: Vec<(Threshold, Option<ApprovalId>)>,
    /// Months that were closed or opened again, in order, each with the approval it took.
    pub periods: Vec<(PeriodEvent, Option<ApprovalId>)>,
    /// Statements that are issued, in order.
    pub statements: Vec<Statement>,
    /// Statements that are to be issued for all accounts of pledges.
    pub statement_runs: Vec<StatementRun>,
    /// New exchange rates.
    pub exchange_rates: Vec<ExchangeRate>,
    /// What happened to the register, in order.
    pub register: Vec<RegisterEvent>,
}

fn absent(what: &'static str, id: impl ToString) -> Refusal {
    let id = id.to_string();
    Refusal::NotFound { what, id }
}

/// The part of the ledger one batch works on.
#[derive(Debug, Default)]
pub struct Books {
    /// Pledges, locked.
    pub pledges: HashMap<PledgeId, Option<PledgeBook>>,
    /// Which pledges things belong to.
    pub homes: HashMap<(Thing, Uuid), PledgeId>,
    /// The markets of creators: all that deciding asks of a creator, and it never changes.
    pub creators: HashMap<CreatorId, Option<Market>>,
    /// Creators as far as their persons are concerned.
    pub persons: HashMap<CreatorId, Option<Person>>,
    /// Allocations by id.
    pub allocations: HashMap<AllocationId, Option<Allocation>>,
    /// Obligations by id.
    pub obligations: HashMap<ObligationId, Option<Obligation>>,
    /// Lots by id, with what their end depends on.
    pub lots: HashMap<LotId, Option<LotStanding>>,
    /// Ad accounts by id.
    pub ad_accounts: HashMap<AdAccountId, Option<AdAccount>>,
    /// Journals by id, with what was taken back of them, and all that they take back themselves.
    pub journals: HashMap<JournalId, Option<Reversible>>,
    /// The expiries of lots that were ever placed where something is known to be placed, in order.
    pub lapses: HashMap<LotId, Vec<JournalId>>,
    /// The day it is in ad accounts in which lots lapsed.
    pub local_days: HashMap<AdAccountId, Date>,
    /// The lots placed in ad accounts, in the order they are used.
    pub placed: HashMap<AdAccountId, Vec<Lot>>,
    /// Campaigns by the platforms' own numbers.
    pub campaigns: HashMap<CampaignName, Option<Campaign>>,
    /// Whether a campaign of an ad account is paid from an obligation.
    pub paid_campaigns: HashMap<(AdAccountId, String), bool>,
    /// The latest lines of spend of campaigns and days.
    pub spend: HashMap<(ObligationId, Date), Option<SpendLine>>,
    /// What was cleared of such days' suspense, through all their reports, and the last day that a
    /// clearing counts from.
    pub cleared: HashMap<(ObligationId, Date), (i64, Date)>,
    /// Which campaign and day a line of spend is of.
    pub spend_names: HashMap<SpendLineId, Option<(ObligationId, Date)>>,
    /// Whether a refund of that reference was recorded on a campaign's day.
    pub refunds: HashMap<(ObligationId, Date, String), bool>,
    /// Whether obligations, or ad accounts, of a pledge with that reference exist.
    pub own_references: HashMap<(PledgeId, Thing, String), bool>,
    /// Whether a pledge of that reference exists.
    pub pledge_references: HashMap<String, bool>,
    /// Whether a creator of that reference exists.
    pub creator_references: HashMap<String, bool>,
    /// Whether a journal about that subject bears that reference of the bank's.
    pub bank_references: HashMap<(Uuid, String), bool>,
    /// Payouts by id.
    pub payouts: HashMap<PayoutId, Option<Payout>>,
    /// Approvals by id, with the accounts on which something is held for them.
    pub approvals: HashMap<ApprovalId, Option<Reserved>>,
    /// The withholding rules of routes in force on a day, if there are any.
    pub withholding_rules: HashMap<(Route, Date), Option<WithholdingRule>>,
    /// Whether a withholding rule of a route begins on a day.
    pub withholding_days: HashMap<(Route, Date), bool>,
    /// The currencies creators of markets are paid in.
    pub currencies: HashMap<Market, String>,
    /// What accounts in other currencies carry in their pledges' own, in minor digits.
    pub carried: HashMap<(PledgeId, AccountKey), i64>,
    /// What months of pledges look like at their ends, by those.
    pub month_ends: HashMap<(PledgeId, Date), MonthEnd>,
    /// The statements of accounts so far, by their pledges and numbers.
    pub statements: HashMap<(PledgeId, i32), Series>,
    /// What pledges owe in other currencies as of days, in the order of their accounts' numbers.
    pub open_debts: HashMap<(PledgeId, Date), Vec<OpenDebt>>,
    /// The exchange rates of the latest day, in the order of their sources.
    pub rates_in_force: HashMap<RatesWanted, Vec<StatedRate>>,
    /// Exchange rates as they are stated already, in hundred-millionths.
    pub exchange_rates: HashMap<RateName, Option<i64>>,
    /// What is known of identities and tokens.
    pub register: RegisterBooks,
    /// What has been decided so far.
    pub changes: Changes,
}

impl Books {
    /// A pledge that exists.
    pub fn pledge(&self, id: PledgeId) -> Result<&PledgeBook, Refusal> {
        self.pledges
            .get(&id)
            .and_then(Option::as_ref)
            .ok_or_else(|| absent("pledge", id))
    }

    /// Whether it is known which pledge something belongs to; what isn't there belongs to none.
    pub fn is_located(&self, thing: Thing, id: Uuid) -> bool {
        self.homes.contains_key(&(thing, id))
    }

    /// The pledge something belongs to, if that is known and locked.
    pub fn home(&self, thing: Thing, id: Uuid) -> Option<&PledgeBook> {
        let home = self.homes.get(&(thing, id))?;
        self.pledges.get(home)?.as_ref()
    }

    /// An instalment that exists, with its pledge.
    pub fn instalment(&self, id: InstalmentId) -> Result<(&PledgeBook, &Instalment), Refusal> {
        let book = self.home(Thing::Instalment, id.0);
        let found = book.and_then(|book| Some((book, book.instalment(id)?)));
        found.ok_or_else(|| absent("instalment", id))
    }

    /// An allocation that exists, with its pledge.
    pub fn allocation(&self, id: AllocationId) -> Result<(&PledgeBook, &Allocation), Refusal> {
        let found = self.allocations.get(&id).and_then(Option::as_ref);
        let allocation = found.ok_or_else(|| absent("allocation", id))?;
        Ok((self.pledge(allocation.pledge)?, allocation))
    }

    /// An obligation that exists, with its pledge.
    pub fn obligation(&self, id: ObligationId) -> Result<(&PledgeBook, &Obligation), Refusal> {
        let found = self.obligations.get(&id).and_then(Option::as_ref);
        let obligation = found.ok_or_else(|| absent("obligation", id))?;
        Ok((self.pledge(obligation.pledge)?, obligation))
    }

    /// A journal that exists, with what it takes back, and its pledge.
    pub fn chain(&self, id: JournalId) -> Result<(&PledgeBook, Chain<'_>), Refusal> {
        let find = |id| self.journals.get(&id).and_then(Option::as_ref);
        let target = find(id).ok_or_else(|| absent("journal", id))?;
        Ok((self.pledge(target.pledge)?, Chain::of(target, find)))
    }

    /// A lot that exists, with its pledge.
    pub fn lot(&self, id: LotId) -> Result<(&PledgeBook, &LotStanding), Refusal> {
        let found = self.lots.get(&id).and_then(Option::as_ref);
        let standing = found.ok_or_else(|| absent("lot", id))?;
        Ok((self.pledge(standing.lot.pledge)?, standing))
    }

    /// A payout that exists, with its pledge.
    pub fn payout(&self, id: PayoutId) -> Result<(&PledgeBook, &Payout), Refusal> {
        let found = self.payouts.get(&id).and_then(Option::as_ref);
        let payout = found.ok_or_else(|| absent("payout", id))?;
        Ok((self.pledge(payout.pledge)?, payout))
    }

    /// A report of spend that exists, as its campaign's day now stands.
    pub fn spend_line(&self, id: SpendLineId) -> Result<&SpendLine, Refusal> {
        let name = self.spend_names.get(&id).copied().flatten();
        let line = name.and_then(|name| self.spend.get(&name)?.as_ref());
        line.ok_or_else(|| absent("line of spend", id))
    }

    /// An ad account that exists, with its pledge.
    pub fn ad_account(&self, id: AdAccountId) -> Result<(&PledgeBook, &AdAccount), Refusal> {
        let found = self.ad_accounts.get(&id).and_then(Option::as_ref);
        let account = found.ok_or_else(|| absent("ad account", id))?;
        Ok((self.pledge(account.pledge)?, account))
    }

    /// Enters a lot that is placed in an ad account, where the account's lots are known.
    pub fn place(&mut self, ad_account: AdAccountId, lot: Lot) {
        let Some(lots) = self.placed.get_mut(&ad_account) else {
            return;
        };
        if lots.iter().all(|known| known.id != lot.id) {
            lots.push(lot);
            lots.sort_by_key(|lot| (lot.ends_on(), lot.valid_from, lot.id));
        }
    }
}
