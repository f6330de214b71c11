//! Each event posts exactly what DOMAIN.md's life cycle says, for cash and for credits.

use almoner::domain::books::Books;
use almoner::domain::{Code, Command, Kind, Money};
use time::Duration;

use super::fixture::*;

/// Decides, compares what is posted, and applies it.
#[track_caller]
fn posts(ledger: &mut Ledger, command: &Command, kind: Kind, expected: &[&str]) {
    let decided = ledger.carry_out(command);
    assert_eq!(moves(decided.draft.as_ref()), expected, "{command:?}");
    assert_eq!(decided.draft.map(|draft| draft.kind), Some(kind));
}

#[test]
fn what_is_announced_or_enrolled_posts_nothing() {
    let ledger = Ledger::announced();
    assert!(ledger.books.changes.journals.is_empty());
    assert_eq!(ledger.books.changes.announced.len(), 1);
    assert_eq!(ledger.books.changes.creators.len(), 2);
}

#[test]
fn signing_makes_unconditional_instalments_receivable() {
    let mut ledger = Ledger::announced();
    posts(
        &mut ledger,
        &sign(),
        Kind::Agreement,
        &[
            "Dr 1110.cash Cr 3100 700.00 USD",
            "Dr 1210.credits Cr 3200 400.00 ADC:TIKTOK:USD",
        ],
    );
}

#[test]
fn an_agreement_on_conditional_instalments_alone_posts_nothing() {
    let mut ledger = Ledger::announced();
    for instalment in ledger.book().instalments.as_mut().unwrap() {
        instalment.condition = Some("A report".to_owned());
    }
    let decided = ledger.carry_out(&sign());
    assert!(decided.draft.is_none());
    assert_eq!(ledger.book().pledge.agreed_on, Some(DAY));
}

#[test]
fn a_condition_that_is_met_makes_its_instalment_receivable() {
    let mut ledger = Ledger::signed();
    posts(
        &mut ledger,
        &meet(CASH_LATER),
        Kind::ConditionMet,
        &["Dr 1110.cash-later Cr 3100 300.00 USD"],
    );
    posts(
        &mut ledger,
        &meet(CREDITS_LATER),
        Kind::ConditionMet,
        &["Dr 1210.credits-later Cr 3200 100.00 ADC:TIKTOK:USD"],
    );
}

#[test]
fn cash_received_settles_what_is_owed_and_is_funded() {
    let mut ledger = Ledger::signed();
    let receipt = Command::ReceiveCash(receive(CASH, usd(50_000), usd(0)));
    posts(
        &mut ledger,
        &receipt,
        Kind::Receipt,
        &[
            "Dr 1010 Cr 1110.cash 500.00 USD",
            "Dr 3100 Cr 3110 500.00 USD",
        ],
    );
}

#[test]
fn a_wire_fee_counts_as_received_and_is_released() {
    let mut ledger = Ledger::signed();
    let receipt = Command::ReceiveCash(receive(CASH, usd(69_965), usd(35)));
    posts(
        &mut ledger,
        &receipt,
        Kind::Receipt,
        &[
            "Dr 1010 Cr 1110.cash 699.65 USD",
            "Dr 5810 Cr 1110.cash 0.35 USD",
            "Dr 3100 Cr 3110 700.00 USD",
            "Dr 3110 Cr 4910 0.35 USD",
        ],
    );
    let instalment = ledger.book().instalment(CASH).unwrap();
    assert_eq!(instalment.state().as_str(), "received");
}

#[test]
fn cash_before_its_condition_is_a_refundable_advance_until_it_is_met() {
    let mut ledger = Ledger::funded();
    let early = Command::ReceiveCash(receive(CASH_LATER, usd(9_990), usd(10)));
    posts(
        &mut ledger,
        &early,
        Kind::Receipt,
        &[
            "Dr 1010 Cr 2300.cash-later 99.90 USD",
            "Dr 5810 Cr 2300.cash-later 0.10 USD",
            "Dr 3110 Cr 4910 0.10 USD",
        ],
    );
    posts(
        &mut ledger,
        &meet(CASH_LATER),
        Kind::ConditionMet,
        &[
            "Dr 2300.cash-later Cr 3110 100.00 USD",
            "Dr 1110.cash-later Cr 3100 200.00 USD",
        ],
    );
    let rest = Command::ReceiveCash(receive(CASH_LATER, usd(20_000), usd(0)));
    posts(
        &mut ledger,
        &rest,
        Kind::Receipt,
        &[
            "Dr 1010 Cr 1110.cash-later 200.00 USD",
            "Dr 3100 Cr 3110 200.00 USD",
        ],
    );
}

#[test]
fn a_condition_met_after_everything_came_owes_nothing_more() {
    let mut ledger = Ledger::signed();
    let early = Command::ReceiveCash(receive(CASH_LATER, usd(30_000), usd(0)));
    ledger.carry_out(&early);
    posts(
        &mut ledger,
        &meet(CASH_LATER),
        Kind::ConditionMet,
        &["Dr 2300.cash-later Cr 3110 300.00 USD"],
    );
}

#[test]
fn a_lot_settles_what_is_owed_and_is_funded() {
    let mut ledger = Ledger::signed();
    let lot = Command::IssueLot(issue(CREDITS, adc(40_000)));
    posts(
        &mut ledger,
        &lot,
        Kind::LotIssue,
        &[
            "Dr 1310.lot Cr 1210.credits 400.00 ADC:TIKTOK:USD",
            "Dr 3200 Cr 3210 400.00 ADC:TIKTOK:USD",
        ],
    );
}

#[test]
fn a_lot_before_its_condition_is_a_refundable_advance_until_it_is_met() {
    let mut ledger = Ledger::signed();
    let lot = Command::IssueLot(issue(CREDITS_LATER, adc(10_000)));
    posts(
        &mut ledger,
        &lot,
        Kind::LotIssue,
        &["Dr 1310.lot Cr 2310.credits-later 100.00 ADC:TIKTOK:USD"],
    );
    posts(
        &mut ledger,
        &meet(CREDITS_LATER),
        Kind::ConditionMet,
        &["Dr 2310.credits-later Cr 3210 100.00 ADC:TIKTOK:USD"],
    );
}

#[test]
fn what_will_not_come_is_neither_owed_nor_pledged() {
    let mut ledger = Ledger::signed();
    posts(
        &mut ledger,
        &write_off(CASH, usd(5_000)),
        Kind::WriteOff,
        &["Dr 3100 Cr 1110.cash 50.00 USD"],
    );
    posts(
        &mut ledger,
        &write_off(CREDITS, adc(5_000)),
        Kind::WriteOff,
        &["Dr 3200 Cr 1210.credits 50.00 ADC:TIKTOK:USD"],
    );
}

#[test]
fn support_cost_is_what_remains_beside_the_base() {
    let mut ledger = Ledger::funded();
    // 700.00 / 1.13 = 619.469…; the rest, 80.53, is the charge.
    posts(
        &mut ledger,
        &charge(usd(70_000), 13),
        Kind::SupportCost,
        &["Dr 3110 Cr 3190 80.53 USD"],
    );
}

#[test]
fn budgets_and_allocations_run_down_the_tree_and_up_again() {
    for (money, funded, market, creator) in [
        (usd as fn(i64) -> Money, "3110", "3120.JP", "3130.JP.hanako"),
        (adc, "3210", "3220.JP", "3230.JP.hanako"),
    ] {
        let mut ledger = Ledger::funded();
        let (whole, part) = (money(10_000), money(4_000));
        let give = Command::BudgetMarket(budget("JP", whole.clone()));
        posts(
            &mut ledger,
            &give,
            Kind::Budget,
            &[&format!("Dr {funded} Cr {market} {whole}")],
        );
        let allocation = Command::AllocateToCreator(allocate(HANAKO, part.clone()));
        posts(
            &mut ledger,
            &allocation,
            Kind::Allocation,
            &[&format!("Dr {market} Cr {creator} {part}")],
        );
        posts(
            &mut ledger,
            &release(ALLOCATION, part.clone()),
            Kind::Release,
            &[&format!("Dr {creator} Cr {market} {part}")],
        );
        posts(
            &mut ledger,
            &take_back("JP", whole.clone()),
            Kind::BudgetReturn,
            &[&format!("Dr {market} Cr {funded} {whole}")],
        );
    }
}

#[test]
fn what_came_first_makes_an_agreed_pledge_active() {
    let mut ledger = Ledger::announced();
    let mut states = vec![ledger.book().pledge.state.as_str()];
    ledger.carry_out(&sign());
    states.push(ledger.book().pledge.state.as_str());
    ledger.carry_out(&Command::IssueLot(issue(CREDITS, adc(1))));
    states.push(ledger.book().pledge.state.as_str());
    assert_eq!(states, ["announced", "agreed", "active"]);
}

/// What each account comes to if every transfer is added up.
fn added_up(books: &Books, code: Code) -> (i64, i64) {
    let journals = books.changes.journals.iter();
    let moves = journals.flat_map(|journal| &journal.draft.moves);
    moves.fold((0, 0), |(debits, credits), it| {
        let debited = if it.debit.code == code { it.amount } else { 0 };
        let credited = if it.credit.code == code { it.amount } else { 0 };
        (debits + debited, credits + credited)
    })
}

#[test]
fn journals_are_numbered_and_timed_in_order_though_the_clock_stands_still() {
    let mut ledger = Ledger::funded();
    let give = Command::BudgetMarket(budget("JP", usd(10_000)));
    ledger.carry_out(&give);
    ledger.carry_out_at(&give, NOW - Duration::hours(1));
    ledger.carry_out_at(&give, NOW + Duration::hours(1));
    let journals = &ledger.books.changes.journals;
    let numbers: Vec<i64> = journals.iter().map(|journal| journal.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert!(
        journals
            .windows(2)
            .all(|pair| pair[0].recorded_at < pair[1].recorded_at)
    );
}

#[test]
fn entries_carry_their_accounts_number_balance_and_turnover() {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(10_000))));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, usd(4_000))));
    ledger.carry_out(&release(ALLOCATION, usd(1_000)));
    let last = ledger.books.changes.journals.last().unwrap();
    let transfer = &last.transfers[0];
    assert_eq!((transfer.debit.seq, transfer.debit.balance), (2, 3_000));
    assert_eq!(transfer.debit.turnover, 1_000);
    assert_eq!((transfer.credit.seq, transfer.credit.balance), (3, 7_000));
    assert_eq!(transfer.credit.turnover, 11_000);
    for (key, account) in ledger.book().accounts.clone() {
        let account = account.unwrap();
        if key.market.is_none() && key.instalment.is_none() && key.lot.is_none() {
            let sums = added_up(&ledger.books, key.code);
            assert_eq!((account.debits, account.credits), sums, "{key:?}");
        }
        assert!(account.number > 0);
    }
}

#[test]
fn cash_and_credits_are_proved_after_every_step() {
    let mut ledger = Ledger::announced();
    for command in [
        sign(),
        Command::ReceiveCash(receive(CASH, usd(69_900), usd(100))),
        Command::ReceiveCash(receive(CASH_LATER, usd(9_990), usd(10))),
        Command::IssueLot(issue(CREDITS, adc(30_000))),
        write_off(CREDITS, adc(10_000)),
        charge(usd(50_000), 13),
        meet(CASH_LATER),
        write_off(CASH_LATER, usd(20_000)),
        Command::BudgetMarket(budget("JP", usd(20_000))),
        Command::BudgetMarket(budget("JP", adc(20_000))),
        Command::AllocateToCreator(allocate(HANAKO, usd(15_000))),
        release(ALLOCATION, usd(5_000)),
        take_back("JP", usd(10_000)),
    ] {
        ledger.carry_out(&command);
        let sum = |wanted: &[&str]| -> i64 {
            let accounts = ledger.books.pledges[&PLEDGE]
                .as_ref()
                .unwrap()
                .accounts
                .iter();
            let chosen = accounts.filter(|(key, _)| {
                wanted
                    .iter()
                    .any(|start| key.code.as_str().starts_with(start))
            });
            chosen
                .filter_map(|(key, account)| Some((key, account.as_ref()?)))
                .map(|(key, it)| key.code.side().balance(it.debits, it.credits))
                .sum()
        };
        assert_eq!(
            sum(&["31"]),
            sum(&["1010", "1110"]) - sum(&["2300"]),
            "{command:?}"
        );
        assert_eq!(
            sum(&["32"]),
            sum(&["1210", "1310"]) - sum(&["2310"]),
            "{command:?}"
        );
    }
}
