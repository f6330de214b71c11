//! Cash on its way out: contracts with creators, their invoices, and what is paid on them.

use serde_json::{Value, json};
use time::{Date, Duration};

use super::super::figures::{Amount, Unit};
use super::super::plan::{Allocation, MOST_ITEMS, Step};
use super::super::random::Random;
use super::super::requests::{Role, day, document, money};
use super::super::template::Template;
use super::Year;
use super::campaigns::spread;

/// How many cash allocations are bound by a contract; the others go back at the end.
pub const CONTRACTS: usize = 412;

/// How many invoices there are, and payments.
pub const INVOICES: usize = 1_400;

/// Of every so many payments one comes back from the bank, and is made again.
const RETURNED_EVERY: usize = 70;

/// How many invoices come in twice, and are refused.
const DUPLICATES: usize = 12;

/// Nothing is invoiced later.
const LAST_INVOICE: Date = time::macros::date!(2025 - 12 - 10);

/// A contract with a creator, and what is invoiced on it.
#[derive(Debug, Clone)]
pub struct Contract {
    pub(super) name: String,
    pub(super) allocation: String,
    pub(super) creator: String,
    pub(super) market: &'static str,
    pub(super) amount: Amount,
    on: Date,
    invoices: Vec<Invoice>,
}

/// One invoice, paid some days later.
#[derive(Debug, Clone)]
struct Invoice {
    name: String,
    reference: String,
    contract: String,
    creator: String,
    amount: Amount,
    on: Date,
    paid: Date,
}

/// The contracts of a pledge, one for each of the first cash allocations, for all that is left of
/// it.
pub fn contracts(year: &Year<'_>) -> Vec<Contract> {
    let mut random = Random::stream(year.seed, year.pledge, "contracts");
    let cash = year
        .kept
        .iter()
        .filter(|(it, left)| it.amount.unit == Unit::Cash && *left > 0);
    let bound = spread(cash.collect(), CONTRACTS);
    // Three invoices each, and as many with a fourth as there are to be.
    let fourth = INVOICES - 3 * bound.len();
    bound
        .iter()
        .enumerate()
        .map(|(at, (allocation, left))| {
            let parts = if at < fourth { 4 } else { 3 };
            contract(year, allocation, *left, parts, &mut random)
        })
        .collect()
}

fn contract(
    year: &Year<'_>,
    allocation: &Allocation,
    left: i64,
    parts: i64,
    random: &mut Random,
) -> Contract {
    let name = year.key(&format!("contract/{}", allocation.key));
    let reference = format!("C-{}", year.short(&allocation.key));
    let on = allocation
        .on
        .saturating_add(Duration::days(random.between(2, 9)));
    let amount = Amount {
        minor: left,
        ..allocation.amount
    };
    let mut rest = left;
    let mut invoiced = on;
    let invoices = (1..=parts).map(|part| {
        let share = match part == parts {
            true => rest,
            false => left / parts / 1_000 * 1_000,
        };
        rest -= share;
        invoiced = LAST_INVOICE.min(invoiced.saturating_add(Duration::days(random.between(9, 24))));
        let reference = format!("{reference}-{part}");
        Invoice {
            name: year.key(&format!("invoice/{reference}")),
            reference,
            contract: name.clone(),
            creator: allocation.creator.clone(),
            amount: Amount {
                minor: share,
                ..amount
            },
            on: invoiced,
            paid: invoiced.saturating_add(Duration::days(random.between(4, 12))),
        }
    });
    let invoices = invoices.filter(|it| it.amount.minor > 0).collect();
    Contract {
        name,
        allocation: allocation.key.clone(),
        creator: allocation.creator.clone(),
        market: allocation.market,
        amount,
        on,
        invoices,
    }
}

/// Opens the contracts.
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
    let bulk = |chunk: &[(String, Value)]| {
        let headline = format!("{} contracts", contracts.len());
        Template::bulk(headline, "/v1/obligations/bulk", chunk.to_vec())
    };
    let chunks = items.chunks(MOST_ITEMS).map(bulk);
    year.steps("contracts", chunks)
}

/// Accepts the invoices, month by month, and pays what was accepted.
pub fn invoice_and_pay(year: &Year<'_>, contracts: &[Contract]) -> Vec<Step> {
    let mut invoices: Vec<&Invoice> = contracts.iter().flat_map(|it| &it.invoices).collect();
    invoices.sort_by(|a, b| (a.on, &a.name).cmp(&(b.on, &b.name)));
    let mut steps = Vec::new();
    let months = invoices.chunk_by(|a, b| month(a.on) == month(b.on));
    for (number, invoices) in months.enumerate() {
        let name = month(invoices[0].on);
        let accepted = invoices.iter().map(|it| Step {
            key: it.name.clone(),
            call: accept(&name, it).into(),
        });
        steps.extend(accepted);
        if number < DUPLICATES {
            steps.push(twice(year, &name, invoices[0]));
        }
        steps.extend(pay(year, &name, invoices));
    }
    steps
}

fn month(on: Date) -> String {
    format!("{:04}-{:02}", on.year(), u8::from(on.month()))
}

fn accept(month: &str, it: &Invoice) -> Template {
    let body = json!({
        "reference": it.reference,
        "amount": money(it.amount),
        "effective_date": day(it.on),
        "document": document("invoice"),
    });
    let path = format!("/v1/obligations/{{{}}}/invoices", it.contract);
    Template::new(format!("invoices of {month}"), path, body)
}

/// The same invoice once more, under another key: it is noticed.
fn twice(year: &Year<'_>, month: &str, it: &Invoice) -> Step {
    Step {
        key: year.key(&format!("again/{}", it.reference)),
        call: accept(month, it).refused("duplicate-reference").into(),
    }
}

/// Proposes, approves, sends and settles a month's payouts; some come back, and are made again.
fn pay(year: &Year<'_>, month: &str, invoices: &[&Invoice]) -> Vec<Step> {
    let paid: Vec<(String, &Invoice)> = invoices
        .iter()
        .map(|it| (year.key(&format!("payout/{}", it.reference)), *it))
        .collect();
    let returned: Vec<(String, &Invoice)> = paid
        .iter()
        .enumerate()
        .filter(|(at, _)| at % RETURNED_EVERY == RETURNED_EVERY - 1)
        .map(|(_, (_, it))| (year.key(&format!("payout/{}/again", it.reference)), *it))
        .collect();
    let mut steps = settle(year, month, &paid, "");
    let back = returned.iter().map(|(_, it)| {
        let first = year.key(&format!("payout/{}", it.reference));
        let body = json!({
            "reason": "The account was closed",
            "effective_date": day(it.paid.saturating_add(Duration::days(1))),
        });
        let path = format!("/v1/payouts/{{{first}}}/return");
        Template::new(format!("payouts of {month}"), path, body)
    });
    steps.extend(year.steps(&format!("returns/{month}"), back));
    steps.extend(settle(year, month, &returned, "/again"));
    steps
}

fn settle(year: &Year<'_>, month: &str, payouts: &[(String, &Invoice)], again: &str) -> Vec<Step> {
    if payouts.is_empty() {
        return Vec::new();
    }
    let headline = format!("payouts of {month}");
    let days = Duration::days(if again.is_empty() { 0 } else { 3 });
    let proposed = payouts.iter().map(|(name, it)| {
        let body = json!({
            "pledge_id": "{pledge}",
            "creator_id": format!("{{{}}}", it.creator),
            "amount": money(it.amount),
            "reference": format!("{}{again}", it.reference),
            "batch": month,
        });
        (name.clone(), body)
    });
    let mut calls = vec![Template::bulk(
        headline.clone(),
        "/v1/payouts/bulk",
        proposed.collect(),
    )];
    for (step, role) in [
        ("approve", Role::Approver),
        ("send", Role::Preparer),
        ("settle", Role::Preparer),
    ] {
        let moved = payouts.iter().map(|(name, it)| {
            let mut body = json!({"payout_id": format!("{{{name}}}"), "move": step});
            if step == "settle" {
                let on = day(it.paid.saturating_add(days));
                body["effective_date"] = json!(on);
                body["bank_reference"] = json!(format!("DEMO-{}{again}", it.reference));
            }
            (format!("{name}/{step}"), body)
        });
        let moves = Template::bulk(headline.clone(), "/v1/payouts/moves/bulk", moved.collect());
        calls.push(moves.by(role));
    }
    year.steps(&format!("payouts/{month}{again}"), calls)
}
