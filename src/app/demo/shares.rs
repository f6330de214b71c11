//! Who gets what: the market budgets of a pledge, divided among the creators who are funded.

use time::{Date, Duration};

use super::figures::{Amount, MARKETS, MarketFigures, TRANCHES, Tranche, Unit};
use super::names;
use super::plan::{Allocation, Creator, Release, key};
use super::random::Random;

/// Amounts are multiples of 50.00: as people would set them.
const STEP_MINOR: i64 = 5_000;

/// How many allocations of a market are given back in part.
const RELEASES: usize = 2;

const REASONS: [&str; 4] = [
    "One video fewer than planned",
    "The campaign was shortened",
    "Part of the work was done unpaid",
    "The creator asked for less",
];

/// The network of one market, and those of it who are funded, by their place in it.
#[derive(Debug)]
pub struct Roster {
    /// The market.
    pub market: &'static MarketFigures,
    /// Everyone.
    pub creators: Vec<Creator>,
    funded: Vec<usize>,
}

/// The networks of a pledge. References go on where those of the pledge before it end.
pub fn rosters(seed: u64, pledge: u32) -> Vec<Roster> {
    MARKETS
        .iter()
        .map(|market| roster(seed, pledge, market))
        .collect()
}

fn roster(seed: u64, pledge: u32, market: &'static MarketFigures) -> Roster {
    let mut random = Random::stream(seed, pledge, &format!("creators {}", market.code));
    let before = u64::from(pledge.saturating_sub(1)) * market.network as u64;
    let creators = (1..)
        .zip(names::people(market.code, market.network, &mut random))
        .map(|(place, name): (u64, String)| {
            let reference = format!("DEMO-{}-{:04}", market.code, before + place);
            Creator {
                key: key(seed, pledge, &format!("creator/{reference}")),
                reference,
                name,
                market: market.code,
            }
        })
        .collect();
    let mut funded: Vec<usize> = (0..market.network).collect();
    random.shuffle(&mut funded);
    funded.truncate(market.funded);
    Roster {
        market,
        creators,
        funded,
    }
}

/// What the creators of a market get and give back: everyone who is funded gets cash once and
/// credits once.
///
/// Guarantee: of each tranche at most 90 % is allocated, and not before it is budgeted. So whatever
/// the order, and whatever is left out, no day's budget is overdrawn; releases aren't counted on.
pub fn divide(seed: u64, pledge: u32, roster: &Roster) -> (Vec<Allocation>, Vec<Release>) {
    let market = roster.market.code;
    let mut random = Random::stream(seed, pledge, &format!("shares {market}"));
    let mut allocations = Vec::new();
    let mut early = Vec::new();
    for tranche in &TRANCHES {
        let drawn = allocate(seed, pledge, roster, tranche, &mut random);
        if !tranche.is_last() {
            early.extend(drawn.iter().cloned());
        }
        allocations.extend(drawn);
    }
    random.shuffle(&mut early);
    let released = early.into_iter().take(RELEASES);
    let releases = released
        .map(|allocation| release(allocation, &mut random))
        .collect();
    (allocations, releases)
}

fn allocate(
    seed: u64,
    pledge: u32,
    roster: &Roster,
    tranche: &Tranche,
    random: &mut Random,
) -> Vec<Allocation> {
    let budget = tranche.of(roster.market);
    let target = budget.minor * random.between(82, 90) / 100;
    let takers = takers((seed, pledge), roster, tranche);
    let weights: Vec<i64> = takers.iter().map(|_| random.between(50, 150)).collect();
    let total: i64 = weights.iter().sum();
    let (first, last) = tranche.allocated;
    let shares = takers.into_iter().zip(weights).map(|(creator, weight)| {
        // Rounded down, so that the shares never add up to more than the target.
        let minor = target * weight / total / STEP_MINOR * STEP_MINOR;
        let step = format!("allocation/{}/{}", creator.reference, part(tranche));
        Allocation {
            key: key(seed, pledge, &step),
            creator: creator.reference.clone(),
            market: creator.market,
            amount: Amount { minor, ..budget },
            on: day_between(first, last, random),
            note: note(tranche),
        }
    });
    shares.filter(|share| share.amount.minor > 0).collect()
}

/// Those of the funded whose turn it is: by unit in an order of its own, as many of them as the
/// tranche is of the budget. So each of them is one tranche's, in each unit.
fn takers<'a>(
    (seed, pledge): (u64, u32),
    roster: &'a Roster,
    tranche: &Tranche,
) -> Vec<&'a Creator> {
    let purpose = format!("turns {} {}", roster.market.code, tranche.unit.code());
    let mut places = roster.funded.clone();
    Random::stream(seed, pledge, &purpose).shuffle(&mut places);
    let earlier = TRANCHES.iter();
    let earlier = earlier.filter(|it| it.unit == tranche.unit && it.number < tranche.number);
    let before: i64 = earlier.map(|it| it.percent).sum();
    let part = |percent: i64| places.len() * percent.unsigned_abs() as usize / 100;
    let (from, to) = (part(before), part(before + tranche.percent));
    let mut own: Vec<usize> = places.drain(from..to).collect();
    // In the order of the references, so that what is drawn next goes by creator.
    own.sort_unstable();
    let own = own.into_iter();
    own.filter_map(|place| roster.creators.get(place)).collect()
}

fn part(tranche: &Tranche) -> String {
    format!("{}/{}", tranche.unit.code(), tranche.number)
}

fn note(tranche: &Tranche) -> &'static str {
    match tranche.unit {
        Unit::Cash => "Creator fee (fictional figures)",
        Unit::Credits => "Credits to boost posts (fictional figures)",
    }
}

fn day_between(first: Date, last: Date, random: &mut Random) -> Date {
    first.saturating_add(Duration::days(
        random.between(0, (last - first).whole_days()),
    ))
}

/// A fifth to a half of an allocation goes back some weeks later.
fn release(allocation: Allocation, random: &mut Random) -> Release {
    let share = allocation.amount.minor * random.between(20, 50) / 100;
    let minor = (share / STEP_MINOR * STEP_MINOR).max(STEP_MINOR);
    Release {
        key: format!("{}/release", allocation.key),
        amount: Amount {
            minor,
            ..allocation.amount
        },
        on: allocation
            .on
            .saturating_add(Duration::days(random.between(14, 45))),
        reason: REASONS[random.below(REASONS.len())],
        allocation: allocation.key,
    }
}
