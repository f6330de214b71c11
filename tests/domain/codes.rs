//! Every code of a refusal.

use almoner::domain::Refusal;

/// Every code, by variant: a new variant doesn't compile without one here.
pub(super) fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotFound { .. } => "not-found",
        Refusal::UnknownReference { .. } => "unknown-reference",
        Refusal::DuplicateReference { .. } => "duplicate-reference",
        Refusal::Repeated { .. } => "repeated",
        Refusal::SplitNotTotal { .. } => "split-not-total",
        Refusal::SplitCurrency { .. } => "split-currency",
        Refusal::InstalmentsNotSplit { .. } => "instalments-not-split",
        Refusal::UnitNotPledged { .. } => "unit-not-pledged",
        Refusal::MarketNotPledged { .. } => "market-not-pledged",
        Refusal::WrongUnit { .. } => "wrong-unit",
        Refusal::WrongUnitKind { .. } => "wrong-unit-kind",
        Refusal::LotNeverValid { .. } => "lot-never-valid",
        Refusal::EndsBeforeStart { .. } => "ends-before-start",
        Refusal::WrongState { .. } => "wrong-state",
        Refusal::ExceedsOutstanding { .. } => "exceeds-outstanding",
        Refusal::ExceedsAllocation { .. } => "exceeds-allocation",
        Refusal::ExceedsPayout { .. } => "exceeds-payout",
        Refusal::ExceedsAdvance { .. } => "exceeds-advance",
        Refusal::SamePerson { .. } => "same-person",
        Refusal::RateNeeded { .. } => "rate-needed",
        Refusal::RateNotNeeded { .. } => "rate-not-needed",
        Refusal::WorthNothing { .. } => "worth-nothing",
        Refusal::InsufficientFunds(_) => "insufficient-funds",
        Refusal::BackdatedOverdraft { .. } => "backdated-overdraft",
        Refusal::BeyondRange(_) => "beyond-range",
        Refusal::Constraint(_) => "ledger-rule",
    }
}

/// Every code there is. The last is the database's: no command decides it.
pub(super) const CODES: &[&str] = &[
    "not-found",
    "unknown-reference",
    "duplicate-reference",
    "repeated",
    "split-not-total",
    "split-currency",
    "instalments-not-split",
    "unit-not-pledged",
    "market-not-pledged",
    "wrong-unit",
    "wrong-unit-kind",
    "lot-never-valid",
    "ends-before-start",
    "wrong-state",
    "exceeds-outstanding",
    "exceeds-allocation",
    "exceeds-payout",
    "exceeds-advance",
    "same-person",
    "rate-needed",
    "rate-not-needed",
    "worth-nothing",
    "insufficient-funds",
    "backdated-overdraft",
    "beyond-range",
];
