//! Credits on their way out.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::domain::{AdAccountId, LotId};
use crate::http::wire::Day;
use crate::http::write::bulk::ModeIn;

/// A market's cash that is set aside for tax on ad spend, or given back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxReserveIn, examples(json!({
    "market": "BR",
    "amount": {"amount": "5000.00", "unit": "USD"}
})))]
pub struct TaxReserveIn {
    /// The market.
    #[schema(pattern = "^[A-Z]{2}$")]
    pub market: String,
    /// How much.
    pub amount: MoneyIn,
}

/// Credits to be placed in an ad account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlacementIn, examples(json!({
    "ad_account_id": "ada_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "amount": {"amount": "200000.00", "unit": "ADC:TIKTOK:USD"},
    "effective_date": "2024-11-04"
})))]
pub struct PlacementIn {
    /// Where they go; its unit is the lot's.
    pub ad_account_id: AdAccountId,
    /// How much.
    pub amount: MoneyIn,
    /// When it counts, by the lot's last day; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What it rests on.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}

/// What a platform reports of campaigns' days.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendImportIn, examples(json!({
    "mode": "independent",
    "rows": [
        {"account": "7301234567890", "campaign": "1801234567890", "day": "2024-12-05",
         "currency": "USD", "spend": "120.00", "cash_spend": "0.00", "voucher_spend": "120.00",
         "revision": 1, "final": true}
    ]
})))]
pub struct SpendImportIn {
    /// Whether all rows are taken or none, or each on its own.
    pub mode: ModeIn,
    /// The rows; at most 5,000.
    #[schema(min_items = 1, max_items = 5000)]
    pub rows: Vec<SpendRowIn>,
}

/// What a platform reports of a campaign's day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendRowIn)]
pub struct SpendRowIn {
    /// The platform's own number of the ad account.
    pub account: String,
    /// The platform's own number of the campaign.
    pub campaign: String,
    /// The day, in the ad account's time zone.
    pub day: Day,
    /// The account's currency, in which all three amounts count.
    pub currency: String,
    /// All that was spent: what was spent in cash and in credits.
    pub spend: String,
    /// What of it was cash.
    pub cash_spend: String,
    /// What of it was credits.
    pub voucher_spend: String,
    /// Which report of the day this is; a later one has a higher number.
    #[schema(minimum = 0, maximum = 999_999_999)]
    pub revision: i32,
    /// Whether the platform is done with the day.
    #[serde(rename = "final")]
    pub is_final: bool,
}

/// Tax on what was spent in an ad account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdTaxIn, examples(json!({
    "amount": {"amount": "120.00", "unit": "USD"},
    "effective_date": "2024-12-31",
    "document": {"uri": "https://files.example.org/tax.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct AdTaxIn {
    /// How much, in cash of the account's currency.
    pub amount: MoneyIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The platform's invoice.
    pub document: DocumentIn,
}

/// What a platform says is left in an ad account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformBalanceIn, examples(json!({
    "amount": {"amount": "1250.00", "unit": "ADC:TIKTOK:USD"},
    "as_of": "2024-12-31",
    "document": {"uri": "https://files.example.org/balance-2024-12-31.png",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct PlatformBalanceIn {
    /// How much of the account's credits; nothing, perhaps.
    pub amount: MoneyIn,
    /// At the end of which day, in the account's time zone.
    pub as_of: Day,
    /// The screen, or the report.
    pub document: DocumentIn,
}

/// A payment to a platform.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformPaymentIn, examples(json!({
    "platform": "TIKTOK",
    "amount": {"amount": "120.00", "unit": "USD"},
    "bank_reference": "20250115-0007",
    "effective_date": "2025-01-15"
})))]
pub struct PlatformPaymentIn {
    /// The platform, as units name it.
    #[schema(min_length = 1, max_length = 64)]
    pub platform: String,
    /// How much, in cash.
    pub amount: MoneyIn,
    /// The bank's own reference; one reference is one payment.
    #[schema(min_length = 1, max_length = 140)]
    pub bank_reference: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Which lots a line of spend stands in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendAttributionIn, examples(json!({
    "uses": [
        {"lot_id": "lot_019ab3f27c5e7d10a4f3c2b1d0e9f807",
         "amount": {"amount": "120.00", "unit": "ADC:TIKTOK:USD"}}
    ],
    "document": {"uri": "https://files.example.org/credits-2024-12.csv",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct SpendAttributionIn {
    /// Each lot once; together they make up what the line stands in lots with.
    #[schema(min_items = 1, max_items = 100)]
    pub uses: Vec<SpendUseIn>,
    /// The platform's report.
    pub document: DocumentIn,
}

/// A clearing of what of a line of spend is in suspense.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuspenseClearingIn, examples(json!({
    "amount": {"amount": "50.00", "unit": "USD"},
    "reason": "Japan was given budget for it",
    "effective_date": "2025-01-31"
})))]
pub struct SuspenseClearingIn {
    /// How much, in cash of the account's currency; all that the line has there, if left out.
    #[schema(nullable = false)]
    pub amount: Option<MoneyIn>,
    /// Why it is charged to the market after all.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// When it counts: on the line's day or later; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What it rests on.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}

/// How much of a line was taken from a lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendUseIn)]
pub struct SpendUseIn {
    /// The lot; placed in the line's ad account.
    pub lot_id: LotId,
    /// How much.
    pub amount: MoneyIn,
}

/// What a platform gave back of a line of spend.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendRefundIn, examples(json!({
    "amount": {"amount": "15.00", "unit": "ADC:TIKTOK:USD"},
    "reference": "IVT-2025-01-0042",
    "in_cash": false,
    "effective_date": "2025-01-20"
})))]
pub struct SpendRefundIn {
    /// How much: credits, or cash of the account's currency.
    pub amount: MoneyIn,
    /// The platform's own reference; refunded once on a line.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// Whether it came as cash; not so, if left out.
    #[schema(nullable = false)]
    pub in_cash: Option<bool>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What it rests on.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
}
