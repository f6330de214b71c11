//! Random commands, mostly sensible: about things the model knows, for amounts near what is there.

use almoner::domain::command::{
    AllocateToCreator, AnnouncePledge, BudgetMarket, ChargeSupportCost, EnrolCreator, IssueLot,
    MeetCondition, NewInstalment, ReceiveCash, ReleaseAllocation, ReturnBudget, SignAgreement,
    WriteOff,
};
use almoner::domain::lot::LotScope;
use almoner::domain::pledge::LotKind;
use almoner::domain::{
    AllocationId, Catalogue, Command, CreatorId, Document, InstalmentId, LotId, Market, Money,
    PledgeId, Unit,
};
use rust_decimal::Decimal;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use super::books::{self, Instalment, Pledge};
use super::model::Model;

/// Draws commands.
pub(super) struct Draw<'a> {
    pub(super) random: fastrand::Rng,
    pub(super) catalogue: &'a Catalogue,
}

pub(super) fn document() -> Document {
    Document {
        uri: "https://example.org/paper.pdf".to_owned(),
        sha256: "0".repeat(64),
    }
}

impl Draw<'_> {
    pub(super) fn one_in(&mut self, n: u32) -> bool {
        self.random.u32(0..n) == 0
    }

    pub(super) fn pick<'b, T>(&mut self, items: &'b [T]) -> Option<&'b T> {
        match items.is_empty() {
            true => None,
            false => Some(&items[self.random.usize(0..items.len())]),
        }
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u128(self.random.u128(..))
    }

    /// A day of one spring: mostly what comes in comes before what is spent, but not always.
    fn day(&mut self) -> Date {
        date!(2026 - 03 - 01) + Duration::days(self.random.i64(0..40))
    }

    pub(super) fn later_day(&mut self) -> Date {
        date!(2026 - 03 - 25) + Duration::days(self.random.i64(0..40))
    }

    fn unit(&mut self) -> Unit {
        let codes = [
            "USD",
            "ADC:TIKTOK:USD",
            "ADC:META:USD",
            "JPY",
            "ADC:TIKTOK:JPY",
        ];
        let code = codes[self.random.usize(0..codes.len())];
        self.catalogue.units.get(code).unwrap()
    }

    pub(super) fn market(&mut self) -> Market {
        let codes = ["JP", "US", "BR", "FR"];
        codes[self.random.usize(0..codes.len())].parse().unwrap()
    }

    /// An amount that `there` mostly covers, and often uses up.
    pub(super) fn amount(&mut self, unit: &Unit, there: i64) -> Money {
        let minor = match self.random.u32(0..10) {
            0 => there + 1,
            1 => there,
            2 => self.random.i64(1..100_000),
            _ => self.random.i64(1..=there.max(1)) / 2,
        };
        let unit = if self.one_in(25) {
            self.unit()
        } else {
            unit.clone()
        };
        Money::from_minor(minor.max(1), unit)
    }

    /// A command about what the model knows, or now and then about what nobody knows.
    pub(super) fn command(&mut self, model: &Model) -> Command {
        if model.pledges.len() < 2 {
            return self.announce(model);
        }
        if model.creators.len() < 3 {
            return self.enrol(model);
        }
        match self.random.u32(0..100) {
            0 => self.announce(model),
            1..4 if model.pledges.len() < 4 => self.announce(model),
            1..8 => self.enrol(model),
            8..16 => self.sign(model),
            16..22 => self.meet(model),
            22..34 => self.receive(model),
            34..44 => self.issue(model),
            44..48 => self.write_off(model),
            48..52 => self.charge(model),
            52..66 => self.budget(model),
            66..72 => self.take_back(model),
            72..90 => self.allocate(model),
            90..96 => self.release(model),
            _ => self.reverse(model),
        }
    }

    /// Only what bulk requests and several clients send to one pot.
    pub(super) fn spending(&mut self, model: &Model) -> Command {
        match self.random.u32(0..10) {
            0..3 => self.budget(model),
            3 => self.take_back(model),
            4..8 => self.allocate(model),
            _ => self.release(model),
        }
    }

    fn announce(&mut self, model: &Model) -> Command {
        let currency = if self.one_in(4) { "JPY" } else { "USD" };
        let unit = |code: &str| self.catalogue.units.get(code).unwrap();
        let functional = unit(currency);
        let mut units = vec![functional.clone(), unit(&format!("ADC:TIKTOK:{currency}"))];
        if self.random.bool() && currency == "USD" {
            units.push(unit("ADC:META:USD"));
        }
        let mut split = Vec::new();
        let mut instalments = Vec::new();
        for unit in units {
            let parts: Vec<i64> = (0..self.random.usize(1..4))
                .map(|_| self.random.i64(1..200_000))
                .collect();
            split.push(Money::from_minor(parts.iter().sum(), unit.clone()));
            for part in parts {
                instalments.push(NewInstalment {
                    id: InstalmentId(self.id()),
                    reference: format!("I{}", instalments.len()),
                    amount: Money::from_minor(part, unit.clone()),
                    due_date: self.day(),
                    condition: self.one_in(3).then(|| "A report".to_owned()),
                });
            }
        }
        let total = split.iter().map(Money::minor).sum();
        let mut markets: Vec<Market> = ["JP", "US", "BR"].map(|it| it.parse().unwrap()).to_vec();
        markets.truncate(self.random.usize(1..4));
        let mut announced = AnnouncePledge {
            id: PledgeId(self.id()),
            reference: format!("P{:x}", self.random.u32(..)),
            donor: "Donor".to_owned(),
            recipient: "Recipient".to_owned(),
            purpose: "Purpose".to_owned(),
            total: Money::from_minor(total, functional.clone()),
            functional_unit: functional,
            split,
            markets,
            exchange_differences: Default::default(),
            instalments,
        };
        if self.one_in(2) {
            self.spoil(&mut announced, model);
        }
        Command::AnnouncePledge(announced)
    }

    /// Makes one thing of a pledge wrong.
    fn spoil(&mut self, it: &mut AnnouncePledge, model: &Model) {
        match self.random.u32(0..9) {
            0 => it.split.push(it.split[0].clone()),
            1 => it.markets.push(it.markets[0]),
            2 => {
                let taken = it.instalments[1].reference.clone();
                it.instalments[0].reference = taken;
            }
            3 => it.total = Money::from_minor(it.total.minor() + 1, it.total.unit().clone()),
            4 => it.total = Money::from_minor(it.total.minor(), self.unit()),
            5 => it.split[1] = Money::from_minor(it.split[1].minor(), self.unit()),
            6 => {
                let amount = &it.instalments[0].amount;
                it.instalments[0].amount =
                    Money::from_minor(amount.minor() + 1, amount.unit().clone());
            }
            7 => {
                let amount = it.instalments[0].amount.minor();
                it.instalments[0].amount = Money::from_minor(amount, self.unit());
            }
            _ => {
                let mut known: Vec<_> = model.pledge_references.iter().cloned().collect();
                known.sort();
                if let Some(known) = self.pick(&known) {
                    it.reference.clone_from(known);
                }
            }
        }
    }

    fn enrol(&mut self, model: &Model) -> Command {
        let mut known: Vec<_> = model.creator_references.iter().cloned().collect();
        known.sort();
        let taken = match self.one_in(4) {
            true => self.pick(&known).cloned(),
            false => None,
        };
        Command::EnrolCreator(EnrolCreator {
            id: CreatorId(self.id()),
            reference: taken.unwrap_or_else(|| format!("C{:x}", self.random.u32(..))),
            name: "花子".to_owned(),
            market: self.market(),
        })
    }

    pub(super) fn pledge<'b>(&mut self, model: &'b Model) -> &'b Pledge {
        self.pick(&model.pledges).unwrap()
    }

    /// A pledge's id, or one that nobody has.
    fn pledge_id(&mut self, pledge: &Pledge) -> PledgeId {
        PledgeId(if self.one_in(40) {
            self.id()
        } else {
            pledge.id
        })
    }

    pub(super) fn instalment<'b>(&mut self, model: &'b Model) -> &'b Instalment {
        let pledge = self.pledge(model);
        self.pick(&pledge.instalments).unwrap()
    }

    fn instalment_id(&mut self, instalment: &Instalment) -> InstalmentId {
        InstalmentId(if self.one_in(40) {
            self.id()
        } else {
            instalment.id
        })
    }

    fn sign(&mut self, model: &Model) -> Command {
        let unsigned: Vec<&Pledge> = model.pledges.iter().filter(|it| !it.signed).collect();
        let pledge = match self.pick(&unsigned) {
            Some(unsigned) if !self.one_in(5) => unsigned,
            _ => self.pledge(model),
        };
        Command::SignAgreement(SignAgreement {
            pledge: self.pledge_id(pledge),
            effective_date: self.day() - Duration::days(30),
            document: document(),
        })
    }

    fn meet(&mut self, model: &Model) -> Command {
        let instalment = self.instalment(model);
        Command::MeetCondition(MeetCondition {
            instalment: self.instalment_id(instalment),
            met_on: self.day(),
            document: document(),
        })
    }

    fn receive(&mut self, model: &Model) -> Command {
        let instalment = self.likely(model, false);
        let received = self.amount(&instalment.unit, instalment.outstanding());
        let fee = if self.one_in(3) {
            self.random.i64(1..50)
        } else {
            0
        };
        let unit = if self.one_in(30) {
            self.unit()
        } else {
            received.unit().clone()
        };
        Command::ReceiveCash(ReceiveCash {
            instalment: self.instalment_id(instalment),
            fee: Money::from_minor(fee, unit),
            received,
            bank_reference: self
                .random
                .bool()
                .then(|| format!("B{}", self.random.u8(0..9))),
            effective_date: self.day(),
        })
    }

    fn issue(&mut self, model: &Model) -> Command {
        let instalment = self.likely(model, true);
        let valid_from = self.day();
        Command::IssueLot(IssueLot {
            id: LotId(self.id()),
            instalment: self.instalment_id(instalment),
            face: self.amount(&instalment.unit, instalment.outstanding()),
            kind: LotKind::Free,
            valid_from,
            expires_at: valid_from + Duration::days(self.random.i64(-5..90)),
            effective_date: self.day(),
            document: None,
            scope: LotScope::default(),
            fair_value: None,
        })
    }

    fn write_off(&mut self, model: &Model) -> Command {
        let instalment = self.instalment(model);
        Command::WriteOff(WriteOff {
            instalment: self.instalment_id(instalment),
            amount: self.amount(&instalment.unit, instalment.outstanding() / 4),
            reason: "It won't come".to_owned(),
            document: document(),
            effective_date: self.day(),
        })
    }

    fn charge(&mut self, model: &Model) -> Command {
        let pledge = self.pledge(model);
        let unit = self.pick(&pledge.units).unwrap().clone();
        let there = pledge.balance(&books::funded(&unit));
        Command::ChargeSupportCost(ChargeSupportCost {
            pledge: self.pledge_id(pledge),
            gross: self.amount(&unit, there),
            rate: Decimal::new([0, 7, 13][self.random.usize(0..3)], 2),
            effective_date: self.later_day(),
        })
    }

    fn budget(&mut self, model: &Model) -> Command {
        let pledge = self.pledge(model);
        let unit = self.pick(&pledge.units).unwrap().clone();
        let there = pledge.balance(&books::funded(&unit));
        Command::BudgetMarket(BudgetMarket {
            pledge: self.pledge_id(pledge),
            market: self.market_of(pledge),
            amount: self.amount(&unit, there),
            effective_date: self.later_day(),
        })
    }

    fn take_back(&mut self, model: &Model) -> Command {
        let pledge = self.pledge(model);
        let unit = self.pick(&pledge.units).unwrap().clone();
        let market = self.budgeted(pledge, &unit);
        let there = pledge.balance(&books::budget(&unit, &market.to_string()));
        Command::ReturnBudget(ReturnBudget {
            pledge: self.pledge_id(pledge),
            market,
            amount: self.amount(&unit, there),
            reason: "Not needed".to_owned(),
            effective_date: self.later_day(),
        })
    }

    pub(super) fn allocate(&mut self, model: &Model) -> Command {
        let pledge = self.pledge(model);
        let unit = self.pick(&pledge.units).unwrap().clone();
        let (creator, market) = self.creator_of(pledge, model);
        let there = pledge.balance(&books::budget(&unit, &market));
        Command::AllocateToCreator(AllocateToCreator {
            id: AllocationId(self.id()),
            pledge: self.pledge_id(pledge),
            creator: CreatorId(if self.one_in(40) { self.id() } else { creator }),
            amount: self.amount(&unit, there),
            effective_date: self.later_day(),
            note: None,
        })
    }

    fn release(&mut self, model: &Model) -> Command {
        let Some(allocation) = self.pick(&model.allocations) else {
            return self.allocate(model);
        };
        let known = !self.one_in(40);
        Command::ReleaseAllocation(ReleaseAllocation {
            allocation: AllocationId(if known { allocation.id } else { self.id() }),
            amount: self.amount(&allocation.unit, allocation.remaining),
            reason: "One video fewer".to_owned(),
            effective_date: self.later_day(),
        })
    }
}
