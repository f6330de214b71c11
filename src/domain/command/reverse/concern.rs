//! What a journal did besides the posting, by its kind: what a reversal has to mind.

use crate::domain::journal::Kind;
use crate::domain::reversal::Chain;

/// What a journal did besides the posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// It had a pledge signed.
    Agreement,
    /// It had a condition met.
    Condition,
    /// Something came in on an instalment.
    Income,
    /// Something of an instalment will not come.
    WriteOff,
    /// It made an allocation.
    Allocation,
    /// It gave back part of one.
    Release,
    /// It bound part of an allocation.
    Binding,
    /// It gave back part of what was bound.
    Unbinding,
    /// It paid in advance, which a hold on the obligation's purse covers: so much more, or less.
    Advance(i64),
    /// Nothing.
    Posting,
    /// What can't be undone here, and what to do instead.
    OneWay(&'static str),
}

impl Concern {
    /// What the first journal of the chain did.
    pub(super) fn of(chain: &Chain<'_>) -> Concern {
        if chain.target().kind == Kind::ExpiryCorrection {
            return Concern::OneWay("import what the platform reports now, as a higher revision.");
        }
        match chain.origin().kind {
            Kind::Agreement => Concern::Agreement,
            Kind::ConditionMet => Concern::Condition,
            Kind::Receipt | Kind::LotIssue => Concern::Income,
            Kind::WriteOff => Concern::WriteOff,
            Kind::Allocation => Concern::Allocation,
            Kind::Release => Concern::Release,
            Kind::Obligation => Concern::Binding,
            Kind::ObligationRelease => Concern::Unbinding,
            Kind::Advance => Concern::Advance(1),
            Kind::Liquidation | Kind::AdvanceReturn => Concern::Advance(-1),
            Kind::Placement => {
                Concern::OneWay("credits in an ad account can't be had back from the platform.")
            }
            Kind::Payment => {
                Concern::OneWay("if the bank returned it, record the return of the payout.")
            }
            Kind::PaymentReturn => Concern::OneWay("propose the payout again."),
            Kind::Spend | Kind::Overspill => {
                Concern::OneWay("import what the platform reports now, as a higher revision.")
            }
            Kind::Revaluation => Concern::OneWay(
                "it ends with its month by itself; revalue the month again to correct it.",
            ),
            Kind::SuspenseClearing => {
                Concern::OneWay("a later report of less gives back what was charged.")
            }
            Kind::Refund => Concern::OneWay("ask the platform for a later report of the day."),
            Kind::SupportCost
            | Kind::SupportCostDraw
            | Kind::Budget
            | Kind::BudgetReturn
            | Kind::Reversal
            | Kind::Invoice
            | Kind::AdTax
            | Kind::PlatformPayment
            | Kind::Expiry
            | Kind::Revocation
            | Kind::ExpiryCorrection
            | Kind::Clawback
            | Kind::Recovery
            | Kind::BadDebt
            | Kind::DonorDue
            | Kind::DonorPayment
            | Kind::Reserve
            | Kind::ReserveReturn
            | Kind::TaxPayment
            | Kind::Suspense => Concern::Posting,
        }
    }

    /// Whether it says what is owed or has come of an instalment.
    pub(super) fn is_of_instalment(self) -> bool {
        match self {
            Concern::Agreement | Concern::Condition | Concern::Income | Concern::WriteOff => true,
            Concern::Allocation
            | Concern::Release
            | Concern::Binding
            | Concern::Unbinding
            | Concern::Advance(_)
            | Concern::Posting
            | Concern::OneWay(_) => false,
        }
    }

    /// Whether it is so or not, with nothing in between.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Concern::Agreement | Concern::Condition => true,
            Concern::Income
            | Concern::WriteOff
            | Concern::Allocation
            | Concern::Release
            | Concern::Binding
            | Concern::Unbinding
            | Concern::Advance(_)
            | Concern::Posting
            | Concern::OneWay(_) => false,
        }
    }
}
