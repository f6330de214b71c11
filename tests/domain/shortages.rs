//! A lack of funds says what there is, today and on every day since.

use time::macros::date;

use super::fixture::*;
use super::refusals::{allocated, to_creator, to_market};

#[test]
fn a_lack_of_funds_says_what_there_is_and_what_would_help() {
    let ledger = allocated();
    let refusal = ledger
        .decide(&to_creator(|it| it.amount = usd(7_550)))
        .unwrap_err();
    let shortage = refusal.shortage().unwrap();
    assert_eq!(shortage.available, usd(6_000));
    assert_eq!(shortage.requested, usd(7_550));
    assert_eq!(shortage.shortfall(), usd(1_550));
    assert!(shortage.account.is_some());
    let help = shortage.help();
    assert!(
        help.contains("give market JP 15.50 USD more budget"),
        "{help}"
    );
    assert!(help.contains("ask for at most 60.00 USD"), "{help}");
}

#[test]
fn a_backdated_lack_says_what_every_day_since_allows() {
    let mut ledger = allocated();
    // 60.00 are left of the 1st; 50.00 more come on the 20th.
    ledger.carry_out(&to_market(|it| {
        (it.amount, it.effective_date) = (usd(5_000), date!(2026 - 05 - 20));
    }));
    let on = |day, minor| to_creator(move |it| (it.amount, it.effective_date) = (usd(minor), day));
    assert!(ledger.decide(&on(date!(2026 - 05 - 20), 11_000)).is_ok());
    assert!(ledger.decide(&on(date!(2026 - 05 - 10), 6_000)).is_ok());
    let refusal = ledger
        .decide(&on(date!(2026 - 05 - 10), 6_001))
        .unwrap_err();
    assert_eq!(refusal.code(), "backdated-overdraft");
    assert_eq!(refusal.shortage().unwrap().available, usd(6_000));
    let refusal = ledger
        .decide(&on(date!(2026 - 05 - 10), 11_001))
        .unwrap_err();
    assert_eq!(refusal.code(), "insufficient-funds");
    assert_eq!(refusal.shortage().unwrap().available, usd(11_000));
}
