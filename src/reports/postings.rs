//! Lines of accounts that somebody has to look at: exchange differences, and suspense.

use std::collections::BTreeMap;

use time::{Date, OffsetDateTime};

use super::cell::{Amount, Free, row};
use super::{Report, Total};
use crate::db::read::{Cut, Movement};
use crate::domain::money::format_minor;
use crate::domain::{AdAccountId, Code, Kind, Unit};

row! {
    /// A journal's exchange difference.
    ExchangeLine {
        /// The journal's number.
        journal: i64,
        /// The journal.
        journal_id: String,
        /// When it counts.
        effective_date: Date,
        /// When it was recorded.
        recorded_at: OffsetDateTime,
        /// What happened.
        kind: String,
        /// `realised` (7100), on what was paid, or `unrealised` (7200), on what is owed.
        what: String,
        /// The currency of the difference.
        unit: String,
        /// What was lost.
        loss: Amount,
        /// What was gained.
        gain: Amount,
        /// The other currency, if a rate was stated: of tax paid abroad the bank's charge says all.
        currency: Option<String>,
        /// So much of it for one of the pledge's own.
        rate: Option<String>,
        /// By whose word.
        rate_source: Option<Free>,
        /// The rate's day.
        rate_day: Option<Date>,
        /// Why, if a reason was given.
        reason: Option<Free>,
    }
}

row! {
    /// Something in suspense: a posting to it, or what of one is still there.
    SuspenseLine {
        /// `posting`, or `open` for what of it is still there.
        what: String,
        /// When the posting counts.
        day: Date,
        /// What is counted.
        unit: String,
        /// What was put there.
        debit: Amount,
        /// What was taken from there.
        credit: Amount,
        /// Of a posting: what was there after it. Of what is open: how much of it is.
        balance: Amount,
        /// The posting's journal.
        journal_id: String,
        /// Its number.
        journal: i64,
        /// What happened.
        kind: String,
        /// The ad account that its spend is of.
        ad_account_id: Option<String>,
        /// How many days ago it was posted.
        days: i64,
        /// Why, if a reason was given.
        reason: Option<Free>,
    }
}

fn exchange_line(it: &Movement) -> ExchangeLine {
    let amount = |minor| Amount::new(minor, &it.key.unit);
    let rate = it.rate.as_ref();
    ExchangeLine {
        journal: it.number,
        journal_id: it.journal.to_string(),
        effective_date: it.effective_date,
        recorded_at: it.recorded_at,
        kind: it.kind.as_str().to_owned(),
        what: match it.key.code {
            Code::ExchangeRealised => "realised".to_owned(),
            _ => "unrealised".to_owned(),
        },
        unit: it.key.unit.code().to_owned(),
        loss: amount(it.debit),
        gain: amount(it.credit),
        currency: rate.map(|it| it.unit.clone()),
        rate: rate.map(|it| format_minor(it.rate_e8, 8)),
        rate_source: rate.map(|it| Free(it.source.clone())),
        rate_day: rate.map(|it| it.day),
        reason: it.reason.clone().map(Free),
    }
}

/// Every exchange difference, realised and not, by its journal.
pub fn exchange_differences(cut: &Cut, movements: &[Movement]) -> Report<ExchangeLine> {
    let lines: Vec<ExchangeLine> = movements.iter().map(exchange_line).collect();
    let mut sums: BTreeMap<(&str, Code), (&Unit, i64)> = BTreeMap::new();
    for it in movements {
        let unit = &it.key.unit;
        let sum = sums.entry((unit.code(), it.key.code)).or_insert((unit, 0));
        sum.1 += it.debit - it.credit;
    }
    let totals = sums.iter().map(|((_, code), (unit, sum))| {
        let name = match code {
            Code::ExchangeRealised => "realised",
            _ => "unrealised",
        };
        Total::amount(name, unit, *sum)
    });
    let totals = totals.collect();
    Report::new("exchange-differences", cut, lines, totals)
}

fn suspense_line(cut: &Cut, what: &str, it: &Movement, balance: i64) -> SuspenseLine {
    let amount = |minor| Amount::new(minor, &it.key.unit);
    let of_spend = matches!(it.root_kind, Kind::Overspill | Kind::SuspenseClearing);
    let ad_account = it.subject.filter(|_| of_spend).map(AdAccountId);
    SuspenseLine {
        what: what.to_owned(),
        day: it.effective_date,
        unit: it.key.unit.code().to_owned(),
        debit: amount(it.debit),
        credit: amount(it.credit),
        balance: amount(balance),
        journal_id: it.journal.to_string(),
        journal: it.number,
        kind: it.kind.as_str().to_owned(),
        ad_account_id: ad_account.map(|id| id.to_string()),
        days: (cut.day() - it.effective_date).whole_days(),
        reason: it.reason.clone().map(Free),
    }
}

/// What of each posting is still in suspense, in minor digits: what was taken out for an ad account
/// went first to what it takes back, then to the oldest of that ad account.
fn open(movements: &[Movement]) -> Vec<(&Movement, i64)> {
    let mut open: Vec<(&Movement, i64)> = Vec::new();
    for it in movements {
        let mut taken = it.credit;
        let own = open.iter().position(|(one, _)| one.number == it.root);
        for at in own.into_iter().chain(0..open.len()) {
            let Some((one, left)) = open.get_mut(at) else {
                continue;
            };
            if one.key.unit == it.key.unit && one.subject == it.subject {
                let part = taken.min(*left);
                (taken, *left) = (taken - part, *left - part);
            }
        }
        // More is never taken out than is there, of all; of one ad account, it shows as less.
        open.push((it, it.debit - taken));
    }
    open.retain(|(_, left)| *left != 0);
    open
}

/// What was put into suspense and taken out, and what is still in it.
pub fn suspense(cut: &Cut, movements: &[Movement]) -> Report<SuspenseLine> {
    let mut balances: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    let mut lines = Vec::new();
    for it in movements {
        let unit = &it.key.unit;
        let balance = balances.entry(unit.code()).or_insert((unit, 0));
        balance.1 += it.debit - it.credit;
        lines.push(suspense_line(cut, "posting", it, balance.1));
    }
    let mut sums: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    for (it, left) in open(movements) {
        let unit = &it.key.unit;
        sums.entry(unit.code()).or_insert((unit, 0)).1 += left;
        lines.push(suspense_line(cut, "open", it, left));
    }
    let balances = balances
        .values()
        .map(|(unit, sum)| Total::amount("balance", unit, *sum));
    let sums = sums
        .values()
        .map(|(unit, sum)| Total::amount("open", unit, *sum));
    let totals = balances.chain(sums).collect();
    Report::new("suspense", cut, lines, totals)
}
