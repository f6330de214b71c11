//! Approvals: writes that wait for somebody else.
//!
//! One person asks for something that moves money, and if it is above the pledge's threshold for
//! it, nothing is posted: the request waits as an approval, with what it would post and a digest of
//! that. Others approve it, each once and none of them the maker, and with the last of them that is
//! needed exactly this is posted, in the maker's name. What would be something else by then is
//! refused, and goes on waiting. Nothing is held for it, unless that was asked for.
//!
//! Credits are placed, and what will not come is written off, by two people in any case, and so is
//! a threshold stated.

use time::{Date, OffsetDateTime};

use super::command::Outcome;
use super::id::{ApprovalId, JournalId, PledgeId, ThresholdId};
use super::journal::Draft;
use super::money::Money;
use super::person::Person;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $two:literal;)+) => {
        /// A kind of thing that people do with money, by which thresholds are stated. The same list
        /// stands in the database, as `actions`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// Every action there is.
            pub const ALL: &'static [Action] = &[$(Action::$name),+];

            /// The action as the database and the API write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Action::$name => $word),+ }
            }

            /// The action written so.
            pub fn parse(text: &str) -> Option<Action> {
                match text { $($word => Some(Action::$name),)+ _ => None }
            }

            /// Whether it always takes two people, whatever the amount.
            pub fn takes_two(self) -> bool {
                match self { $(Action::$name => $two),+ }
            }
        }
    };
}

actions! {
    /// An agreement is signed.
    Agreement = "agreement", false;
    /// An instalment's condition is met.
    ConditionMet = "condition-met", false;
    /// Cash is received.
    Receipt = "receipt", false;
    /// A lot of credits is issued.
    LotIssue = "lot-issue", false;
    /// What an instalment will not bring is written off.
    WriteOff = "write-off", true;
    /// Programme support cost is set aside.
    SupportCost = "support-cost", false;
    /// Programme support cost is drawn.
    SupportCostDraw = "support-cost-draw", false;
    /// A market is given budget.
    Budget = "budget", false;
    /// A market gives budget back.
    BudgetReturn = "budget-return", false;
    /// A creator is allocated part of a budget.
    Allocation = "allocation", false;
    /// An allocation is given back.
    Release = "release", false;
    /// Part of an allocation is bound.
    Obligation = "obligation", false;
    /// What an obligation binds is given back.
    ObligationRelease = "obligation-release", false;
    /// An invoice is accepted.
    Invoice = "invoice", false;
    /// A creator is paid in advance.
    Advance = "advance", false;
    /// An advance is accounted for.
    Liquidation = "liquidation", false;
    /// What is unspent of an advance comes back.
    AdvanceReturn = "advance-return", false;
    /// A payout is proposed.
    Payout = "payout", false;
    /// Tax withheld is paid to the tax office.
    TaxPayment = "tax-payment", false;
    /// A platform is paid.
    PlatformPayment = "platform-payment", false;
    /// Tax on ad spend is recorded.
    AdTax = "ad-tax", false;
    /// Credits are placed in an ad account, which can't be undone.
    Placement = "placement", true;
    /// A refund of spend is recorded.
    Refund = "refund", false;
    /// Spend is attributed to other lots.
    Attribution = "attribution", false;
    /// What is in suspense is charged to its market.
    SuspenseClearing = "suspense-clearing", false;
    /// A platform took credits back.
    Revocation = "revocation", false;
    /// A cost is found not eligible.
    Clawback = "clawback", false;
    /// A creator paid back.
    Recovery = "recovery", false;
    /// What a creator will not pay back is written off.
    BadDebt = "bad-debt", true;
    /// Money is set aside for the donor.
    DonorDue = "donor-due", false;
    /// The donor is paid back.
    DonorPayment = "donor-payment", false;
    /// Money is set aside for fees and exchange differences.
    Reserve = "reserve", false;
    /// Part of that is given back.
    ReserveReturn = "reserve-return", false;
    /// A journal is taken back.
    Reversal = "reversal", false;
    /// A threshold is stated.
    Threshold = "threshold", true;
    /// A month that was closed is opened again.
    PeriodReopening = "period-reopening", true;
}

impl Action {
    /// Whether it is about the controls themselves, which controllers decide of one another.
    pub fn is_of_controls(self) -> bool {
        matches!(self, Action::Threshold | Action::PeriodReopening)
    }
}

/// How much of a unit may be moved by an action without anybody else, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The action.
    pub action: Action,
    /// The unit's code.
    pub unit: String,
    /// What is more than this needs approval, in minor digits.
    pub above: i64,
    /// By how many people besides the maker.
    pub approvals: i16,
    /// The first day it is in force.
    pub valid_from: Date,
}

impl Limit {
    /// Of limits in the order they were stated, the one in force on a day: the one that began last,
    /// and of those that began together the last one stated.
    pub fn in_force<'a>(
        limits: &'a [Limit],
        action: Action,
        unit: &str,
        day: Date,
    ) -> Option<&'a Limit> {
        let own = limits
            .iter()
            .filter(|it| it.action == action && it.unit == unit && it.valid_from <= day);
        own.max_by_key(|it| it.valid_from)
    }
}

/// A threshold: a limit of a pledge, as it was stated and approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Its id.
    pub id: ThresholdId,
    /// The pledge whose money it is about.
    pub pledge: PledgeId,
    /// What it says.
    pub limit: Limit,
    /// The same amount, with its unit.
    pub above: Money,
    /// Who stated it.
    pub stated_by: String,
    /// When it was approved, which is when the ledger knew.
    pub stated_at: OffsetDateTime,
}

/// A request as it was sent: what is read again when it is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its address.
    pub path: String,
    /// Its body, as canonical JSON.
    pub body: String,
    /// When it was read: what it leaves to the day it is asked on is left to that day.
    pub asked_at: OffsetDateTime,
}

/// What would be posted, as people are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As JSON.
    pub posting: String,
    /// SHA-256 over the request and that, in hexadecimal digits.
    pub digest: String,
}

/// How what would be posted by a request is shown; given from outside, like the time.
#[derive(Debug, Clone, Copy)]
pub struct Witness {
    /// A digest of the request.
    pub request: [u8; 32],
    /// Shows the journals that would be posted, in order.
    pub show: fn(&[u8; 32], &[Draft]) -> Shown,
    /// Writes what the maker is told of it once it is posted.
    pub tell: fn(&Outcome) -> Vec<u8>,
}

/// A request that may wait for somebody else, and on which terms.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The request.
    pub request: Request,
    /// How it is shown.
    pub witness: Witness,
    /// Whether what it takes is held for it meanwhile.
    pub reserve: bool,
    /// How many days it waits, at most.
    pub expires_in_days: u16,
}

/// Where an approval is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalState {
    /// Waiting for somebody else.
    Pending,
    /// Approved by as many as it takes, and posted.
    Approved,
    /// Somebody else said no.
    Rejected,
    /// Its maker took it back.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

impl ApprovalState {
    /// Every state there is.
    pub const ALL: &'static [ApprovalState] = &[
        ApprovalState::Pending,
        ApprovalState::Approved,
        ApprovalState::Rejected,
        ApprovalState::Withdrawn,
        ApprovalState::Expired,
    ];

    /// The state as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            ApprovalState::Pending => "pending",
            ApprovalState::Approved => "approved",
            ApprovalState::Rejected => "rejected",
            ApprovalState::Withdrawn => "withdrawn",
            ApprovalState::Expired => "expired",
        }
    }

    /// The state written so.
    pub fn parse(text: &str) -> Option<ApprovalState> {
        let mut all = Self::ALL.iter().copied();
        all.find(|state| state.as_str() == text)
    }

    /// What can still be done, as a sentence.
    pub fn open(self) -> &'static str {
        match self {
            ApprovalState::Pending => "Others may approve or reject it, and its maker withdraw it.",
            ApprovalState::Approved => "It was posted; what was posted can be reversed.",
            ApprovalState::Rejected | ApprovalState::Withdrawn | ApprovalState::Expired => {
                "No move is open; the same can be asked for anew."
            }
        }
    }
}

/// What somebody decided of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Its place among the approval's decisions, from 1.
    pub seq: i16,
    /// What was decided: anything but that it is pending.
    pub verdict: ApprovalState,
    /// By whom.
    pub by: Person,
    /// When.
    pub at: OffsetDateTime,
    /// Why, if it ended without being posted.
    pub reason: Option<String>,
    /// What the maker is told, once it is posted: as JSON.
    pub result: Option<String>,
}

/// A write that waits, or waited, for somebody else.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The pledge whose money would move.
    pub pledge: PledgeId,
    /// What would be done.
    pub action: Action,
    /// How much of what is above its threshold; nothing for what moves nothing.
    pub amount: Option<Money>,
    /// Who asked for it.
    pub maker: Person,
    /// Whether they may post in months that are closed softly.
    pub by_controller: bool,
    /// The request.
    pub request: Request,
    /// What it would post, and the digest of that.
    pub shown: Shown,
    /// The same in words.
    pub summary: String,
    /// How many people besides the maker have to approve it.
    pub needed: i16,
    /// Whether what it takes is held for it.
    pub reserved: bool,
    /// When it was asked for.
    pub proposed_at: OffsetDateTime,
    /// From when on it can't be approved any more.
    pub expires_at: OffsetDateTime,
    /// What was decided of it, in order.
    pub decisions: Vec<Decided>,
    /// The first journal that was posted by it.
    pub journal: Option<JournalId>,
}

impl Approval {
    /// Where it is at that moment.
    pub fn state(&self, now: OffsetDateTime) -> ApprovalState {
        match self.ended() {
            Some(end) => end.verdict,
            None if self.expires_at <= now => ApprovalState::Expired,
            None => ApprovalState::Pending,
        }
    }

    /// How many have approved it.
    pub fn approvals(&self) -> i16 {
        let approved = |it: &&Decided| it.verdict == ApprovalState::Approved;
        let count = self.decisions.iter().filter(approved).count();
        i16::try_from(count).unwrap_or(i16::MAX)
    }

    /// The decision that ended it, if one did.
    pub fn ended(&self) -> Option<&Decided> {
        let last = self.decisions.last()?;
        match last.verdict {
            ApprovalState::Approved if self.approvals() < self.needed => None,
            _ => Some(last),
        }
    }
}
