//! Exchange: what is owed in one currency and paid from another.
//!
//! A unit never turns into another. What is owed in a creator's currency stands against currency
//! clearing (1950) in that currency, and its value against clearing in the pledge's own. When it is
//! paid, both are cleared by what they carry; what the bank charged beyond that is a loss (7100),
//! covered from the reserve (3150), and what it charged less is a gain, added to it. If the bank
//! returns it, it is owed again at what it carried; what the bank gave back less is a loss again.

use rust_decimal::{Decimal, RoundingStrategy};
use time::{Date, OffsetDateTime};

use super::account::AccountKey;
use super::chart::Code;
use super::id::ExchangeRateId;
use super::journal::Move;
use super::money::Money;
use super::unit::Unit;

/// A rate as somebody states it: so many of a currency for one of the pledge's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedRate {
    /// The rate, in hundred-millionths.
    pub rate_e8: i64,
    /// Who says so.
    pub source: String,
    /// For which day.
    pub day: Date,
}

impl StatedRate {
    /// The rate as a decimal.
    pub fn rate(&self) -> Decimal {
        Decimal::new(self.rate_e8, 8).normalize()
    }

    /// What the amount comes to in the pledge's own currency, rounded once, half to even; none, if
    /// that is nothing or beyond what can be counted.
    pub fn value(&self, amount: &Money, own: &Unit) -> Option<Money> {
        self.worth(amount, own).filter(|it| it.minor() > 0)
    }

    /// The same, of any amount: also what comes to nothing.
    pub fn worth(&self, amount: &Money, own: &Unit) -> Option<Money> {
        let exact = amount.decimal().checked_div(self.rate())?;
        let strategy = RoundingStrategy::MidpointNearestEven;
        let rounded = exact.round_dp_with_strategy(own.minor_digits(), strategy);
        Money::parse(&rounded.to_string(), own).ok()
    }
}

/// What one currency was worth in another, on a day and by somebody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    /// Its id.
    pub id: ExchangeRateId,
    /// One of this …
    pub base: Unit,
    /// … is so many of this.
    pub quote: Unit,
    /// The rate, by whose word, and for which day.
    pub stated: StatedRate,
    /// Who stated it.
    pub stated_by: String,
    /// When.
    pub stated_at: OffsetDateTime,
}

/// What a rate is known by: both currencies, the day, and whose word it is.
pub type RateName = (String, String, Date, String);

impl ExchangeRate {
    /// What a rate is known by.
    pub fn name(base: &Unit, quote: &Unit, stated: &StatedRate) -> RateName {
        let source = stated.source.clone();
        (base.to_string(), quote.to_string(), stated.day, source)
    }
}

/// Currency clearing in a unit.
pub fn clearing(unit: &Unit) -> AccountKey {
    AccountKey::plain(Code::CurrencyClearing, unit)
}

/// The part of `whole` that `part` is of `of`, rounded once, half to even.
pub fn share(whole: i64, part: i64, of: i64) -> i64 {
    if of == 0 {
        return 0;
    }
    let (product, of) = (i128::from(whole) * i128::from(part), i128::from(of));
    let (floor, rest) = (product.div_euclid(of), product.rem_euclid(of));
    let up = match (2 * rest).cmp(&of) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => floor % 2 != 0,
    };
    i64::try_from(floor + i128::from(up)).unwrap_or(whole)
}

/// Who bears what is lost or gained when somebody is paid in another currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bearer {
    /// The pledge's reserve for exchange differences.
    #[default]
    Reserve,
    /// The budget of the market that is paid.
    Market,
}

impl Bearer {
    /// Everybody there is.
    pub const ALL: [Bearer; 2] = [Bearer::Reserve, Bearer::Market];

    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Bearer::Reserve => "reserve",
            Bearer::Market => "market",
        }
    }

    /// The one so written, if there is one.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// The purse that a loss on what is owed there is taken from, and a gain added to.
    pub fn purse(self, owed: &AccountKey, own: &Unit) -> AccountKey {
        match (self, owed.market) {
            (Bearer::Market, Some(market)) => AccountKey::market(Code::CashMarket, own, market),
            (Bearer::Market | Bearer::Reserve, _) => AccountKey::plain(Code::Reserve, own),
        }
    }
}

/// Something owed in another currency, with what it carries in the pledge's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// The account it is owed on.
    pub key: AccountKey,
    /// How much is owed there in all, in minor digits.
    pub owed: i64,
    /// What that came to in the pledge's own currency, in minor digits.
    pub carried: i64,
    /// Who bears a difference.
    pub bearer: Bearer,
}

impl Foreign {
    /// Every account paying it may touch.
    pub fn accounts(key: &AccountKey, own: &Unit, bearer: Bearer) -> Vec<AccountKey> {
        let plain = [
            Code::Bank,
            Code::CurrencyClearing,
            Code::ExchangeRealised,
            Code::CashReleased,
        ];
        let mut all: Vec<_> = plain.map(|code| AccountKey::plain(code, own)).to_vec();
        all.extend([key.clone(), clearing(&key.unit), bearer.purse(key, own)]);
        all
    }

    /// Pays `amount` of it, for which the bank charged `charged` of the pledge's own currency.
    pub fn paid(&self, amount: i64, charged: &Money) -> Vec<Move> {
        let own = charged.unit();
        let carried = share(self.carried, amount, self.owed);
        let mut moves = vec![
            Move {
                debit: self.key.clone(),
                credit: clearing(&self.key.unit),
                amount,
            },
            entry(own, Code::CurrencyClearing, Code::Bank, charged.minor()),
        ];
        let loss = charged.minor() - carried;
        let purse = self.bearer.purse(&self.key, own);
        moves.extend(difference(Code::ExchangeRealised, &purse, loss));
        moves
    }
}

/// What was paid of an account in another currency comes back: `amount` is owed again, at what it
/// carried when it was paid, whatever the bank gave back for it.
pub fn came_back(
    key: &AccountKey,
    amount: i64,
    carried: i64,
    returned: &Money,
    bearer: Bearer,
) -> Vec<Move> {
    let own = returned.unit();
    let mut moves = vec![
        Move {
            debit: clearing(&key.unit),
            credit: key.clone(),
            amount,
        },
        entry(own, Code::Bank, Code::CurrencyClearing, returned.minor()),
    ];
    let loss = carried - returned.minor();
    let purse = bearer.purse(key, own);
    moves.extend(difference(Code::ExchangeRealised, &purse, loss));
    moves
}

fn entry(own: &Unit, debit: Code, credit: Code, amount: i64) -> Move {
    Move {
        debit: AccountKey::plain(debit, own),
        credit: AccountKey::plain(credit, own),
        amount,
    }
}

/// A loss on exchange (7100 or 7200) against currency clearing, covered from a purse; or, if it is
/// less than nothing, a gain, added to the purse. The proof of cash holds either way.
pub fn difference(account: Code, purse: &AccountKey, loss: i64) -> Vec<Move> {
    let (by, clears, own) = (loss.abs(), Code::CurrencyClearing, &purse.unit);
    let released = AccountKey::plain(Code::CashReleased, own);
    match loss.signum() {
        1 => vec![
            entry(own, account, clears, by),
            Move {
                debit: purse.clone(),
                credit: released,
                amount: by,
            },
        ],
        -1 => vec![
            entry(own, clears, account, by),
            Move {
                debit: released,
                credit: purse.clone(),
                amount: by,
            },
        ],
        _ => Vec::new(),
    }
}

/// What a journal's moves add to what an account in another currency carries. The move before one
/// that withholds tax carries the tax's value; every other one over clearing the account's own.
pub fn adds_to_carried(key: &AccountKey, moves: &[Move]) -> i64 {
    let touches = |it: &Move, code: Code| it.debit.code == code || it.credit.code == code;
    if !moves.iter().any(|it| it.debit == *key || it.credit == *key) {
        return 0;
    }
    let of_creator = moves.iter().any(|it| touches(it, Code::CreatorPayable));
    let mut sum = 0;
    for (at, it) in moves.iter().enumerate() {
        let next = moves.get(at + 1);
        let of_tax = next.is_some_and(|next| touches(next, Code::TaxWithheld));
        let own = match key.code == Code::TaxWithheld {
            true => of_tax || !of_creator,
            false => !of_tax,
        };
        if own && touches(it, Code::CurrencyClearing) && it.debit.unit != key.unit {
            let credited = it.credit.code == Code::CurrencyClearing;
            sum += if credited { it.amount } else { -it.amount };
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_rounded_half_to_even_and_the_last_takes_what_is_left() {
        assert_eq!(share(100, 1, 8), 12); // 12.5
        assert_eq!(share(100, 3, 8), 38); // 37.5
        assert_eq!(share(100, 8, 8), 100);
        assert_eq!(share(0, 5, 0), 0);
        let mut left = (1_001, 7);
        for _ in 0..7 {
            left = (left.0 - share(left.0, 1, left.1), left.1 - 1);
        }
        assert_eq!(left, (0, 0));
    }
}
