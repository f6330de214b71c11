//! Ad accounts, and what binds an allocation.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::domain::{AdAccountId, CreatorId, Market, PledgeId};
use crate::http::wire::Day;

/// An ad account to be registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdAccountIn, examples(json!({
    "reference": "7301234567890",
    "name": "Japan, health creators",
    "unit": "ADC:TIKTOK:USD",
    "market": "JP",
    "time_zone": "Asia/Tokyo",
    "opened_on": "2024-10-28"
})))]
pub struct AdAccountIn {
    /// The platform's own number for it; no two of the pledge have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The platform's credits in the account's currency: what can be placed in it.
    #[schema(examples("ADC:TIKTOK:USD"))]
    pub unit: String,
    /// Its region.
    pub market: Market,
    /// The IANA time zone its days end in.
    #[schema(min_length = 1, max_length = 64, examples("Asia/Tokyo"))]
    pub time_zone: String,
    /// Since when it can be used.
    pub opened_on: Day,
}

/// What part of a creator's allocation is to be bound by.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ObligationIn, examples(json!({
    "pledge_id": "plg_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "creator_id": "crt_019ab3f27c5e7d10a4f3c2b1d0e9f808",
    "reference": "CT-JP-0007-1",
    "amount": {"amount": "2000.00", "unit": "USD"},
    "deliverables": "Four videos on sleep",
    "starts_on": "2024-12-02",
    "ends_on": "2025-03-31",
    "effective_date": "2024-12-02",
    "document": {"uri": "https://files.example.org/contract.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ObligationIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// Whose allocation.
    pub creator_id: CreatorId,
    /// The parties' own name for it; no two of the pledge have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// How much is bound.
    pub amount: MoneyIn,
    /// The campaign it pays for, if it is in credits; a contract, if left out.
    #[schema(nullable = false)]
    pub campaign: Option<CampaignIn>,
    /// What is to be delivered.
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    pub deliverables: Option<String>,
    /// Its first day.
    pub starts_on: Day,
    /// Its last day.
    pub ends_on: Day,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The contract, or the campaign's order.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}

/// A campaign at a platform.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampaignIn)]
pub struct CampaignIn {
    /// The ad account it runs in.
    pub ad_account_id: AdAccountId,
    /// The platform's own number for it.
    #[schema(min_length = 1, max_length = 64)]
    pub campaign: String,
    /// When the creator's authorisation code for the boosted post expires.
    #[schema(nullable = false)]
    pub code_expires_on: Option<Day>,
}
