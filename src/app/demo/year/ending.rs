//! The end: what was not eligible comes back, what is left lapses or goes back to the donor, and
//! the pledge is closed.

use std::collections::BTreeMap;

use serde_json::json;
use time::macros::date;

use super::super::figures::{Amount, MARKETS, Unit};
use super::super::plan::Step;
use super::super::requests::{Role, day, document, money};
use super::super::template::Template;
use super::Year;
use super::campaigns::{self, Campaign};
use super::contracts::{Contract, UNSPENT_MINOR};
use super::payments::Exchanged;
use super::refunds;

/// What was left of the cash that no market got, in hundredths: what came (1,700,000 less a fee of
/// 35) less support cost (201,327.43) and budgets (1,350,000).
const UNBUDGETED_MINOR: i64 = 169_996_500 - SUPPORT_MINOR - 135_000_000;

/// The support cost that was set aside, in hundredths.
const SUPPORT_MINOR: i64 = 20_132_743;

/// What is found not eligible of the first contract, and paid back, in hundredths.
const INELIGIBLE_MINOR: i64 = 12_500;

const fn cash(minor: i64) -> Amount {
    Amount {
        minor,
        unit: Unit::Cash,
    }
}

/// Every call of the end, in order.
pub fn calls(
    year: &Year<'_>,
    contracts: &[Contract],
    campaigns: &[Campaign],
    exchanged: Exchanged,
) -> Vec<Step> {
    let mut steps = recover(year, contracts);
    steps.extend(release(year, contracts));
    steps.extend(give_back(year, contracts, campaigns, exchanged));
    let why = json!({
        "reason": "The programme has ended (fictional figures)",
        "effective_date": "2026-01-15",
        "document": document("closing-report"),
    });
    let closing = Template::new("wound down", "/v1/pledges/{pledge}/closing", why.clone());
    let lapse = Template::new(
        "what is left of lots lapses",
        "/v1/jobs/expiry/runs",
        json!({}),
    );
    let closed = Template::new("closed", "/v1/pledges/{pledge}/closure", why);
    let last = [closing, lapse, closed].map(|call| call.by(Role::Controller));
    steps.extend(year.steps("end", last));
    steps
}

/// A cost is found not eligible, and its creator pays it back.
fn recover(year: &Year<'_>, contracts: &[Contract]) -> Vec<Step> {
    let Some(first) = contracts.first() else {
        return Vec::new();
    };
    let amount = money(cash(INELIGIBLE_MINOR));
    let claim = json!({
        "amount": amount,
        "reason": "Travel is not an eligible cost (fictional)",
        "effective_date": "2025-12-16",
        "document": document("audit"),
    });
    let path = format!("/v1/obligations/{{{}}}/clawbacks", first.name);
    let claim = Template::new("a clawback", path, claim).by(Role::Controller);
    let paid = json!({
        "pledge_id": "{pledge}",
        "amount": amount,
        "bank_reference": "DEMO-RECOVERY-1",
        "effective_date": "2025-12-29",
    });
    let path = format!("/v1/creators/{{{}}}/recoveries", first.creator);
    year.steps("recovery", [claim, Template::new("a clawback", path, paid)])
}

/// What of an advance came back unspent goes back to its market.
fn release(year: &Year<'_>, contracts: &[Contract]) -> Vec<Step> {
    let advanced = contracts.iter().filter(|it| it.is_advanced);
    let back = advanced.map(|it| {
        let body = json!({
            "amount": money(cash(UNSPENT_MINOR)),
            "reason": "Not called for",
            "effective_date": "2026-01-05",
        });
        let path = format!("/v1/allocations/{{{}}}/release", it.allocation);
        Template::new("what was not spent goes back", path, body)
    });
    year.steps("unspent", back)
}

/// What each market has left, in hundredths.
fn left(contracts: &[Contract], owed: &BTreeMap<&'static str, i64>) -> Vec<(&'static str, i64)> {
    let markets = MARKETS.iter().map(|market| {
        let own = contracts.iter().filter(|it| it.market == market.code);
        let unspent = |it: &Contract| if it.is_advanced { UNSPENT_MINOR } else { 0 };
        let spent: i64 = own.map(|it| it.amount.minor - unspent(it)).sum();
        let to_platform = owed.get(market.code).copied().unwrap_or(0);
        let first = contracts.first().filter(|it| it.market == market.code);
        let recovered = first.map_or(0, |_| INELIGIBLE_MINOR);
        let left = market.cash * 100 - spent - to_platform + recovered;
        (market.code, left)
    });
    markets.collect()
}

/// The platform and the donor are paid, and support cost is drawn. What came back in cash from the
/// platform was the donor's all along.
fn give_back(
    year: &Year<'_>,
    contracts: &[Contract],
    campaigns: &[Campaign],
    exchanged: Exchanged,
) -> Vec<Step> {
    let owed = campaigns::owed(campaigns);
    let on = day(date!(2026 - 01 - 09));
    let paid = |minor, reference: &str| {
        let amount = money(cash(minor));
        json!({"amount": amount, "bank_reference": reference, "effective_date": on})
    };
    let mut platform = paid(owed.values().sum(), "DEMO-PLATFORM-1");
    platform["platform"] = json!("TIKTOK");
    let path = "/v1/pledges/{pledge}/platform-payments";
    let mut calls = vec![Template::new("the platform is paid", path, platform)];
    let path = "/v1/pledges/{pledge}/support-costs/draws";
    let draw = paid(SUPPORT_MINOR, "DEMO-SUPPORT-1");
    calls.push(Template::new("support cost drawn", path, draw));
    let reserve = exchanged.reserve - exchanged.loss;
    let path = "/v1/pledges/{pledge}/reserve/returns";
    let back = json!({"amount": money(cash(reserve)), "effective_date": on});
    calls.push(Template::new("the reserve goes back", path, back));
    let unbudgeted = UNBUDGETED_MINOR - exchanged.loss;
    let left = left(contracts, &owed);
    let whole: i64 = left.iter().map(|(_, minor)| minor).sum();
    let markets = left.iter().map(|(market, minor)| (Some(*market), *minor));
    for (market, minor) in [(None, unbudgeted)].into_iter().chain(markets) {
        let mut body = json!({
            "amount": money(cash(minor)),
            "reason": "Unspent at the end of the programme (fictional figures)",
            "effective_date": on,
            "document": document("final-report"),
        });
        if let Some(market) = market {
            body["market"] = json!(market);
        }
        let path = "/v1/pledges/{pledge}/donor-refunds";
        let refund = Template::new("what is left goes back", path, body);
        calls.push(refund.by(Role::Controller));
    }
    let path = "/v1/pledges/{pledge}/donor-payments";
    let donor = paid(whole + unbudgeted + refunds::in_cash(), "DEMO-DONOR-1");
    calls.push(Template::new("what is left goes back", path, donor));
    year.steps("back", calls)
}
