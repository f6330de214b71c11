//! What the ledger posted of spend, against what platforms say.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::read::{MatchedBalance, MatchedMonth, SpendMatch};
use crate::domain::{AdAccountId, PledgeId};
use crate::http::wire::{Day, MoneyOut};
use crate::reports::spend::{beyond_ledger, beyond_posted, is_within};

/// An ad account's month.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SpendMatchMonth)]
pub struct SpendMatchMonthOut {
    /// The ad account.
    pub ad_account_id: AdAccountId,
    /// The platform's own number of it.
    pub reference: String,
    /// The month, such as `2024-12`.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// What the ledger posted of spend in credits of the month's days.
    pub posted: MoneyOut,
    /// What it holds for provisional reports of them.
    pub held: MoneyOut,
    /// What the platform reported last of each of them.
    pub reported: MoneyOut,
    /// What was reported beyond what was posted and is held; less than zero, if that is more.
    pub difference: MoneyOut,
    /// Whether that is within the tolerance of the platform's profile.
    pub within_tolerance: bool,
    /// How many provisional reports are older than the profile says they get.
    pub overdue: i64,
    /// The oldest of their days.
    pub overdue_since: Option<Day>,
    /// The version of the profile, as in force on the month's last day.
    pub profile_version: Option<i32>,
}

/// What the platform said last is left in an ad account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SpendMatchBalance)]
pub struct SpendMatchBalanceOut {
    /// The ad account.
    pub ad_account_id: AdAccountId,
    /// At the end of which day, in the account's time zone.
    pub as_of: Day,
    /// What the platform said.
    pub platform: MoneyOut,
    /// What the ledger has there at the end of that day.
    pub ledger: MoneyOut,
    /// What of that provisional reports of days up to then hold: spent, to the platform.
    pub provisional: MoneyOut,
    /// What the platform has beyond what the ledger has and doesn't hold; less than zero, if that
    /// is more.
    pub difference: MoneyOut,
    /// Whether that is within the tolerance of the platform's profile.
    pub within_tolerance: bool,
    /// The version of the profile, as in force on that day.
    pub profile_version: Option<i32>,
}

/// The ledger against the platforms.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SpendMatch)]
pub struct SpendMatchOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// By ad account, then by month.
    pub months: Vec<SpendMatchMonthOut>,
    /// By ad account, those that a balance was noted of.
    pub balances: Vec<SpendMatchBalanceOut>,
}

impl From<&MatchedMonth> for SpendMatchMonthOut {
    fn from(it: &MatchedMonth) -> Self {
        let money = |minor| MoneyOut::of_minor(minor, &it.unit);
        let difference = beyond_posted(it);
        let (year, month) = (it.month.year(), u8::from(it.month.month()));
        SpendMatchMonthOut {
            ad_account_id: it.ad_account,
            reference: it.reference.clone(),
            month: format!("{year:04}-{month:02}"),
            posted: money(it.posted),
            held: money(it.held),
            reported: money(it.reported),
            difference: money(difference),
            within_tolerance: is_within(difference, it.profile),
            overdue: it.overdue,
            overdue_since: it.overdue_since.map(Day),
            profile_version: it.profile.map(|(version, _)| version),
        }
    }
}

impl From<&MatchedBalance> for SpendMatchBalanceOut {
    fn from(it: &MatchedBalance) -> Self {
        let money = |minor| MoneyOut::of_minor(minor, &it.unit);
        let difference = beyond_ledger(it);
        SpendMatchBalanceOut {
            ad_account_id: it.ad_account,
            as_of: Day(it.as_of),
            platform: money(it.platform),
            ledger: money(it.ledger),
            provisional: money(it.provisional),
            difference: money(difference),
            within_tolerance: is_within(difference, it.profile),
            profile_version: it.profile.map(|(version, _)| version),
        }
    }
}

impl SpendMatchOut {
    /// The match of a pledge.
    pub fn new(pledge: PledgeId, found: &SpendMatch) -> Self {
        SpendMatchOut {
            pledge_id: pledge,
            months: found.months.iter().map(SpendMatchMonthOut::from).collect(),
            balances: found
                .balances
                .iter()
                .map(SpendMatchBalanceOut::from)
                .collect(),
        }
    }
}
