//! How credits end: which of a lot's accounts, and which purses, lose them, and from which day on.

use std::collections::HashMap;

use almoner::domain::books::Posting;
use almoner::domain::command::{Decision, Event, ExpireLot, ExtendLot, Outcome, RevokeLot, Thing};
use almoner::domain::lot::{LotScope, LotStanding, LotState, parts};
use almoner::domain::{
    AccountKey, AdAccountId, Code, Command, Draft, HoldChange, JournalId, Kind, LotId, Move, Needs,
    PayoutId, Refusal,
};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::fixture::*;

pub(super) const NO_LOT: LotId = LotId(Uuid::from_u128(0x22));
const TOKYO: AdAccountId = AdAccountId(Uuid::from_u128(0x61));
const LOS_ANGELES: AdAccountId = AdAccountId(Uuid::from_u128(0x62));
/// The lot's last day, and the day after.
const LAST: Date = date!(2026 - 12 - 31);
const AFTER: Date = date!(2027 - 01 - 01);

pub(super) fn expire() -> Command {
    Command::ExpireLot(ExpireLot { lot: LOT })
}

pub(super) fn revoke(minor: i64, change: impl FnOnce(&mut RevokeLot)) -> Command {
    let mut revocation = RevokeLot {
        lot: LOT,
        amount: adc(minor),
        reason: "The offer was withdrawn".to_owned(),
        document: document(),
        effective_date: DAY,
    };
    change(&mut revocation);
    Command::RevokeLot(revocation)
}

pub(super) fn extend(lot: LotId, expires_at: Date) -> Command {
    Command::ExtendLot(ExtendLot {
        lot,
        expires_at,
        reason: "Campaigns started late".to_owned(),
        document: document(),
    })
}

/// A lot of 400.00 in the pool, of which it is `today` everywhere.
pub(super) fn with_lot(today: Date, scope: &[&str]) -> Ledger {
    let mut ledger = Ledger::signed();
    let mut issued = issue(CREDITS, adc(40_000));
    issued.scope = LotScope {
        markets: scope.iter().map(|code| code.parse().unwrap()).collect(),
        campaigns: Vec::new(),
    };
    let decided = ledger.carry_out(&Command::IssueLot(issued));
    let Outcome::Lot { lot, .. } = decided.outcome else {
        panic!("{:?}", decided.outcome);
    };
    let standing = LotStanding {
        lot,
        parts: Vec::new(),
        purses: Vec::new(),
        days: HashMap::from([
            (None, today),
            (Some(TOKYO), today),
            (Some(LOS_ANGELES), today),
        ]),
    };
    ledger.books.homes.insert((Thing::Lot, LOT.0), PLEDGE);
    ledger.books.lots.insert(LOT, Some(standing));
    ledger.books.lots.insert(NO_LOT, None);
    ledger
}

fn standing(ledger: &Ledger) -> &LotStanding {
    ledger.books.lots[&LOT].as_ref().unwrap()
}

/// Posts what no command of this slice does.
fn post(ledger: &mut Ledger, kind: Kind, debit: AccountKey, credit: AccountKey, amount: i64) {
    let moves = vec![Move {
        debit,
        credit,
        amount,
    }];
    let decision = Decision {
        events: Vec::new(),
        draft: Some(Draft::new(PLEDGE, kind, DAY, moves)),
        outcome: Outcome::LotExtended(standing(ledger).lot.clone()),
    };
    let posting = Posting {
        approval: None,
        actor: "petra",
        now: NOW,
        journal: JournalId(Uuid::now_v7()),
        new_id: Uuid::now_v7,
    };
    ledger.books.apply(decision, &posting);
}

fn placed(at: AdAccountId) -> AccountKey {
    AccountKey::placed(Code::CreditPlaced, adc(0).unit(), LOT, at)
}

fn place(ledger: &mut Ledger, at: AdAccountId, minor: i64) {
    let pool = AccountKey::lot(Code::CreditPool, adc(0).unit(), LOT);
    post(ledger, Kind::Placement, placed(at), pool, minor);
}

fn hold(ledger: &mut Ledger, key: AccountKey, minor: i64) {
    let held = HoldChange {
        subject: PayoutId(Uuid::from_u128(0x71)).0,
        key,
        amount: minor,
        expires_on: None,
    };
    let decision = Decision {
        events: vec![Event::Held(PLEDGE, held)],
        draft: None,
        outcome: Outcome::LotExtended(standing(ledger).lot.clone()),
    };
    let posting = Posting {
        approval: None,
        actor: "petra",
        now: NOW,
        journal: JournalId(Uuid::now_v7()),
        new_id: Uuid::now_v7,
    };
    ledger.books.apply(decision, &posting);
}

/// 3210 has 100.00, the US 50.00, JP 50.00, Hanako 120.00, and a campaign for her 80.00.
fn committed(today: Date, scope: &[&str]) -> Ledger {
    let mut ledger = with_lot(today, scope);
    ledger.carry_out(&Command::BudgetMarket(budget("US", adc(5_000))));
    ledger.carry_out(&Command::BudgetMarket(budget("JP", adc(25_000))));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, adc(20_000))));
    let jp = "JP".parse().unwrap();
    let unit = adc(0).unit().clone();
    let own = AccountKey::creator(Code::CreditsCreator, &unit, jp, HANAKO);
    let bound = AccountKey {
        obligation: Some(almoner::domain::ObligationId(Uuid::from_u128(0x51))),
        ..AccountKey::creator(Code::CreditsObligated, &unit, jp, HANAKO)
    };
    post(&mut ledger, Kind::Obligation, own, bound, 8_000);
    ledger
}

fn refused(ledger: &Ledger, command: &Command) -> &'static str {
    ledger.decide(command).unwrap_err().code()
}

#[test]
fn what_is_least_committed_loses_first_and_the_pool_before_ad_accounts() {
    let mut ledger = committed(AFTER, &[]);
    place(&mut ledger, LOS_ANGELES, 15_000);
    place(&mut ledger, TOKYO, 5_000);
    let decided = ledger.carry_out(&expire());
    let draft = decided.draft.as_ref().unwrap();
    assert_eq!((draft.kind, draft.effective_date), (Kind::Expiry, AFTER));
    let unit = "ADC:TIKTOK:USD";
    assert_eq!(
        moves(Some(draft)),
        [
            format!("Dr 5910 Cr 1310.lot 100.00 {unit}"),
            format!("Dr 5910.JP Cr 1310.lot 50.00 {unit}"),
            format!("Dr 5910.US Cr 1310.lot 50.00 {unit}"),
            // Tokyo's id comes first.
            format!("Dr 5910.JP Cr 1320.lot 50.00 {unit}"),
            format!("Dr 5910.JP Cr 1320.lot 150.00 {unit}"),
            format!("Dr 3210 Cr 4930 100.00 {unit}"),
            format!("Dr 3220.JP Cr 4930 50.00 {unit}"),
            format!("Dr 3220.US Cr 4930 50.00 {unit}"),
            format!("Dr 3230.JP.hanako Cr 4930 120.00 {unit}"),
            format!("Dr 3240.JP.hanako Cr 4930 80.00 {unit}"),
        ]
    );
    let lot = &standing(&ledger).lot;
    assert_eq!(lot.state(), LotState::Expired);
    assert_eq!((lot.figures.lapsed, lot.figures.remaining()), (40_000, 0));
    // Again and again: nothing is left to lapse.
    assert_eq!(refused(&ledger, &expire()), "wrong-state");
    assert_eq!(
        refused(&ledger, &extend(LOT, date!(2027 - 02 - 01))),
        "wrong-state"
    );
}

#[test]
fn a_day_ends_where_the_credits_are() {
    let mut ledger = with_lot(LAST, &[]);
    place(&mut ledger, TOKYO, 15_000);
    place(&mut ledger, LOS_ANGELES, 5_000);
    assert_eq!(refused(&ledger, &expire()), "wrong-state");
    let days = |ledger: &mut Ledger, at, day| {
        let standing = ledger.books.lots.get_mut(&LOT).unwrap().as_mut();
        standing.unwrap().days.insert(at, day);
    };
    // In Tokyo it is the next day already; then in the pool; then in Los Angeles, found late.
    for (at, today, left) in [
        (Some(TOKYO), AFTER, 25_000),
        (None, AFTER, 5_000),
        (Some(LOS_ANGELES), date!(2027 - 03 - 01), 0),
    ] {
        days(&mut ledger, at, today);
        let decided = ledger.carry_out(&expire());
        assert_eq!(decided.draft.unwrap().effective_date, AFTER);
        assert_eq!(standing(&ledger).lot.figures.remaining(), left);
    }
    // Where it isn't known what day it is, nothing is over.
    let mut elsewhere = with_lot(LAST, &[]);
    place(&mut elsewhere, AdAccountId(Uuid::from_u128(0x63)), 40_000);
    assert_eq!(refused(&elsewhere, &expire()), "wrong-state");
}

#[test]
fn spend_in_time_that_is_not_final_yet_keeps_its_credits() {
    let mut ledger = with_lot(AFTER, &[]);
    place(&mut ledger, TOKYO, 15_000);
    hold(&mut ledger, placed(TOKYO), 4_000);
    ledger.carry_out(&expire());
    let figures = standing(&ledger).lot.figures;
    assert_eq!(
        (figures.lapsed, figures.placed, figures.held),
        (36_000, 4_000, 4_000)
    );
    assert_eq!(standing(&ledger).lot.state(), LotState::Expired);
    assert_eq!(refused(&ledger, &expire()), "wrong-state");
    hold(&mut ledger, placed(TOKYO), 1_000);
    ledger.carry_out(&expire());
    assert_eq!(standing(&ledger).lot.figures.lapsed, 39_000);
}

#[test]
fn a_purse_s_held_part_is_left_to_what_holds_it() {
    let mut ledger = committed(AFTER, &[]);
    let jp = "JP".parse().unwrap();
    let market = AccountKey::market(Code::CreditsMarket, adc(0).unit(), jp);
    hold(&mut ledger, market, 3_000);
    ledger.carry_out(&expire());
    assert_eq!(standing(&ledger).lot.figures.lapsed, 37_000);
    assert_eq!(refused(&ledger, &expire()), "exceeds-purses");
}

#[test]
fn a_lot_for_some_markets_takes_from_no_other() {
    let mut ledger = committed(AFTER, &["US"]);
    let decided = ledger.carry_out(&expire());
    let moved = moves(decided.draft.as_ref());
    assert!(moved.iter().all(|line| !line.contains("JP")), "{moved:?}");
    assert_eq!(standing(&ledger).lot.figures.lapsed, 15_000);
    assert_eq!(refused(&ledger, &expire()), "exceeds-purses");
}

#[test]
fn a_late_lapse_counts_from_the_first_day_that_holds() {
    let mut ledger = with_lot(date!(2026 - 06 - 01), &[]);
    let lot = ledger.books.lots.get_mut(&LOT).unwrap().as_mut().unwrap();
    lot.lot.expires_at = date!(2026 - 05 - 03);
    // Nothing was unallocated from the 10th to the 19th, and nothing else is anywhere now.
    let mut given = budget("JP", adc(40_000));
    given.effective_date = date!(2026 - 05 - 10);
    ledger.carry_out(&Command::BudgetMarket(given));
    let mut back = take_back("JP", adc(40_000));
    if let Command::ReturnBudget(back) = &mut back {
        back.effective_date = date!(2026 - 05 - 20);
    }
    ledger.carry_out(&back);
    let decided = ledger.decide(&expire()).unwrap();
    assert_eq!(decided.draft.unwrap().effective_date, date!(2026 - 05 - 20));
}

#[test]
fn a_revocation_takes_what_is_asked_in_the_same_order() {
    let mut ledger = committed(DAY, &[]);
    let decided = ledger.carry_out(&revoke(12_000, |_| {}));
    let unit = "ADC:TIKTOK:USD";
    assert_eq!(
        moves(decided.draft.as_ref()),
        [
            format!("Dr 5910 Cr 1310.lot 100.00 {unit}"),
            format!("Dr 5910.JP Cr 1310.lot 20.00 {unit}"),
            format!("Dr 3210 Cr 4930 100.00 {unit}"),
            format!("Dr 3220.JP Cr 4930 20.00 {unit}"),
        ]
    );
    let lot = &standing(&ledger).lot;
    assert_eq!((lot.figures.revoked, lot.figures.lapsed), (12_000, 0));
    assert_eq!(lot.state(), LotState::Issued);
    ledger.carry_out(&revoke(28_000, |_| {}));
    assert_eq!(standing(&ledger).lot.state(), LotState::Revoked);
    assert_eq!(
        refused(&ledger, &extend(LOT, date!(2027 - 02 - 01))),
        "wrong-state"
    );
}

#[test]
fn before_its_condition_is_met_a_lot_is_in_no_purse_to_lose_it() {
    let mut ledger = with_lot(AFTER, &[]);
    let early = issue(CREDITS_LATER, adc(1_000));
    let decided = ledger.carry_out(&Command::IssueLot(early));
    let Outcome::Lot { lot, .. } = decided.outcome else {
        panic!("{:?}", decided.outcome);
    };
    ledger
        .books
        .lots
        .get_mut(&LOT)
        .unwrap()
        .as_mut()
        .unwrap()
        .lot = lot;
    assert_eq!(refused(&ledger, &expire()), "wrong-state");
    assert_eq!(refused(&ledger, &revoke(1, |_| {})), "wrong-state");
}

#[test]
fn a_lot_is_extended_to_a_later_day_alone_and_then_ends_then() {
    let mut ledger = with_lot(AFTER, &[]);
    let refusal = ledger.decide(&extend(LOT, LAST)).unwrap_err();
    assert_eq!(refusal.pointer().as_deref(), Some("/expires_at"));
    assert!(matches!(refusal, Refusal::NotLater { .. }));
    ledger.carry_out(&extend(LOT, date!(2027 - 01 - 30)));
    assert_eq!(standing(&ledger).lot.ends_on(), date!(2027 - 01 - 30));
    assert_eq!(refused(&ledger, &expire()), "wrong-state");
    assert_eq!(
        refused(&ledger, &extend(LOT, date!(2027 - 01 - 30))),
        "not-later"
    );
    let book = ledger.books.pledge(PLEDGE).unwrap();
    assert_eq!(parts(book, LOT).len(), 1);
}

#[test]
fn a_lapse_needs_its_lot_then_all_accounts_it_may_touch() {
    let mut ledger = committed(AFTER, &[]);
    let needs = |ledger: &Ledger| {
        let mut needs = Needs::default();
        expire().needs(&ledger.books, &mut needs);
        needs
    };
    let known = ledger.books.lots.remove(&LOT).flatten();
    assert!(needs(&ledger).lots.contains(&LOT));
    let mut known = known.unwrap();
    let market = AccountKey::market(Code::CreditsMarket, adc(0).unit(), "US".parse().unwrap());
    known.purses = vec![market];
    known.parts = vec![placed(TOKYO)];
    ledger.books.lots.insert(LOT, Some(known));
    let asked = needs(&ledger);
    let mut asked: Vec<String> = asked.accounts.iter().map(|(_, key)| named(key)).collect();
    asked.sort();
    // The US purse is in the book already.
    assert_eq!(asked, ["1320.lot", "4930", "5910", "5910.US"]);
}

/// What is done wrongly to a lot of which all ended, and to one that isn't there.
pub(super) fn ended_wrongly() -> Vec<(&'static str, Command)> {
    vec![
        ("not-found", extend(NO_LOT, AFTER)),
        ("not-found", revoke(1, |it| it.lot = NO_LOT)),
        ("not-found", Command::ExpireLot(ExpireLot { lot: NO_LOT })),
        ("not-later", extend(LOT, LAST)),
        ("wrong-unit", revoke(1, |it| it.amount = meta(1))),
        ("exceeds-lot", revoke(40_001, |_| {})),
        ("exceeds-purses", revoke(15_001, |_| {})),
        (
            "backdated-overdraft",
            revoke(1, |it| it.effective_date = date!(2026 - 04 - 30)),
        ),
    ]
}

/// The ledger it is done in: the lot is for the US, where 50.00 are, and 100.00 are unallocated.
pub(super) fn for_the_us() -> Ledger {
    committed(AFTER, &["US"])
}
