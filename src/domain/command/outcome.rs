//! What a command comes to.

use time::{Date, OffsetDateTime};

use super::reverse::ReversedLine;
use super::{RateImport, RegisterOutcome, RevaluedUnit, SpendImport};
use crate::domain::approval::{Approval, Threshold};
use crate::domain::creator::BankDetails;
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::id::{AdAccountId, JournalId, LotId, PledgeId, SpendLineId};
use crate::domain::job::JobRun;
use crate::domain::journal::Kind;
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::period::PeriodEvent;
use crate::domain::pledge::{Instalment, Lot, Pledge};
use crate::domain::statement::{Statement, StatementRun};
use crate::domain::unit::Unit;
use crate::domain::withholding::PaymentKind;
use crate::domain::{
    AdAccount, Allocation, Creator, Obligation, Payout, PlatformBalance, SpendLine, WithholdingRule,
};

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
    /// A lot with a later end.
    LotExtended(Lot),
    /// Credits that lapsed or were revoked.
    CreditsLost {
        /// The lot as it now stands.
        lot: Lot,
        /// How much.
        amount: Money,
        /// Why, if they were revoked.
        reason: Option<String>,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A run of a job.
    JobRan(JobRun),
    /// Something of the register.
    Register(RegisterOutcome),
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
    /// A posting that has no other effect.
    Posted {
        /// The pledge.
        pledge: PledgeId,
        /// What happened.
        kind: Kind,
        /// How much.
        amount: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A creator.
    Creator(Creator),
    /// Where a creator is paid.
    BankDetails(BankDetails),
    /// An allocation as it now stands.
    Allocation {
        /// The allocation.
        allocation: Allocation,
        /// What was posted.
        journal: JournalId,
    },
    /// An ad account.
    AdAccount(AdAccount),
    /// A journal that was taken back, in part or whole.
    Reversal {
        /// The pledge.
        pledge: PledgeId,
        /// That journal.
        reverses: JournalId,
        /// When it counts.
        effective_date: Date,
        /// Why.
        reason: String,
        /// What was taken back of each line, and what is left.
        lines: Vec<ReversedLine>,
        /// What was posted.
        journal: JournalId,
    },
    /// An obligation as it now stands.
    Obligation {
        /// The obligation.
        obligation: Obligation,
        /// What was posted.
        journal: JournalId,
    },
    /// An invoice that was accepted.
    Invoice {
        /// The obligation as it now stands.
        obligation: Obligation,
        /// The invoice's own reference.
        reference: String,
        /// What it is for.
        payment_kind: PaymentKind,
        /// What it comes to.
        gross: Money,
        /// What that is in the pledge's own currency.
        value: Money,
        /// At what rate, if it is in another.
        rate: Option<StatedRate>,
        /// What of it is withheld.
        withheld: Money,
        /// By which rule; none, if nothing says so.
        rule: Option<WithholdingRule>,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// Tax withheld that was paid to the tax office.
    TaxPayment {
        /// The pledge.
        pledge: PledgeId,
        /// The market.
        market: Market,
        /// What was paid.
        amount: Money,
        /// What is still to be remitted.
        outstanding: Money,
        /// The bank's reference.
        bank_reference: String,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A change to the reserve for fees and exchange differences.
    Reserve {
        /// The pledge.
        pledge: PledgeId,
        /// What moved.
        amount: Money,
        /// What the reserve now has.
        reserve: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A change to a market's reserve for tax on ad spend.
    TaxReserve {
        /// The pledge.
        pledge: PledgeId,
        /// The market.
        market: Market,
        /// What was set aside, or given back.
        amount: Money,
        /// What the reserve now has.
        reserve: Money,
        /// What the market's budget now has besides.
        available: Money,
    },
    /// An exchange rate.
    ExchangeRate(ExchangeRate),
    /// What is owed in other currencies, valued anew at a month's end.
    Revaluation {
        /// Whose money.
        pledge: PledgeId,
        /// The month's last day.
        month_end: Date,
        /// What came of each currency in which something was owed.
        units: Vec<RevaluedUnit>,
    },
    /// What came of an import of exchange rates.
    RateImport(RateImport),
    /// A withholding rule.
    WithholdingRule(WithholdingRule),
    /// A payout as it now stands.
    Payout {
        /// The payout.
        payout: Payout,
        /// What was posted.
        journal: Option<JournalId>,
    },
    /// Credits placed in an ad account.
    Placement {
        /// The lot.
        lot: LotId,
        /// The ad account.
        ad_account: AdAccountId,
        /// How much.
        amount: Money,
        /// What of the lot is still in the pool.
        left: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// What came of an import of spend.
    SpendImport(SpendImport),
    /// What a platform gave back of a line of spend.
    SpendRefund {
        /// The line.
        line: SpendLineId,
        /// How much.
        amount: Money,
        /// The platform's own reference.
        reference: String,
        /// Whether it came as cash.
        in_cash: bool,
        /// What of the line may still be refunded.
        left: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// The lots a line of spend stands in, as the platform says.
    SpendAttribution {
        /// The line as it then stands.
        line: SpendLine,
        /// Its credits' unit.
        unit: Unit,
        /// What came back to a lot that had ended, and lapsed at once, in minor digits.
        lapsed: i64,
        /// What was posted; nothing if it stood in them already.
        journal: Option<JournalId>,
    },
    /// What of a line of spend was in suspense and is charged to its market now.
    SuspenseClearing {
        /// The line.
        line: SpendLineId,
        /// How much.
        amount: Money,
        /// What of the line is still in suspense.
        left: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// What a platform says is left in an ad account.
    PlatformBalance(PlatformBalance),
    /// A threshold.
    Threshold(Threshold),
    /// A month that was closed or opened again.
    Period(PeriodEvent),
    /// Statements that are issued.
    Statements(Vec<Statement>),
    /// Statements that are going to be.
    StatementRun(StatementRun),
    /// A write that waits for somebody else, or waited.
    Approval {
        /// As it now stands.
        approval: Box<Approval>,
        /// At that moment.
        at: OffsetDateTime,
    },
    /// Tax on ad spend.
    AdTax {
        /// The ad account.
        ad_account: AdAccountId,
        /// How much.
        amount: Money,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
    /// A payment to a platform.
    PlatformPayment {
        /// Whose money.
        pledge: PledgeId,
        /// The platform.
        platform: String,
        /// How much.
        amount: Money,
        /// The bank's own reference.
        bank_reference: String,
        /// When it counts.
        effective_date: Date,
        /// What was posted.
        journal: JournalId,
    },
}
