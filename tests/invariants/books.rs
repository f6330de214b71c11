//! A pledge in plain words: debits and credits by account and day, in maps.

use std::collections::{BTreeMap, HashMap, HashSet};

use almoner::domain::Unit;
use time::Date;
use uuid::Uuid;

/// `(debited, credited, amount)`, by the accounts' addresses.
pub(super) type Moves = Vec<(String, String, i64)>;

#[derive(Debug, Clone)]
pub(super) struct Instalment {
    pub(super) id: Uuid,
    pub(super) unit: Unit,
    pub(super) amount: i64,
    pub(super) received: i64,
    pub(super) written_off: i64,
    pub(super) conditional: bool,
    /// A condition that isn't met yet.
    pub(super) waits: bool,
    pub(super) references: HashSet<String>,
}

impl Instalment {
    pub(super) fn outstanding(&self) -> i64 {
        self.amount - self.received - self.written_off
    }
}

/// What a journal is about, and does besides the posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Nothing,
    Agreement,
    Condition(usize),
    Receipt(usize, Option<String>),
    WriteOff(usize),
    Allocation(Uuid),
    Release(Uuid),
}

/// A journal, with the numbers its lines bear.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) moves: Moves,
    pub(super) lines: Vec<i16>,
    pub(super) about: About,
    /// The place of the journal it takes back.
    pub(super) reverses: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Pledge {
    pub(super) id: Uuid,
    pub(super) units: Vec<Unit>,
    pub(super) markets: Vec<String>,
    pub(super) signed: bool,
    pub(super) active: bool,
    pub(super) instalments: Vec<Instalment>,
    pub(super) journals: i64,
    pub(super) posted: Vec<Posted>,
    /// Debits and credits by address and day.
    pub(super) days: HashMap<String, BTreeMap<Date, (i64, i64)>>,
}

/// Cash or credits: which of two codes.
fn code(unit: &Unit, cash: &'static str, credits: &'static str) -> &'static str {
    match unit.code().starts_with("ADC:") {
        true => credits,
        false => cash,
    }
}

pub(super) fn funded(unit: &Unit) -> String {
    format!("{} {unit}", code(unit, "3110", "3210"))
}

pub(super) fn pledged(unit: &Unit) -> String {
    format!("{} {unit}", code(unit, "3100", "3200"))
}

pub(super) fn receivable(of: &Instalment) -> String {
    format!("{} {} {}", code(&of.unit, "1110", "1210"), of.unit, of.id)
}

pub(super) fn advance(of: &Instalment) -> String {
    format!("{} {} {}", code(&of.unit, "2300", "2310"), of.unit, of.id)
}

pub(super) fn budget(unit: &Unit, market: &str) -> String {
    format!("{} {unit} {market}", code(unit, "3120", "3220"))
}

pub(super) fn purse(unit: &Unit, market: &str, creator: Uuid) -> String {
    format!("{} {unit} {market} {creator}", code(unit, "3130", "3230"))
}

/// Assets and costs grow by debits, everything else by credits.
fn change(account: &str, debits: i64, credits: i64) -> i64 {
    match account.starts_with(['1', '5']) {
        true => debits - credits,
        false => credits - debits,
    }
}

impl Pledge {
    pub(super) fn balance(&self, account: &str) -> i64 {
        let days = self.days.get(account).into_iter().flatten();
        days.map(|(_, (debits, credits))| change(account, *debits, *credits))
            .sum()
    }

    /// Whether taking `amount` leaves the account above zero, now and on every day from `day` on.
    fn covers(&self, account: &str, amount: i64, day: Date) -> Result<(), &'static str> {
        if self.balance(account) < amount {
            return Err("insufficient-funds");
        }
        let (mut closing, mut least) = (0, i64::MAX);
        for (on, (debits, credits)) in self.days.get(account).into_iter().flatten() {
            if *on > day {
                least = least.min(closing);
            }
            closing += change(account, *debits, *credits);
        }
        match least.min(closing) < amount {
            true => Err("backdated-overdraft"),
            false => Ok(()),
        }
    }

    /// Posts a journal, if every account covers what it gives on balance.
    pub(super) fn post(&mut self, moves: Moves, day: Date) -> Result<(), &'static str> {
        let mut nets: Vec<(String, i64)> = Vec::new();
        for (debit, credit, amount) in &moves {
            let sides = [
                (debit, change(debit, *amount, 0)),
                (credit, change(credit, 0, *amount)),
            ];
            for (account, change) in sides {
                match nets.iter_mut().find(|(known, _)| known == account) {
                    Some((_, net)) => *net += change,
                    None => nets.push((account.clone(), change)),
                }
            }
        }
        for (account, net) in nets.iter().filter(|(_, net)| *net < 0) {
            self.covers(account, -net, day)?;
        }
        self.force(moves, day);
        Ok(())
    }

    /// The journal just posted was about that.
    pub(super) fn was_about(&mut self, about: About) {
        self.posted.last_mut().unwrap().about = about;
    }

    /// Posts a journal, whatever the balances.
    pub(super) fn force(&mut self, moves: Moves, day: Date) {
        if moves.is_empty() {
            return;
        }
        self.journals += 1;
        self.posted.push(Posted {
            lines: (1_i16..).take(moves.len()).collect(),
            moves: moves.clone(),
            about: About::Nothing,
            reverses: None,
        });
        for (debit, credit, amount) in moves {
            self.days
                .entry(debit)
                .or_default()
                .entry(day)
                .or_default()
                .0 += amount;
            self.days
                .entry(credit)
                .or_default()
                .entry(day)
                .or_default()
                .1 += amount;
        }
    }

    pub(super) fn require_unit(&self, unit: &Unit) -> Result<(), &'static str> {
        match self.units.contains(unit) {
            true => Ok(()),
            false => Err("unit-not-pledged"),
        }
    }

    pub(super) fn require_market(&self, market: &str) -> Result<(), &'static str> {
        match self.markets.iter().any(|known| known == market) {
            true => Ok(()),
            false => Err("market-not-pledged"),
        }
    }

    pub(super) fn require_signed(&self) -> Result<(), &'static str> {
        match self.signed {
            true => Ok(()),
            false => Err("wrong-state"),
        }
    }
}
