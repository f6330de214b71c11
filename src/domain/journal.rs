//! Journals: one business event each, made of transfers.
//!
//! A command drafts a journal as moves between accounts; posting numbers it within its pledge and
//! gives each side of each move the account's next sequence number and its figures after it.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::account::AccountKey;
use super::id::{JournalId, PledgeId};

/// What kind of event a journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The agreement was signed; unconditional instalments became receivable.
    Agreement,
    /// A conditional instalment's condition was met.
    ConditionMet,
    /// Cash was received on an instalment.
    Receipt,
    /// The platform issued a lot of credits.
    LotIssue,
    /// Part of an instalment will not come.
    WriteOff,
    /// Programme support cost was set aside.
    SupportCost,
    /// A market was given budget.
    Budget,
    /// A market gave budget back.
    BudgetReturn,
    /// A creator was allocated part of a market's budget.
    Allocation,
    /// An allocation was given back, in part or whole.
    Release,
}

impl Kind {
    /// The kind as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Agreement => "agreement",
            Kind::ConditionMet => "condition-met",
            Kind::Receipt => "receipt",
            Kind::LotIssue => "lot-issue",
            Kind::WriteOff => "write-off",
            Kind::SupportCost => "support-cost",
            Kind::Budget => "budget",
            Kind::BudgetReturn => "budget-return",
            Kind::Allocation => "allocation",
            Kind::Release => "release",
        }
    }
}

/// A document a journal rests on, kept elsewhere and pinned by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it is kept.
    pub uri: String,
    /// SHA-256 of its bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// One amount from one account (credited) to another (debited); both count the same unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The account debited.
    pub debit: AccountKey,
    /// The account credited.
    pub credit: AccountKey,
    /// How much, in the unit's minor digit; greater than zero.
    pub amount: i64,
}

/// A journal as a command proposes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The pledge whose money moves.
    pub pledge: PledgeId,
    /// What happened.
    pub kind: Kind,
    /// When it counts.
    pub effective_date: Date,
    /// What it is about: an instalment, a lot, an allocation.
    pub subject: Option<Uuid>,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
    /// What the preparer notes.
    pub note: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// What it rests on.
    pub document: Option<Document>,
    /// What moves.
    pub moves: Vec<Move>,
}

impl Draft {
    /// A draft with nothing but what every journal has.
    pub fn new(pledge: PledgeId, kind: Kind, effective_date: Date, moves: Vec<Move>) -> Self {
        Draft {
            pledge,
            kind,
            effective_date,
            subject: None,
            reason: None,
            note: None,
            bank_reference: None,
            document: None,
            moves,
        }
    }
}

/// One side of a posted transfer: the account's number, its entry's sequence number, and its
/// figures after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// The account's number within the pledge.
    pub account: i32,
    /// The account's own gapless sequence number.
    pub seq: i64,
    /// Its balance after, on its normal side.
    pub balance: i64,
    /// Its cumulative debits (on the debit side) or credits after.
    pub turnover: i64,
}

/// A posted transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// How much, in the unit's minor digit.
    pub amount: i64,
    /// The account debited.
    pub debit: Leg,
    /// The account credited.
    pub credit: Leg,
}

/// A posted journal.
#[derive(Debug, Clone)]
pub struct Journal {
    /// Its public id.
    pub id: JournalId,
    /// Its number within the pledge, from 1, without gaps.
    pub number: i64,
    /// When the ledger knew; strictly rising with the number.
    pub recorded_at: OffsetDateTime,
    /// Who asked for it.
    pub actor: String,
    /// What was asked for.
    pub draft: Draft,
    /// What moved, one for each move of the draft.
    pub transfers: Vec<Transfer>,
}
