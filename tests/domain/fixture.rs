//! Books in memory, kept by the domain alone, and commands in few words.

use almoner::domain::books::{Books, PledgeBook, Posting};
use almoner::domain::command::{
    AllocateToCreator, AnnouncePledge, BudgetMarket, ChargeSupportCost, Decision, EnrolCreator,
    IssueLot, MeetCondition, NewInstalment, OpenObligation, Outcome, ReceiveCash,
    ReleaseAllocation, ReturnBudget, SignAgreement, Thing, WriteOff,
};
use almoner::domain::lot::LotScope;
use almoner::domain::obligation::Bond;
use almoner::domain::pledge::LotKind;
use almoner::domain::unit::UnitFacts;
use almoner::domain::{
    AccountKey, AllocationId, Command, Context, CreatorId, Document, Draft, InstalmentId,
    JournalId, LotId, Money, ObligationId, PledgeId, Refusal, Unit, UnitKind,
};
use rust_decimal::Decimal;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The clock stands still unless a test moves it.
pub(super) const NOW: OffsetDateTime = datetime!(2026-06-01 12:00 UTC);
pub(super) const DAY: Date = date!(2026 - 05 - 01);

/// The only pledge there is, and one that isn't there.
pub(super) const PLEDGE: PledgeId = PledgeId(Uuid::from_u128(1));
pub(super) const NO_PLEDGE: PledgeId = PledgeId(Uuid::from_u128(2));
/// 700.00 USD, unconditional.
pub(super) const CASH: InstalmentId = InstalmentId(Uuid::from_u128(0x11));
/// 300.00 USD, on a report.
pub(super) const CASH_LATER: InstalmentId = InstalmentId(Uuid::from_u128(0x12));
/// 400.00 in credits, unconditional.
pub(super) const CREDITS: InstalmentId = InstalmentId(Uuid::from_u128(0x13));
/// 100.00 in credits, on a report.
pub(super) const CREDITS_LATER: InstalmentId = InstalmentId(Uuid::from_u128(0x14));
pub(super) const NO_INSTALMENT: InstalmentId = InstalmentId(Uuid::from_u128(0x15));
pub(super) const LOT: LotId = LotId(Uuid::from_u128(0x21));
/// In JP; and one in FR, which the pledge isn't for.
pub(super) const HANAKO: CreatorId = CreatorId(Uuid::from_u128(0x31));
pub(super) const CHLOE: CreatorId = CreatorId(Uuid::from_u128(0x32));
pub(super) const NOBODY: CreatorId = CreatorId(Uuid::from_u128(0x33));
pub(super) const ALLOCATION: AllocationId = AllocationId(Uuid::from_u128(0x41));
pub(super) const NO_ALLOCATION: AllocationId = AllocationId(Uuid::from_u128(0x42));

/// What the ids above are called in an account's name.
const NAMES: &[(u128, &str)] = &[
    (0x11, "cash"),
    (0x12, "cash-later"),
    (0x13, "credits"),
    (0x14, "credits-later"),
    (0x21, "lot"),
    (0x31, "hanako"),
];

fn unit(code: &str, kind: UnitKind, minor_digits: u32) -> Unit {
    let currency = code.rsplit(':').next().unwrap().to_owned();
    Unit::new(UnitFacts {
        code: code.to_owned(),
        kind,
        minor_digits,
        currency,
        platform: code.split(':').nth(1).map(str::to_owned),
        name: code.to_owned(),
    })
}

/// So many cents.
pub(super) fn usd(minor: i64) -> Money {
    Money::from_minor(minor, unit("USD", UnitKind::Cash, 2))
}

pub(super) fn adc(minor: i64) -> Money {
    Money::from_minor(minor, unit("ADC:TIKTOK:USD", UnitKind::Credits, 2))
}

pub(super) fn meta(minor: i64) -> Money {
    Money::from_minor(minor, unit("ADC:META:USD", UnitKind::Credits, 2))
}

pub(super) fn jpy(minor: i64) -> Money {
    Money::from_minor(minor, unit("JPY", UnitKind::Cash, 0))
}

pub(super) fn document() -> Document {
    Document {
        uri: "https://example.org/paper.pdf".to_owned(),
        sha256: "0".repeat(64),
    }
}

/// The pledge as it is announced.
pub(super) fn announcement() -> AnnouncePledge {
    let new = |id, reference: &str, amount: Money, condition: Option<&str>| NewInstalment {
        id,
        reference: reference.to_owned(),
        amount,
        due_date: DAY,
        condition: condition.map(str::to_owned),
    };
    AnnouncePledge {
        id: PLEDGE,
        reference: "FIDES".to_owned(),
        donor: "Donor".to_owned(),
        recipient: "Recipient".to_owned(),
        purpose: "Purpose".to_owned(),
        functional_unit: usd(0).unit().clone(),
        total: usd(150_000),
        split: vec![usd(100_000), adc(50_000)],
        markets: ["JP", "US"].map(|market| market.parse().unwrap()).to_vec(),
        exchange_differences: Default::default(),
        instalments: vec![
            new(CASH, "C1", usd(70_000), None),
            new(CASH_LATER, "C2", usd(30_000), Some("A report")),
            new(CREDITS, "T1", adc(40_000), None),
            new(CREDITS_LATER, "T2", adc(10_000), Some("A report")),
        ],
    }
}

pub(super) fn sign() -> Command {
    Command::SignAgreement(SignAgreement {
        pledge: PLEDGE,
        effective_date: DAY,
        document: document(),
    })
}

pub(super) fn meet(instalment: InstalmentId) -> Command {
    Command::MeetCondition(MeetCondition {
        instalment,
        met_on: DAY,
        document: document(),
    })
}

pub(super) fn receive(instalment: InstalmentId, received: Money, fee: Money) -> ReceiveCash {
    ReceiveCash {
        instalment,
        received,
        fee,
        bank_reference: None,
        effective_date: DAY,
    }
}

pub(super) fn issue(instalment: InstalmentId, face: Money) -> IssueLot {
    IssueLot {
        id: LOT,
        instalment,
        face,
        kind: LotKind::Free,
        valid_from: DAY,
        expires_at: date!(2026 - 12 - 31),
        effective_date: DAY,
        document: None,
        scope: LotScope::default(),
        fair_value: None,
    }
}

pub(super) fn write_off(instalment: InstalmentId, amount: Money) -> Command {
    Command::WriteOff(WriteOff {
        instalment,
        amount,
        reason: "It won't come".to_owned(),
        document: document(),
        effective_date: DAY,
    })
}

pub(super) fn charge(gross: Money, percents: i64) -> Command {
    Command::ChargeSupportCost(ChargeSupportCost {
        pledge: PLEDGE,
        gross,
        rate: Decimal::new(percents, 2),
        effective_date: DAY,
    })
}

pub(super) fn budget(market: &str, amount: Money) -> BudgetMarket {
    BudgetMarket {
        pledge: PLEDGE,
        market: market.parse().unwrap(),
        amount,
        effective_date: DAY,
    }
}

pub(super) fn take_back(market: &str, amount: Money) -> Command {
    Command::ReturnBudget(ReturnBudget {
        pledge: PLEDGE,
        market: market.parse().unwrap(),
        amount,
        reason: "Not needed".to_owned(),
        effective_date: DAY,
    })
}

pub(super) fn enrol(id: CreatorId, reference: &str, market: &str) -> Command {
    Command::EnrolCreator(EnrolCreator {
        id,
        reference: reference.to_owned(),
        name: "花子".to_owned(),
        market: market.parse().unwrap(),
    })
}

pub(super) fn allocate(creator: CreatorId, amount: Money) -> AllocateToCreator {
    AllocateToCreator {
        id: ALLOCATION,
        pledge: PLEDGE,
        creator,
        amount,
        effective_date: DAY,
        note: None,
    }
}

pub(super) fn contract(reference: &str, amount: Money) -> OpenObligation {
    OpenObligation {
        id: ObligationId(Uuid::from_u128(0x51)),
        pledge: PLEDGE,
        creator: HANAKO,
        reference: reference.to_owned(),
        bond: Bond::Contract,
        amount,
        deliverables: None,
        starts_on: DAY,
        ends_on: DAY,
        document: None,
        effective_date: DAY,
    }
}

pub(super) fn release(allocation: AllocationId, amount: Money) -> Command {
    Command::ReleaseAllocation(ReleaseAllocation {
        allocation,
        amount,
        reason: "One video fewer".to_owned(),
        effective_date: DAY,
    })
}

/// A ledger in memory.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) books: Books,
    next: u128,
}

impl Ledger {
    /// The pledge is announced, and two creators are enrolled.
    pub(super) fn announced() -> Self {
        let mut ledger = Ledger::default();
        let decided = ledger.carry_out(&Command::AnnouncePledge(announcement()));
        let Outcome::Pledge {
            pledge,
            instalments,
        } = decided.outcome
        else {
            panic!("{:?}", decided.outcome);
        };
        let homes = instalments.iter();
        ledger.books.homes = homes
            .map(|it| ((Thing::Instalment, it.id.0), PLEDGE))
            .collect();
        let mut book = PledgeBook::new(pledge, 0, None);
        book.instalments = Some(instalments);
        ledger.books.pledges = [(PLEDGE, Some(book))].into_iter().collect();
        ledger.carry_out(&enrol(HANAKO, "JP-1", "JP"));
        ledger.carry_out(&enrol(CHLOE, "FR-1", "FR"));
        ledger
    }

    /// … its agreement is signed …
    pub(super) fn signed() -> Self {
        let mut ledger = Self::announced();
        ledger.carry_out(&sign());
        ledger
    }

    /// … and all that is unconditional has come in.
    pub(super) fn funded() -> Self {
        let mut ledger = Self::signed();
        ledger.carry_out(&Command::ReceiveCash(receive(CASH, usd(70_000), usd(0))));
        ledger.carry_out(&Command::IssueLot(issue(CREDITS, adc(40_000))));
        ledger
    }

    pub(super) fn context() -> Context {
        Context {
            identity: "almoner-local|petra".to_owned(),
            by_controller: false,
            now: NOW,
            journal: JournalId(Uuid::from_u128(0x51)),
            actor: "petra".to_owned(),
        }
    }

    #[allow(clippy::result_large_err)] // the domain's own
    pub(super) fn decide(&self, command: &Command) -> Result<Decision, Refusal> {
        command.decide(&self.books, &Self::context())
    }

    /// Decides and applies.
    pub(super) fn carry_out(&mut self, command: &Command) -> Decision {
        self.carry_out_at(command, NOW)
    }

    pub(super) fn carry_out_at(&mut self, command: &Command, now: OffsetDateTime) -> Decision {
        let decided = self.decide(command);
        let decided = decided.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        self.next += 1;
        let posting = Posting {
            approval: None,
            actor: "petra",
            now,
            journal: JournalId(Uuid::from_u128(0x1000 + self.next)),
            new_id: Uuid::now_v7,
        };
        self.books.apply(decided.clone(), &posting);
        decided
    }

    pub(super) fn book(&mut self) -> &mut PledgeBook {
        self.books
            .pledges
            .get_mut(&PLEDGE)
            .unwrap()
            .as_mut()
            .unwrap()
    }
}

/// An account by its code and what it is kept by: `1110.cash`, `3130.JP.hanako`.
pub(super) fn named(key: &AccountKey) -> String {
    let ids = [
        key.creator.map(|id| id.0),
        key.instalment.map(|id| id.0),
        key.lot.map(|id| id.0),
    ];
    let mut name = key.code.as_str().to_owned();
    let market = key.market.map(|market| market.to_string());
    let ids = ids.into_iter().flatten().map(|id| {
        let known = NAMES.iter().find(|(number, _)| *number == id.as_u128());
        known.map_or_else(|| id.to_string(), |(_, name)| (*name).to_owned())
    });
    for part in market.into_iter().chain(ids) {
        name.push('.');
        name.push_str(&part);
    }
    name
}

/// A draft's moves, one a line; both sides of each count one unit.
pub(super) fn moves(draft: Option<&Draft>) -> Vec<String> {
    let moves = draft.into_iter().flat_map(|draft| &draft.moves);
    moves
        .map(|it| {
            assert_eq!(it.debit.unit, it.credit.unit);
            let amount = Money::from_minor(it.amount, it.debit.unit.clone());
            let (debit, credit) = (named(&it.debit), named(&it.credit));
            format!("Dr {debit} Cr {credit} {amount}")
        })
        .collect()
}
