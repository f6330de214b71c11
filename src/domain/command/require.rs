//! What several commands ask of what they are given.

use super::{Needs, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::exchange::{Bearer, Foreign, StatedRate};
use crate::domain::id::PledgeId;
use crate::domain::journal::Move;
use crate::domain::lot::LotScope;
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::pledge::{Instalment, Pledge};
use crate::domain::refusal::{ExchangeRefusal, Refusal};
use crate::domain::unit::{Unit, UnitKind};
use time::Date;
use uuid::Uuid;

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

/// The amount must be in that unit.
pub(super) fn require_same_unit(amount: &Money, expected: &Unit) -> Result<(), Refusal> {
    match amount.unit() == expected {
        true => Ok(()),
        false => Err(Refusal::WrongUnit {
            pointer: "/amount/unit",
            given: amount.unit().to_string(),
            expected: expected.to_string(),
        }),
    }
}

/// The obligation must be a contract, and what is said of it in cash.
pub(super) fn require_contract(obligation: &Obligation, amount: &Money) -> Result<(), Refusal> {
    let unit = match obligation.bond {
        Bond::Campaign { .. } => obligation.amount.unit(),
        Bond::Contract => amount.unit(),
    };
    match unit.kind() {
        UnitKind::Cash => Ok(()),
        UnitKind::Credits => Err(Refusal::WrongUnitKind {
            pointer: "/amount/unit",
            unit: unit.to_string(),
            kind: unit.kind(),
            rule: "this is for contracts, which are in cash.",
        }),
    }
}

/// No journal about the subject may bear that reference yet.
pub(super) fn require_new_bank_reference(
    books: &Books,
    subject: Uuid,
    what: &'static str,
    pointer: &'static str,
    reference: &str,
) -> Result<(), Refusal> {
    let name = (subject, reference.to_owned());
    match books.bank_references.get(&name) {
        Some(true) => Err(Refusal::DuplicateReference {
            pointer,
            what,
            reference: reference.to_owned(),
        }),
        Some(false) | None => Ok(()),
    }
}

/// What an amount comes to in the pledge's own currency: itself, or, if it is in the market's, at
/// the rate that has to be stated.
pub(super) fn require_value(
    books: &Books,
    market: Market,
    amount: &Money,
    own: &Unit,
    rate: Option<&StatedRate>,
) -> Result<Money, Refusal> {
    let (unit, pointer) = (amount.unit(), "/rate");
    if unit == own {
        return match rate {
            None => Ok(amount.clone()),
            Some(_) => Err(ExchangeRefusal::RateNotNeeded {
                pointer,
                unit: unit.to_string(),
            }
            .into()),
        };
    }
    let currency = books.currencies.get(&market).map_or("", String::as_str);
    if unit.code() != currency {
        let expected = match currency == own.code() || currency.is_empty() {
            true => own.to_string(),
            false => format!("{own} or {currency}"),
        };
        return Err(Refusal::WrongUnit {
            pointer: "/amount/unit",
            given: unit.to_string(),
            expected,
        });
    }
    let rate = rate.ok_or_else(|| ExchangeRefusal::RateNeeded {
        pointer,
        unit: unit.to_string(),
        own: own.to_string(),
        what: "a rate",
    })?;
    let value = rate.value(amount, own);
    value.ok_or_else(|| {
        let (amount, own) = (amount.clone(), own.to_string());
        ExchangeRefusal::WorthNothing { amount, own }.into()
    })
}

/// What the bank charged for an amount: as much, or, if that is in another currency, what has to be
/// stated.
pub(super) fn require_charge(
    amount: &Money,
    own: &Unit,
    charged: Option<&Money>,
) -> Result<Money, Refusal> {
    let (unit, pointer) = (amount.unit(), "/charged");
    match (charged, unit == own) {
        (None, true) => Ok(amount.clone()),
        (Some(_), true) => Err(ExchangeRefusal::RateNotNeeded {
            pointer,
            unit: unit.to_string(),
        }
        .into()),
        (None, false) => Err(ExchangeRefusal::RateNeeded {
            pointer,
            unit: unit.to_string(),
            own: own.to_string(),
            what: "what the bank charged",
        }
        .into()),
        (Some(charged), false) if charged.unit() == own => Ok(charged.clone()),
        (Some(charged), false) => Err(Refusal::WrongUnit {
            pointer: "/charged/unit",
            given: charged.unit().to_string(),
            expected: own.to_string(),
        }),
    }
}

/// What a pledge pays somebody: from its bank account, through currency clearing if what is owed is
/// in another currency than the charge.
pub(super) fn payment(
    books: &Books,
    book: &PledgeBook,
    owed: AccountKey,
    amount: i64,
    charged: &Money,
) -> Vec<Move> {
    if owed.unit == *charged.unit() {
        let bank = AccountKey::plain(Code::Bank, charged.unit());
        return vec![entry(owed, bank, amount)];
    }
    let name = (book.pledge.id, owed.clone());
    let foreign = Foreign {
        owed: book.balance(&owed),
        carried: books.carried.get(&name).copied().unwrap_or(0),
        key: owed,
        bearer: book.pledge.exchange_differences,
    };
    foreign.paid(amount, charged)
}

/// What has to be known before something can be paid.
pub(super) fn need_payment(
    books: &Books,
    needs: &mut Needs,
    pledge: PledgeId,
    owed: &AccountKey,
    own: &Unit,
    day: Date,
) {
    if owed.unit == *own {
        let keys = [owed.clone(), AccountKey::plain(Code::Bank, own)];
        needs.accounts(books, pledge, keys, day);
    } else {
        needs.carried(books, pledge, owed.clone());
        let book = books.pledges.get(&pledge).and_then(Option::as_ref);
        let bearer = book.map_or(Bearer::default(), |it| it.pledge.exchange_differences);
        let keys = Foreign::accounts(owed, own, bearer);
        needs.accounts(books, pledge, keys, day);
    }
}
