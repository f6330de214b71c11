//! Credits on their way out, in memory: what is refused of placements, rows and refunds.

use std::collections::{BTreeSet, HashMap};

use almoner::domain::command::{
    AttributeSpend, ClearSuspense, ImportSpend, OpenAdAccount, OpenObligation, PlaceCredits,
    RefundSpend, SpendImport, SpendRow, Thing,
};
use almoner::domain::lot::{LotFigures, LotStanding};
use almoner::domain::obligation::Bond;
use almoner::domain::platform::{OrderOfUse, PlatformProfile};
use almoner::domain::spend::{Campaign, SpendState};
use almoner::domain::{
    AdAccountId, Command, Lot, LotId, Money, ObligationId, Outcome, Profiles, SpendLineId,
};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::fixture::*;

const TOKYO: AdAccountId = AdAccountId(Uuid::from_u128(0x61));
const NOWHERE: AdAccountId = AdAccountId(Uuid::from_u128(0x62));
const CAMPAIGN: ObligationId = ObligationId(Uuid::from_u128(0x63));
const LINE: SpendLineId = SpendLineId(Uuid::from_u128(0x64));
const NO_LINE: SpendLineId = SpendLineId(Uuid::from_u128(0x65));
const SPILLED: SpendLineId = SpendLineId(Uuid::from_u128(0x67));
const LATER_LOT: LotId = LotId(Uuid::from_u128(0x66));

const SPILLED_ON: Date = date!(2026 - 05 - 09);
const SPILLED_MINOR: i64 = 500_000_000;

fn profiles(pool_to_account: bool) -> Profiles {
    Profiles::new(vec![PlatformProfile {
        platform: "TIKTOK".to_owned(),
        version: 1,
        valid_from: date!(2020 - 01 - 01),
        pool_to_account,
        account_to_pool: false,
        account_to_account: false,
        order_of_use: OrderOfUse::FirstExpiring,
        final_after_days: 3,
        tolerance: 0,
    }])
}

fn placement(change: impl FnOnce(&mut PlaceCredits)) -> Command {
    let mut placement = PlaceCredits {
        lot: LOT,
        ad_account: TOKYO,
        amount: adc(100),
        effective_date: DAY,
        document: None,
        profiles: profiles(true),
    };
    change(&mut placement);
    Command::PlaceCredits(placement)
}

fn row(voucher: i64, revision: i32) -> SpendRow {
    SpendRow {
        id: LINE,
        line: 1,
        campaign: (PLEDGE, "7301".to_owned(), "K-1".to_owned()),
        day: DAY,
        currency: usd(0).unit().clone(),
        spend: voucher,
        cash: 0,
        voucher,
        revision,
        state: SpendState::Final,
    }
}

/// So much in cash that no purse covers it.
fn spilled() -> SpendRow {
    SpendRow {
        id: SPILLED,
        line: 2,
        day: SPILLED_ON,
        spend: SPILLED_MINOR,
        cash: SPILLED_MINOR,
        ..row(0, 1)
    }
}

fn import(rows: Vec<SpendRow>) -> ImportSpend {
    ImportSpend {
        id: Uuid::nil(),
        pledge: PLEDGE,
        atomic: false,
        rows,
        unread: Vec::new(),
    }
}

fn spent(rows: Vec<SpendRow>) -> Command {
    Command::ImportSpend(import(rows))
}

/// What of a row was changed, imported alone.
fn changed(ledger: &Ledger, change: impl FnOnce(&mut SpendRow)) -> SpendImport {
    let mut row = row(100, 3);
    change(&mut row);
    let decided = ledger.decide(&Command::ImportSpend(import(vec![row])));
    match decided.unwrap().outcome {
        Outcome::SpendImport(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

/// Hanako's campaign of 40.00; of the lot 30.00 are placed, and 20.00 were spent on the first day,
/// and on a later one so much cash that it is in suspense.
pub(super) fn placed() -> Ledger {
    let mut ledger = Ledger::funded();
    ledger.books.homes.insert((Thing::Lot, LOT.0), PLEDGE);
    let lot = issue(CREDITS, adc(40_000));
    let lot = Lot {
        id: LOT,
        pledge: PLEDGE,
        instalment: CREDITS,
        face: lot.face,
        kind: lot.kind,
        valid_from: lot.valid_from,
        expires_at: lot.expires_at,
        issued_on: lot.effective_date,
        document: None,
        scope: lot.scope,
        fair_value: None,
        extensions: Vec::new(),
        figures: LotFigures::default(),
    };
    let standing = LotStanding {
        lot,
        parts: Vec::new(),
        purses: Vec::new(),
        days: HashMap::new(),
    };
    ledger.books.lots.insert(LOT, Some(standing));
    ledger.books.lots.insert(LATER_LOT, None);
    ledger.books.ad_accounts.insert(NOWHERE, None);
    ledger.books.placed.insert(TOKYO, Vec::new());
    ledger.carry_out(&Command::OpenAdAccount(OpenAdAccount {
        id: TOKYO,
        pledge: PLEDGE,
        reference: "7301".to_owned(),
        name: "Tokyo".to_owned(),
        unit: adc(0).unit().clone(),
        market: "JP".parse().unwrap(),
        time_zone: "Asia/Tokyo".to_owned(),
        opened_on: DAY,
    }));
    let mut given = budget("JP", adc(4_000));
    given.amount = adc(4_000);
    ledger.carry_out(&Command::BudgetMarket(given));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, adc(4_000))));
    ledger.carry_out(&Command::OpenObligation(OpenObligation {
        id: CAMPAIGN,
        bond: Bond::Campaign {
            ad_account: TOKYO,
            campaign: "K-1".to_owned(),
            code_expires_on: None,
        },
        ..contract("K-1", adc(4_000))
    }));
    let campaign = Campaign {
        name: "K-1".to_owned(),
        obligation: CAMPAIGN,
        ad_account: TOKYO,
        platform: "TIKTOK".to_owned(),
        unit: adc(0).unit().clone(),
        creator: HANAKO,
        market: "JP".parse().unwrap(),
    };
    let name = (PLEDGE, "7301".to_owned(), "K-1".to_owned());
    ledger.books.campaigns.insert(name, Some(campaign));
    ledger.carry_out(&placement(|it| it.amount = adc(3_000)));
    ledger.carry_out(&spent(vec![row(2_000, 2), spilled()]));
    let names = [(LINE, DAY), (SPILLED, SPILLED_ON)];
    let names = names.map(|(line, day)| (line, Some((CAMPAIGN, day))));
    ledger.books.spend_names.extend(names);
    ledger
}

fn refund(line: SpendLineId, amount: Money) -> Command {
    Command::RefundSpend(RefundSpend {
        line,
        amount,
        reference: "IVT-1".to_owned(),
        in_cash: false,
        document: None,
        effective_date: DAY,
    })
}

fn attribute(line: SpendLineId, amount: Money) -> Command {
    Command::AttributeSpend(AttributeSpend {
        line,
        uses: vec![(LOT, amount)],
        document: document(),
    })
}

fn clear(line: SpendLineId, amount: Money) -> Command {
    Command::ClearSuspense(ClearSuspense {
        line,
        amount: Some(amount),
        reason: "Budgeted since".to_owned(),
        document: None,
        effective_date: SPILLED_ON,
    })
}

/// What is placed, imported and refunded wrongly.
pub(super) fn placed_and_refunded_wrongly() -> Vec<(&'static str, Command)> {
    let after: Date = date!(2027 - 01 - 01);
    let not_adding_up = SpendRow {
        cash: 1,
        ..row(100, 3)
    };
    vec![
        ("not-found", placement(|it| it.lot = LATER_LOT)),
        ("unknown-reference", placement(|it| it.ad_account = NOWHERE)),
        ("wrong-unit", placement(|it| it.amount = meta(1))),
        (
            "move-not-allowed",
            placement(|it| it.profiles = profiles(false)),
        ),
        (
            "move-not-allowed",
            placement(|it| it.profiles = Profiles::default()),
        ),
        ("lot-expired", placement(|it| it.effective_date = after)),
        (
            "insufficient-funds",
            placement(|it| it.amount = adc(37_001)),
        ),
        (
            "spend-rows-refused",
            Command::ImportSpend(ImportSpend {
                atomic: true,
                ..import(vec![row(100, 3), not_adding_up])
            }),
        ),
        ("not-found", attribute(NO_LINE, adc(1))),
        ("uses-not-adding-up", attribute(LINE, adc(1_999))),
        ("not-found", clear(NO_LINE, usd(1))),
        ("wrong-unit", clear(SPILLED, adc(1))),
        ("wrong-state", clear(LINE, usd(1))),
        ("exceeds-suspended", clear(SPILLED, usd(SPILLED_MINOR + 1))),
        ("insufficient-funds", clear(SPILLED, usd(SPILLED_MINOR))),
        ("not-found", refund(NO_LINE, adc(1))),
        ("wrong-unit", refund(LINE, usd(1))),
        ("exceeds-spend", refund(LINE, adc(2_001))),
    ]
}

/// A lot that is for another market than the ad account is of.
pub(super) fn placed_elsewhere() -> (Ledger, Vec<(&'static str, Command)>) {
    let mut ledger = placed();
    if let Some(Some(standing)) = ledger.books.lots.get_mut(&LOT) {
        standing.lot.scope.markets = vec!["US".parse().unwrap()];
    }
    for lot in ledger.books.placed.get_mut(&TOKYO).unwrap() {
        lot.scope.markets = vec!["US".parse().unwrap()];
    }
    let cases = vec![
        ("lot-out-of-scope", placement(|_| {})),
        ("lot-not-for-line", attribute(LINE, adc(2_000))),
    ];
    (ledger, cases)
}

/// The codes rows are refused with.
pub(super) fn codes_of_rows() -> BTreeSet<&'static str> {
    let ledger = placed();
    let outcomes = [
        changed(&ledger, |row| row.campaign.2 = "K-9".to_owned()),
        changed(&ledger, |row| row.currency = jpy(0).unit().clone()),
        changed(&ledger, |row| row.spend += 1),
        changed(&ledger, |row| row.revision = 2),
        changed(&ledger, |row| row.state = SpendState::Provisional),
        changed(&ledger, |row| (row.spend, row.voucher) = (3_001, 3_001)),
    ];
    let refusals = outcomes.iter().flat_map(|it| &it.refusals);
    let codes: Vec<&str> = refusals.map(|it| it.code).collect();
    let expected = [
        "unknown-reference",
        "wrong-unit",
        "spend-not-adding-up",
        "spend-revision-conflict",
        "spend-already-final",
        "insufficient-funds",
    ];
    assert_eq!(codes, expected);
    codes.into_iter().collect()
}

#[test]
fn an_import_posts_a_journal_for_each_day_and_moves_each_lot_once() {
    let ledger = placed();
    let on = |day, voucher, revision| SpendRow {
        day,
        ..row(voucher, revision)
    };
    let later = date!(2026 - 05 - 02);
    let rows = vec![on(later, 300, 1), on(DAY, 1_900, 3), on(later, 200, 2)];
    let decided = ledger.decide(&Command::ImportSpend(import(rows))).unwrap();
    let first = [
        "Dr 1320.lot Cr 5210.JP 1.00 ADC:TIKTOK:USD",
        "Dr 4920 Cr 3240.JP.hanako 1.00 ADC:TIKTOK:USD",
    ];
    assert_eq!(moves(decided.draft.as_ref()), first);
    assert_eq!(decided.draft.unwrap().effective_date, DAY);
    let more: Vec<_> = decided
        .events
        .iter()
        .filter_map(|event| match event {
            almoner::domain::command::Event::Posted(draft) => Some(moves(Some(draft))),
            _ => None,
        })
        .collect();
    // Three in, and one of them out again with the second report of the day.
    let second = [
        "Dr 5210.JP Cr 1320.lot 3.00 ADC:TIKTOK:USD",
        "Dr 3240.JP.hanako Cr 4920 3.00 ADC:TIKTOK:USD",
        "Dr 1320.lot Cr 5210.JP 1.00 ADC:TIKTOK:USD",
        "Dr 4920 Cr 3240.JP.hanako 1.00 ADC:TIKTOK:USD",
    ];
    assert_eq!(more, [second]);
}
