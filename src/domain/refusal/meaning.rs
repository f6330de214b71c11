//! What a refusal is called, where in the request its reason lies, and its arithmetic.

use super::{OpenReason, PersonRefusal, Refusal, Shortage};

impl Refusal {
    /// The stable code: part of the API, never changed.
    pub fn code(&self) -> &'static str {
        match self {
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
            Refusal::NotLater { .. } => "not-later",
            Refusal::EndsBeforeStart { .. } => "ends-before-start",
            Refusal::WrongState { .. } => "wrong-state",
            Refusal::ExceedsOutstanding { .. } => "exceeds-outstanding",
            Refusal::ExceedsAllocation { .. } => "exceeds-allocation",
            Refusal::ExceedsLiquidated { .. } => "exceeds-liquidated",
            Refusal::NotEmpty(_) => "not-empty",
            Refusal::Person(why) => why.code(),
            Refusal::ExceedsReversible { .. } => "exceeds-reversible",
            Refusal::LinesDiffer => "lines-differ",
            Refusal::WholeOnly { .. } => "whole-only",
            Refusal::ReversalLopsided { .. } => "reversal-lopsided",
            Refusal::NotReversible { .. } => "not-reversible",
            Refusal::ExceedsLot { .. } => "exceeds-lot",
            Refusal::ExceedsPurses { .. } => "exceeds-purses",
            Refusal::ExceedsPayout { .. } => "exceeds-payout",
            Refusal::ExceedsAdvance { .. } => "exceeds-advance",
            Refusal::SamePerson { .. } => "same-person",
            Refusal::Access(why) => why.code(),
            Refusal::Exchange(why) => why.code(),
            Refusal::Approval(why) => why.code(),
            Refusal::Period(why) => why.code(),
            Refusal::Statement(why) => why.code(),
            Refusal::Lot(why) => why.code(),
            Refusal::SpendNotAddingUp { .. } => "spend-not-adding-up",
            Refusal::SpendRevisionConflict { .. } => "spend-revision-conflict",
            Refusal::SpendAlreadyFinal { .. } => "spend-already-final",
            Refusal::ExceedsSpend { .. } => "exceeds-spend",
            Refusal::ExceedsSuspended { .. } => "exceeds-suspended",
            Refusal::SpendRowsRefused { .. } => "spend-rows-refused",
            Refusal::InsufficientFunds(_) => "insufficient-funds",
            Refusal::BackdatedOverdraft { .. } => "backdated-overdraft",
            Refusal::BeyondRange(_) => "beyond-range",
            Refusal::Constraint(_) => "ledger-rule",
        }
    }

    /// Where in the request's body the reason lies, as a JSON pointer.
    pub fn pointer(&self) -> Option<String> {
        let fixed = |pointer: &str| Some(pointer.to_owned());
        match self {
            Refusal::UnknownReference { pointer, .. }
            | Refusal::DuplicateReference { pointer, .. }
            | Refusal::MarketNotPledged { pointer, .. }
            | Refusal::WrongUnit { pointer, .. }
            | Refusal::UnitNotPledged { pointer, .. }
            | Refusal::ExceedsOutstanding { pointer, .. }
            | Refusal::EndsBeforeStart { pointer, .. }
            | Refusal::WrongUnitKind { pointer, .. } => fixed(pointer),
            Refusal::Repeated { pointer, .. }
            | Refusal::SplitCurrency { pointer, .. }
            | Refusal::ExceedsReversible { pointer, .. } => fixed(pointer),
            Refusal::Access(why) => why.pointer().and_then(fixed),
            Refusal::Exchange(why) => why.pointer().and_then(fixed),
            Refusal::Approval(why) => why.pointer().and_then(fixed),
            Refusal::Period(why) => why.pointer().and_then(fixed),
            Refusal::Statement(why) => why.pointer().and_then(fixed),
            Refusal::LinesDiffer => fixed("/amount"),
            Refusal::ReversalLopsided { .. } => fixed("/lines"),
            Refusal::SplitNotTotal { .. } => fixed("/split"),
            Refusal::InstalmentsNotSplit { .. } => fixed("/instalments"),
            Refusal::LotNeverValid { .. } | Refusal::NotLater { .. } => fixed("/expires_at"),
            Refusal::BackdatedOverdraft { .. } => fixed("/effective_date"),
            Refusal::ExceedsAllocation { .. }
            | Refusal::ExceedsLiquidated { .. }
            | Refusal::ExceedsLot { .. }
            | Refusal::ExceedsPurses { .. }
            | Refusal::ExceedsPayout { .. }
            | Refusal::ExceedsAdvance { .. }
            | Refusal::ExceedsSpend { .. }
            | Refusal::ExceedsSuspended { .. }
            | Refusal::InsufficientFunds(_) => fixed("/amount"),
            Refusal::Lot(why) => fixed(why.pointer()),
            Refusal::SpendNotAddingUp { .. } => fixed("/spend"),
            Refusal::SpendRevisionConflict { .. } | Refusal::SpendAlreadyFinal { .. } => {
                fixed("/revision")
            }
            Refusal::NotFound { .. }
            | Refusal::SpendRowsRefused { .. }
            | Refusal::WrongState { .. }
            | Refusal::NotEmpty(_)
            | Refusal::Person(_)
            | Refusal::WholeOnly { .. }
            | Refusal::NotReversible { .. }
            | Refusal::SamePerson { .. }
            | Refusal::BeyondRange(_)
            | Refusal::Constraint(_) => None,
        }
    }

    /// What is left that stands against it, one by one.
    pub fn open_reasons(&self) -> &[OpenReason] {
        match self {
            Refusal::NotEmpty(reasons) | Refusal::Person(PersonRefusal::Owed(reasons)) => reasons,
            _ => &[],
        }
    }

    /// The arithmetic of a lack of funds.
    pub fn shortage(&self) -> Option<&Shortage> {
        match self {
            Refusal::InsufficientFunds(shortage) | Refusal::BackdatedOverdraft { shortage, .. } => {
                Some(shortage)
            }
            _ => None,
        }
    }
}
