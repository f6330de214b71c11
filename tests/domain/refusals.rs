//! Every refusal can be reached, says its code, and comes before those that matter less.

use std::collections::BTreeSet;

use almoner::domain::{Account, AccountId, AccountKey, Code, Command};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

use super::cash_out::paid_wrongly;
use super::codes::{CODES, code};
use super::fixture::*;
use super::lapses::{ended_wrongly, for_the_us};
use super::periods::PERIOD_CODES;
use super::register::kept_wrongly;
use super::reversals::taken_back;
use super::spend::{codes_of_rows, placed, placed_and_refunded_wrongly, placed_elsewhere};

/// A pledge with one thing changed.
fn announce(change: impl FnOnce(&mut almoner::domain::command::AnnouncePledge)) -> Command {
    let mut announced = announcement();
    announced.reference = "ANOTHER".to_owned();
    change(&mut announced);
    Command::AnnouncePledge(announced)
}

/// A receipt with one thing changed.
fn receipt(change: impl FnOnce(&mut almoner::domain::command::ReceiveCash)) -> Command {
    let mut receipt = receive(CASH, usd(100), usd(0));
    change(&mut receipt);
    Command::ReceiveCash(receipt)
}

fn lot(change: impl FnOnce(&mut almoner::domain::command::IssueLot)) -> Command {
    let mut lot = issue(CREDITS, adc(100));
    change(&mut lot);
    Command::IssueLot(lot)
}

pub(super) fn to_creator(
    change: impl FnOnce(&mut almoner::domain::command::AllocateToCreator),
) -> Command {
    let mut allocation = allocate(HANAKO, usd(100));
    change(&mut allocation);
    Command::AllocateToCreator(allocation)
}

pub(super) fn to_market(
    change: impl FnOnce(&mut almoner::domain::command::BudgetMarket),
) -> Command {
    let mut given = budget("JP", usd(100));
    change(&mut given);
    Command::BudgetMarket(given)
}

/// 700.00 came, of which JP has 100.00 since the 1st, of which Hanako has 40.00.
pub(super) fn allocated() -> Ledger {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&to_market(|it| it.amount = usd(10_000)));
    ledger.carry_out(&to_creator(|it| it.amount = usd(4_000)));
    ledger
}

/// What is announced wrongly; nothing else has to be there.
fn announced_wrongly() -> Vec<(&'static str, Command)> {
    vec![
        ("repeated", announce(|it| it.split.push(adc(1)))),
        (
            "repeated",
            announce(|it| it.markets.push("JP".parse().unwrap())),
        ),
        (
            "repeated",
            announce(|it| it.instalments[1].reference = "C1".to_owned()),
        ),
        ("wrong-unit", announce(|it| it.total = jpy(150_000))),
        ("split-currency", announce(|it| it.split[1] = jpy(50_000))),
        ("split-not-total", announce(|it| it.total = usd(150_001))),
        ("split-not-total", announce(|it| it.split[0] = usd(99_999))),
        ("split-not-total", announce(|it| it.split.clear())),
        (
            "instalments-not-split",
            announce(|it| it.instalments[0].amount = usd(1)),
        ),
        (
            "instalments-not-split",
            announce(|it| it.instalments[0].amount = meta(70_000)),
        ),
        (
            "instalments-not-split",
            announce(|it| it.instalments.clear()),
        ),
        (
            "duplicate-reference",
            announce(|it| it.reference = "FIDES".to_owned()),
        ),
    ]
}

/// What comes in wrongly, after 700.00 and a lot of 400.00 came.
fn received_wrongly() -> Vec<(&'static str, Command)> {
    let before = date!(2026 - 04 - 30);
    vec![
        ("wrong-state", sign()),
        ("wrong-state", meet(CASH)),
        ("not-found", meet(NO_INSTALMENT)),
        ("not-found", receipt(|it| it.instalment = NO_INSTALMENT)),
        ("wrong-unit-kind", receipt(|it| it.instalment = CREDITS)),
        ("wrong-unit", receipt(|it| it.received = jpy(1))),
        ("wrong-unit", receipt(|it| it.fee = adc(0))),
        ("exceeds-outstanding", receipt(|_| {})),
        (
            "exceeds-outstanding",
            receipt(|it| {
                (it.instalment, it.received, it.fee) = (CASH_LATER, usd(30_000), usd(1));
            }),
        ),
        (
            "backdated-overdraft",
            receipt(|it| {
                // The fee of an early receipt is taken from what was funded a day later.
                (it.instalment, it.fee, it.effective_date) = (CASH_LATER, usd(1), before);
            }),
        ),
        ("not-found", lot(|it| it.instalment = NO_INSTALMENT)),
        ("wrong-unit-kind", lot(|it| it.instalment = CASH)),
        ("wrong-unit", lot(|it| it.face = meta(1))),
        (
            "lot-never-valid",
            lot(|it| it.expires_at = it.valid_from - Duration::days(1)),
        ),
        ("exceeds-outstanding", lot(|_| {})),
        ("not-found", write_off(NO_INSTALMENT, usd(1))),
        ("wrong-unit", write_off(CASH, adc(1))),
        ("wrong-state", write_off(CASH_LATER, usd(1))),
        ("exceeds-outstanding", write_off(CASH, usd(1))),
    ]
}

/// A contract with one thing changed.
fn bind(change: impl FnOnce(&mut almoner::domain::command::OpenObligation)) -> Command {
    let mut bound = contract("C-1", usd(100));
    change(&mut bound);
    Command::OpenObligation(bound)
}

/// What is spent wrongly, after JP was given 100.00 and Hanako 40.00 of it.
fn spent_wrongly() -> Vec<(&'static str, Command)> {
    let before = date!(2026 - 04 - 30);
    vec![
        ("unknown-reference", bind(|it| it.pledge = NO_PLEDGE)),
        ("unknown-reference", bind(|it| it.creator = NOBODY)),
        ("unit-not-pledged", bind(|it| it.amount = jpy(1))),
        ("wrong-unit-kind", bind(|it| it.amount = adc(1))),
        (
            "ends-before-start",
            bind(|it| it.ends_on = it.starts_on - Duration::days(1)),
        ),
        ("insufficient-funds", bind(|it| it.amount = usd(4_001))),
        ("wrong-unit-kind", charge(adc(100), 13)),
        ("unit-not-pledged", charge(jpy(100), 13)),
        ("wrong-state", charge(usd(100), 0)),
        ("wrong-state", charge(usd(3), 13)),
        ("insufficient-funds", charge(usd(1_000_000), 13)),
        ("not-found", to_market(|it| it.pledge = NO_PLEDGE)),
        ("unit-not-pledged", to_market(|it| it.amount = jpy(1))),
        (
            "market-not-pledged",
            to_market(|it| it.market = "FR".parse().unwrap()),
        ),
        (
            "insufficient-funds",
            to_market(|it| it.amount = usd(60_001)),
        ),
        (
            "insufficient-funds",
            to_market(|it| it.amount = adc(40_001)),
        ),
        (
            "backdated-overdraft",
            to_market(|it| it.effective_date = before),
        ),
        ("insufficient-funds", take_back("JP", usd(6_001))),
        ("insufficient-funds", take_back("US", usd(1))),
        ("duplicate-reference", enrol(NOBODY, "JP-1", "US")),
        ("unknown-reference", to_creator(|it| it.pledge = NO_PLEDGE)),
        ("unknown-reference", to_creator(|it| it.creator = NOBODY)),
        ("unit-not-pledged", to_creator(|it| it.amount = jpy(1))),
        ("market-not-pledged", to_creator(|it| it.creator = CHLOE)),
        (
            "insufficient-funds",
            to_creator(|it| it.amount = usd(6_001)),
        ),
        ("insufficient-funds", to_creator(|it| it.amount = adc(1))),
        (
            "backdated-overdraft",
            to_creator(|it| it.effective_date = before),
        ),
        ("not-found", release(NO_ALLOCATION, usd(1))),
        ("wrong-unit", release(ALLOCATION, adc(1))),
        ("exceeds-allocation", release(ALLOCATION, usd(4_001))),
    ]
}

#[test]
fn each_refusal_is_reached_and_nothing_is_changed_by_it() {
    let mut reached = BTreeSet::new();
    for (ledger, cases) in [
        (Ledger::announced(), announced_wrongly()),
        (Ledger::funded(), received_wrongly()),
        (allocated(), spent_wrongly()),
        taken_back(),
        (for_the_us(), ended_wrongly()),
        paid_wrongly(),
        (placed(), placed_and_refunded_wrongly()),
        placed_elsewhere(),
        kept_wrongly(),
    ] {
        for (expected, command) in cases {
            let refusal = ledger.decide(&command).unwrap_err();
            assert_eq!(refusal.code(), expected, "{command:?}: {refusal}");
            assert_eq!(refusal.code(), code(&refusal));
            assert!(refusal.to_string().ends_with('.'), "{refusal}");
            reached.insert(refusal.code());
        }
    }
    // What only odd books lead to, approvals, months, persons, and the end of a pledge, have tests
    // of their own.
    reached.extend(["beyond-range", "exceeds-liquidated", "not-empty"]);
    reached.extend(["creator-erased", "creator-owed"]);
    reached.extend([
        "approval-needed",
        "approval-not-as-shown",
        "approval-outdated",
    ]);
    reached.extend(PERIOD_CODES);
    reached.extend(codes_of_rows());
    assert_eq!(reached, CODES.iter().copied().collect());
}

#[test]
fn figures_that_would_leave_the_range_are_refused() {
    let mut ledger = Ledger::signed();
    let bank = AccountKey::plain(Code::Bank, usd(0).unit());
    let mut full = Account::open(9, AccountId(Uuid::from_u128(9)));
    full.debits = i64::MAX - 10;
    ledger.book().accounts.insert(bank, Some(full));
    let refusal = ledger.decide(&receipt(|_| {})).unwrap_err();
    assert_eq!(refusal.code(), "beyond-range");
}

#[test]
fn nothing_moves_before_the_agreement_is_signed() {
    let ledger = Ledger::announced();
    for command in [
        meet(CASH_LATER),
        receipt(|_| {}),
        lot(|_| {}),
        write_off(CASH, usd(1)),
        charge(usd(100), 13),
        to_market(|_| {}),
        take_back("JP", usd(1)),
        to_creator(|_| {}),
    ] {
        let refusal = ledger.decide(&command).unwrap_err();
        assert_eq!(refusal.code(), "wrong-state", "{command:?}");
    }
}

#[test]
fn of_several_reasons_the_first_in_the_stated_order_is_given() {
    let ledger = Ledger::announced();
    for (expected, command) in [
        // What is named must exist, then what can never succeed, then the state, then funds.
        (
            "unknown-reference",
            to_creator(|it| {
                (it.creator, it.amount) = (NOBODY, jpy(1));
            }),
        ),
        (
            "unit-not-pledged",
            to_creator(|it| {
                (it.creator, it.amount) = (CHLOE, jpy(1));
            }),
        ),
        ("market-not-pledged", to_creator(|it| it.creator = CHLOE)),
        ("wrong-state", to_creator(|it| it.amount = usd(1_000_000))),
        ("wrong-unit-kind", receipt(|it| it.instalment = CREDITS)),
        ("wrong-unit", receipt(|it| it.received = jpy(1_000_000))),
        ("wrong-state", receipt(|it| it.received = usd(1_000_000))),
        (
            "lot-never-valid",
            lot(|it| {
                (it.expires_at, it.face) = (date!(2020 - 01 - 01), adc(1_000_000));
            }),
        ),
        (
            "repeated",
            announce(|it| {
                it.markets.push("JP".parse().unwrap());
                (it.total, it.reference) = (jpy(1), "FIDES".to_owned());
            }),
        ),
        (
            "split-not-total",
            announce(|it| {
                it.split[0] = usd(1);
                it.reference = "FIDES".to_owned();
            }),
        ),
    ] {
        let refusal = ledger.decide(&command).unwrap_err();
        assert_eq!(refusal.code(), expected, "{command:?}");
    }
}

#[test]
fn one_bank_reference_is_received_once_on_an_instalment() {
    let mut ledger = Ledger::signed();
    let wire = |instalment| {
        receipt(move |it| {
            (it.instalment, it.bank_reference) = (instalment, Some("B-1".to_owned()));
        })
    };
    ledger.carry_out(&wire(CASH));
    let refusal = ledger.decide(&wire(CASH)).unwrap_err();
    assert_eq!(refusal.code(), "duplicate-reference");
    assert_eq!(refusal.pointer().as_deref(), Some("/bank_reference"));
    ledger.carry_out(&wire(CASH_LATER));
}
