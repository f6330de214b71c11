//! Commands: what people ask the ledger to do.
//!
//! A command says what it `needs` from the ledger, in as many rounds as it takes (an allocation by
//! its id, then its purses), and then decides: a [`Decision`] or a [`Refusal`]. Deciding is pure.

mod action;
mod advance;
mod agreement;
mod allocate;
mod announce;
mod approve;
mod attribute;
mod budget;
mod clear;
mod decision;
mod end;
mod enrol;
mod exchange;
mod extend;
mod give_back;
mod identities;
mod import_rates;
mod invoice;
mod issue_statement;
mod lapse;
mod needs;
mod obligate;
mod outcome;
mod payout;
mod period;
mod person;
mod place;
mod platform;
mod platform_balance;
mod receive;
mod record_run;
mod recover;
mod refund;
mod require;
mod reserve;
mod revalue;
mod reverse;
mod settle;
mod spend;
mod tax_reserve;
mod threshold;
mod withholding;

use super::books::Books;
use super::id::JournalId;
use super::refusal::Refusal;

pub use advance::{AdvanceStep, MoveAdvance};
pub use agreement::{MeetCondition, SignAgreement};
pub use allocate::{AllocateToCreator, ReleaseAllocation};
pub use announce::{AnnouncePledge, NewInstalment};
pub use approve::{DecideApproval, Verdict};
pub use attribute::AttributeSpend;
pub use budget::{BudgetMarket, ChargeSupportCost, ReturnBudget};
pub use clear::{ClearSuspense, Cleared};
pub use decision::{Context, Decision, Event};
pub use end::{MovePledge, MovedOn, PledgeMove};
pub use enrol::EnrolCreator;
pub use exchange::StateExchangeRate;
pub use extend::ExtendLot;
pub use give_back::{DrawSupportCost, OweDonor, PayDonor};
pub use identities::{
    AddSubject, ChangeState, EndRole, GrantRole, HERE, IssueApiToken, KeepRegister, RecordIdentity,
    RegisterEvent, RegisterOutcome, RevokeApiToken, RevokeTokens,
};
pub use import_rates::{ImportRates, RateImport};
pub use invoice::AcceptInvoice;
pub use issue_statement::{IssueStatements, RunStatements};
pub use lapse::{ExpireLot, MOST_PURSES, RevokeLot};
pub use needs::{Home, Needs, Thing};
pub use obligate::{OpenAdAccount, OpenObligation, ReleaseObligation};
pub use outcome::Outcome;
pub use payout::{ExpirePayout, MovePayout, PayoutStep, ProposePayout};
pub use period::{ClosePeriod, ReopenPeriod};
pub use person::{EraseCreator, RecordBankDetails};
pub use place::PlaceCredits;
pub use platform::{ChargeAdTax, PayPlatform};
pub use platform_balance::NotePlatformBalance;
pub use receive::{IssueLot, ReceiveCash, WriteOff};
pub use record_run::RecordRun;
pub use recover::{ClaimBack, Recover, WriteOffDebt};
pub use refund::{RefundSpend, Refunded};
pub use reserve::MoveReserve;
pub use revalue::{RevaluePledge, RevaluedUnit};
pub use reverse::{Portion, ReverseJournal, ReversedLine};
pub use settle::{Mandate, Requirement, Settled, Unapproved};
pub use spend::{
    CampaignName, ImportSpend, MOST_NAMED, Overspill, RefusedRow, SpendImport, SpendRow,
};
pub use tax_reserve::{MoveTaxReserve, tax_reserves};
pub use threshold::StateThreshold;
pub use withholding::{PayTax, StateWithholding};

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
    /// Record where a creator is paid.
    RecordBankDetails(RecordBankDetails),
    /// Erase a creator's name and bank details.
    EraseCreator(EraseCreator),
    /// Give an allocation back, in part or whole.
    ReleaseAllocation(ReleaseAllocation),
    /// Register an ad account at a platform.
    OpenAdAccount(OpenAdAccount),
    /// Bind part of an allocation by a contract or a campaign.
    OpenObligation(OpenObligation),
    /// Give back what an obligation no longer binds.
    ReleaseObligation(ReleaseObligation),
    /// Find a cost not eligible.
    ClaimBack(ClaimBack),
    /// Record that a creator paid back.
    Recover(Recover),
    /// Write off what a creator will not pay back.
    WriteOffDebt(WriteOffDebt),
    /// Set money aside that goes back to the donor.
    OweDonor(OweDonor),
    /// Record that the donor was paid back.
    PayDonor(PayDonor),
    /// Record that programme support cost was drawn.
    DrawSupportCost(DrawSupportCost),
    /// Move a pledge towards its end, or back.
    MovePledge(MovePledge),
    /// Take a journal back, in part or whole.
    ReverseJournal(ReverseJournal),
    /// Record that the platform granted a lot a later end.
    ExtendLot(ExtendLot),
    /// Let lapse what has ended of a lot.
    ExpireLot(ExpireLot),
    /// Record that the platform took credits back.
    RevokeLot(RevokeLot),
    /// Record that a job was done.
    RecordRun(RecordRun),
    /// Accept a creator's invoice.
    AcceptInvoice(AcceptInvoice),
    /// State what is withheld from a day on.
    StateWithholding(StateWithholding),
    /// Pay what was withheld to the tax office.
    PayTax(PayTax),
    /// Propose to pay a creator part of what it is owed.
    ProposePayout(ProposePayout),
    /// Take a payout one step on.
    MovePayout(MovePayout),
    /// Give up a payout whose hold has run out.
    ExpirePayout(ExpirePayout),
    /// Pay in advance on a contract, account for it, or take it back.
    MoveAdvance(MoveAdvance),
    /// Add to the reserve for exchange differences, or give part of it back.
    MoveReserve(MoveReserve),
    /// Set cash of a market aside for tax on ad spend, or give part of it back.
    MoveTaxReserve(MoveTaxReserve),
    /// State what one currency is worth in another.
    StateExchangeRate(StateExchangeRate),
    /// State many of them.
    ImportRates(ImportRates),
    /// Value what is owed in other currencies anew.
    RevaluePledge(RevaluePledge),
    /// Place credits of a lot into an ad account.
    PlaceCredits(PlaceCredits),
    /// Import what a platform reports of campaigns' days.
    ImportSpend(ImportSpend),
    /// Record what a platform gave back of a line of spend.
    RefundSpend(RefundSpend),
    /// Record which lots a line of spend stands in, as the platform says.
    AttributeSpend(AttributeSpend),
    /// Charge what of a line of spend is in suspense to its market.
    ClearSuspense(ClearSuspense),
    /// Record tax on ad spend.
    ChargeAdTax(ChargeAdTax),
    /// Note what a platform says is left in an ad account.
    NotePlatformBalance(NotePlatformBalance),
    /// Record that a platform was paid.
    PayPlatform(PayPlatform),
    /// Keep the register of identities and tokens.
    KeepRegister(KeepRegister),
    /// State above what an action needs approval.
    StateThreshold(StateThreshold),
    /// Close a month.
    ClosePeriod(ClosePeriod),
    /// Open a month again.
    ReopenPeriod(ReopenPeriod),
    /// Issue statements of accounts.
    IssueStatements(IssueStatements),
    /// Have statements issued for all accounts of a pledge.
    RunStatements(RunStatements),
    /// Decide what waits for somebody else.
    DecideApproval(DecideApproval),
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
            Command::RecordBankDetails($inner) => $body,
            Command::EraseCreator($inner) => $body,
            Command::ReleaseAllocation($inner) => $body,
            Command::OpenAdAccount($inner) => $body,
            Command::OpenObligation($inner) => $body,
            Command::ReleaseObligation($inner) => $body,
            Command::ClaimBack($inner) => $body,
            Command::Recover($inner) => $body,
            Command::WriteOffDebt($inner) => $body,
            Command::OweDonor($inner) => $body,
            Command::PayDonor($inner) => $body,
            Command::DrawSupportCost($inner) => $body,
            Command::MovePledge($inner) => $body,
            Command::ReverseJournal($inner) => $body,
            Command::ExtendLot($inner) => $body,
            Command::ExpireLot($inner) => $body,
            Command::RevokeLot($inner) => $body,
            Command::RecordRun($inner) => $body,
            Command::AcceptInvoice($inner) => $body,
            Command::StateWithholding($inner) => $body,
            Command::PayTax($inner) => $body,
            Command::ProposePayout($inner) => $body,
            Command::MovePayout($inner) => $body,
            Command::ExpirePayout($inner) => $body,
            Command::MoveAdvance($inner) => $body,
            Command::MoveReserve($inner) => $body,
            Command::MoveTaxReserve($inner) => $body,
            Command::StateExchangeRate($inner) => $body,
            Command::ImportRates($inner) => $body,
            Command::RevaluePledge($inner) => $body,
            Command::PlaceCredits($inner) => $body,
            Command::ImportSpend($inner) => $body,
            Command::RefundSpend($inner) => $body,
            Command::AttributeSpend($inner) => $body,
            Command::ClearSuspense($inner) => $body,
            Command::ChargeAdTax($inner) => $body,
            Command::PayPlatform($inner) => $body,
            Command::NotePlatformBalance($inner) => $body,
            Command::KeepRegister($inner) => $body,
            Command::StateThreshold($inner) => $body,
            Command::ClosePeriod($inner) => $body,
            Command::ReopenPeriod($inner) => $body,
            Command::IssueStatements($inner) => $body,
            Command::RunStatements($inner) => $body,
            Command::DecideApproval($inner) => $body,
        }
    };
}

impl Command {
    /// What leads to the pledge it works on.
    pub fn home(&self) -> Home {
        each!(self, command => command.home())
    }

    /// The same, with what leads to the pledge of what it approves.
    pub fn homes(&self) -> impl Iterator<Item = Home> {
        let inner = match self {
            Command::DecideApproval(it) => it.inner(),
            _ => None,
        };
        [Some(self.home()), inner.map(Command::home)]
            .into_iter()
            .flatten()
    }

    /// The id of the journal it posts, where that is given with it.
    pub fn journal(&self) -> Option<JournalId> {
        match self {
            Command::AllocateToCreator(it) => Some(it.journal()),
            Command::OpenObligation(it) => Some(it.journal()),
            Command::DecideApproval(it) => it.journal(),
            _ => None,
        }
    }

    /// How much of a batch it takes up, an ordinary command being 1: what brings thousands of rows
    /// takes as much as hundreds of commands.
    pub fn weight(&self) -> usize {
        match self {
            Command::ImportSpend(it) => 1 + it.rows.len() / 8,
            Command::ImportRates(it) => 1 + it.rows.len() / 8,
            Command::IssueStatements(it) => 1 + it.statements.len() / 8,
            _ => 1,
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
