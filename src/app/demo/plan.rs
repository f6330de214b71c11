//! What is loaded, call by call. Pure: the same seed and number give the same pledge.
//!
//! Calls come in the order in which people would have made them: funding by date, then what it
//! allows to allocate until the next budget, then what of that went back. Every call has a key that
//! says what it is for, so that calls added to the plan later don't change the keys of these.
//!
//! A pledge depends on the seed and on its own number, not on how many there are: loading three
//! after loading one adds two.

use time::Date;
use time::macros::date;

use super::approving;
use super::figures::{Amount, MARKETS, TRANCHES, Unit};
use super::shares;
use super::template::Template;
use super::year::Year;

/// The most items of one bulk request that the API takes.
pub const MOST_ITEMS: usize = 1000;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What makes it safe to send again; in bulk, the items have keys of their own.
    pub key: String,
    /// What is asked for.
    pub call: Call,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Announce the pledge.
    Announce {
        /// Its name.
        reference: String,
    },
    /// Sign its agreement.
    Agree(Date),
    /// Record an instalment's condition as met.
    MeetCondition(&'static str, Date),
    /// Receive cash.
    Receive(Receipt),
    /// Issue credits.
    IssueLot(Lot),
    /// Write off what of an instalment will not come.
    WriteOff(&'static str, Amount, Date),
    /// Set support cost aside.
    ChargeSupport {
        /// What it is worked out on.
        gross: Amount,
        /// When it counts.
        on: Date,
    },
    /// Give a market budget.
    Budget(&'static str, Amount, Date),
    /// Enrol creators.
    Enrol(Vec<Creator>),
    /// Allocate to creators.
    Allocate(Vec<Allocation>),
    /// Give part of an allocation back.
    Release(Release),
    /// A call of the rest of the year.
    Filled(Box<Template>),
}

impl From<Template> for Call {
    fn from(template: Template) -> Self {
        Call::Filled(Box::new(template))
    }
}

/// Cash that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// On which instalment.
    pub instalment: &'static str,
    /// What reached the account.
    pub received: Amount,
    /// What banks kept.
    pub fee: Option<Amount>,
    /// When.
    pub on: Date,
}

/// Credits that were issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// On which instalment.
    pub instalment: &'static str,
    /// Their face value.
    pub face: Amount,
    /// How they may be used.
    pub kind: &'static str,
    /// The first day they can be used: the one they were issued on.
    pub valid_from: Date,
    /// The last day they can be used.
    pub expires_at: Date,
}

/// Somebody of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// The item's key.
    pub key: String,
    /// The network's name for them.
    pub reference: String,
    /// Their name.
    pub name: String,
    /// Their market.
    pub market: &'static str,
}

/// What a creator gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// The item's key.
    pub key: String,
    /// The creator's reference.
    pub creator: String,
    /// The creator's market.
    pub market: &'static str,
    /// How much.
    pub amount: Amount,
    /// When.
    pub on: Date,
    /// What for.
    pub note: &'static str,
}

/// What of an allocation goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The call's key.
    pub key: String,
    /// The allocation's key.
    pub allocation: String,
    /// How much.
    pub amount: Amount,
    /// When.
    pub on: Date,
    /// Why.
    pub reason: &'static str,
}

impl Call {
    /// What is happening, for people; calls that belong together say the same.
    pub fn headline(&self) -> String {
        match self {
            Call::Announce { .. } => "announced".to_owned(),
            Call::Agree(on) => format!("agreement signed on {on}"),
            Call::MeetCondition(instalment, on) => format!("condition of {instalment} met on {on}"),
            Call::Receive(receipt) => format!("{} received on {}", receipt.instalment, receipt.on),
            Call::IssueLot(lot) => format!("{} issued on {}", lot.instalment, lot.valid_from),
            Call::WriteOff(instalment, _, on) => {
                format!("{instalment} written off in part on {on}")
            }
            Call::ChargeSupport { on, .. } => format!("support cost set aside on {on}"),
            Call::Budget(_, _, on) => format!("market budgets of {on}"),
            Call::Enrol(creators) => format!("{} creators enrolled", creators.len()),
            Call::Allocate(items) => format!("{} allocations", items.len()),
            Call::Release(_) => "partial releases".to_owned(),
            Call::Filled(template) => template.headline.clone(),
        }
    }
}

/// The name of a pledge by its number, from 1.
pub fn reference(pledge: u32) -> String {
    match pledge {
        0 | 1 => "DEMO-2024".to_owned(),
        number => format!("DEMO-2024-{number}"),
    }
}

/// The idempotency key of a step: of printable characters, and far below the API's 255.
pub fn key(seed: u64, pledge: u32, step: &str) -> String {
    format!("almoner-demo/{seed}/{pledge}/{step}")
}

/// Everything that is loaded, pledge by pledge: `factor` of them, each made when it is asked for.
pub fn plan(seed: u64, factor: u32) -> impl Iterator<Item = Vec<Step>> {
    (1..=factor).map(move |pledge| steps(seed, pledge))
}

/// The calls of one pledge, in order.
pub fn steps(seed: u64, pledge: u32) -> Vec<Step> {
    let step = |name: &str, call| Step {
        key: key(seed, pledge, name),
        call,
    };
    let rosters = shares::rosters(seed, pledge);
    let mut steps = vec![step(
        "pledge",
        Call::Announce {
            reference: reference(pledge),
        },
    )];
    steps.extend(approving::thresholds().map(|(name, call)| step(&name, call)));
    steps.push(step("agreement", Call::Agree(date!(2024 - 09 - 26))));
    let creators: Vec<Creator> = rosters
        .iter()
        .flat_map(|roster| roster.creators.iter().cloned())
        .collect();
    steps.extend(in_bulk(&creators, |chunk, items| {
        step(&format!("creators/{chunk}"), Call::Enrol(items))
    }));

    let mut allocations = Vec::new();
    let mut releases = Vec::new();
    for roster in &rosters {
        let (given, back) = shares::divide(seed, pledge, roster);
        allocations.extend(given);
        releases.extend(back);
    }
    allocations.sort_by(|a, b| (a.on, &a.key).cmp(&(b.on, &b.key)));
    releases.sort_by(|a, b| (a.on, &a.key).cmp(&(b.on, &b.key)));

    let mut funding = funding(step);
    funding.sort_by_key(|(on, _)| *on);
    for (period, (from, to)) in periods().into_iter().enumerate() {
        let within = |on: Date| from <= on && on < to;
        steps.extend(
            funding
                .iter()
                .filter(|(on, _)| within(*on))
                .map(|(_, step)| step.clone()),
        );
        let given: Vec<Allocation> = allocations
            .iter()
            .filter(|it| within(it.on))
            .cloned()
            .collect();
        steps.extend(in_bulk(&given, |chunk, items| {
            step(
                &format!("allocations/{period}/{chunk}"),
                Call::Allocate(items),
            )
        }));
        let back = releases.iter().filter(|it| within(it.on)).cloned();
        steps.extend(back.map(|it| Step {
            key: it.key.clone(),
            call: Call::Release(it),
        }));
    }
    steps.extend(Year::new(seed, pledge, &allocations, &releases).calls());
    steps
}

fn in_bulk<T: Clone>(items: &[T], step: impl Fn(usize, Vec<T>) -> Step) -> Vec<Step> {
    items
        .chunks(MOST_ITEMS)
        .enumerate()
        .map(|(at, chunk)| step(at, chunk.to_vec()))
        .collect()
}

/// The times between one day on which budgets are given and the next, in order; the end excluded.
fn periods() -> Vec<(Date, Date)> {
    let mut bounds: Vec<Date> = TRANCHES.iter().map(|tranche| tranche.budgeted).collect();
    bounds.extend([Date::MIN, Date::MAX]);
    bounds.sort_unstable();
    bounds.dedup();
    bounds
        .iter()
        .copied()
        .zip(bounds.iter().copied().skip(1))
        .collect()
}

/// What comes in and what of it is set aside or budgeted.
fn funding(step: impl Fn(&str, Call) -> Step) -> Vec<(Date, Step)> {
    let mut dated = Vec::new();
    for (receipt, gross) in receipts() {
        let (on, instalment) = (receipt.on, receipt.instalment);
        let received = step(&format!("receipt/{instalment}"), Call::Receive(receipt));
        let support = Call::ChargeSupport { gross, on };
        let support = step(&format!("support-cost/{instalment}"), support);
        dated.extend([(on, received), (on, support)]);
    }
    for (number, lot) in (1..).zip(lots()) {
        dated.push((
            lot.valid_from,
            step(&format!("lot/{number}"), Call::IssueLot(lot)),
        ));
    }
    let met = date!(2025 - 09 - 15);
    dated.push((met, step("condition/C3", Call::MeetCondition("C3", met))));
    let cut = date!(2025 - 12 - 01);
    let lost = Amount::whole(50_000, Unit::Cash);
    dated.push((cut, step("write-off/C3", Call::WriteOff("C3", lost, cut))));
    for tranche in &TRANCHES {
        for market in &MARKETS {
            let (code, unit) = (market.code, tranche.unit.code());
            let call = Call::Budget(code, tranche.of(market), tranche.budgeted);
            let name = format!("budget/{code}/{unit}/{}", tranche.number);
            dated.push((tranche.budgeted, step(&name, call)));
        }
    }
    dated
}

/// The receipts, each with what support cost is worked out on: the instalment as it was agreed. The
/// base and the cost then add up to the pledge's cash, and the part of C3 that doesn't come is
/// borne by what isn't budgeted.
fn receipts() -> [(Receipt, Amount); 3] {
    let cash = |units| Amount::whole(units, Unit::Cash);
    let receipt = |instalment, received, fee, on| Receipt {
        instalment,
        received,
        fee,
        on,
    };
    [
        (
            receipt("C1", cash(699_965), Some(cash(35)), date!(2024 - 10 - 22)),
            cash(700_000),
        ),
        (
            receipt("C2", cash(600_000), None, date!(2025 - 04 - 12)),
            cash(600_000),
        ),
        (
            receipt("C3", cash(400_000), None, date!(2025 - 10 - 05)),
            cash(450_000),
        ),
    ]
}

fn lots() -> [Lot; 4] {
    let lot = |instalment, units, kind, valid_from, expires_at| Lot {
        instalment,
        face: Amount::whole(units, Unit::Credits),
        kind,
        valid_from,
        expires_at,
    };
    let (june, november) = (date!(2025 - 06 - 01), date!(2025 - 11 - 30));
    [
        lot(
            "T1",
            500_000,
            "free",
            date!(2024 - 11 - 01),
            date!(2025 - 04 - 30),
        ),
        lot(
            "T2",
            450_000,
            "free",
            date!(2025 - 02 - 01),
            date!(2025 - 07 - 31),
        ),
        lot("T3", 200_000, "free", june, november),
        lot("T3", 100_000, "assignable", june, november),
    ]
}

#[cfg(test)]
mod tests;
