//! The end of a pledge, and what is paid back on the way.

use almoner::domain::command::{ClaimBack, Event, MovePledge, PledgeMove};
use almoner::domain::pledge::PledgeState;
use almoner::domain::{Command, ObligationId, Refusal};
use uuid::Uuid;

use super::fixture::*;

fn to(to: PledgeMove) -> Command {
    Command::MovePledge(MovePledge {
        pledge: PLEDGE,
        to,
        effective_date: DAY,
        reason: "The programme has ended".to_owned(),
        document: Some(document()),
    })
}

const MOVES: [PledgeMove; 4] = [
    PledgeMove::BeginClosing,
    PledgeMove::Resume,
    PledgeMove::Close,
    PledgeMove::Cancel,
];

#[test]
fn each_move_is_open_in_its_states_and_refused_in_all_others() {
    use PledgeMove::{BeginClosing, Cancel, Close, Resume};
    use PledgeState::{Active, Agreed, Announced, Cancelled, Closed, Closing};
    let open = [
        (Agreed, BeginClosing, Closing),
        (Active, BeginClosing, Closing),
        (Closing, Resume, Active),
        (Closing, Close, Closed),
        (Announced, Cancel, Cancelled),
    ];
    for state in PledgeState::ALL {
        for step in MOVES {
            let mut ledger = Ledger::announced();
            ledger.book().pledge.state = *state;
            ledger.book().standing = Some(Vec::new());
            let found = open
                .iter()
                .find(|(from, by, _)| (from, by) == (state, &step));
            match (found, ledger.decide(&to(step))) {
                (Some((.., next)), Ok(decision)) => {
                    assert!(decision.draft.is_none());
                    let [Event::MovedOn(moved)] = decision.events.as_slice() else {
                        panic!("{:?}", decision.events);
                    };
                    assert_eq!(moved.state, *next);
                }
                (None, Err(refusal)) => assert_eq!(refusal.code(), "wrong-state", "{refusal}"),
                (_, found) => panic!("{state:?} {step:?}: {found:?}"),
            }
        }
    }
}

#[test]
fn a_pledge_is_closed_when_nothing_is_left_and_else_each_rest_is_named() {
    let mut ledger = Ledger::funded();
    ledger.book().standing = Some(Vec::new());
    ledger.carry_out(&to(PledgeMove::BeginClosing));
    let refusal = ledger.decide(&to(PledgeMove::Close)).unwrap_err();
    assert_eq!(refusal.code(), "not-empty");
    let Refusal::NotEmpty(reasons) = refusal else {
        panic!("{refusal}");
    };
    let mut named: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    named.sort();
    assert_eq!(
        named,
        [
            "400.00 ADC:TIKTOK:USD is left on 1310 Ad credits held in the platform's pool",
            "400.00 ADC:TIKTOK:USD is left on 3210 Purse: funded, unallocated, credits",
            "700.00 USD is left on 1010 Bank",
            "700.00 USD is left on 3110 Purse: funded, unallocated, cash",
        ]
    );
}

#[test]
fn nothing_new_is_given_out_of_a_pledge_that_is_wound_down() {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(100))));
    ledger.carry_out(&to(PledgeMove::BeginClosing));
    for command in [
        Command::BudgetMarket(budget("JP", usd(100))),
        Command::AllocateToCreator(allocate(HANAKO, usd(100))),
        Command::OpenObligation(contract("C-1", usd(100))),
    ] {
        let refusal = ledger.decide(&command).unwrap_err();
        assert_eq!(refusal.code(), "wrong-state", "{command:?}");
    }
    ledger.carry_out(&take_back("JP", usd(100)));
    ledger.carry_out(&to(PledgeMove::Resume));
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(100))));
}

#[test]
fn no_more_is_claimed_back_than_was_liquidated() {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(100))));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, usd(100))));
    ledger.carry_out(&Command::OpenObligation(contract("C-1", usd(100))));
    let claim = Command::ClaimBack(ClaimBack {
        obligation: ObligationId(Uuid::from_u128(0x51)),
        amount: usd(1),
        reason: "Not eligible".to_owned(),
        document: document(),
        effective_date: DAY,
    });
    let refusal = ledger.decide(&claim).unwrap_err();
    assert_eq!(refusal.code(), "exceeds-liquidated");
}
