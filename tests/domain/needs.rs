//! What a command asks to be loaded, round after round, until it can decide.

use almoner::domain::command::{Home, Thing};
use almoner::domain::{Account, AccountId, AccountKey, Code, Command, Needs};
use time::macros::date;
use uuid::Uuid;

use super::fixture::*;

/// What is still needed.
fn needs(ledger: &Ledger, command: &Command) -> Needs {
    let mut needs = Needs::default();
    command.needs(&ledger.books, &mut needs);
    needs
}

#[test]
fn an_allocation_needs_its_creator_then_purses_then_their_later_days() {
    let mut ledger = Ledger::funded();
    ledger.books.creators.clear();
    let command = Command::AllocateToCreator(allocate(HANAKO, usd(100)));
    assert_eq!(command.home(), Home::Pledge(PLEDGE));
    let first = needs(&ledger, &command);
    assert!(first.creators.contains(&HANAKO) && first.accounts.is_empty());

    ledger.carry_out(&enrol(HANAKO, "JP-2", "JP"));
    let second = needs(&ledger, &command);
    let mut purses: Vec<_> = second.accounts.iter().map(|(_, key)| named(key)).collect();
    purses.sort();
    assert_eq!(purses, ["3120.JP", "3130.JP.hanako"]);

    // The market's purse was last used after the day asked for; the creator's was never opened.
    let market = AccountKey::market(Code::CashMarket, usd(0).unit(), "JP".parse().unwrap());
    let mut account = Account::open(50, AccountId(Uuid::from_u128(50)));
    account.last_day = Some(date!(2026 - 05 - 20));
    account.days_known_after = account.last_day;
    for (_, key) in second.accounts {
        ledger.book().accounts.insert(key, None);
    }
    ledger
        .book()
        .accounts
        .insert(market.clone(), Some(account.clone()));
    let third = needs(&ledger, &command);
    assert_eq!(third.days, [(PLEDGE, market.clone(), DAY)]);

    account.days_known_after = Some(DAY);
    ledger.book().accounts.insert(market, Some(account));
    assert!(needs(&ledger, &command).is_empty());
}

#[test]
fn what_is_absent_is_not_asked_for_again() {
    let mut ledger = Ledger::funded();
    ledger.books.pledges.insert(NO_PLEDGE, None);
    ledger.books.creators.insert(NOBODY, None);
    ledger.books.allocations.insert(NO_ALLOCATION, None);
    ledger
        .books
        .homes
        .insert((Thing::Allocation, NO_ALLOCATION.0), PLEDGE);
    for command in [
        Command::AllocateToCreator(allocate(NOBODY, usd(1))),
        release(NO_ALLOCATION, usd(1)),
        meet(NO_INSTALMENT),
        Command::BudgetMarket(almoner::domain::command::BudgetMarket {
            pledge: NO_PLEDGE,
            ..budget("JP", usd(1))
        }),
    ] {
        assert!(needs(&ledger, &command).is_empty(), "{command:?}");
        assert!(ledger.decide(&command).is_err(), "{command:?}");
    }
}

#[test]
fn names_are_looked_up_once() {
    let mut ledger = Ledger::default();
    let announce = Command::AnnouncePledge(announcement());
    assert!(
        needs(&ledger, &announce)
            .pledge_references
            .contains("FIDES")
    );
    assert_eq!(announce.home(), Home::Registry);
    ledger.carry_out(&announce);
    assert!(needs(&ledger, &announce).is_empty());
    let enrolled = enrol(HANAKO, "JP-1", "JP");
    assert!(
        needs(&ledger, &enrolled)
            .creator_references
            .contains("JP-1")
    );
    ledger.carry_out(&enrolled);
    assert!(needs(&ledger, &enrolled).is_empty());
}
