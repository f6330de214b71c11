//! What platforms say is left in ad accounts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{AdAccountId, PlatformBalance, PlatformBalanceId};
use crate::http::wire::{Day, MoneyOut};

/// What a platform says is left in an ad account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlatformBalance)]
pub struct PlatformBalanceOut {
    /// Its id.
    pub id: PlatformBalanceId,
    /// The ad account.
    pub ad_account_id: AdAccountId,
    /// How much.
    pub amount: MoneyOut,
    /// At the end of which day, in the account's time zone.
    pub as_of: Day,
}

impl From<&PlatformBalance> for PlatformBalanceOut {
    fn from(balance: &PlatformBalance) -> Self {
        PlatformBalanceOut {
            id: balance.id,
            ad_account_id: balance.ad_account,
            amount: (&balance.amount).into(),
            as_of: Day(balance.as_of),
        }
    }
}
