//! What a dollar is worth in the creators' currencies: made up, anew each month, within 3 % of the
//! figures it is drawn about. The same for every pledge of a seed.

use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::figures::{Currency, MARKETS};
use super::random::Random;
use super::requests::day;
use crate::domain::exchange::share;
use crate::domain::money::format_minor;

/// Whose word the rates are.
pub const SOURCE: &str = "Almoner's demonstration (fictional)";

/// The first day of the first month that has rates.
const FIRST: Date = date!(2024 - 11 - 01);

/// … and of the last.
const LAST: Date = date!(2026 - 01 - 01);

/// How far a rate may lie from its figure, in ten-thousandths: a little below 3 %.
const WIDTH: i64 = 299;

/// An amount of a creator's currency, in its minor digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// How many minor digits.
    pub minor: i64,
    /// Of what.
    pub currency: Currency,
}

impl Local {
    /// As the API spells it.
    pub fn money(&self) -> Value {
        let amount = format_minor(self.minor, self.currency.digits);
        json!({"amount": amount, "unit": self.currency.code})
    }
}

/// What a dollar is worth in a currency for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    currency: Currency,
    e4: i64,
    month: Date,
}

impl Rate {
    /// The rate of a day's month. Dollars are always worth themselves.
    pub fn on(seed: u64, currency: Currency, on: Date) -> Self {
        let month = on.replace_day(1).unwrap_or(on);
        let purpose = format!("rate {} {month}", currency.code);
        let by = match currency.is_foreign() {
            true => Random::stream(seed, 0, &purpose).between(-WIDTH, WIDTH),
            false => 0,
        };
        Rate {
            currency,
            e4: currency.per_dollar_e4 * (10_000 + by) / 10_000,
            month,
        }
    }

    /// So many minor digits of the currency make a cent, times the rate in ten-thousandths.
    fn scale(&self) -> i64 {
        10_i64.pow(6 - self.currency.digits)
    }

    /// What an amount of the currency comes to in cents, as the ledger works it out: rounded once,
    /// half to even.
    pub fn cents(&self, minor: i64) -> i64 {
        share(minor, self.scale(), self.e4)
    }

    /// What cents come to in the currency.
    pub fn local(&self, cents: i64) -> Local {
        Local {
            minor: share(cents, self.e4, self.scale()),
            currency: self.currency,
        }
    }

    /// An amount of the currency that comes to exactly so many cents, if there is one: where a
    /// minor digit is worth more than a cent, some are missed.
    pub fn exactly(&self, cents: i64) -> Option<Local> {
        let near = self.local(cents);
        let mut around = (near.minor - 1)..=(near.minor + 1);
        let minor = around.find(|minor| self.cents(*minor) == cents)?;
        Some(Local { minor, ..near })
    }

    /// The rate as a call states it; none for dollars.
    pub fn stated(&self) -> Option<Value> {
        let stated = json!({"rate": self.figure(), "source": SOURCE, "date": day(self.month)});
        self.currency.is_foreign().then_some(stated)
    }

    fn figure(&self) -> String {
        format_minor(self.e4, 4)
    }
}

/// Every rate there is, as the API takes them, each with its name.
pub fn all(seed: u64) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let foreign = MARKETS.iter().map(|it| it.currency);
    for currency in foreign.filter(Currency::is_foreign) {
        let mut month = FIRST;
        while month <= LAST {
            let rate = Rate::on(seed, currency, month);
            let item = json!({
                "base": "USD",
                "quote": currency.code,
                "rate": rate.figure(),
                "source": SOURCE,
                "date": day(month),
            });
            all.push((format!("rate/{}/{}", currency.code, day(month)), item));
            let next = month.saturating_add(time::Duration::days(31));
            month = next.replace_day(1).unwrap_or(next);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rate_is_within_three_percent_and_they_differ_by_month() {
        for currency in MARKETS.iter().map(|it| it.currency) {
            let mut rates = Vec::new();
            for month in 1..=12 {
                let on = Date::from_calendar_date(2025, month.try_into().unwrap(), 9).unwrap();
                let rate = Rate::on(7, currency, on);
                assert!(
                    (rate.e4 - currency.per_dollar_e4).abs() * 100 <= currency.per_dollar_e4 * 3
                );
                rates.push(rate.e4);
            }
            rates.sort_unstable();
            rates.dedup();
            assert_eq!(rates.len() > 6, currency.is_foreign(), "{currency:?}");
        }
        assert_eq!(all(7).len(), 7 * 15);
    }

    #[test]
    fn amounts_of_a_currency_are_worth_what_they_were_made_of() {
        for currency in MARKETS.iter().map(|it| it.currency) {
            let rate = Rate::on(7, currency, date!(2025 - 02 - 03));
            for cents in [1_000, 98_765, 250_000] {
                let local = rate.local(cents);
                assert!(
                    (rate.cents(local.minor) - cents).abs() <= 1,
                    "{currency:?} {cents}"
                );
            }
            assert_eq!(rate.stated().is_some(), currency.is_foreign());
        }
        let yen = Rate::on(7, MARKETS[3].currency, date!(2025 - 02 - 03));
        assert_eq!(
            yen.exactly(12_345).map(|it| yen.cents(it.minor)),
            Some(12_345)
        );
    }
}
