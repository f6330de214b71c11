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

/// The trial balance of these accounts. Debits and credits tie by unit, where all are in sight.
pub fn trial_balance(cut: &Cut, positions: &[Position]) -> Report<TrialBalanceLine> {
    let mut sums: BTreeMap<(&str, Code, Option<Market>), (&Unit, i64, i64)> = BTreeMap::new();
    let mut units: BTreeMap<&str, (&Unit, i64, i64)> = BTreeMap::new();
    for it in positions {
        let unit = &it.key.unit;
        let own = sums.entry((unit.code(), it.key.code, it.key.market));
        let all = units.entry(unit.code());
        for sum in [own.or_insert((unit, 0, 0)), all.or_insert((unit, 0, 0))] {
            sum.1 += it.debits;
            sum.2 += it.credits;
        }
    }
    let line =
        |((_, code, market), (unit, debits, credits)): (&(&str, Code, _), &(&Unit, _, _))| {
            let amount = |minor| Amount::new(minor, unit);
            let market: &Option<Market> = market;
            TrialBalanceLine {
                unit: unit.code().to_owned(),
                code: code.as_str().to_owned(),
                name: code.name().to_owned(),
                market: market.map(|it| it.to_string()),
                normal_side: code.side().as_str().to_owned(),
                debits: amount(*debits),
                credits: amount(*credits),
                balance: amount(code.side().balance(*debits, *credits)),
                net: amount(debits - credits),
            }
        };
    let totals = units.values().flat_map(|(unit, debits, credits)| {
        [
            Total::amount("debits", unit, *debits),
            Total::amount("credits", unit, *credits),
            Total::amount("net", unit, debits - credits),
        ]
    });
    let totals = totals.collect();
    Report::new(
        "trial-balance",
        cut,
        sums.iter().map(line).collect(),
        totals,
    )
}
