//! Cash on its way out: invoices are accepted, creators are paid in their own currency, and what
//! was withheld goes to its tax office.

use serde_json::{Value, json};
use time::macros::date;
use time::{Date, Duration};

use super::super::figures::{Amount, Unit, market_of};
use super::super::plan::Step;
use super::super::rates::{self, Local, Rate};
use super::super::requests::{Role, day, document, money};
use super::super::template::Template;
use super::Year;
use super::contracts::{Contract, Invoice, PAYER_COUNTRY, WITHHELD};

/// Of every so many payments one comes back from the bank, and is made again.
const RETURNED_EVERY: usize = 100;

/// In how many months an invoice comes in twice, and a payment is asked for twice; all are refused.
const DUPLICATES: usize = 12;

/// When what was withheld up to a day is paid.
const TAX_DAYS: [(Date, Date); 4] = [
    (date!(2025 - 03 - 31), date!(2025 - 04 - 10)),
    (date!(2025 - 06 - 30), date!(2025 - 07 - 10)),
    (date!(2025 - 09 - 30), date!(2025 - 10 - 10)),
    (date!(2025 - 12 - 31), date!(2026 - 01 - 08)),
];

/// The least that is set aside for fees and exchange differences, in hundredths.
const LEAST_RESERVE_MINOR: i64 = 500_000;

/// A payment, and whether it comes back and is made again.
struct Payment<'a> {
    invoice: &'a Invoice,
    comes_back: bool,
}

fn rate(year: &Year<'_>, invoice: &Invoice, on: Date) -> Rate {
    Rate::on(year.seed, invoice.amount.currency, on)
}

/// What exchanging comes to over the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchanged {
    /// What was set aside for it, in hundredths.
    pub reserve: i64,
    /// What banks charged beyond what was owed, less what they charged below it, in hundredths.
    pub loss: i64,
}

/// What exchanging the year's payments comes to. Every debt is paid in full in the end, so the
/// difference is between what banks charged in all and what all invoices were worth.
pub fn exchanged(year: &Year<'_>, contracts: &[Contract]) -> Exchanged {
    let (mut loss, mut losses) = (0, 0);
    for payment in payments(contracts) {
        let it = payment.invoice;
        if it.amount.currency.is_foreign() {
            let worth = |minor, on| rate(year, it, on).cents(minor);
            let one = worth(it.net().minor, payment.last_paid()) - worth(it.net().minor, it.on);
            loss += worth(it.net().minor, payment.last_paid()) - it.value;
            losses += one.max(0);
        }
    }
    loss += taxes(year, contracts)
        .map(|(_, _, cents)| cents)
        .sum::<i64>();
    // Twice what payments one by one would lose: a creator's debts are paid at their average.
    let reserve = (2 * losses / 100_000 + 1) * 100_000;
    Exchanged {
        reserve: reserve.max(LEAST_RESERVE_MINOR),
        loss,
    }
}

/// Sets a reserve aside, and states the rates and the rule of withholding. These are everybody's,
/// so the first pledge's year brings them.
pub fn prepare(year: &Year<'_>, exchanged: Exchanged) -> Vec<Step> {
    let mut calls = Vec::new();
    if year.pledge == 1 {
        let items = rates::all(year.seed).into_iter();
        let items = items.map(|(name, rate)| (year.key(&name), rate)).collect();
        let rates = Template::bulk("exchange rates", "/v1/exchange-rates/bulk", items);
        let (payee, from, rate) = WITHHELD;
        let rule = json!({
            "payer_country": PAYER_COUNTRY,
            "payee_country": payee,
            "payment_kind": "service",
            "rate_percent": crate::domain::money::format_minor(rate, 2),
            "legal_reference": "None: a demonstration's rule (fictional)",
            "valid_from": day(from),
        });
        let rule = Template::new("a rule of withholding", "/v1/withholding-rules", rule);
        calls.extend([rates, rule].map(|call| call.by(Role::Controller)));
    }
    let reserve = json!({"amount": cash(exchanged.reserve), "effective_date": "2024-11-05"});
    let path = "/v1/pledges/{pledge}/reserve";
    calls.push(Template::new("a reserve set aside", path, reserve));
    year.steps("exchange", calls)
}

fn cash(minor: i64) -> Value {
    money(Amount {
        minor,
        unit: Unit::Cash,
    })
}

/// Every payment, in the order of the invoices.
fn payments(contracts: &[Contract]) -> Vec<Payment<'_>> {
    let mut invoices: Vec<&Invoice> = contracts.iter().flat_map(|it| &it.invoices).collect();
    invoices.sort_by(|a, b| (a.on, &a.name).cmp(&(b.on, &b.name)));
    let numbered = invoices.into_iter().zip(1..);
    let payments = numbered.map(|(invoice, number)| Payment {
        invoice,
        comes_back: number % RETURNED_EVERY == 0,
    });
    payments.collect()
}

impl Payment<'_> {
    /// When it is made again.
    fn again(&self) -> Date {
        self.invoice.paid.saturating_add(Duration::days(3))
    }

    fn last_paid(&self) -> Date {
        match self.comes_back {
            true => self.again(),
            false => self.invoice.paid,
        }
    }
}

/// Accepts the invoices, month by month, and pays what was accepted.
pub fn invoice_and_pay(year: &Year<'_>, contracts: &[Contract]) -> Vec<Step> {
    let payments = payments(contracts);
    let mut steps = Vec::new();
    let months = payments.chunk_by(|a, b| month(a.invoice.on) == month(b.invoice.on));
    for (number, payments) in months.enumerate() {
        let name = month(payments[0].invoice.on);
        let accepted = payments.iter().map(|it| Step {
            key: it.invoice.name.clone(),
            call: accept(year, &name, it.invoice).into(),
        });
        steps.extend(accepted);
        let twice = number < DUPLICATES;
        let first = payments[0].invoice;
        steps.extend(twice.then(|| again(year, "invoice", first, accept(year, &name, first))));
        steps.extend(pay(year, &name, payments));
        let (reference, on) = (first.reference.clone(), first.paid);
        let mut body = proposal(year, first, &name, on);
        body["reference"] = json!(reference);
        let payout = Template::new(format!("payouts of {name}"), "/v1/payouts", body);
        steps.extend(twice.then(|| again(year, "payout", first, payout)));
    }
    let taxes = taxes(year, contracts).map(|(on, tax, charged)| {
        let body = json!({
            "market": WITHHELD.0,
            "amount": tax.money(),
            "charged": cash(charged),
            "bank_reference": format!("DEMO-TAX-{on}"),
            "effective_date": day(on),
        });
        let path = "/v1/pledges/{pledge}/tax-payments";
        Template::new("tax withheld is paid", path, body)
    });
    steps.extend(year.steps("tax-payments", taxes));
    steps
}

/// What is paid to the tax office: when, how much, and what the bank charges for it in hundredths.
fn taxes(year: &Year<'_>, contracts: &[Contract]) -> impl Iterator<Item = (Date, Local, i64)> {
    let currency = market_of(WITHHELD.0).currency;
    let mut after = Date::MIN;
    let taxes = TAX_DAYS.map(|(upto, on)| {
        let own = contracts.iter().flat_map(|it| &it.invoices);
        let own = own.filter(|it| after < it.on && it.on <= upto);
        let minor = own.map(|it| it.withheld).sum();
        after = upto;
        let rate = Rate::on(year.seed, currency, on);
        (on, Local { minor, currency }, rate.cents(minor))
    });
    taxes.into_iter().filter(|(_, tax, _)| tax.minor > 0)
}

fn month(on: Date) -> String {
    format!("{:04}-{:02}", on.year(), u8::from(on.month()))
}

fn accept(year: &Year<'_>, month: &str, it: &Invoice) -> Template {
    let mut body = json!({
        "reference": it.reference,
        "amount": it.amount.money(),
        "effective_date": day(it.on),
        "document": document("invoice"),
    });
    if let Some(rate) = rate(year, it, it.on).stated() {
        body["rate"] = rate;
    }
    if it.market == WITHHELD.0 {
        body["payer_country"] = json!(PAYER_COUNTRY);
    }
    let path = format!("/v1/obligations/{{{}}}/invoices", it.contract);
    Template::new(format!("invoices of {month}"), path, body)
}

/// The same once more, under another key: it is noticed.
fn again(year: &Year<'_>, what: &str, it: &Invoice, call: Template) -> Step {
    Step {
        key: year.key(&format!("again/{what}/{}", it.reference)),
        call: call.refused("duplicate-reference").into(),
    }
}

/// Proposes, approves, sends and settles a month's payouts; some come back, and are made again.
fn pay(year: &Year<'_>, month: &str, payments: &[Payment<'_>]) -> Vec<Step> {
    let name = |it: &Invoice, again: &str| year.key(&format!("payout/{}{again}", it.reference));
    let paid: Vec<(String, &Invoice, Date)> = payments
        .iter()
        .map(|it| (name(it.invoice, ""), it.invoice, it.invoice.paid))
        .collect();
    let returned: Vec<(String, &Invoice, Date)> = payments
        .iter()
        .filter(|it| it.comes_back)
        .map(|it| (name(it.invoice, "/again"), it.invoice, it.again()))
        .collect();
    let mut steps = settle(year, month, &paid, "");
    let back = returned.iter().map(|(_, it, _)| {
        let body = json!({
            "reason": "The account was closed",
            "effective_date": day(it.paid.saturating_add(Duration::days(1))),
        });
        let path = format!("/v1/payouts/{{{}}}/return", name(it, ""));
        Template::new(format!("payouts of {month}"), path, body)
    });
    steps.extend(year.steps(&format!("returns/{month}"), back));
    steps.extend(settle(year, month, &returned, "/again"));
    steps
}

/// A payout as it is proposed.
fn proposal(year: &Year<'_>, it: &Invoice, month: &str, on: Date) -> Value {
    let mut body = json!({
        "pledge_id": "{pledge}",
        "creator_id": format!("{{{}}}", it.creator),
        "amount": it.net().money(),
        "batch": month,
    });
    if let Some(rate) = rate(year, it, on).stated() {
        body["rate"] = rate;
    }
    body
}

fn settle(
    year: &Year<'_>,
    month: &str,
    payouts: &[(String, &Invoice, Date)],
    again: &str,
) -> Vec<Step> {
    if payouts.is_empty() {
        return Vec::new();
    }
    let headline = format!("payouts of {month}");
    let proposed = payouts.iter().map(|(name, it, on)| {
        let mut body = proposal(year, it, month, *on);
        body["reference"] = json!(format!("{}{again}", it.reference));
        (name.clone(), body)
    });
    let mut calls = vec![Template::bulk(
        headline.clone(),
        "/v1/payouts/bulk",
        proposed.collect(),
    )];
    for (step, role) in [
        ("approve", Role::Approver),
        ("send", Role::Controller),
        ("settle", Role::Preparer),
    ] {
        let moved = payouts.iter().map(|(name, it, on)| {
            let mut body = json!({"payout_id": format!("{{{name}}}"), "move": step});
            if step == "settle" {
                body["effective_date"] = json!(day(*on));
                body["bank_reference"] = json!(format!("DEMO-{}{again}", it.reference));
                if it.amount.currency.is_foreign() {
                    body["charged"] = cash(rate(year, it, *on).cents(it.net().minor));
                }
            }
            (format!("{name}/{step}"), body)
        });
        let moves = Template::bulk(headline.clone(), "/v1/payouts/moves/bulk", moved.collect());
        calls.push(moves.by(role));
    }
    year.steps(&format!("payouts/{month}{again}"), calls)
}
