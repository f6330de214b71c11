//! Journals, as they were posted.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::read::{PostedJournal, PostedSide, PostedTransfer};
use crate::domain::money::format_minor;
use crate::domain::{
    AccountId, AdAccountId, AllocationId, ApprovalId, CreatorId, InstalmentId, JournalId, Kind,
    LotId, Market, ObligationId, PayoutId, PledgeId,
};
use crate::http::views::DocumentOut;
use crate::http::wire::{Day, Instant, MoneyOut};

/// A business event, as posted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Journal)]
pub struct JournalOut {
    /// Its id.
    pub id: JournalId,
    /// The pledge whose money moved.
    pub pledge_id: PledgeId,
    /// Its number within the pledge, from 1, without gaps.
    pub number: i64,
    /// What happened.
    pub kind: &'static str,
    /// When it counts.
    pub effective_date: Day,
    /// When the ledger knew.
    pub recorded_at: Instant,
    /// Who asked for it; left out where the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The approval it was posted by, if it took one; left out where the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<ApprovalId>,
    /// What it is about: an instalment, a lot, an allocation.
    pub subject_id: Option<String>,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// What it rests on.
    pub document: Option<DocumentOut>,
    /// The journal it takes back, if it is a reversal, or wins something back from.
    pub reverses: Option<JournalId>,
    /// What moved.
    pub transfers: Vec<TransferOut>,
}

/// One amount from one account to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferOut {
    /// Its place in the journal, from 1.
    pub line: i16,
    /// How much.
    pub amount: MoneyOut,
    /// How much of it was taken back by reversals.
    pub reversed: MoneyOut,
    /// How much of it was not.
    pub left: MoneyOut,
    /// The account debited.
    pub debit: SideOut,
    /// The account credited.
    pub credit: SideOut,
}

/// One side of a transfer. All but the code is left out where the caller may not see the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TransferSide)]
pub struct SideOut {
    /// The account's code.
    pub code: &'static str,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Its market, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<Market>,
    /// The account's own number for the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// The account's balance after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<String>,
}

impl SideOut {
    fn new(side: &PostedSide, digits: u32) -> Self {
        let account = side.account;
        SideOut {
            code: side.code.as_str(),
            account_id: account.map(|it| it.id),
            market: account.and_then(|it| it.market),
            seq: account.map(|it| it.seq),
            balance: account.map(|it| format_minor(it.balance, digits)),
        }
    }
}

impl From<&PostedTransfer> for TransferOut {
    fn from(transfer: &PostedTransfer) -> Self {
        let unit = transfer.amount.unit();
        let digits = unit.minor_digits();
        let left = transfer.amount.minor() - transfer.reversed.minor();
        TransferOut {
            line: transfer.line,
            amount: (&transfer.amount).into(),
            reversed: (&transfer.reversed).into(),
            left: MoneyOut::of_minor(left, unit),
            debit: SideOut::new(&transfer.debit, digits),
            credit: SideOut::new(&transfer.credit, digits),
        }
    }
}

/// What a journal is about, as the kind has it.
fn subject(kind: Kind, id: uuid::Uuid) -> String {
    match kind {
        Kind::Agreement
        | Kind::SupportCost
        | Kind::Budget
        | Kind::BudgetReturn
        | Kind::Reserve
        | Kind::ReserveReturn
        | Kind::DonorDue
        | Kind::DonorPayment
        | Kind::PlatformPayment
        | Kind::TaxPayment
        | Kind::Suspense
        | Kind::SupportCostDraw
        | Kind::Revaluation => PledgeId(id).to_string(),
        Kind::ConditionMet | Kind::Receipt | Kind::WriteOff => InstalmentId(id).to_string(),
        Kind::LotIssue
        | Kind::Placement
        | Kind::Expiry
        | Kind::ExpiryCorrection
        | Kind::Revocation => LotId(id).to_string(),
        Kind::Allocation | Kind::Release => AllocationId(id).to_string(),
        Kind::Obligation
        | Kind::ObligationRelease
        | Kind::Invoice
        | Kind::Advance
        | Kind::Liquidation
        | Kind::Clawback
        | Kind::AdvanceReturn => ObligationId(id).to_string(),
        Kind::Payment | Kind::PaymentReturn => PayoutId(id).to_string(),
        Kind::Spend | Kind::AdTax | Kind::Overspill | Kind::SuspenseClearing | Kind::Refund => {
            AdAccountId(id).to_string()
        }
        Kind::Recovery | Kind::BadDebt => CreatorId(id).to_string(),
        Kind::Reversal => JournalId(id).to_string(),
    }
}

impl From<&PostedJournal> for JournalOut {
    fn from(journal: &PostedJournal) -> Self {
        JournalOut {
            id: journal.id,
            pledge_id: journal.pledge,
            number: journal.number,
            kind: journal.kind.as_str(),
            effective_date: Day(journal.effective_date),
            recorded_at: Instant(journal.recorded_at),
            actor: journal.actor.clone(),
            approval_id: journal.approval,
            subject_id: journal.subject.map(|id| subject(journal.kind, id)),
            reason: journal.reason.clone(),
            bank_reference: journal.bank_reference.clone(),
            document: journal.document.as_ref().map(DocumentOut::from),
            reverses: journal.reverses,
            transfers: journal.transfers.iter().map(TransferOut::from).collect(),
        }
    }
}
