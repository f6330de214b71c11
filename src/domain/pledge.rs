//! Pledges, their instalments, and the lots of credits issued against them.

use time::{Date, OffsetDateTime};

use super::exchange::Bearer;
use super::id::{InstalmentId, LotId, PledgeId};
use super::journal::Document;
use super::lot::{Extension, FairValue, LotFigures, LotScope};
use super::market::Market;
use super::money::Money;
use super::unit::Unit;

/// Where a pledge is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PledgeState {
    /// Made known; not binding, so nothing is posted.
    Announced,
    /// Signed: its unconditional instalments are receivable.
    Agreed,
    /// Money or credits have come in.
    Active,
    /// Being wound down: nothing new is budgeted, allocated or bound.
    Closing,
    /// Nothing is left of it, and nothing more is posted.
    Closed,
    /// Withdrawn before it was signed.
    Cancelled,
}

impl PledgeState {
    /// The state as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            PledgeState::Announced => "announced",
            PledgeState::Agreed => "agreed",
            PledgeState::Active => "active",
            PledgeState::Closing => "closing",
            PledgeState::Closed => "closed",
            PledgeState::Cancelled => "cancelled",
        }
    }

    /// Every state there is.
    pub const ALL: &'static [PledgeState] = &[
        PledgeState::Announced,
        PledgeState::Agreed,
        PledgeState::Active,
        PledgeState::Closing,
        PledgeState::Closed,
        PledgeState::Cancelled,
    ];

    /// The state written so.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|state| state.as_str() == text)
    }

    /// Which moves are open to a pledge in this state, as a sentence.
    pub fn open(self) -> &'static str {
        match self {
            PledgeState::Announced => "Record its agreement first, or cancel it.",
            PledgeState::Agreed | PledgeState::Active => {
                "It is signed: receipts, lots, budgets and allocations are open, and closing."
            }
            PledgeState::Closing => {
                "It is being wound down: what is left may come in, be paid, released, written off \
                 or given back; and it may be closed, or resumed."
            }
            PledgeState::Closed | PledgeState::Cancelled => "Nothing more is open to it.",
        }
    }
}

/// A donor's promise to a recipient.
#[derive(Debug, Clone)]
pub struct Pledge {
    /// Its id.
    pub id: PledgeId,
    /// The parties' own name for it; unique.
    pub reference: String,
    /// Who gives.
    pub donor: String,
    /// Who receives.
    pub recipient: String,
    /// What for.
    pub purpose: String,
    /// The face value, in the functional currency.
    pub total: Money,
    /// The total by unit, each in units of the functional currency.
    pub split: Vec<Money>,
    /// The markets it may be budgeted for.
    pub markets: Vec<Market>,
    /// Who bears what is lost or gained on exchange.
    pub exchange_differences: Bearer,
    /// Where it is in its life.
    pub state: PledgeState,
    /// When the agreement took effect.
    pub agreed_on: Option<Date>,
    /// When it was recorded.
    pub created_at: OffsetDateTime,
}

impl Pledge {
    /// Whether the split names the unit.
    pub fn has_unit(&self, unit: &Unit) -> bool {
        self.split.iter().any(|part| part.unit() == unit)
    }

    /// Whether it may be budgeted for the market.
    pub fn has_market(&self, market: Market) -> bool {
        self.markets.contains(&market)
    }
}

/// Where an instalment is in its life; derived from what has happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstalmentState {
    /// Nothing has come yet, and a condition, if it has one, isn't met.
    Scheduled,
    /// Its condition is met and nothing has come yet.
    ConditionMet,
    /// Part of it has come or was written off.
    Short,
    /// Nothing is outstanding, and something came.
    Received,
    /// Nothing is outstanding, and nothing came.
    WrittenOff,
}

impl InstalmentState {
    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            InstalmentState::Scheduled => "scheduled",
            InstalmentState::ConditionMet => "condition_met",
            InstalmentState::Short => "short",
            InstalmentState::Received => "received",
            InstalmentState::WrittenOff => "written_off",
        }
    }
}

/// One payment, or one issue of credits, that a pledge consists of.
#[derive(Debug, Clone)]
pub struct Instalment {
    /// Its id.
    pub id: InstalmentId,
    /// The pledge it belongs to.
    pub pledge: PledgeId,
    /// The parties' own name for it; unique within the pledge.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it is due.
    pub due_date: Date,
    /// What has to happen first.
    pub condition: Option<String>,
    /// When that happened.
    pub condition_met_on: Option<Date>,
    /// What shows that it happened.
    pub condition_document: Option<Document>,
    /// What has come, fees included, in minor digits.
    pub received: i64,
    /// What will not come, in minor digits.
    pub written_off: i64,
}

impl Instalment {
    /// What has neither come nor been written off.
    pub fn outstanding(&self) -> Money {
        let open = self.amount.minor() - self.received - self.written_off;
        Money::from_minor(open, self.amount.unit().clone())
    }

    /// Whether a condition stands between the donor and the obligation to pay.
    pub fn awaits_condition(&self) -> bool {
        self.condition.is_some() && self.condition_met_on.is_none()
    }

    /// Where it is in its life.
    pub fn state(&self) -> InstalmentState {
        match (
            self.outstanding().minor() == 0,
            self.received > 0,
            self.written_off > 0,
        ) {
            (true, true, _) => InstalmentState::Received,
            (true, false, _) => InstalmentState::WrittenOff,
            (false, true, _) | (false, _, true) => InstalmentState::Short,
            (false, false, false) if self.condition_met_on.is_some() => {
                InstalmentState::ConditionMet
            }
            (false, false, false) => InstalmentState::Scheduled,
        }
    }
}

/// How a lot of credits may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotKind {
    /// For any campaign of the account.
    Free,
    /// For a campaign it has to be assigned to.
    Assignable,
    /// Once a spend of one's own is reached.
    Conditional,
}

impl LotKind {
    /// The kind as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            LotKind::Free => "free",
            LotKind::Assignable => "assignable",
            LotKind::Conditional => "conditional",
        }
    }
}

/// Credits a platform issued together, usable between two dates.
#[derive(Debug, Clone)]
pub struct Lot {
    /// Its id.
    pub id: LotId,
    /// The pledge it counts towards.
    pub pledge: PledgeId,
    /// The instalment it fulfils.
    pub instalment: InstalmentId,
    /// Its face value.
    pub face: Money,
    /// How it may be used.
    pub kind: LotKind,
    /// The first day it can be used.
    pub valid_from: Date,
    /// The last day it can be used.
    pub expires_at: Date,
    /// When it counts as issued.
    pub issued_on: Date,
    /// The platform's document.
    pub document: Option<Document>,
    /// What it may be used for.
    pub scope: LotScope,
    /// What it is worth.
    pub fair_value: Option<FairValue>,
    /// Later ends, in the order they were granted.
    pub extensions: Vec<Extension>,
    /// What has become of it.
    pub figures: LotFigures,
}
