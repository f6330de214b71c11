//! Money: an exact amount of one unit.
//!
//! Inside, an amount is a whole number of the unit's minor digit (cents, yen), which is what the
//! database stores, so nothing is ever rounded on the way. Outside it is a decimal string. Reading
//! one is strict: digits and one point, no sign but `-`, no exponent, no separators, and no more
//! fraction digits than the unit has. What doesn't fit is refused, never rounded.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

use super::unit::Unit;

/// The largest amount one request may name, in minor digits: ten trillion in a two-digit currency.
/// It leaves a thousandfold distance to what an account's cumulative figures can hold.
pub const LARGEST_MINOR: i64 = 1_000_000_000_000_000;

/// An amount of one unit; balances may be negative, amounts to post are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    unit: Unit,
}

/// Why a text isn't an amount of the unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Not a plain decimal number.
    #[error("an amount is a string of digits with at most one point, such as \"1250.00\"")]
    NotDecimal,
    /// More fraction digits than the unit has.
    #[error("{unit} has {allowed} fraction digits and {given} were given; nothing is rounded")]
    TooManyDigits {
        /// The unit's code.
        unit: String,
        /// How many digits it has.
        allowed: u32,
        /// How many were given.
        given: u32,
    },
    /// Beyond [`LARGEST_MINOR`].
    #[error("an amount of {unit} is at most {largest}")]
    TooLarge {
        /// The unit's code.
        unit: String,
        /// The largest amount, written out.
        largest: String,
    },
    /// Zero or negative where something must move.
    #[error("the amount must be greater than zero")]
    NotPositive,
}

impl NotMoney {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            NotMoney::NotDecimal => "amount-not-decimal",
            NotMoney::TooManyDigits { .. } => "amount-too-precise",
            NotMoney::TooLarge { .. } => "amount-too-large",
            NotMoney::NotPositive => "amount-not-positive",
        }
    }
}

/// `-?digits[.digits]`, without leading zeros and short enough for an exact decimal.
fn is_plain_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    unsigned.len() <= 27
        && digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
}

impl Money {
    /// So many of the unit's minor digit.
    pub fn from_minor(minor: i64, unit: Unit) -> Self {
        Money { minor, unit }
    }

    /// Reads a decimal string exactly, zero and negative included.
    pub fn parse(text: &str, unit: &Unit) -> Result<Self, NotMoney> {
        if !is_plain_decimal(text) {
            return Err(NotMoney::NotDecimal);
        }
        let decimal = Decimal::from_str_exact(text).map_err(|_| NotMoney::NotDecimal)?;
        Self::from_decimal(decimal, unit)
    }

    /// Reads a decimal string that must be greater than zero.
    pub fn parse_positive(text: &str, unit: &Unit) -> Result<Self, NotMoney> {
        match Self::parse(text, unit)? {
            money if money.minor > 0 => Ok(money),
            _ => Err(NotMoney::NotPositive),
        }
    }

    fn from_decimal(decimal: Decimal, unit: &Unit) -> Result<Self, NotMoney> {
        let allowed = unit.minor_digits();
        if decimal.scale() > allowed {
            let (unit, given) = (unit.code().to_owned(), decimal.scale());
            return Err(NotMoney::TooManyDigits {
                unit,
                allowed,
                given,
            });
        }
        let too_large = || NotMoney::TooLarge {
            unit: unit.code().to_owned(),
            largest: Money::from_minor(LARGEST_MINOR, unit.clone()).amount(),
        };
        // The scale is at most the unit's, so widening it to the unit's is exact or overflows.
        let minor = decimal
            .mantissa()
            .checked_mul(10_i128.pow(allowed - decimal.scale()))
            .and_then(|minor| i64::try_from(minor).ok())
            .filter(|minor| minor.abs() <= LARGEST_MINOR)
            .ok_or_else(too_large)?;
        Ok(Money {
            minor,
            unit: unit.clone(),
        })
    }

    /// The amount in the unit's minor digit.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// What is counted.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The amount as an exact decimal.
    pub fn decimal(&self) -> Decimal {
        Decimal::new(self.minor, self.unit.minor_digits())
    }

    /// The amount as the API writes it: always with all of the unit's fraction digits.
    pub fn amount(&self) -> String {
        format_minor(self.minor, self.unit.minor_digits())
    }

    /// The part of `self` that, with `rate` on top, makes up `self`; rounded half away from zero to
    /// the minor digit. The rest is the charge, so that the two parts add up exactly.
    pub fn base_before(&self, rate: Decimal) -> Option<Money> {
        let base = self
            .decimal()
            .checked_div(Decimal::ONE.checked_add(rate)?)?
            .round_dp_with_strategy(
                self.unit.minor_digits(),
                RoundingStrategy::MidpointAwayFromZero,
            );
        Money::from_decimal(base, &self.unit).ok()
    }

    /// That fraction of it, rounded once, half to even, to the minor digit.
    pub fn part(&self, fraction: Decimal) -> Option<Money> {
        self.converted(fraction, &self.unit)
    }

    /// What it comes to in another unit at so many of that unit for one of its own, rounded once,
    /// half to even, to that unit's minor digit.
    pub fn converted(&self, rate: Decimal, unit: &Unit) -> Option<Money> {
        let exact = self.decimal().checked_mul(rate)?;
        let digits = unit.minor_digits();
        let rounded = exact.round_dp_with_strategy(digits, RoundingStrategy::MidpointNearestEven);
        Money::from_decimal(rounded, unit).ok()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.unit)
    }
}

/// Writes a number of minor digits as a decimal with `digits` fraction digits.
pub fn format_minor(minor: i64, digits: u32) -> String {
    if digits == 0 {
        return minor.to_string();
    }
    let width = digits as usize;
    let sign = if minor < 0 { "-" } else { "" };
    let padded = format!("{:0>1$}", minor.unsigned_abs(), width + 1);
    let (whole, fraction) = padded.split_at(padded.len() - width);
    format!("{sign}{whole}.{fraction}")
}

/// Reads a plain decimal as a number of minor digits, however many it has: for figures that come
/// back in one form, of one unit, from a file. Nothing but digits, a sign and a point is taken.
pub fn minor_of(amount: &str) -> Option<i64> {
    let (sign, digits) = match amount.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, amount),
    };
    let plain = digits.replacen('.', "", 1);
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = is_number.then(|| plain.parse().ok())??;
    Some(sign * number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::unit::{UnitFacts, UnitKind};

    #[test]
    fn figures_are_read_back_exactly_and_nothing_else_is_taken_for_one() {
        assert_eq!(minor_of("1234.50"), Some(123_450));
        assert_eq!(minor_of("-0.05"), Some(-5));
        assert_eq!(minor_of("7"), Some(7));
        for wrong in ["", "-", "1e5", "1_0", "1.2.3", "+1", " 1"] {
            assert_eq!(minor_of(wrong), None, "{wrong:?}");
        }
    }

    fn unit(code: &str, minor_digits: u32) -> Unit {
        Unit::new(UnitFacts {
            code: code.into(),
            kind: UnitKind::Cash,
            minor_digits,
            currency: code.into(),
            platform: None,
            name: code.into(),
        })
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in [
            "",
            ".",
            "-",
            "1.",
            ".5",
            "+1",
            "1e5",
            "1E5",
            "NaN",
            "Infinity",
            "1_000",
            "1,000",
            "01",
            "00.10",
            " 1",
            "1 ",
            "0x10",
            "1.2.3",
            "--1",
            "١٢",
            "１２",
            "1\u{200f}",
            "1'000",
            "1000000000000000000000000000000000000000",
        ] {
            assert_eq!(
                Money::parse(text, &unit("USD", 2)),
                Err(NotMoney::NotDecimal),
                "{text:?}"
            );
        }
    }

    #[test]
    fn too_many_digits_are_refused_and_never_rounded() {
        assert!(matches!(
            Money::parse("1.000", &unit("USD", 2)),
            Err(NotMoney::TooManyDigits {
                allowed: 2,
                given: 3,
                ..
            })
        ));
        assert!(matches!(
            Money::parse("1.0", &unit("JPY", 0)),
            Err(NotMoney::TooManyDigits {
                allowed: 0,
                given: 1,
                ..
            })
        ));
        assert_eq!(Money::parse("1.5", &unit("USD", 2)).unwrap().minor(), 150);
        assert_eq!(Money::parse("7", &unit("JPY", 0)).unwrap().minor(), 7);
    }

    #[test]
    fn amounts_have_an_upper_limit() {
        let usd = unit("USD", 2);
        assert_eq!(
            Money::parse("10000000000000.00", &usd).unwrap().minor(),
            LARGEST_MINOR
        );
        let error = Money::parse("10000000000000.01", &usd).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an amount of USD is at most 10000000000000.00"
        );
        assert!(matches!(
            Money::parse("99999999999999999999999999", &usd),
            Err(NotMoney::TooLarge { .. })
        ));
    }

    #[test]
    fn every_amount_reads_back_as_it_was_written() {
        for (digits, code) in [(0, "JPY"), (2, "USD"), (3, "KWD")] {
            let unit = unit(code, digits);
            for minor in [
                0,
                1,
                9,
                10,
                99,
                100,
                101,
                12_345,
                LARGEST_MINOR,
                -1,
                -100,
                -12_345,
            ] {
                let text = Money::from_minor(minor, unit.clone()).amount();
                assert_eq!(Money::parse(&text, &unit).unwrap().minor(), minor, "{text}");
            }
        }
    }

    #[test]
    fn a_support_cost_of_13_percent_on_top_splits_exactly() {
        let usd = unit("USD", 2);
        let gross = Money::parse("1750000.00", &usd).unwrap();
        let base = gross.base_before(Decimal::new(13, 2)).unwrap();
        assert_eq!(base.amount(), "1548672.57");
        assert_eq!(format_minor(gross.minor() - base.minor(), 2), "201327.43");
    }
}
