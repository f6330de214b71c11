//! What deciding needs, and what comes of it.

use time::{Date, OffsetDateTime};

use super::{Cleared, MovedOn, Outcome, Refunded, RegisterEvent};
use crate::domain::approval::{Approval, Decided, Threshold};
use crate::domain::creator::{BankDetails, Erasure};
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::hold::HoldChange;
use crate::domain::id::{AdAccountId, ApprovalId, JournalId, PledgeId};
use crate::domain::job::JobRun;
use crate::domain::journal::Draft;
use crate::domain::payout::PayoutEvent;
use crate::domain::period::PeriodEvent;
use crate::domain::person::Person;
use crate::domain::pledge::{Instalment, Lot, Pledge};
use crate::domain::revaluation::Revaluation;
use crate::domain::statement::{Statement, StatementRun};
use crate::domain::unit::Unit;
use crate::domain::{
    AdAccount, Allocation, Creator, Obligation, Payout, PlatformBalance, SpendLine, WithholdingRule,
};

/// What deciding needs from outside: the time and the ids of what may come about.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database's clock.
    pub now: OffsetDateTime,
    /// The id the journal will have, if one is posted.
    pub journal: JournalId,
    /// Who asks, by the issuer's name for them.
    pub actor: String,
    /// Who asks, whatever name they go by: what makes two people two.
    pub identity: String,
    /// Whether they may post in months that are closed softly.
    pub by_controller: bool,
}

impl Context {
    /// Who asks.
    pub fn person(&self) -> Person {
        Person {
            name: self.actor.clone(),
            identity: Some(self.identity.clone()),
        }
    }
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
    /// A lot was given a later end: its last extension.
    LotExtended(Lot),
    /// Credits of a lot were lost.
    LotChanged(Lot),
    /// A creator was enrolled.
    Enrolled(Creator),
    /// It was recorded where a creator is paid.
    BankDetailsRecorded(BankDetails),
    /// A creator's name and bank details were erased.
    PersonErased(Erasure),
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
    /// A pledge moved on without a posting.
    MovedOn(MovedOn),
    /// An agreement was taken back.
    Unsigned(PledgeId),
    /// So much was taken back of lines of a journal.
    Reversed(JournalId, Vec<(i16, i64)>),
    /// A hold was taken, changed or let go.
    Held(PledgeId, HoldChange),
    /// A job was done.
    JobRan(JobRun),
    /// Something happened to the register.
    Register(RegisterEvent),
    /// A withholding rule was stated.
    WithholdingStated(WithholdingRule),
    /// A payout was proposed.
    PayoutProposed(Payout),
    /// The journal posted with it took one currency, that of the unit, for the pledge's own.
    RateStated(PledgeId, Unit, StatedRate),
    /// What is owed on accounts in another currency was valued anew.
    Revalued(Vec<Revaluation>),
    /// An exchange rate was stated.
    ExchangeRateStated(ExchangeRate),
    /// Something happened to a payout.
    PayoutMoved(PayoutEvent),
    /// Credits of a lot were placed in an ad account.
    Placed(AdAccountId, Lot),
    /// A further journal is posted, after the decision's own.
    Posted(Draft),
    /// A line of spend was reported.
    SpendRecorded(SpendLine),
    /// What a platform says is left in an ad account was noted.
    PlatformBalanceNoted(PlatformBalance),
    /// A line of spend was refunded, by the journal of that id.
    SpendRefunded(JournalId, Refunded),
    /// A line of spend was attributed to lots, by the journal of that id.
    SpendAttributed(JournalId, SpendLine),
    /// Part of a line of spend was cleared of suspense, by the journal of that id.
    SuspenseCleared(JournalId, Cleared),
    /// A write is to wait for somebody else.
    Proposed(Box<Approval>),
    /// Something was decided of what waited, by who asks now.
    ApprovalDecided(PledgeId, ApprovalId, Decided),
    /// A threshold was stated, by the approval it was posted with.
    ThresholdStated(Threshold),
    /// A month was closed or opened again.
    PeriodMoved(PeriodEvent),
    /// Statements were issued.
    StatementsIssued(Vec<Statement>),
    /// Statements are to be issued for all accounts of a pledge.
    StatementsRun(StatementRun),
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
