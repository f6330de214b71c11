//! Invoices, payouts and advances, decided in memory.

use almoner::domain::command::{
    AcceptInvoice, AdvanceStep, ExpirePayout, ImportRates, MoveAdvance, MovePayout, PayTax,
    PayoutStep, ProposePayout, RevaluePledge, StateExchangeRate, StateWithholding,
};
use almoner::domain::exchange::StatedRate;
use almoner::domain::payout::{PayoutMove, PayoutState};
use almoner::domain::pledge::PledgeState;
use almoner::domain::revaluation::OpenDebt;
use almoner::domain::withholding::{PaymentKind, Route};
use almoner::domain::{
    AccountKey, Code, Command, ExchangeRateId, Money, ObligationId, PayoutId, WithholdingRuleId,
};
use time::macros::date;
use uuid::Uuid;

use super::fixture::*;

const CONTRACT: ObligationId = ObligationId(Uuid::from_u128(0x51));
const NO_CONTRACT: ObligationId = ObligationId(Uuid::from_u128(0x52));
const PAYOUT: PayoutId = PayoutId(Uuid::from_u128(0x61));
const PAID: PayoutId = PayoutId(Uuid::from_u128(0x63));
const NO_PAYOUT: PayoutId = PayoutId(Uuid::from_u128(0x62));

fn invoice(reference: &str, amount: Money) -> AcceptInvoice {
    AcceptInvoice {
        obligation: CONTRACT,
        reference: reference.to_owned(),
        amount,
        rate: None,
        payment_kind: PaymentKind::Service,
        payer_country: Some("CH".parse().unwrap()),
        effective_date: DAY,
        document: document(),
    }
}

fn payout(amount: Money) -> ProposePayout {
    ProposePayout {
        id: PAYOUT,
        pledge: PLEDGE,
        creator: HANAKO,
        amount,
        rate: None,
        reference: "PO-1".to_owned(),
        batch: None,
        hold_expires_on: None,
    }
}

fn step(payout: PayoutId, step: PayoutStep) -> Command {
    Command::MovePayout(MovePayout { payout, step })
}

fn settle(amount: Money) -> PayoutStep {
    PayoutStep::Settle {
        amount: Some(amount),
        charged: None,
        bank_reference: "B-1".to_owned(),
        effective_date: DAY,
    }
}

fn returned(amount: Money) -> PayoutStep {
    PayoutStep::Return {
        reason: "Account closed".to_owned(),
        returned: Some(amount),
        effective_date: DAY,
    }
}

fn advance(step: AdvanceStep, amount: Money, reference: &str) -> Command {
    Command::MoveAdvance(MoveAdvance {
        obligation: CONTRACT,
        step,
        amount,
        reference: reference.to_owned(),
        document: None,
        effective_date: DAY,
    })
}

fn rule() -> Command {
    Command::StateWithholding(StateWithholding {
        id: WithholdingRuleId(Uuid::from_u128(0x71)),
        route: Route {
            payer: "CH".parse().unwrap(),
            payee: "JP".parse().unwrap(),
            kind: PaymentKind::Service,
        },
        valid_from: DAY,
        rate_ppm: 204_200,
        legal_reference: "Article 212".to_owned(),
    })
}

fn pay_tax(amount: Money) -> Command {
    Command::PayTax(PayTax {
        pledge: PLEDGE,
        market: "JP".parse().unwrap(),
        amount,
        charged: None,
        bank_reference: "T-1".to_owned(),
        effective_date: DAY,
    })
}

/// A contract of 30.00, of which 10.00 is invoiced and 5.00 advanced; 8.00 is proposed to be paid.
fn owing() -> Ledger {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(10_000))));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, usd(4_000))));
    let bound = contract("C-1", usd(3_000));
    ledger.carry_out(&Command::OpenObligation(bound));
    ledger.carry_out(&Command::AcceptInvoice(invoice("I-1", usd(1_000))));
    ledger.carry_out(&advance(AdvanceStep::Pay, usd(500), "A-1"));
    ledger.carry_out(&Command::ProposePayout(payout(usd(800))));
    ledger
}

/// A payout as the one there is, with something changed.
fn put_payout(ledger: &mut Ledger, id: PayoutId, change: fn(&mut almoner::domain::Payout)) {
    let mut payout = ledger.books.payout(PAYOUT).unwrap().1.clone();
    change(&mut payout);
    payout.id = id;
    ledger.books.payouts.insert(id, Some(payout));
}

/// What is paid wrongly, once a payout is with the bank.
pub(super) fn paid_wrongly() -> (Ledger, Vec<(&'static str, Command)>) {
    let mut ledger = owing();
    let japan = "JP".parse().unwrap();
    ledger.books.currencies.insert(japan, "JPY".to_owned());
    ledger.carry_out(&rule());
    put_payout(&mut ledger, NO_PAYOUT, |it| {
        (it.state, it.approved_by) = (PayoutState::Approved, Some("petra".to_owned()));
    });
    put_payout(&mut ledger, PAID, |it| {
        (it.state, it.paid) = (PayoutState::Settled, 800);
    });
    let nobody = ProposePayout {
        creator: NOBODY,
        ..payout(usd(1))
    };
    let absent = AcceptInvoice {
        obligation: NO_CONTRACT,
        ..invoice("I-2", usd(1))
    };
    let mut cases = vec![
        ("not-found", Command::AcceptInvoice(absent)),
        ("duplicate-reference", rule()),
        (
            "duplicate-reference",
            Command::AcceptInvoice(invoice("I-1", usd(1))),
        ),
        (
            "wrong-unit-kind",
            Command::AcceptInvoice(invoice("I-2", adc(1))),
        ),
        (
            "insufficient-funds",
            Command::AcceptInvoice(invoice("I-2", usd(1_501))),
        ),
        ("unknown-reference", Command::ProposePayout(nobody)),
        (
            "duplicate-reference",
            Command::ProposePayout(payout(usd(1))),
        ),
        ("same-person", step(PAYOUT, PayoutStep::Approve)),
        ("same-person", step(NO_PAYOUT, PayoutStep::Send)),
        ("exceeds-payout", step(PAYOUT, settle(usd(801)))),
        ("wrong-unit", step(PAYOUT, settle(jpy(1)))),
        ("wrong-state", step(PAYOUT, settle(usd(800)))),
        (
            "wrong-state",
            Command::ExpirePayout(ExpirePayout {
                payout: PAYOUT,
                today: date!(2026 - 07 - 01),
            }),
        ),
        (
            "exceeds-advance",
            advance(AdvanceStep::Liquidate, usd(501), "R-1"),
        ),
        (
            "exceeds-advance",
            advance(AdvanceStep::TakeBack, usd(501), "R-1"),
        ),
        (
            "insufficient-funds",
            advance(AdvanceStep::Pay, usd(1_501), "A-2"),
        ),
        ("insufficient-funds", pay_tax(usd(1))),
        ("wrong-unit-kind", pay_tax(adc(1))),
    ];
    cases.extend(exchanged_wrongly());
    cases.extend(revalued_wrongly(&mut ledger));
    (ledger, cases)
}

/// All or none of one rate that can't be.
fn rates() -> ImportRates {
    let rate = StateExchangeRate {
        id: ExchangeRateId(Uuid::from_u128(0x72)),
        base: usd(1).unit().clone(),
        quote: usd(1).unit().clone(),
        stated: StatedRate {
            rate_e8: 1,
            source: "ECB".to_owned(),
            day: DAY,
        },
    };
    ImportRates {
        atomic: true,
        rows: vec![(2, rate)],
        unread: Vec::new(),
    }
}

/// What is said wrongly of an exchange, or left out.
fn exchanged_wrongly() -> Vec<(&'static str, Command)> {
    let at = |amount, rate: Option<i64>| {
        let rate = rate.map(|rate_e8| StatedRate {
            rate_e8,
            source: "ECB".to_owned(),
            day: DAY,
        });
        Command::AcceptInvoice(AcceptInvoice {
            rate,
            ..invoice("I-9", amount)
        })
    };
    vec![
        ("rate-needed", at(jpy(1_500), None)),
        ("rate-needed", pay_tax(jpy(1))),
        ("rate-not-needed", at(usd(1), Some(15_000_000_000))),
        ("rate-rows-refused", Command::ImportRates(rates())),
        // Half a cent goes to the even neighbour: nothing.
        ("worth-nothing", at(jpy(1), Some(20_000_000_000))),
        ("returned-whole", step(PAID, returned(usd(799)))),
        ("insufficient-funds", at(jpy(2_253), Some(15_000_000_000))),
    ]
}

/// What is owed in yen at a month's end, without one rate that is in force.
fn revalued_wrongly(ledger: &mut Ledger) -> Vec<(&'static str, Command)> {
    let (yen, dollar) = (jpy(1).unit().clone(), usd(1).unit().clone());
    let (ended, running) = (date!(2026 - 05 - 31), date!(2026 - 06 - 30));
    let key = AccountKey::creator(Code::CreatorPayable, &yen, "JP".parse().unwrap(), HANAKO);
    let debt = OpenDebt {
        key,
        owed: 1_500,
        carried: 1_000,
        last: None,
    };
    ledger.books.open_debts.insert((PLEDGE, ended), vec![debt]);
    let rates = ["ECB", "IMF"].map(|source| StatedRate {
        rate_e8: 15_000_000_000,
        source: source.to_owned(),
        day: ended,
    });
    let wanted = (dollar, yen, ended, None);
    ledger.books.rates_in_force.insert(wanted, rates.into());
    let revalue = |month_end, source: Option<&str>| {
        Command::RevaluePledge(RevaluePledge {
            pledge: PLEDGE,
            month_end,
            source: source.map(str::to_owned),
        })
    };
    vec![
        ("month-not-over", revalue(running, None)),
        ("rate-ambiguous", revalue(ended, None)),
        ("rate-missing", revalue(ended, Some("Somebody"))),
    ]
}

#[test]
fn a_revaluation_counts_what_was_decided_before_it_in_the_same_batch() {
    let mut ledger = owing();
    let (ended, japan) = (date!(2026 - 05 - 31), "JP".parse().unwrap());
    ledger.books.currencies.insert(japan, "JPY".to_owned());
    ledger.books.open_debts.insert((PLEDGE, ended), Vec::new());
    let rate = |rate_e8, day| StatedRate {
        rate_e8,
        source: "ECB".to_owned(),
        day,
    };
    let wanted = (usd(1).unit().clone(), jpy(1).unit().clone(), ended, None);
    let in_force = vec![rate(16_000_000_000, ended)];
    ledger.books.rates_in_force.insert(wanted, in_force);
    for (reference, day) in [("I-2", DAY), ("I-3", date!(2026 - 06 - 01))] {
        ledger.carry_out(&Command::AcceptInvoice(AcceptInvoice {
            rate: Some(rate(15_000_000_000, DAY)),
            effective_date: day,
            ..invoice(reference, jpy(750))
        }));
    }
    // Of the two, one counts by the month's end: 5.00, worth 4.69.
    let revalue = Command::RevaluePledge(RevaluePledge {
        pledge: PLEDGE,
        month_end: ended,
        source: None,
    });
    let decided = ledger.carry_out(&revalue);
    assert_eq!(
        moves(decided.draft.as_ref()),
        [
            "Dr 1950 Cr 7200 0.31 USD".to_owned(),
            "Dr 4910 Cr 3150 0.31 USD".to_owned(),
        ]
    );
    assert_eq!(moves(ledger.carry_out(&revalue).draft.as_ref()).len(), 0);
    ledger.book().pledge.state = PledgeState::Closed;
    assert_eq!(ledger.decide(&revalue).unwrap_err().code(), "wrong-state");
}

#[test]
fn an_invoice_posts_cost_debt_tax_and_release() {
    let mut ledger = owing();
    ledger.carry_out(&rule());
    let mut taxed = invoice("I-2", usd(333));
    let route = ("CH".parse().unwrap(), "JP".parse().unwrap());
    let route = Route {
        payer: route.0,
        payee: route.1,
        kind: PaymentKind::Service,
    };
    let stated = ledger.books.changes.withholding_rules[0].clone();
    ledger
        .books
        .withholding_rules
        .insert((route, DAY), Some(stated));
    let decided = ledger.carry_out(&Command::AcceptInvoice(taxed.clone()));
    let contract = CONTRACT.0;
    assert_eq!(
        moves(decided.draft.as_ref()),
        [
            "Dr 5110.JP Cr 2120.JP.hanako 2.65 USD".to_owned(),
            "Dr 5110.JP Cr 2210.JP 0.68 USD".to_owned(),
            "Dr 3140.JP.hanako Cr 4910 3.33 USD".to_owned(),
        ],
        "{contract}"
    );
    taxed.reference = "I-3".to_owned();
    taxed.payer_country = None;
    let decided = ledger.carry_out(&Command::AcceptInvoice(taxed));
    assert_eq!(moves(decided.draft.as_ref()).len(), 2);
}

#[test]
fn a_payout_is_held_on_both_accounts_and_let_go_when_its_hold_has_run_out() {
    let mut ledger = owing();
    let (payable, bank) = {
        let (_, it) = ledger.books.payout(PAYOUT).unwrap();
        (it.payable(), it.bank_account())
    };
    let held = |ledger: &mut Ledger| {
        let book = ledger.book();
        (book.held(PAYOUT.0, &payable), book.held(PAYOUT.0, &bank))
    };
    assert_eq!(held(&mut ledger), (800, 800));
    // Thirty days from the first of June.
    let expire = |today| {
        let payout = PAYOUT;
        Command::ExpirePayout(ExpirePayout { payout, today })
    };
    assert!(ledger.decide(&expire(date!(2026 - 07 - 01))).is_err());
    ledger.carry_out(&expire(date!(2026 - 07 - 02)));
    assert_eq!(held(&mut ledger), (0, 0));
    let (_, void) = ledger.books.payout(PAYOUT).unwrap();
    assert_eq!(void.state, PayoutState::Void);
    assert_eq!(void.reason.as_deref(), Some("hold expired"));
}

#[test]
fn every_state_and_every_move_is_read_back_as_it_is_written() {
    for state in PayoutState::ALL {
        assert_eq!(PayoutState::parse(state.as_str()), Some(*state));
    }
    let moves = ["approve", "send", "settle", "return", "void"];
    let mut open = 0;
    for step in moves.map(|it| PayoutMove::parse(it).unwrap()) {
        assert_eq!(PayoutMove::parse(step.as_str()), Some(step));
        let from = PayoutState::ALL.iter();
        open += from.filter(|state| state.after(step).is_some()).count();
    }
    assert_eq!(open, 7);
    assert_eq!(PayoutMove::parse("pay"), None);
}
