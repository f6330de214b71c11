//! A lack of funds: what there is, what was asked, and what would help.

use crate::domain::account::AccountKey;
use crate::domain::chart::Code;
use crate::domain::id::AccountId;
use crate::domain::money::Money;

/// A lack of funds, with its arithmetic.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortage {
    /// The purse that doesn't cover it.
    pub key: AccountKey,
    /// Its public id, if anything was ever posted to it.
    pub account: Option<AccountId>,
    /// What it has.
    pub available: Money,
    /// What was asked of it.
    pub requested: Money,
}

impl Shortage {
    /// What is missing.
    pub fn shortfall(&self) -> Money {
        let missing = self.requested.minor() - self.available.minor();
        Money::from_minor(missing, self.requested.unit().clone())
    }

    /// What would make the same request succeed, or what would succeed instead.
    pub fn help(&self) -> String {
        let missing = self.shortfall();
        let supply = match self.key.code {
            Code::CashMarket | Code::CreditsMarket => {
                let market = self
                    .key
                    .market
                    .map_or_else(String::new, |market| market.to_string());
                Some(format!("give market {market} {missing} more budget"))
            }
            Code::CashFunded => Some(format!("record the receipt of {missing} more")),
            Code::Reserve => Some(format!("reserve {missing} more")),
            Code::CreditsFunded => Some(format!("record lots of {missing} more")),
            _ => None,
        };
        let less =
            (self.available.minor() > 0).then(|| format!("ask for at most {}", self.available));
        let ways: Vec<String> = supply.into_iter().chain(less).collect();
        match ways.is_empty() {
            true => "There is nothing to take from.".to_owned(),
            false => format!("To go on, {}.", ways.join(", or ")),
        }
    }
}

/// A purse or an account as people call it.
pub(super) fn describe(key: &AccountKey) -> String {
    let name = match key.code {
        Code::CashMarket => "cash budget",
        Code::CreditsMarket => "credit budget",
        Code::CashCreator => "cash allocated to the creator",
        Code::CreditsCreator => "credits allocated to the creator",
        Code::CashObligated => "cash obligated",
        Code::CreditsObligated => "credits obligated",
        Code::CashFunded => "funded, unallocated cash",
        Code::CreditsFunded => "funded, unallocated credits",
        other => other.name(),
    };
    match key.market {
        Some(market) if key.creator.is_none() => format!("The {market} {name}"),
        _ => format!("The {name} of the pledge"),
    }
}
