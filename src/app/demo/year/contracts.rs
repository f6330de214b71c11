//! Cash that is bound: contracts with creators, what is invoiced on them, and an advance on one.

use serde_json::json;
use time::{Date, Duration};

use super::super::figures::{Amount, Unit, market_of};
use super::super::plan::{Allocation, MOST_ITEMS, Step};
use super::super::random::Random;
use super::super::rates::{Local, Rate};
use super::super::requests::{day, document, money};
use super::super::template::Template;
use super::Year;

/// How many contracts there are: two with most of the creators, one with the rest.
pub const CONTRACTS: usize = 412;

/// How many invoices there are, and payments.
pub const INVOICES: usize = 1_400;

/// Nothing is invoiced later.
const LAST_INVOICE: Date = time::macros::date!(2025 - 12 - 10);

/// A second contract begins no later, or as soon as there is something for it.
const LAST_SECOND: Date = time::macros::date!(2025 - 11 - 20);

/// Where tax is withheld, from which day on, and how much, in hundredths of a percent.
pub const WITHHELD: (&str, Date, i64) = ("JP", time::macros::date!(2025 - 03 - 01), 2_042);

/// Where the payer is: the withholding rule is about payments from there.
pub const PAYER_COUNTRY: &str = "CH";

/// What is advanced on one contract, in hundredths, and what of it comes back unspent.
const ADVANCE_MINOR: i64 = 40_000;
pub const UNSPENT_MINOR: i64 = 5_000;

/// A contract with a creator, and what is invoiced on it.
#[derive(Debug, Clone)]
pub struct Contract {
    pub(super) name: String,
    pub(super) allocation: String,
    pub(super) creator: String,
    pub(super) market: &'static str,
    pub(super) amount: Amount,
    pub(super) on: Date,
    pub(super) invoices: Vec<Invoice>,
    /// Whether part of it is paid in advance.
    pub(super) is_advanced: bool,
}

/// One invoice, paid some days later.
#[derive(Debug, Clone)]
pub struct Invoice {
    pub(super) name: String,
    pub(super) reference: String,
    pub(super) contract: String,
    pub(super) creator: String,
    pub(super) market: &'static str,
    /// What it comes to, in the creator's currency.
    pub(super) amount: Local,
    /// What of it is tax, to be paid to somebody else.
    pub(super) withheld: i64,
    /// What it uses of the contract, in hundredths.
    pub(super) value: i64,
    pub(super) on: Date,
    pub(super) paid: Date,
}

impl Invoice {
    /// What the creator gets.
    pub(super) fn net(&self) -> Local {
        Local {
            minor: self.amount.minor - self.withheld,
            ..self.amount
        }
    }
}

/// The contracts of a pledge: together, those of an allocation bind all that is left of it.
pub fn contracts(year: &Year<'_>) -> Vec<Contract> {
    let mut random = Random::stream(year.seed, year.pledge, "contracts");
    let cash = year
        .kept
        .iter()
        .filter(|(it, left)| it.amount.unit == Unit::Cash && *left > 0);
    let cash: Vec<_> = cash.collect();
    let two = CONTRACTS.saturating_sub(cash.len());
    let mut terms = Vec::new();
    for (at, (allocation, left)) in cash.into_iter().enumerate() {
        let first = match at < two {
            true => left / 2 / 1_000 * 1_000,
            false => *left,
        };
        let parts = [(1, first), (2, left - first)].into_iter();
        terms.extend(parts.filter(|it| it.1 > 0).map(|it| (allocation, it)));
    }
    // Three invoices each, and as many with a fourth as there are to be.
    let fourth = INVOICES - 3 * terms.len();
    let mut advanced = false;
    let mut contracts = Vec::with_capacity(terms.len());
    for (at, (allocation, (number, minor))) in terms.into_iter().enumerate() {
        let is_advanced = !advanced && allocation.market == "US" && minor > 3 * ADVANCE_MINOR;
        advanced |= is_advanced;
        let parts = if at < fourth { 4 } else { 3 };
        let terms = (number, minor, is_advanced);
        contracts.push(contract(year, allocation, terms, parts, &mut random));
    }
    contracts
}

fn contract(
    year: &Year<'_>,
    allocation: &Allocation,
    (number, minor, is_advanced): (i64, i64, bool),
    parts: usize,
    random: &mut Random,
) -> Contract {
    let name = year.key(&format!("contract/{}/{number}", allocation.key));
    let soon = allocation
        .on
        .saturating_add(Duration::days(random.between(2, 9)));
    let later = soon.saturating_add(Duration::days(random.between(20, 50)));
    let on = match number {
        1 => soon,
        _ => later.min(LAST_SECOND).max(soon),
    };
    let invoiced = if is_advanced {
        minor - ADVANCE_MINOR
    } else {
        minor
    };
    let mut contract = Contract {
        name,
        allocation: allocation.key.clone(),
        creator: allocation.creator.clone(),
        market: allocation.market,
        amount: Amount {
            minor,
            ..allocation.amount
        },
        on,
        invoices: Vec::new(),
        is_advanced,
    };
    let prefix = format!("C-{}-{number}", year.short(&allocation.key));
    let mut last = on;
    let dates = (0..parts).map(|_| {
        last = LAST_INVOICE.min(last.saturating_add(Duration::days(random.between(9, 24))));
        (
            last,
            last.saturating_add(Duration::days(random.between(4, 12))),
        )
    });
    let dates: Vec<(Date, Date)> = dates.collect();
    let amounts = amounts(year, allocation.market, invoiced, &dates);
    let lines = (1..).zip(dates).zip(amounts);
    let invoices = lines.map(|((part, (on, paid)), (amount, value))| {
        let reference = format!("{prefix}-{part}");
        Invoice {
            name: year.key(&format!("invoice/{reference}")),
            reference,
            contract: contract.name.clone(),
            creator: contract.creator.clone(),
            market: contract.market,
            amount,
            withheld: withheld(contract.market, on, amount),
            value,
            on,
            paid,
        }
    });
    contract.invoices = invoices.collect();
    contract
}

/// What each invoice comes to, at its month's rate, and what of the contract it uses: together,
/// exactly all of it. Where the last can't come to what is left to the cent, the one before it asks
/// for a little more.
fn amounts(year: &Year<'_>, market: &str, whole: i64, dates: &[(Date, Date)]) -> Vec<(Local, i64)> {
    let currency = market_of(market).currency;
    let rates = dates
        .iter()
        .map(|(on, _)| Rate::on(year.seed, currency, *on));
    let rates: Vec<Rate> = rates.collect();
    let share = whole / dates.len() as i64 / 1_000 * 1_000;
    let Some((last, before)) = rates.split_last() else {
        return Vec::new();
    };
    let valued = |rate: &Rate, local: Local| (local, rate.cents(local.minor));
    let mut amounts: Vec<(Local, i64)> = before
        .iter()
        .map(|rate| valued(rate, rate.local(share)))
        .collect();
    loop {
        let used: i64 = amounts.iter().map(|it| it.1).sum();
        if let Some(rest) = last.exactly(whole - used) {
            amounts.push((rest, whole - used));
            return amounts;
        }
        if let (Some(rate), Some(asked)) = (before.last(), amounts.last_mut()) {
            asked.0.minor += 1;
            *asked = valued(rate, asked.0);
        }
    }
}

/// What is withheld, rounded as the ledger does.
fn withheld(market: &str, on: Date, amount: Local) -> i64 {
    let (where_it_is, from, rate) = WITHHELD;
    match market == where_it_is && on >= from {
        true => crate::domain::exchange::share(amount.minor, rate, 10_000),
        false => 0,
    }
}

/// Opens the contracts; on one of them part is paid in advance, accounted for, and the rest of it
/// comes back.
pub fn open(year: &Year<'_>, contracts: &[Contract]) -> Vec<Step> {
    let item = |it: &Contract| {
        let body = json!({
            "pledge_id": "{pledge}",
            "creator_id": format!("{{{}}}", it.creator),
            "reference": year.short(&it.name),
            "amount": money(it.amount),
            "deliverables": "Videos on health (fictional figures)",
            "starts_on": day(it.on),
            "ends_on": day(it.on.saturating_add(Duration::days(120))),
            "effective_date": day(it.on),
            "document": document("contract"),
        });
        (it.name.clone(), body)
    };
    let items: Vec<_> = contracts.iter().map(item).collect();
    let bulk = |chunk: &[_]| {
        let headline = format!("{} contracts", contracts.len());
        Template::bulk(headline, "/v1/obligations/bulk", chunk.to_vec())
    };
    let mut steps = year.steps("contracts", items.chunks(MOST_ITEMS).map(bulk));
    let advanced = contracts.iter().filter(|it| it.is_advanced);
    steps.extend(year.steps("advance", advanced.flat_map(advance)));
    steps
}

fn advance(it: &Contract) -> [Template; 3] {
    let cash = |minor| {
        money(Amount {
            minor,
            unit: Unit::Cash,
        })
    };
    let after = |days| day(it.on.saturating_add(Duration::days(days)));
    let call = |part: &str, body| {
        let path = format!("/v1/obligations/{{{}}}/{part}", it.name);
        Template::new("an advance", path, body)
    };
    [
        call(
            "advances",
            json!({"amount": cash(ADVANCE_MINOR), "bank_reference": "DEMO-ADVANCE-1",
                "effective_date": after(3)}),
        ),
        call(
            "liquidations",
            json!({"amount": cash(ADVANCE_MINOR - UNSPENT_MINOR), "reference": "DEMO-REPORT-1",
                "document": document("advance-report"), "effective_date": after(30)}),
        ),
        call(
            "advance-returns",
            json!({"amount": cash(UNSPENT_MINOR), "bank_reference": "DEMO-UNSPENT-1",
                "effective_date": after(40)}),
        ),
    ]
}
