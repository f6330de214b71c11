//! Lines of accounts that somebody has to look at: exchange differences, and suspense.

use std::collections::BTreeMap;

use time::{Date, OffsetDateTime};

use super::cell::{Amount, Free, row};
use super::{Report, Total};
use crate::db::read::{Cut, Movement, UnclearedLine};
use crate::domain::money::format_minor;
use crate::domain::{Code, Unit};

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
        /// The other currency, if the journal states a rate.
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
    /// Something in suspense: a posting to it, or a line of spend of which part still stands in it.
    SuspenseLine {
        /// `posting` or `uncleared`.
        what: String,
        /// When the posting counts, or the day of the spend.
        day: Date,
        /// What is counted.
        unit: String,
        /// Of a posting: what was put there.
        debit: Option<Amount>,
        /// Of a posting: what was taken from there.
        credit: Option<Amount>,
        /// Of a posting: what was there then. Of a line of spend: what isn't cleared.
        balance: Amount,
        /// The posting's journal.
        journal_id: Option<String>,
        /// Its number.
        journal: Option<i64>,
        /// What happened.
        kind: Option<String>,
        /// The ad account of the line of spend.
        ad_account_id: Option<String>,
        /// Its campaign's obligation.
        obligation_id: Option<String>,
        /// Which report of its day it is.
        revision: Option<i64>,
        /// How many days it has been there.
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

/// What was put into suspense and taken out, and the lines of spend that are still in it.
pub fn suspense(
    cut: &Cut,
    movements: &[Movement],
    uncleared: &[UnclearedLine],
) -> Report<SuspenseLine> {
    let mut balances: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    let mut lines = Vec::new();
    for it in movements {
        let unit = &it.key.unit;
        let balance = balances.entry(unit.code()).or_insert((unit, 0));
        balance.1 += it.debit - it.credit;
        let amount = |minor| Amount::new(minor, unit);
        lines.push(SuspenseLine {
            what: "posting".to_owned(),
            day: it.effective_date,
            unit: unit.code().to_owned(),
            debit: Some(amount(it.debit)),
            credit: Some(amount(it.credit)),
            balance: amount(balance.1),
            journal_id: Some(it.journal.to_string()),
            journal: Some(it.number),
            kind: Some(it.kind.as_str().to_owned()),
            ad_account_id: None,
            obligation_id: None,
            revision: None,
            days: (cut.day() - it.effective_date).whole_days(),
            reason: it.reason.clone().map(Free),
        });
    }
    let mut open: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    for it in uncleared {
        open.entry(it.unit.code()).or_insert((&it.unit, 0)).1 += it.amount;
        lines.push(SuspenseLine {
            what: "uncleared".to_owned(),
            day: it.day,
            unit: it.unit.code().to_owned(),
            debit: None,
            credit: None,
            balance: Amount::new(it.amount, &it.unit),
            journal_id: None,
            journal: None,
            kind: None,
            ad_account_id: Some(it.ad_account.to_string()),
            obligation_id: Some(it.obligation.to_string()),
            revision: Some(it.revision),
            days: (cut.day() - it.day).whole_days(),
            reason: None,
        });
    }
    let balances = balances
        .values()
        .map(|(unit, sum)| Total::amount("balance", unit, *sum));
    let open = open
        .values()
        .map(|(unit, sum)| Total::amount("uncleared", unit, *sum));
    let totals = balances.chain(open).collect();
    Report::new("suspense", cut, lines, totals)
}
