//! What several commands ask of what they are given.

use uuid::Uuid;

use super::Thing;
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::id::PledgeId;
use crate::domain::journal::Move;
use crate::domain::lot::LotScope;
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::pledge::{Instalment, Pledge};
use crate::domain::refusal::Refusal;
use crate::domain::unit::Unit;

/// A move in the order people say it: what is debited, what is credited, how much.
pub(super) fn entry(debit: AccountKey, credit: AccountKey, amount: i64) -> Move {
    Move {
        debit,
        credit,
        amount,
    }
}

/// The unit must be one of the pledge's.
pub(super) fn require_unit(
    pledge: &Pledge,
    unit: &Unit,
    pointer: &'static str,
) -> Result<(), Refusal> {
    if pledge.has_unit(unit) {
        return Ok(());
    }
    let pledged = pledge
        .split
        .iter()
        .map(|part| part.unit().to_string())
        .collect();
    Err(Refusal::UnitNotPledged {
        pointer,
        unit: unit.to_string(),
        pledged,
    })
}

/// The market must be one the pledge is for.
pub(super) fn require_market(
    pledge: &Pledge,
    market: Market,
    pointer: &'static str,
) -> Result<(), Refusal> {
    if pledge.has_market(market) {
        return Ok(());
    }
    let pledged = pledge.markets.iter().map(Market::to_string).collect();
    Err(Refusal::MarketNotPledged {
        pointer,
        market,
        pledged,
    })
}

/// The amount must be in the instalment's unit.
pub(super) fn require_unit_of(
    instalment: &Instalment,
    given: &Unit,
    pointer: &'static str,
) -> Result<(), Refusal> {
    let expected = instalment.amount.unit();
    if given == expected {
        return Ok(());
    }
    let (given, expected) = (given.to_string(), expected.to_string());
    Err(Refusal::WrongUnit {
        pointer,
        given,
        expected,
    })
}

/// The reference must not be taken within the pledge.
pub(super) fn require_own_reference(
    books: &Books,
    pledge: PledgeId,
    thing: Thing,
    what: &'static str,
    reference: &str,
) -> Result<(), Refusal> {
    let name = (pledge, thing, reference.to_owned());
    match books.own_references.get(&name) {
        Some(true) => Err(Refusal::DuplicateReference {
            pointer: "/reference",
            what,
            reference: reference.to_owned(),
        }),
        Some(false) | None => Ok(()),
    }
}

/// A reference of the bank's must not have been recorded before about the same subject.
pub(super) fn require_unused_reference(
    books: &Books,
    subject: Uuid,
    what: &'static str,
    reference: Option<&str>,
) -> Result<(), Refusal> {
    let Some(reference) = reference else {
        return Ok(());
    };
    let known = books.bank_references.get(&(subject, reference.to_owned()));
    match known {
        Some(true) => Err(Refusal::DuplicateReference {
            pointer: "/bank_reference",
            what,
            reference: reference.to_owned(),
        }),
        Some(false) | None => Ok(()),
    }
}

/// The amount must not be more than is outstanding.
pub(super) fn require_outstanding(
    instalment: &Instalment,
    requested: &Money,
    pointer: &'static str,
) -> Result<(), Refusal> {
    let outstanding = instalment.outstanding();
    if requested.minor() <= outstanding.minor() {
        return Ok(());
    }
    Err(Refusal::ExceedsOutstanding {
        pointer,
        outstanding,
        requested: requested.clone(),
    })
}

/// What a lot is for must be markets of the pledge, and nothing may be named twice.
pub(super) fn require_scope(pledge: &Pledge, scope: &LotScope) -> Result<(), Refusal> {
    let LotScope { markets, campaigns } = scope;
    for market in markets {
        require_market(pledge, *market, "/markets")?;
    }
    let markets = markets.iter().map(ToString::to_string);
    let lists = [
        ("markets", markets.collect::<Vec<_>>()),
        ("campaigns", campaigns.clone()),
    ];
    for (list, values) in lists {
        for (place, value) in values.iter().enumerate() {
            if values[..place].contains(value) {
                return Err(Refusal::Repeated {
                    pointer: format!("/{list}/{place}"),
                    value: value.clone(),
                });
            }
        }
    }
    Ok(())
}
