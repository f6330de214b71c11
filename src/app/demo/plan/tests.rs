//! The plan against the table it is made of, and against a plain model of the ledger's rules.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::*;
use crate::app::demo::figures::{INSTALMENTS, SPLIT, TOTAL};

fn creators(steps: &[Step]) -> Vec<&Creator> {
    let bulk = steps.iter().filter_map(|step| match &step.call {
        Call::Enrol(creators) => Some(creators),
        _ => None,
    });
    bulk.flatten().collect()
}

fn allocations(steps: &[Step]) -> Vec<&Allocation> {
    let bulk = steps.iter().filter_map(|step| match &step.call {
        Call::Allocate(allocations) => Some(allocations),
        _ => None,
    });
    bulk.flatten().collect()
}

fn keys(steps: &[Step]) -> Vec<&str> {
    let mut keys: Vec<&str> = steps.iter().map(|step| step.key.as_str()).collect();
    keys.extend(creators(steps).iter().map(|creator| creator.key.as_str()));
    keys.extend(
        allocations(steps)
            .iter()
            .map(|allocation| allocation.key.as_str()),
    );
    keys
}

#[test]
fn figures_add_up() {
    let split: i64 = SPLIT.iter().map(|part| part.minor).sum();
    assert_eq!(split, TOTAL.minor);
    for part in SPLIT {
        let due = INSTALMENTS.iter().filter(|it| it.amount.unit == part.unit);
        assert_eq!(due.map(|it| it.amount.minor).sum::<i64>(), part.minor);
    }
    let sums = MARKETS.iter().fold((0, 0, 0, 0), |sums, it| {
        (
            sums.0 + it.cash,
            sums.1 + it.credits,
            sums.2 + it.network,
            sums.3 + it.funded,
        )
    });
    assert_eq!(sums, (1_350_000, 1_220_000, 822, 208));
}

#[test]
fn budgets_creators_and_funded_creators_are_those_of_the_table() {
    let steps = steps(7, 1);
    for market in &MARKETS {
        for unit in Unit::ALL {
            let budgets = steps.iter().filter_map(|step| match step.call {
                Call::Budget(code, amount, _) if code == market.code && amount.unit == unit => {
                    Some(amount.minor)
                }
                _ => None,
            });
            assert_eq!(
                budgets.sum::<i64>(),
                market.budget(unit).minor,
                "{} {unit:?}",
                market.code
            );
        }
        let network = creators(&steps)
            .iter()
            .filter(|it| it.market == market.code)
            .count();
        let mine = allocations(&steps)
            .into_iter()
            .filter(|it| it.market == market.code);
        let funded: HashSet<&str> = mine.map(|it| it.creator.as_str()).collect();
        assert_eq!(
            (network, funded.len()),
            (market.network, market.funded),
            "{}",
            market.code
        );
    }
    assert_eq!(creators(&steps).len(), 822);
}

#[test]
fn whoever_is_funded_is_allocated_cash_once_and_credits_once() {
    for seed in 0..20 {
        let steps = steps(seed, 1);
        let given = allocations(&steps);
        for unit in Unit::ALL {
            let mine = given.iter().filter(|it| it.amount.unit == unit);
            let creators: Vec<&str> = mine.map(|it| it.creator.as_str()).collect();
            let distinct: HashSet<&str> = creators.iter().copied().collect();
            assert_eq!(
                (creators.len(), distinct.len()),
                (208, 208),
                "{seed} {unit:?}"
            );
        }
    }
}

#[test]
fn about_nine_tenths_of_each_budget_are_allocated() {
    for seed in 0..20 {
        let steps = steps(seed, 1);
        for market in &MARKETS {
            for unit in Unit::ALL {
                let allocated: i64 = allocations(&steps)
                    .iter()
                    .filter(|it| it.market == market.code && it.amount.unit == unit)
                    .map(|it| it.amount.minor)
                    .sum();
                let budget = market.budget(unit).minor;
                assert!(
                    allocated * 100 <= budget * 90,
                    "{seed} {} {unit:?}",
                    market.code
                );
                assert!(
                    allocated * 100 >= budget * 78,
                    "{seed} {} {unit:?}",
                    market.code
                );
            }
        }
    }
}

#[test]
fn support_cost_is_thirteen_percent_on_top_of_what_remains() {
    let charges: Vec<i64> = receipts()
        .iter()
        .map(|(_, gross)| support_cost(*gross))
        .collect();
    assert_eq!(charges, [8_053_097, 6_902_655, 5_176_991]);
    assert_eq!(charges.iter().sum::<i64>(), 20_132_743);
}

/// To the nearest hundredth; a base that lies between two of them doesn't occur.
fn support_cost(gross: Amount) -> i64 {
    gross.minor - (gross.minor * 100 + 56) / 113
}

/// An account of the model: what it is, and whose.
type Key = (Unit, &'static str, String);

/// A plain model of the ledger: what is on each account on each day, checked after each posting.
#[derive(Default)]
struct Model {
    accounts: BTreeMap<Key, BTreeMap<Date, i64>>,
    allocated: BTreeMap<String, (String, &'static str, i64)>,
}

impl Model {
    fn post(&mut self, unit: Unit, on: Date, amount: i64, account: &'static str, whose: &str) {
        let days = self
            .accounts
            .entry((unit, account, whose.to_owned()))
            .or_default();
        *days.entry(on).or_default() += amount;
        let mut balance = 0;
        for (day, change) in days {
            balance += *change;
            assert!(
                balance >= 0,
                "{unit:?} {account} {whose} is {balance} on {day}"
            );
        }
    }

    fn shift(
        &mut self,
        amount: Amount,
        on: Date,
        from: (&'static str, &str),
        to: (&'static str, &str),
    ) {
        assert!(amount.minor > 0);
        self.post(amount.unit, on, -amount.minor, from.0, from.1);
        self.post(amount.unit, on, amount.minor, to.0, to.1);
    }

    fn owe(&mut self, reference: &str, on: Date) {
        let instalment = INSTALMENTS
            .iter()
            .find(|it| it.reference == reference)
            .unwrap();
        self.post(
            instalment.amount.unit,
            on,
            instalment.amount.minor,
            "receivable",
            reference,
        );
    }

    fn apply(&mut self, call: &Call) {
        match call {
            Call::Announce { .. } | Call::Enrol(_) | Call::Filled(_) => {}
            Call::Agree(on) => {
                for instalment in INSTALMENTS.iter().filter(|it| it.condition.is_none()) {
                    self.owe(instalment.reference, *on);
                }
            }
            Call::MeetCondition(reference, on) => self.owe(reference, *on),
            Call::Receive(receipt) => {
                let fee = receipt.fee.map_or(0, |fee| fee.minor);
                let gross = Amount {
                    minor: receipt.received.minor + fee,
                    ..receipt.received
                };
                self.shift(
                    gross,
                    receipt.on,
                    ("receivable", receipt.instalment),
                    ("funded", ""),
                );
                self.post(gross.unit, receipt.on, -fee, "funded", "");
            }
            Call::IssueLot(lot) => {
                assert!(lot.valid_from < lot.expires_at);
                let from = ("receivable", lot.instalment);
                self.shift(lot.face, lot.valid_from, from, ("funded", ""));
            }
            Call::WriteOff(reference, amount, on) => {
                self.post(amount.unit, *on, -amount.minor, "receivable", reference);
            }
            Call::ChargeSupport { gross, on } => {
                let charge = Amount {
                    minor: support_cost(*gross),
                    ..*gross
                };
                self.shift(charge, *on, ("funded", ""), ("support cost", ""));
            }
            Call::Budget(market, amount, on) => {
                self.shift(*amount, *on, ("funded", ""), ("market", market));
            }
            Call::Allocate(items) => items.iter().for_each(|it| self.allocate(it)),
            Call::Release(release) => self.release(release),
        }
    }

    fn allocate(&mut self, it: &Allocation) {
        self.shift(
            it.amount,
            it.on,
            ("market", it.market),
            ("creator", &it.creator),
        );
        let what = (it.creator.clone(), it.market, it.amount.minor);
        assert!(self.allocated.insert(it.key.clone(), what).is_none());
    }

    fn release(&mut self, it: &Release) {
        let (creator, market, left) = self.allocated.get_mut(&it.allocation).unwrap();
        *left -= it.amount.minor;
        assert!(*left > 0, "a release is a part");
        let (creator, market) = (creator.clone(), *market);
        self.shift(it.amount, it.on, ("creator", &creator), ("market", market));
    }

    fn left(&self, account: &str, unit: Unit) -> i64 {
        let mine = self
            .accounts
            .iter()
            .filter(|(key, _)| key.1 == account && key.0 == unit);
        mine.flat_map(|(_, days)| days.values()).sum()
    }
}

#[test]
fn no_purse_is_overdrawn_on_any_day_at_any_step() {
    for (seed, pledge) in [(7, 1), (7, 2), (0, 1), (u64::MAX, 100)] {
        let mut model = Model::default();
        steps(seed, pledge)
            .iter()
            .for_each(|step| model.apply(&step.call));
        assert_eq!(model.left("receivable", Unit::Cash), 0);
        assert_eq!(model.left("receivable", Unit::Credits), 0);
        assert_eq!(model.left("support cost", Unit::Cash), 20_132_743);
        // What came, less the fee, the support cost and the budgets.
        assert_eq!(model.left("funded", Unit::Cash), 14_863_757);
        assert_eq!(model.left("funded", Unit::Credits), 3_000_000);
    }
}

#[test]
fn no_purse_is_overdrawn_if_allocations_come_in_any_order_and_releases_never() {
    let steps = steps(7, 1);
    let mut model = Model::default();
    let funding = steps
        .iter()
        .filter(|step| !matches!(step.call, Call::Allocate(_) | Call::Release(_)));
    funding.for_each(|step| model.apply(&step.call));
    allocations(&steps)
        .into_iter()
        .rev()
        .for_each(|it| model.allocate(it));
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    assert_eq!(steps(7, 1), steps(7, 1));
    assert_eq!(steps(7, 3), steps(7, 3));
}

#[test]
fn another_seed_gives_other_names_amounts_and_keys() {
    let (one, other) = (steps(7, 1), steps(8, 1));
    let names = |steps: &[Step]| -> Vec<String> {
        creators(steps)
            .iter()
            .map(|creator| creator.name.clone())
            .collect()
    };
    let amounts = |steps: &[Step]| -> BTreeSet<i64> {
        allocations(steps)
            .iter()
            .map(|it| it.amount.minor)
            .collect()
    };
    assert_ne!(names(&one), names(&other));
    assert_ne!(amounts(&one), amounts(&other));
    let known: HashSet<&str> = keys(&one).into_iter().collect();
    assert!(keys(&other).iter().all(|key| !known.contains(key)));
}

#[test]
fn a_factor_gives_as_many_pledges_each_with_its_own_creators() {
    let pledges: Vec<Vec<Step>> = plan(7, 3).collect();
    let announced: Vec<String> = (1..=3).map(reference).collect();
    assert_eq!(announced, ["DEMO-2024", "DEMO-2024-2", "DEMO-2024-3"]);
    let every = |pick: fn(&Creator) -> &str| -> HashSet<&str> {
        pledges
            .iter()
            .flat_map(|steps| creators(steps))
            .map(pick)
            .collect()
    };
    assert_eq!(every(|creator| &creator.reference).len(), 3 * 822);
    assert!(every(|creator| &creator.reference).contains("DEMO-JP-0007"));
    assert!(every(|creator| &creator.reference).contains("DEMO-JP-0210"));
    assert!(every(|creator| &creator.name).len() > 822 * 2);
    assert_eq!(
        pledges[0],
        steps(7, 1),
        "what there is doesn't depend on the factor"
    );
}

#[test]
fn keys_are_distinct_printable_and_short() {
    let pledges: Vec<Vec<Step>> = plan(u64::MAX, 3).collect();
    let mut seen = HashSet::new();
    for key in pledges.iter().flat_map(|steps| keys(steps)) {
        assert!(key.bytes().all(|b| (b'!'..=b'~').contains(&b)), "{key}");
        assert!(key.len() <= 255, "{key}");
        assert!(seen.insert(key), "{key}");
    }
}

#[test]
fn bulk_requests_have_at_most_a_thousand_items() {
    let items: Vec<u32> = (0..2001).collect();
    let chunks = in_bulk(&items, |at, chunk| Step {
        key: format!("{at}/{}", chunk.len()),
        call: Call::Enrol(Vec::new()),
    });
    let sizes: Vec<&str> = chunks.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(sizes, ["0/1000", "1/1000", "2/1"]);
}

#[test]
fn everything_has_happened_between_the_agreement_and_today() {
    let (first, last) = (date!(2024 - 11 - 11), date!(2025 - 11 - 28));
    for seed in 0..20 {
        let steps = steps(seed, 1);
        assert!(
            allocations(&steps)
                .iter()
                .all(|it| (first..=last).contains(&it.on))
        );
        let releases = steps.iter().filter_map(|step| match &step.call {
            Call::Release(release) => Some(release.on),
            _ => None,
        });
        let releases: Vec<Date> = releases.collect();
        assert_eq!(releases.len(), 16);
        assert!(releases.iter().all(|on| (first..=last).contains(on)));
    }
}
