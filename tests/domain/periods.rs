//! What is posted in which month, and when a month can be closed.

use almoner::domain::command::{ClosePeriod, Context, ReopenPeriod, Settled, Unapproved};
use almoner::domain::period::{Closed, MonthEnd, PeriodState, Reconciliation};
use almoner::domain::{Command, Outcome, PeriodEventId, Refusal};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::codes::code;
use super::fixture::*;
use super::refusals::to_market;

/// What is refused for the state of months.
pub(super) const PERIOD_CODES: [&str; 4] = [
    "period-soft-closed",
    "period-closed",
    "period-not-over",
    "period-not-ready",
];

fn close(month_end: Date, hard: bool) -> Command {
    Command::ClosePeriod(ClosePeriod {
        id: PeriodEventId(Uuid::from_u128(0x71)),
        pledge: PLEDGE,
        month_end,
        hard,
        reconciliation: Reconciliation::Waived,
        reason: Some("Small".to_owned()),
        document: None,
    })
}

#[allow(clippy::result_large_err)]
fn settle(ledger: &mut Ledger, command: &Command, by_controller: bool) -> Result<Settled, Refusal> {
    let context = Context {
        by_controller,
        ..Ledger::context()
    };
    command.settle(&mut ledger.books, &context, Unapproved::IsShown)
}

fn refused(ledger: &mut Ledger, command: &Command, by_controller: bool) -> &'static str {
    let refusal = settle(ledger, command, by_controller).unwrap_err();
    assert_eq!(refusal.code(), code(&refusal));
    assert!(refusal.to_string().ends_with('.'), "{refusal}");
    refusal.code()
}

/// A budget for Japan on the day all the domain's tests post on.
fn budget() -> Command {
    to_market(|_| {})
}

#[test]
fn nobody_posts_in_a_month_closed_hard_and_only_controllers_in_one_closed_softly() {
    let mut ledger = Ledger::funded();
    let day = match &budget() {
        Command::BudgetMarket(it) => it.effective_date,
        other => panic!("{other:?}"),
    };
    ledger.book().closed = Closed {
        soft_until: Some(day),
        hard_until: None,
    };
    let by_controller = settle(&mut ledger, &budget(), true);
    assert!(by_controller.is_ok(), "{by_controller:?}");
    assert_eq!(refused(&mut ledger, &budget(), false), PERIOD_CODES[0]);
    ledger.book().closed.hard_until = Some(day);
    for by_controller in [true, false] {
        let code = refused(&mut ledger, &budget(), by_controller);
        assert_eq!(code, PERIOD_CODES[1]);
    }
    ledger.book().closed = Closed {
        soft_until: day.previous_day(),
        hard_until: day.previous_day(),
    };
    assert!(settle(&mut ledger, &budget(), false).is_ok());
}

#[test]
fn a_month_is_closed_when_it_is_over_and_nothing_stands_against_it() {
    let mut ledger = Ledger::funded();
    let today = Ledger::context().now.date();
    assert_eq!(
        refused(&mut ledger, &close(today, true), true),
        PERIOD_CODES[2]
    );
    let month_end = date!(2020 - 01 - 31);
    let found = MonthEnd {
        suspense: vec![usd(5)],
        ..MonthEnd::default()
    };
    let at = (PLEDGE, month_end);
    ledger.books.month_ends.insert(at, found);
    assert_eq!(
        refused(&mut ledger, &close(month_end, true), true),
        PERIOD_CODES[3]
    );
    let provisional = MonthEnd {
        provisional_lines: 7,
        ..MonthEnd::default()
    };
    ledger.books.month_ends.insert(at, provisional);
    let closed = settle(&mut ledger, &close(month_end, true), true).unwrap();
    let Outcome::Period(event) = closed.decision.outcome else {
        panic!("{closed:?}");
    };
    assert_eq!(
        (event.state, event.provisional_lines),
        (PeriodState::Hard, 7)
    );
}

#[test]
fn a_month_that_is_open_is_not_opened_and_one_closed_as_firmly_is_not_closed() {
    let mut ledger = Ledger::funded();
    let month_end = date!(2020 - 01 - 31);
    let open = Command::ReopenPeriod(ReopenPeriod {
        id: PeriodEventId(Uuid::from_u128(0x72)),
        pledge: PLEDGE,
        month_end,
        reason: "A late invoice".to_owned(),
        document: document(),
    });
    assert_eq!(refused(&mut ledger, &open, true), "wrong-state");
    ledger.book().closed.soft_until = Some(month_end);
    assert_eq!(
        refused(&mut ledger, &close(month_end, false), true),
        "wrong-state"
    );
    assert!(settle(&mut ledger, &close(month_end, true), true).is_ok());
    let opened = settle(&mut ledger, &open, true).unwrap();
    assert_eq!(opened.needed, 1);
}
