//! Which commands are which kind of action: whatever people decide that moves money is one.
//!
//! What isn't: what moves nothing; what the service does by itself; steps of a payout, whose
//! proposal is one and which has people of its own for each step; and what a platform reports of
//! days that are over, as that is a fact already.

use uuid::Uuid;

use super::{AdvanceStep, Command};
use crate::domain::approval::Action;

impl Command {
    /// What kind of action it is; none, if no threshold can be stated for it.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            Command::SignAgreement(_) => Action::Agreement,
            Command::MeetCondition(_) => Action::ConditionMet,
            Command::ReceiveCash(_) => Action::Receipt,
            Command::IssueLot(_) => Action::LotIssue,
            Command::WriteOff(_) => Action::WriteOff,
            Command::ChargeSupportCost(_) => Action::SupportCost,
            Command::DrawSupportCost(_) => Action::SupportCostDraw,
            Command::BudgetMarket(_) => Action::Budget,
            Command::ReturnBudget(_) => Action::BudgetReturn,
            Command::AllocateToCreator(_) => Action::Allocation,
            Command::ReleaseAllocation(_) => Action::Release,
            Command::OpenObligation(_) => Action::Obligation,
            Command::ReleaseObligation(_) => Action::ObligationRelease,
            Command::AcceptInvoice(_) => Action::Invoice,
            Command::MoveAdvance(it) => match it.step {
                AdvanceStep::Pay => Action::Advance,
                AdvanceStep::Liquidate => Action::Liquidation,
                AdvanceStep::TakeBack => Action::AdvanceReturn,
            },
            Command::ProposePayout(_) => Action::Payout,
            Command::PayTax(_) => Action::TaxPayment,
            Command::PayPlatform(_) => Action::PlatformPayment,
            Command::ChargeAdTax(_) => Action::AdTax,
            Command::PlaceCredits(_) => Action::Placement,
            Command::RefundSpend(_) => Action::Refund,
            Command::AttributeSpend(_) => Action::Attribution,
            Command::ClearSuspense(_) => Action::SuspenseClearing,
            Command::RevokeLot(_) => Action::Revocation,
            Command::ClaimBack(_) => Action::Clawback,
            Command::Recover(_) => Action::Recovery,
            Command::WriteOffDebt(_) => Action::BadDebt,
            Command::OweDonor(_) => Action::DonorDue,
            Command::PayDonor(_) => Action::DonorPayment,
            Command::MoveReserve(it) => match it.gives_back {
                true => Action::ReserveReturn,
                false => Action::Reserve,
            },
            Command::ReverseJournal(_) => Action::Reversal,
            Command::StateThreshold(_) => Action::Threshold,
            Command::ReopenPeriod(_) => Action::PeriodReopening,
            Command::AnnouncePledge(_)
            | Command::MoveTaxReserve(_)
            | Command::RecordBankDetails(_)
            | Command::EraseCreator(_)
            | Command::KeepRegister(_)
            | Command::EnrolCreator(_)
            | Command::OpenAdAccount(_)
            | Command::MovePledge(_)
            | Command::ExtendLot(_)
            | Command::ExpireLot(_)
            | Command::RecordRun(_)
            | Command::StateWithholding(_)
            | Command::MovePayout(_)
            | Command::ExpirePayout(_)
            | Command::StateExchangeRate(_)
            | Command::ImportRates(_)
            | Command::RevaluePledge(_)
            | Command::ImportSpend(_)
            | Command::NotePlatformBalance(_)
            | Command::ClosePeriod(_)
            | Command::IssueStatements(_)
            | Command::RunStatements(_)
            | Command::DecideApproval(_) => return None,
        })
    }

    /// The id of what it makes, where accounts are kept by that: it is another one each time the
    /// same is asked for.
    pub fn makes(&self) -> Option<Uuid> {
        match self {
            Command::IssueLot(it) => Some(it.id.0),
            Command::OpenObligation(it) => Some(it.id.0),
            _ => None,
        }
    }
}
