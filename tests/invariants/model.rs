//! The ledger's rules said once more, in plain words.
//!
//! Nothing of the domain's own decisions is used, only the commands' fields.

use std::collections::{HashMap, HashSet};

use almoner::domain::command::{
    AllocateToCreator, AnnouncePledge, ChargeSupportCost, IssueLot, MeetCondition, ReceiveCash,
    ReleaseAllocation, SignAgreement, WriteOff,
};
use almoner::domain::{Command, Money, Unit};
use rust_decimal::Decimal;
use time::Date;
use uuid::Uuid;

use super::books::{
    About, Instalment, Pledge, advance, budget, funded, pledged, purse, receivable,
};

/// What a command comes to: what is told, or the code of the refusal.
pub(super) type Told = Result<String, &'static str>;

#[derive(Debug, Clone)]
pub(super) struct Allocation {
    pub(super) id: Uuid,
    pub(super) pledge: usize,
    pub(super) creator: Uuid,
    pub(super) market: String,
    pub(super) unit: Unit,
    pub(super) remaining: i64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) pledges: Vec<Pledge>,
    pub(super) creators: Vec<(Uuid, String)>,
    pub(super) allocations: Vec<Allocation>,
    pub(super) pledge_references: HashSet<String>,
    pub(super) creator_references: HashSet<String>,
    /// The ids of each pledge's journals, in order, as far as the database was asked.
    pub(super) journal_ids: HashMap<Uuid, Vec<Uuid>>,
}

/// Whether something stands in a list twice.
fn repeats<T: Eq + std::hash::Hash>(mut items: impl Iterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    items.any(|item| !seen.insert(item))
}

impl Model {
    /// What the command comes to; what it changes is changed.
    pub(super) fn apply(&mut self, command: &Command) -> Told {
        match command {
            Command::AnnouncePledge(it) => self.announce(it),
            Command::SignAgreement(it) => self.sign(it),
            Command::MeetCondition(it) => self.meet(it),
            Command::ReceiveCash(it) => self.receive(it),
            Command::IssueLot(it) => self.issue(it),
            Command::WriteOff(it) => self.write_off(it),
            Command::ChargeSupportCost(it) => self.charge(it),
            Command::BudgetMarket(it) => {
                let market = it.market.to_string();
                self.budget(it.pledge.0, &it.amount, &market, it.effective_date, true)
            }
            Command::ReturnBudget(it) => {
                let market = it.market.to_string();
                self.budget(it.pledge.0, &it.amount, &market, it.effective_date, false)
            }
            Command::EnrolCreator(it) => {
                if !self.creator_references.insert(it.reference.clone()) {
                    return Err("duplicate-reference");
                }
                self.creators.push((it.id.0, it.market.to_string()));
                Ok(format!("enrolled in {}", it.market))
            }
            Command::AllocateToCreator(it) => self.allocate(it),
            Command::ReleaseAllocation(it) => self.release(it),
            Command::ReverseJournal(it) => self.reverse(it),
            other => unreachable!("the model doesn't know {other:?}"),
        }
    }

    pub(super) fn pledge(&mut self, id: Uuid) -> Result<&mut Pledge, &'static str> {
        let found = self.pledges.iter_mut().find(|pledge| pledge.id == id);
        found.ok_or("not-found")
    }

    /// The pledge and the place of one of its instalments.
    fn instalment(&mut self, id: Uuid) -> Result<(&mut Pledge, usize), &'static str> {
        for pledge in &mut self.pledges {
            if let Some(at) = pledge.instalments.iter().position(|it| it.id == id) {
                return Ok((pledge, at));
            }
        }
        Err("not-found")
    }

    fn announce(&mut self, it: &AnnouncePledge) -> Told {
        if repeats(it.split.iter().map(Money::unit))
            || repeats(it.markets.iter())
            || repeats(it.instalments.iter().map(|new| &new.reference))
        {
            return Err("repeated");
        }
        if it.total.unit() != &it.functional_unit {
            return Err("wrong-unit");
        }
        let currency = it.functional_unit.code();
        if it
            .split
            .iter()
            .any(|part| !part.unit().code().ends_with(currency))
        {
            return Err("split-currency");
        }
        if it.split.iter().map(Money::minor).sum::<i64>() != it.total.minor() {
            return Err("split-not-total");
        }
        let mut due: HashMap<&Unit, i64> = HashMap::new();
        for new in &it.instalments {
            *due.entry(new.amount.unit()).or_default() += new.amount.minor();
        }
        let split = it.split.iter().map(|part| (part.unit(), part.minor()));
        if due != split.collect() {
            return Err("instalments-not-split");
        }
        if !self.pledge_references.insert(it.reference.clone()) {
            return Err("duplicate-reference");
        }
        let instalments = it.instalments.iter().map(|new| Instalment {
            id: new.id.0,
            unit: new.amount.unit().clone(),
            amount: new.amount.minor(),
            received: 0,
            written_off: 0,
            conditional: new.condition.is_some(),
            waits: new.condition.is_some(),
            references: HashSet::new(),
        });
        self.pledges.push(Pledge {
            id: it.id.0,
            units: it.split.iter().map(|part| part.unit().clone()).collect(),
            markets: it.markets.iter().map(ToString::to_string).collect(),
            signed: false,
            active: false,
            instalments: instalments.collect(),
            journals: 0,
            posted: Vec::new(),
            days: HashMap::new(),
        });
        Ok(format!("announced with {}", it.instalments.len()))
    }

    fn sign(&mut self, it: &SignAgreement) -> Told {
        let pledge = self.pledge(it.pledge.0)?;
        if pledge.signed {
            return Err("wrong-state");
        }
        pledge.signed = true;
        let owed = pledge.instalments.iter().filter(|it| !it.waits);
        let moves = owed.map(|it| (receivable(it), pledged(&it.unit), it.amount));
        let moves: Vec<_> = moves.collect();
        let nothing = moves.is_empty();
        pledge.post(moves, it.effective_date)?;
        if !nothing {
            pledge.was_about(About::Agreement);
        }
        Ok(format!("agreed with {}", pledge.instalments.len()))
    }

    fn meet(&mut self, it: &MeetCondition) -> Told {
        let (pledge, at) = self.instalment(it.instalment.0)?;
        let own = pledge.instalments[at].clone();
        if !own.waits || !pledge.signed {
            return Err("wrong-state");
        }
        let mut moves = Vec::new();
        if own.received > 0 {
            moves.push((advance(&own), funded(&own.unit), own.received));
        }
        if own.outstanding() > 0 {
            moves.push((receivable(&own), pledged(&own.unit), own.outstanding()));
        }
        pledge.post(moves, it.met_on)?;
        pledge.was_about(About::Condition(at));
        pledge.instalments[at].waits = false;
        Ok(format!("{} outstanding", own.outstanding()))
    }

    fn receive(&mut self, it: &ReceiveCash) -> Told {
        let (pledge, at) = self.instalment(it.instalment.0)?;
        let own = pledge.instalments[at].clone();
        let unit = &own.unit;
        if unit.code().starts_with("ADC:") {
            return Err("wrong-unit-kind");
        }
        if it.received.unit() != unit || it.fee.unit() != unit {
            return Err("wrong-unit");
        }
        pledge.require_signed()?;
        if it
            .bank_reference
            .as_ref()
            .is_some_and(|known| own.references.contains(known))
        {
            return Err("duplicate-reference");
        }
        let (net, fee) = (it.received.minor(), it.fee.minor());
        if net + fee > own.outstanding() {
            return Err("exceeds-outstanding");
        }
        let settled = if own.waits {
            advance(&own)
        } else {
            receivable(&own)
        };
        let mut moves = vec![(format!("1010 {unit}"), settled.clone(), net)];
        if fee > 0 {
            moves.push((format!("5810 {unit}"), settled, fee));
        }
        if !own.waits {
            moves.push((pledged(unit), funded(unit), net + fee));
        }
        if fee > 0 {
            moves.push((funded(unit), format!("4910 {unit}"), fee));
        }
        pledge.post(moves, it.effective_date)?;
        pledge.was_about(About::Receipt(at, it.bank_reference.clone()));
        pledge.active = true;
        let changed = &mut pledge.instalments[at];
        changed.received += net + fee;
        changed.references.extend(it.bank_reference.clone());
        Ok(format!("{} outstanding", changed.outstanding()))
    }

    fn issue(&mut self, it: &IssueLot) -> Told {
        let (pledge, at) = self.instalment(it.instalment.0)?;
        let own = pledge.instalments[at].clone();
        let unit = &own.unit;
        if !unit.code().starts_with("ADC:") {
            return Err("wrong-unit-kind");
        }
        if it.face.unit() != unit {
            return Err("wrong-unit");
        }
        if it.expires_at < it.valid_from {
            return Err("lot-never-valid");
        }
        pledge.require_signed()?;
        let face = it.face.minor();
        if face > own.outstanding() {
            return Err("exceeds-outstanding");
        }
        let pool = format!("1310 {unit} {}", it.id.0);
        let moves = match own.waits {
            true => vec![(pool, advance(&own), face)],
            false => vec![
                (pool, receivable(&own), face),
                (pledged(unit), funded(unit), face),
            ],
        };
        pledge.post(moves, it.effective_date)?;
        pledge.was_about(About::Receipt(at, None));
        pledge.active = true;
        pledge.instalments[at].received += face;
        Ok(format!("a lot of {face}"))
    }

    fn write_off(&mut self, it: &WriteOff) -> Told {
        let (pledge, at) = self.instalment(it.instalment.0)?;
        let own = pledge.instalments[at].clone();
        if it.amount.unit() != &own.unit {
            return Err("wrong-unit");
        }
        if !pledge.signed || own.waits {
            return Err("wrong-state");
        }
        let amount = it.amount.minor();
        if amount > own.outstanding() {
            return Err("exceeds-outstanding");
        }
        pledge.post(
            vec![(pledged(&own.unit), receivable(&own), amount)],
            it.effective_date,
        )?;
        pledge.was_about(About::WriteOff(at));
        pledge.instalments[at].written_off += amount;
        Ok(format!("{} outstanding", own.outstanding() - amount))
    }

    fn charge(&mut self, it: &ChargeSupportCost) -> Told {
        let pledge = self.pledge(it.pledge.0)?;
        let unit = it.gross.unit();
        if unit.code().starts_with("ADC:") {
            return Err("wrong-unit-kind");
        }
        pledge.require_unit(unit)?;
        pledge.require_signed()?;
        // The rate is whole percents; the base is rounded half up, in whole numbers.
        let percents: i64 = (it.rate * Decimal::ONE_HUNDRED).try_into().unwrap();
        let gross = it.gross.minor();
        let base = (gross * 200 + 100 + percents) / (2 * (100 + percents));
        let charge = gross - base;
        if charge == 0 {
            return Err("wrong-state");
        }
        let moves = vec![(funded(unit), format!("3190 {unit}"), charge)];
        pledge.post(moves, it.effective_date)?;
        Ok(format!("{charge} charged"))
    }

    fn budget(&mut self, id: Uuid, amount: &Money, market: &str, day: Date, gives: bool) -> Told {
        let pledge = self.pledge(id)?;
        let unit = amount.unit();
        pledge.require_unit(unit)?;
        pledge.require_market(market)?;
        pledge.require_signed()?;
        let (whole, own) = (funded(unit), budget(unit, market));
        let (from, to) = if gives {
            (whole, own.clone())
        } else {
            (own.clone(), whole)
        };
        pledge.post(vec![(from, to, amount.minor())], day)?;
        Ok(format!("{} available", pledge.balance(&own)))
    }

    fn allocate(&mut self, it: &AllocateToCreator) -> Told {
        let creator = self
            .creators
            .iter()
            .find(|(id, _)| *id == it.creator.0)
            .cloned();
        let at = self
            .pledges
            .iter()
            .position(|pledge| pledge.id == it.pledge.0);
        let at = at.ok_or("unknown-reference")?;
        let (creator, market) = creator.ok_or("unknown-reference")?;
        let (unit, amount) = (it.amount.unit().clone(), it.amount.minor());
        let pledge = &mut self.pledges[at];
        pledge.require_unit(&unit)?;
        pledge.require_market(&market)?;
        pledge.require_signed()?;
        let moves = vec![(
            budget(&unit, &market),
            purse(&unit, &market, creator),
            amount,
        )];
        pledge.post(moves, it.effective_date)?;
        pledge.was_about(About::Allocation(it.id.0));
        self.allocations.push(Allocation {
            id: it.id.0,
            pledge: at,
            creator,
            market,
            unit,
            remaining: amount,
        });
        Ok(format!("{amount} allocated"))
    }

    fn release(&mut self, it: &ReleaseAllocation) -> Told {
        let own = self
            .allocations
            .iter_mut()
            .find(|own| own.id == it.allocation.0);
        let own = own.ok_or("not-found")?;
        if it.amount.unit() != &own.unit {
            return Err("wrong-unit");
        }
        let amount = it.amount.minor();
        if amount > own.remaining {
            return Err("exceeds-allocation");
        }
        let from = purse(&own.unit, &own.market, own.creator);
        let to = budget(&own.unit, &own.market);
        self.pledges[own.pledge].post(vec![(from, to, amount)], it.effective_date)?;
        self.pledges[own.pledge].was_about(About::Release(own.id));
        own.remaining -= amount;
        Ok(format!("{} allocated", own.remaining))
    }

    /// Every account on every day, as the ledger lists them.
    pub(super) fn days(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for pledge in &self.pledges {
            for (account, days) in &pledge.days {
                lines.extend(days.iter().map(|(day, (debits, credits))| {
                    format!("{} {account} {day} {debits} {credits}", pledge.id)
                }));
            }
        }
        lines.sort();
        lines
    }
}
