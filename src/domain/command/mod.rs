//! Commands: what people ask the ledger to do.
//!
//! A command says what it `needs` from the ledger, in as many rounds as it takes (an allocation by
//! its id, then its purses), and then decides: a [`Decision`] or a [`Refusal`]. Deciding is pure.

mod agreement;
mod allocate;
mod announce;
mod budget;
mod enrol;
mod receive;

use std::collections::HashSet;

use time::{Date, OffsetDateTime};

use super::account::AccountKey;
use super::books::{Books, PledgeBook};
use super::id::{AllocationId, CreatorId, InstalmentId, JournalId, PledgeId};
use super::journal::{Draft, Move};
use super::market::Market;
use super::money::Money;
use super::pledge::{Instalment, Lot, Pledge};
use super::refusal::Refusal;
use super::unit::Unit;
use super::{Allocation, Creator};

pub use agreement::{MeetCondition, SignAgreement};
pub use allocate::{AllocateToCreator, ReleaseAllocation};
pub use announce::{AnnouncePledge, NewInstalment};
pub use budget::{BudgetMarket, ChargeSupportCost, ReturnBudget};
pub use enrol::EnrolCreator;
pub use receive::{IssueLot, ReceiveCash, WriteOff};

/// What people ask the ledger to do.
#[derive(Debug, Clone)]
pub enum Command {
    /// Record a pledge as announced.
    AnnouncePledge(AnnouncePledge),
    /// Record that the agreement was signed.
    SignAgreement(SignAgreement),
    /// Record that an instalment's condition was met.
    MeetCondition(MeetCondition),
    /// Record cash received on an instalment.
    ReceiveCash(ReceiveCash),
    /// Record a lot of credits issued on an instalment.
    IssueLot(IssueLot),
    /// Write off what an instalment will not bring.
    WriteOff(WriteOff),
    /// Set programme support cost aside.
    ChargeSupportCost(ChargeSupportCost),
    /// Give a market budget.
    BudgetMarket(BudgetMarket),
    /// Take budget back from a market.
    ReturnBudget(ReturnBudget),
    /// Enrol a creator in the network.
    EnrolCreator(EnrolCreator),
    /// Allocate part of a market's budget to a creator.
    AllocateToCreator(AllocateToCreator),
    /// Give an allocation back, in part or whole.
    ReleaseAllocation(ReleaseAllocation),
}

/// What leads to the pledge a command works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// The pledge itself.
    Pledge(PledgeId),
    /// The pledge of this instalment.
    Instalment(InstalmentId),
    /// The pledge of this allocation.
    Allocation(AllocationId),
    /// No pledge's money is involved.
    Registry,
}

/// What a command still needs from the ledger before it can decide.
#[derive(Debug, Default)]
pub struct Needs {
    /// All instalments of these pledges.
    pub instalments_of: HashSet<PledgeId>,
    /// These creators.
    pub creators: HashSet<CreatorId>,
    /// These allocations.
    pub allocations: HashSet<AllocationId>,
    /// These accounts.
    pub accounts: HashSet<(PledgeId, AccountKey)>,
    /// The days of these accounts after that day.
    pub days: Vec<(PledgeId, AccountKey, Date)>,
    /// Whether pledges of these references exist.
    pub pledge_references: HashSet<String>,
    /// Whether creators of these references exist.
    pub creator_references: HashSet<String>,
    /// Whether receipts with these bank references exist.
    pub bank_references: HashSet<(PledgeId, InstalmentId, String)>,
}

impl Needs {
    /// Whether nothing more is needed.
    pub fn is_empty(&self) -> bool {
        self.instalments_of.is_empty()
            && self.creators.is_empty()
            && self.allocations.is_empty()
            && self.accounts.is_empty()
            && self.days.is_empty()
            && self.pledge_references.is_empty()
            && self.creator_references.is_empty()
            && self.bank_references.is_empty()
    }

    fn instalments(&mut self, book: &PledgeBook) {
        if book.instalments.is_none() {
            self.instalments_of.insert(book.pledge.id);
        }
    }

    /// Accounts a posting effective on `day` touches, and their days if it is backdated.
    fn accounts(
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

/// What deciding needs from outside: the time and the ids of what may come about.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database's clock.
    pub now: OffsetDateTime,
    /// The id the journal will have, if one is posted.
    pub journal: JournalId,
}

/// Something that happened besides the posting.
#[derive(Debug, Clone)]
pub enum Event {
    /// A pledge was recorded.
    Announced(Pledge, Vec<Instalment>),
    /// Its agreement was signed.
    Agreed(PledgeId, Date),
    /// Something came in for the first time.
    Activated(PledgeId),
    /// Something happened to an instalment.
    InstalmentChanged(Instalment),
    /// A lot was issued.
    LotIssued(Lot),
    /// A creator was enrolled.
    Enrolled(Creator),
    /// An allocation was made.
    Allocated(Allocation),
    /// Part of an allocation went back.
    Released(Allocation),
}

/// What a command comes to.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What happened besides the posting.
    pub events: Vec<Event>,
    /// What is posted; nothing for what moves nothing.
    pub draft: Option<Draft>,
    /// What the caller is told.
    pub outcome: Outcome,
}

/// What a caller is told of a decision.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The pledge as it now stands.
    Pledge {
        /// The pledge.
        pledge: Pledge,
        /// Its instalments.
        instalments: Vec<Instalment>,
    },
    /// The instalment whose condition was met.
    Condition {
        /// The instalment as it now stands.
        instalment: Instalment,
        /// What was posted.
        journal: JournalId,
    },
    /// A receipt.
    Receipt {
        /// What came.
        received: Money,
        /// What the bank kept.
        fee: Money,
        /// The bank's own reference.
        bank_reference: Option<String>,
        /// When it counts.
        effective_date: Date,
        /// The instalment as it now stands.
        instalment: Instalment,
        /// What was posted.
        journal: JournalId,
    },
    /// A lot.
    Lot {
        /// The lot.
        lot: Lot,
        /// What was posted.
        journal: JournalId,
    },
    /// A write-off.
    WriteOff {
        /// What will not come.
        amount: Money,
        /// When it counts.
        effective_date: Date,
        /// Why.
        reason: String,
        /// The instalment as it now stands.
        instalment: Instalment,
        /// What was posted.
        journal: JournalId,
    },
    /// A charge for programme support.
    SupportCost {
        /// The pledge.
        pledge: PledgeId,
        /// What the charge was worked out on.
        gross: Money,
        /// What remains for the programme.
        base: Money,
        /// What was set aside.
        support_cost: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A change to a market's budget.
    Budget {
        /// The pledge.
        pledge: PledgeId,
        /// The market.
        market: Market,
        /// What moved.
        amount: Money,
        /// What the market now has available to allocate.
        available: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A creator.
    Creator(Creator),
    /// An allocation as it now stands.
    Allocation {
        /// The allocation.
        allocation: Allocation,
        /// What was posted.
        journal: JournalId,
    },
}

macro_rules! each {
    ($command:expr, $inner:ident => $body:expr) => {
        match $command {
            Command::AnnouncePledge($inner) => $body,
            Command::SignAgreement($inner) => $body,
            Command::MeetCondition($inner) => $body,
            Command::ReceiveCash($inner) => $body,
            Command::IssueLot($inner) => $body,
            Command::WriteOff($inner) => $body,
            Command::ChargeSupportCost($inner) => $body,
            Command::BudgetMarket($inner) => $body,
            Command::ReturnBudget($inner) => $body,
            Command::EnrolCreator($inner) => $body,
            Command::AllocateToCreator($inner) => $body,
            Command::ReleaseAllocation($inner) => $body,
        }
    };
}

impl Command {
    /// What leads to the pledge it works on.
    pub fn home(&self) -> Home {
        each!(self, command => command.home())
    }

    /// The id of the journal it posts, where that is given with it.
    pub fn journal(&self) -> Option<JournalId> {
        match self {
            Command::AllocateToCreator(it) => Some(it.journal()),
            _ => None,
        }
    }

    /// Adds what it still needs, given what is known already.
    pub fn needs(&self, books: &Books, needs: &mut Needs) {
        each!(self, command => command.needs(books, needs));
    }

    /// Decides, over books that hold everything it needs.
    pub fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        each!(self, command => command.decide(books, context))
    }
}

/// A move in the order people say it: what is debited, what is credited, how much.
fn entry(debit: AccountKey, credit: AccountKey, amount: i64) -> Move {
    Move {
        debit,
        credit,
        amount,
    }
}

/// The unit must be one of the pledge's.
fn require_unit(pledge: &Pledge, unit: &Unit, pointer: &'static str) -> Result<(), Refusal> {
    if pledge.has_unit(unit) {
        return Ok(());
    }
    let pledged = pledge
        .split
        .iter()
        .map(|part| part.unit().to_string())
        .collect();
    Err(Refusal::UnitNotPledged {
        pointer,
        unit: unit.to_string(),
        pledged,
    })
}

/// The market must be one the pledge is for.
fn require_market(pledge: &Pledge, market: Market, pointer: &'static str) -> Result<(), Refusal> {
    if pledge.has_market(market) {
        return Ok(());
    }
    let pledged = pledge.markets.iter().map(Market::to_string).collect();
    Err(Refusal::MarketNotPledged {
        pointer,
        market,
        pledged,
    })
}

/// The amount must be in the instalment's unit.
fn require_unit_of(
    instalment: &Instalment,
    given: &Unit,
    pointer: &'static str,
) -> Result<(), Refusal> {
    let expected = instalment.amount.unit();
    if given == expected {
        return Ok(());
    }
    let (given, expected) = (given.to_string(), expected.to_string());
    Err(Refusal::WrongUnit {
        pointer,
        given,
        expected,
    })
}

/// The amount must not be more than is outstanding.
fn require_outstanding(
    instalment: &Instalment,
    requested: &Money,
    pointer: &'static str,
) -> Result<(), Refusal> {
    let outstanding = instalment.outstanding();
    if requested.minor() <= outstanding.minor() {
        return Ok(());
    }
    Err(Refusal::ExceedsOutstanding {
        pointer,
        outstanding,
        requested: requested.clone(),
    })
}
