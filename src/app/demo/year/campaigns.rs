//! Credits on their way out: ad accounts, what is placed in them, campaigns, and what the platform
//! reports of their days.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::macros::date;
use time::{Date, Duration};

use super::super::figures::{Amount, MARKETS, MarketFigures, Unit};
use super::super::plan::{MOST_ITEMS, Step};
use super::super::random::Random;
use super::super::requests::{Role, day, document, money};
use super::super::template::Template;
use super::Year;

/// How many days each is reported for.
pub const DAYS: usize = 60;

/// How many of a hundred rows are reported again with other figures.
const RESTATED_PERCENT: usize = 6;

/// Of every so many rows one is reported before it is final.
const PROVISIONAL_EVERY: usize = 29;

/// Of every so many rows one went on against cash.
const OVERSPILL_EVERY: usize = 400;

/// What went on against cash on such a day, in hundredths.
const OVERSPILL_MINOR: i64 = 1_850;

/// From when on allocations are of the last lots, of which less is placed.
const LAST_TRANCHE: Date = date!(2025 - 06 - 09);

/// What is placed of which lot, in whole units over all markets, and when.
const PLACED: [(&str, i64, Date); 3] = [
    ("T1/free", 488_000, date!(2024 - 11 - 05)),
    ("T2/free", 427_000, date!(2025 - 02 - 04)),
    ("T3/free", 200_000, date!(2025 - 06 - 03)),
];

/// A campaign, for a creator, in its market's ad account.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub(super) name: String,
    creator: String,
    pub(super) market: &'static str,
    amount: Amount,
    on: Date,
    number: String,
}

/// What the platform reports of a campaign's day.
#[derive(Debug, Clone)]
struct Row {
    day: Date,
    body: Value,
}

/// The campaigns of a pledge, one for each allocation of credits.
pub fn campaigns(year: &Year<'_>) -> Vec<Campaign> {
    let kept = year.kept.iter();
    let credits = kept.filter(|(it, _)| it.amount.unit == Unit::Credits);
    let campaigns = credits.zip(1..).map(|((allocation, left), number)| {
        let percent = if allocation.on < LAST_TRANCHE { 95 } else { 55 };
        Campaign {
            name: year.key(&format!("campaign/{}", allocation.key)),
            creator: allocation.creator.clone(),
            market: allocation.market,
            amount: Amount {
                minor: left * percent / 100 / 1_000 * 1_000,
                ..allocation.amount
            },
            on: allocation.on.saturating_add(Duration::days(1)),
            number: format!("{}{number:04}", 18_010_000 + year.pledge),
        }
    });
    campaigns.filter(|it| it.amount.minor > 0).collect()
}

impl Campaign {
    /// The first day that is reported.
    pub(super) fn first_day(&self) -> Date {
        self.on.saturating_add(Duration::days(2))
    }
}

fn account(year: &Year<'_>, market: &str) -> String {
    let place = MARKETS.iter().position(|it| it.code == market).unwrap_or(0);
    format!("{}{place:03}", 73_000_000 + year.pledge)
}

fn time_zone(market: &str) -> &'static str {
    match market {
        "GB" => "Europe/London",
        "FR" => "Europe/Paris",
        "JP" => "Asia/Tokyo",
        "KR" => "Asia/Seoul",
        "ID" => "Asia/Jakarta",
        "MX" => "America/Mexico_City",
        "BR" => "America/Sao_Paulo",
        _ => "America/Los_Angeles",
    }
}

fn ad_account(market: &str) -> String {
    format!("ad account {market}")
}

/// Registers the ad accounts, places credits in them, and binds the campaigns; and of the lots, one
/// is revoked in part and one extended.
pub fn open(year: &Year<'_>, campaigns: &[Campaign]) -> Vec<Step> {
    let accounts = MARKETS.iter().map(|market| {
        let code = market.code;
        let body = json!({
            "reference": account(year, code),
            "name": format!("{code}, health creators (fictional)"),
            "unit": Unit::Credits.code(),
            "market": code,
            "time_zone": time_zone(code),
            "opened_on": "2024-10-28",
        });
        let call = Template::new("ad accounts", "/v1/pledges/{pledge}/ad-accounts", body);
        call.learning(ad_account(code))
    });
    let mut steps = year.steps("ad-accounts", accounts);
    let placed = PLACED.iter().flat_map(|(lot, units, on)| {
        MARKETS
            .iter()
            .map(move |market| place(lot, *units, *on, market))
    });
    steps.extend(year.steps("placements", placed));
    steps.extend(year.steps("lots", [revocation(), extension()]));
    let items: Vec<_> = campaigns.iter().map(|it| item(year, it)).collect();
    let bulk = items.chunks(MOST_ITEMS).map(|chunk| {
        let headline = format!("{} campaigns", campaigns.len());
        Template::bulk(headline, "/v1/obligations/bulk", chunk.to_vec())
    });
    steps.extend(year.steps("campaigns", bulk));
    steps
}

fn place(lot: &str, units: i64, on: Date, market: &MarketFigures) -> Template {
    let all: i64 = MARKETS.iter().map(|it| it.credits).sum();
    let amount = Amount::whole(units * market.credits / all, Unit::Credits);
    let body = json!({
        "ad_account_id": format!("{{{}}}", ad_account(market.code)),
        "amount": money(amount),
        "effective_date": day(on),
    });
    Template::new("placements", format!("/v1/lots/{{{lot}}}/placements"), body)
}

fn revocation() -> Template {
    let body = json!({
        "amount": money(Amount::whole(5_000, Unit::Credits)),
        "reason": "The platform withdrew part of the offer (fictional figures)",
        "effective_date": "2025-03-03",
        "document": document("notice"),
    });
    Template::new("credits revoked", "/v1/lots/{T2/free}/revocations", body).by(Role::Controller)
}

fn extension() -> Template {
    let body = json!({
        "expires_at": "2025-12-30",
        "reason": "Campaigns started late (fictional)",
        "document": document("extension"),
    });
    Template::new("a lot extended", "/v1/lots/{T3/free}/extensions", body).by(Role::Controller)
}

fn item(year: &Year<'_>, it: &Campaign) -> (String, Value) {
    let body = json!({
        "pledge_id": "{pledge}",
        "creator_id": format!("{{{}}}", it.creator),
        "reference": year.short(&it.name),
        "amount": money(it.amount),
        "campaign": {
            "ad_account_id": format!("{{{}}}", ad_account(it.market)),
            "campaign": it.number,
            "code_expires_on": day(it.on.saturating_add(Duration::days(180))),
        },
        "starts_on": day(it.on),
        "ends_on": day(it.on.saturating_add(Duration::days(70))),
        "effective_date": day(it.on),
    });
    (it.name.clone(), body)
}

/// Six of a hundred, evenly spread.
fn is_restated(number: usize) -> bool {
    number * RESTATED_PERCENT / 100 > (number - 1) * RESTATED_PERCENT / 100
}

/// What is reported, in the order of the days: each row, and again where it is restated.
fn rows(year: &Year<'_>, campaigns: &[Campaign]) -> Vec<Row> {
    let mut random = Random::stream(year.seed, year.pledge, "spend");
    let mut rows = Vec::with_capacity(campaigns.len() * (DAYS + 5));
    let mut number = 0;
    for it in campaigns {
        let a_day = it.amount.minor * 94 / 100 / DAYS as i64;
        for nth in 0..DAYS {
            number += 1;
            let on = it.first_day().saturating_add(Duration::days(nth as i64));
            let voucher = a_day * random.between(80, 105) / 100;
            let cash = match number % OVERSPILL_EVERY {
                0 => OVERSPILL_MINOR,
                _ => 0,
            };
            let mut report = |revision: i32, voucher: i64, cash: i64, is_final: bool| {
                let body = row(year, it, on, (voucher, cash), revision, is_final);
                rows.push(Row { day: on, body });
            };
            let provisional = number % PROVISIONAL_EVERY == 0;
            if provisional {
                report(1, voucher, 0, false);
            }
            let first = if provisional { 2 } else { 1 };
            report(first, voucher, cash, true);
            if is_restated(number) {
                report(
                    first + 1,
                    voucher * random.between(90, 104) / 100,
                    cash,
                    true,
                );
            }
        }
    }
    // Later reports of a day stay behind earlier ones.
    rows.sort_by_key(|row| row.day);
    rows
}

fn row(
    year: &Year<'_>,
    it: &Campaign,
    on: Date,
    (voucher, cash): (i64, i64),
    revision: i32,
    is_final: bool,
) -> Value {
    let figure = |minor| crate::domain::money::format_minor(minor, 2);
    json!({
        "account": account(year, it.market),
        "campaign": it.number,
        "day": day(on),
        "currency": "USD",
        "spend": figure(voucher + cash),
        "cash_spend": figure(cash),
        "voucher_spend": figure(voucher),
        "revision": revision,
        "final": is_final,
    })
}

/// Imports what the platform reports, a thousand rows at a time, and records its taxes.
pub fn spend(year: &Year<'_>, campaigns: &[Campaign]) -> Vec<Step> {
    let rows = rows(year, campaigns);
    let path = "/v1/pledges/{pledge}/spend-imports";
    let imports = rows.chunks(MOST_ITEMS).map(|chunk| {
        let rows: Vec<&Value> = chunk.iter().map(|row| &row.body).collect();
        let headline = format!(
            "spend up to {}",
            chunk.last().map_or(Date::MIN, |it| it.day)
        );
        Template::new(headline, path, json!({"mode": "independent", "rows": rows}))
    });
    let mut steps = year.steps("spend", imports);
    let taxes = TAXES.iter().map(|(market, minor, on)| {
        let body = json!({
            "amount": money(Amount { minor: *minor, unit: Unit::Cash }),
            "effective_date": day(*on),
            "document": document("ad-tax"),
        });
        let account = ad_account(market);
        Template::new(
            "tax on ads",
            format!("/v1/ad-accounts/{{{account}}}/taxes"),
            body,
        )
    });
    steps.extend(year.steps("taxes", taxes));
    steps
}

/// Tax on free credits, by market.
const TAXES: [(&str, i64, Date); 4] = [
    ("BR", 41_250, date!(2025 - 03 - 31)),
    ("BR", 38_700, date!(2025 - 06 - 30)),
    ("MX", 29_900, date!(2025 - 06 - 30)),
    ("ID", 31_640, date!(2025 - 09 - 30)),
];

/// What is owed to the platform in cash, by market, in hundredths: overspill and tax.
pub fn owed(campaigns: &[Campaign]) -> BTreeMap<&'static str, i64> {
    let mut owed: BTreeMap<&'static str, i64> = BTreeMap::new();
    for (market, minor, _) in TAXES {
        *owed.entry(market).or_default() += minor;
    }
    let days = campaigns
        .iter()
        .flat_map(|it| std::iter::repeat_n(it.market, DAYS));
    for (number, market) in (1..).zip(days) {
        if number % OVERSPILL_EVERY == 0 {
            *owed.entry(market).or_default() += OVERSPILL_MINOR;
        }
    }
    owed
}
