//! Journals: one business event each, made of transfers.
//!
//! A command drafts a journal as moves between accounts; posting numbers it within its pledge and
//! gives each side of each move the account's next sequence number and its figures after it.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::account::AccountKey;
use super::chart::Code;
use super::id::{ApprovalId, JournalId, PledgeId};
use super::money::Money;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// What kind of event a journal records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// Every kind there is.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),+];

            /// The kind as the database and the API write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $word),+ }
            }

            /// The kind written so.
            pub fn parse(text: &str) -> Option<Kind> {
                match text { $($word => Some(Kind::$name),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// The agreement was signed; unconditional instalments became receivable.
    Agreement = "agreement";
    /// A conditional instalment's condition was met.
    ConditionMet = "condition-met";
    /// Cash was received on an instalment.
    Receipt = "receipt";
    /// The platform issued a lot of credits.
    LotIssue = "lot-issue";
    /// Part of an instalment will not come.
    WriteOff = "write-off";
    /// Programme support cost was set aside.
    SupportCost = "support-cost";
    /// A market was given budget.
    Budget = "budget";
    /// A market gave budget back.
    BudgetReturn = "budget-return";
    /// A creator was allocated part of a market's budget.
    Allocation = "allocation";
    /// An allocation was given back, in part or whole.
    Release = "release";
    /// An earlier journal was taken back, in part or whole.
    Reversal = "reversal";
    /// Part of an allocation was bound by a contract or a campaign.
    Obligation = "obligation";
    /// Part of an obligation was given back to its creator's allocation.
    ObligationRelease = "obligation-release";
    /// A creator's invoice was accepted.
    Invoice = "invoice";
    /// A payout left the bank.
    Payment = "payment";
    /// A payout came back from the bank.
    PaymentReturn = "payment-return";
    /// A creator was paid in advance.
    Advance = "advance";
    /// An advance was accounted for.
    Liquidation = "liquidation";
    /// The unspent part of an advance came back.
    AdvanceReturn = "advance-return";
    /// Credits were placed in an ad account.
    Placement = "placement";
    /// Ad spend became final, or was restated.
    Spend = "spend";
    /// Tax on ad spend fell due.
    AdTax = "ad-tax";
    /// Ads went on against cash when the credits ran out.
    Overspill = "overspill";
    /// Overspill that no purse covered was charged to its market after all.
    SuspenseClearing = "suspense-clearing";
    /// The platform was paid what it was owed.
    PlatformPayment = "platform-payment";
    /// The platform gave back spend on invalid traffic.
    Refund = "refund";
    /// Credits lapsed unused at the end of their lot's life.
    Expiry = "expiry";
    /// The platform took credits back.
    Revocation = "revocation";
    /// Spend in time, reported late, won credits back from the lapse.
    ExpiryCorrection = "expiry-correction";
    /// A cost was found not eligible, and is to be paid back.
    Clawback = "clawback";
    /// A creator paid back what was not eligible.
    Recovery = "recovery";
    /// What was owed back will not come.
    BadDebt = "bad-debt";
    /// Money was set aside to be given back to the donor.
    DonorDue = "donor-due";
    /// The donor was paid back.
    DonorPayment = "donor-payment";
    /// Programme support cost that was set aside was drawn.
    SupportCostDraw = "support-cost-draw";
    /// Money was set aside for fees and exchange differences.
    Reserve = "reserve";
    /// Part of the reserve was given back.
    ReserveReturn = "reserve-return";
    /// Tax withheld was paid to the tax office.
    TaxPayment = "tax-payment";
    /// Something in suspense was placed.
    Suspense = "suspense";
    /// What is owed in another currency was valued anew.
    Revaluation = "revaluation";
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
    /// What it takes back, if it is a reversal or wins something back.
    pub reverses: Option<Reverses>,
    /// What moves.
    pub moves: Vec<Move>,
}

/// What a journal takes back: lines of an earlier one of the pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverses {
    /// That journal's number.
    pub journal: i64,
    /// The lines of it that the moves take back, in their order.
    pub lines: Vec<i16>,
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
            reverses: None,
            moves,
        }
    }

    /// What it would put the proof of cash, or that of credits, out by.
    pub fn out_of_proof(&self) -> Option<Money> {
        self.out_of(|key| key.code.is_proved(key.unit.kind()))
    }

    /// What it would put what is pledged out by against what is receivable.
    pub fn out_of_awaited(&self) -> Option<Money> {
        self.out_of(|key| Code::is_awaited(key.code))
    }

    /// What the accounts that stand together gain of a unit, which ought to be nothing.
    fn out_of(&self, stands: impl Fn(&AccountKey) -> bool) -> Option<Money> {
        let effect = |it: &Move| {
            let gain = i64::from(stands(&it.credit)) - i64::from(stands(&it.debit));
            gain * it.amount
        };
        let out_by = self.moves.iter().map(|it| {
            let same_unit = self.moves.iter().filter(|m| m.debit.unit == it.debit.unit);
            Money::from_minor(same_unit.map(effect).sum(), it.debit.unit.clone())
        });
        let mut out_by = out_by.filter(|by| by.minor() != 0);
        out_by.next()
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
    /// By which approval it was posted, if it took one.
    pub approval: Option<ApprovalId>,
    /// What was asked for.
    pub draft: Draft,
    /// What moved, one for each move of the draft.
    pub transfers: Vec<Transfer>,
}
