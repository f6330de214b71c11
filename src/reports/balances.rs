//! The trial balance: by unit, code of the chart, and market.

use std::collections::BTreeMap;

use super::cell::{Amount, row};
use super::{Report, Total};
use crate::db::read::{Cut, Position};
use crate::domain::{Code, Market, Unit};

row! {
    /// All accounts of one code, in one unit and market.
    TrialBalanceLine {
        /// What is counted.
        unit: String,
        /// The code.
        code: String,
        /// What the chart calls it.
        name: String,
        /// The market; null for what belongs to none.
        market: Option<String>,
        /// `debit` or `credit`: the side on which its balance is positive.
        normal_side: String,
        /// Cumulative debits.
        debits: Amount,
        /// Cumulative credits.
        credits: Amount,
        /// What it comes to on its normal side.
        balance: Amount,
        /// Debits less credits: of a unit, these come to nothing.
        net: Amount,
    }
}

/// What accounts of a unit come to.
struct Sum<'a> {
    unit: &'a Unit,
    debits: i64,
    credits: i64,
}

impl<'a> Sum<'a> {
    fn new(unit: &'a Unit) -> Self {
        Sum {
            unit,
            debits: 0,
            credits: 0,
        }
    }

    fn add(&mut self, it: &Position) {
        self.debits += it.debits;
        self.credits += it.credits;
    }

    fn line(&self, code: Code, market: Option<Market>) -> TrialBalanceLine {
        let amount = |minor| Amount::new(minor, self.unit);
        TrialBalanceLine {
            unit: self.unit.code().to_owned(),
            code: code.as_str().to_owned(),
            name: code.name().to_owned(),
            market: market.map(|it| it.to_string()),
            normal_side: code.side().as_str().to_owned(),
            debits: amount(self.debits),
            credits: amount(self.credits),
            balance: amount(code.side().balance(self.debits, self.credits)),
            net: amount(self.debits - self.credits),
        }
    }

    fn totals(&self) -> [Total; 3] {
        [
            Total::amount("debits", self.unit, self.debits),
            Total::amount("credits", self.unit, self.credits),
            Total::amount("net", self.unit, self.debits - self.credits),
        ]
    }
}

/// The trial balance of these accounts. Debits and credits tie by unit, where all are in sight.
pub fn trial_balance(cut: &Cut, positions: &[Position]) -> Report<TrialBalanceLine> {
    let mut sums: BTreeMap<_, Sum<'_>> = BTreeMap::new();
    let mut units: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    for it in positions {
        let unit = &it.key.unit;
        let at = (unit.code(), it.key.code, it.key.market);
        sums.entry(at).or_insert_with(|| Sum::new(unit)).add(it);
        let all = units.entry(unit.code());
        all.or_insert_with(|| Sum::new(unit)).add(it);
    }
    let lines = sums
        .iter()
        .map(|((_, code, market), sum)| sum.line(*code, *market));
    let totals = units.values().flat_map(Sum::totals).collect();
    Report::new("trial-balance", cut, lines.collect(), totals)
}
