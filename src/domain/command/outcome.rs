//! What a command comes to.

use time::{Date, OffsetDateTime};

use super::{Refunded, SpendImport};
use crate::domain::hold::HoldChange;
use crate::domain::id::{AdAccountId, JournalId, LotId, PledgeId, SpendLineId};
use crate::domain::journal::Draft;
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::pledge::{Instalment, Lot, Pledge};
use crate::domain::{AdAccount, Allocation, Creator, Obligation, SpendLine};

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
    /// An ad account was registered.
    AdAccountOpened(AdAccount),
    /// Part of an allocation was bound.
    Obligated(Obligation),
    /// Something happened to an obligation.
    ObligationChanged(Obligation),
    /// A hold was taken, changed or let go.
    Held(PledgeId, HoldChange),
    /// Credits of a lot were placed in an ad account.
    Placed(AdAccountId, Lot),
    /// A further journal is posted, after the decision's own.
    Posted(Draft),
    /// A line of spend was reported.
    SpendRecorded(SpendLine),
    /// A line of spend was refunded, by the journal of that id.
    SpendRefunded(JournalId, Refunded),
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
    /// An ad account.
    AdAccount(AdAccount),
    /// An obligation as it now stands.
    Obligation {
        /// The obligation.
        obligation: Obligation,
        /// What was posted.
        journal: JournalId,
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
