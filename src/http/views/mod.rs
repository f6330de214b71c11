//! What the API answers with: the JSON shapes of the ledger's things.
//!
//! Shapes are their own types, so that neither a rule nor a column can change an answer unnoticed.
//! What there isn't is `null`; only what a caller may not see, or what only a write can tell, is
//! left out.

mod approval;
mod budget;
mod identity;
mod job;
mod lot;
mod obligation;
mod payout;
mod period;
mod person;
mod platform_balance;
mod pledge;
mod posted;
mod revaluation;
mod reversal;
mod spend;
mod statement;
mod suspense;

use serde::Serialize;

pub use approval::{ApprovalOut, ThresholdOut};
pub use budget::{AccountKeyOut, AllocationOut, BudgetOut, CreatorOut, TaxReserveOut};
pub use identity::{
    ApiTokenOut, IdentityOut, RoleGrantOut, SHOWN_BEFORE, SHOWN_NOW, SubjectOut, TokenRevocationOut,
};
pub use job::{JobOut, JobRunOut};
pub use lot::{ExtensionOut, FairValueOut, RevocationOut};
pub use obligation::{AdAccountOut, CampaignOut, ObligationOut};
pub use payout::{
    ExchangeRateOut, InvoiceOut, PayoutOut, RateImportOut, ReserveOut, StatedRateOut,
    TaxPaymentOut, WithholdingRuleOut,
};
pub use period::{PeriodCheckOut, PeriodEventOut};
pub use person::{BankDetailsOut, RecordedBankDetailsOut};
pub use platform_balance::PlatformBalanceOut;
pub use pledge::{
    ConditionMetOut, DocumentOut, InstalmentOut, LotOut, PartyOut, PledgeOut, ReceiptOut,
    SupportCostOut, WriteOffOut,
};
pub use revaluation::{RevaluationOut, RevaluationRunOut};
pub use reversal::{ReversalOut, ReversedLineOut};
pub use statement::{IssuedStatementOut, StatementRunOut};

pub use posted::PostedOut;
pub use spend::{
    AdTaxOut, PlacementOut, PlatformPaymentOut, SpendAttributionOut, SpendImportOut, SpendLineOut,
    SpendRefundOut,
};
pub use suspense::SuspenseClearingOut;

use crate::domain::Outcome;
use crate::engine::Render;

/// How writes are answered; what [`crate::engine::Submission`] asks for.
pub const RENDER: Render = Render {
    answer: render,
    kept: person::kept,
    repeated: person::repeated,
};

/// The bytes a write is answered with.
pub fn render(outcome: &Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Pledge {
            pledge,
            instalments,
        } => json(&PledgeOut::new(pledge, instalments)),
        Outcome::Condition {
            instalment,
            journal,
        } => json(&ConditionMetOut {
            instalment: instalment.into(),
            journal_id: *journal,
        }),
        Outcome::Receipt { .. } => json(&ReceiptOut::of(outcome)),
        Outcome::Lot { lot, journal } => json(&LotOut {
            journal_id: Some(*journal),
            ..lot.into()
        }),
        Outcome::LotExtended(lot) => json(&LotOut::from(lot)),
        Outcome::CreditsLost { .. } => json(&RevocationOut::of(outcome)),
        Outcome::Register(outcome) => identity::render(outcome),
        Outcome::JobRan(run) => json(&JobRunOut::from(run)),
        Outcome::WriteOff { .. } => json(&WriteOffOut::of(outcome)),
        Outcome::SupportCost { .. } => json(&SupportCostOut::of(outcome)),
        Outcome::Budget { .. } => json(&BudgetOut::of(outcome)),
        Outcome::Posted { .. } => json(&PostedOut::of(outcome)),
        Outcome::Creator(creator) => json(&CreatorOut::from(creator)),
        Outcome::BankDetails(details) => json(&RecordedBankDetailsOut::from(details)),
        Outcome::Allocation {
            allocation,
            journal,
        } => json(&AllocationOut {
            journal_id: Some(*journal),
            ..allocation.into()
        }),
        Outcome::Reversal { .. } => json(&ReversalOut::of(outcome)),
        Outcome::Placement { .. } => json(&PlacementOut::of(outcome)),
        Outcome::SpendImport(import) => json(&SpendImportOut::from(import)),
        Outcome::SpendRefund { .. } => json(&SpendRefundOut::of(outcome)),
        Outcome::SpendAttribution { .. } => json(&SpendAttributionOut::of(outcome)),
        Outcome::SuspenseClearing { .. } => json(&SuspenseClearingOut::of(outcome)),
        Outcome::PlatformBalance(balance) => json(&PlatformBalanceOut::from(balance)),
        Outcome::AdTax { .. } => json(&AdTaxOut::of(outcome)),
        Outcome::PlatformPayment { .. } => json(&PlatformPaymentOut::of(outcome)),
        Outcome::AdAccount(account) => json(&AdAccountOut::from(account)),
        Outcome::Obligation {
            obligation,
            journal,
        } => json(&ObligationOut {
            journal_id: Some(*journal),
            ..obligation.into()
        }),
        Outcome::Invoice { .. } => json(&InvoiceOut::of(outcome)),
        Outcome::ExchangeRate(rate) => json(&ExchangeRateOut::from(rate)),
        Outcome::Revaluation { .. } => json(&RevaluationRunOut::of(outcome)),
        Outcome::RateImport(import) => json(&RateImportOut::from(import)),
        Outcome::Reserve { .. } => json(&ReserveOut::of(outcome)),
        Outcome::TaxReserve { .. } => json(&TaxReserveOut::of(outcome)),
        Outcome::TaxPayment { .. } => json(&TaxPaymentOut::of(outcome)),
        Outcome::WithholdingRule(rule) => json(&WithholdingRuleOut::from(rule)),
        Outcome::Statements(_) | Outcome::StatementRun(_) => statement::render(outcome),
        Outcome::Period(event) => json(&PeriodEventOut::from(event)),
        Outcome::Threshold(threshold) => json(&ThresholdOut::from(threshold)),
        Outcome::Approval { approval, at } => json(&ApprovalOut::at(approval, *at)),
        Outcome::Payout { payout, journal } => json(&PayoutOut {
            journal_id: *journal,
            ..payout.into()
        }),
    }
}

/// Writes one of this module's shapes: their members have text names, so writing can't fail.
fn json(shape: &impl Serialize) -> Vec<u8> {
    // Most take less, and what is to be written while others wait shouldn't grow on the way.
    let mut bytes = Vec::with_capacity(768);
    match serde_json::to_writer(&mut bytes, shape) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}
