//! Commands: what people ask the ledger to do.
//!
//! A command says what it `needs` from the ledger, in as many rounds as it takes (an allocation by
//! its id, then its purses), and then decides: a [`Decision`] or a [`Refusal`]. Deciding is pure.

mod agreement;
mod allocate;
mod announce;
mod budget;
mod enrol;
mod needs;
mod obligate;
mod outcome;
mod place;
mod platform;
mod receive;
mod refund;
mod require;
mod spend;

use super::books::Books;
use super::id::JournalId;
use super::refusal::Refusal;

pub use agreement::{MeetCondition, SignAgreement};
pub use allocate::{AllocateToCreator, ReleaseAllocation};
pub use announce::{AnnouncePledge, NewInstalment};
pub use budget::{BudgetMarket, ChargeSupportCost, ReturnBudget};
pub use enrol::EnrolCreator;
pub use needs::{Home, Needs, Thing};
pub use obligate::{OpenAdAccount, OpenObligation, ReleaseObligation};
pub use outcome::{Context, Decision, Event, Outcome};
pub use place::PlaceCredits;
pub use platform::{ChargeAdTax, PayPlatform};
pub use receive::{IssueLot, ReceiveCash, WriteOff};
pub use refund::{RefundSpend, Refunded};
pub use spend::{
    CampaignName, ImportSpend, MOST_NAMED, Overspill, RefusedRow, SpendImport, SpendRow,
};

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
    /// Register an ad account at a platform.
    OpenAdAccount(OpenAdAccount),
    /// Bind part of an allocation by a contract or a campaign.
    OpenObligation(OpenObligation),
    /// Give back what an obligation no longer binds.
    ReleaseObligation(ReleaseObligation),
    /// Place credits of a lot into an ad account.
    PlaceCredits(PlaceCredits),
    /// Import what a platform reports of campaigns' days.
    ImportSpend(ImportSpend),
    /// Record what a platform gave back of a line of spend.
    RefundSpend(RefundSpend),
    /// Record tax on ad spend.
    ChargeAdTax(ChargeAdTax),
    /// Record that a platform was paid.
    PayPlatform(PayPlatform),
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
            Command::OpenAdAccount($inner) => $body,
            Command::OpenObligation($inner) => $body,
            Command::ReleaseObligation($inner) => $body,
            Command::PlaceCredits($inner) => $body,
            Command::ImportSpend($inner) => $body,
            Command::RefundSpend($inner) => $body,
            Command::ChargeAdTax($inner) => $body,
            Command::PayPlatform($inner) => $body,
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
            Command::OpenObligation(it) => Some(it.journal()),
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
