//! What clients send: the shapes that are documented, field by field, for the readers beside
//! the handlers. A test holds the two together: each example is read, each field is asked for.

mod allocations;
mod approvals;
mod closing;
mod identities;
mod lots;
mod obligations;
mod payouts;
mod periods;
mod persons;
mod reversals;
mod spend;
mod statements;

use serde::Serialize;
use utoipa::ToSchema;

pub use allocations::{AllocationIn, AllocationSplitIn, ReleaseIn};
pub use approvals::{ApprovalIn, BulkApprovalIn, RejectionIn, ThresholdIn, WithdrawalIn};
pub use closing::{
    BadDebtIn, BankPaymentIn, ClawbackIn, ClosureIn, DonorRefundIn, PledgeMoveIn, RecoveryIn,
};
pub use identities::{
    ApiTokenIn, IdentityIn, ReasonIn, RoleEndIn, RoleIn, SubjectIn, TokenRevocationIn,
};
pub use lots::{ExtensionIn, FairValueIn, JobRunIn, RevocationIn};
pub use obligations::{AdAccountIn, CampaignIn, ObligationIn};
pub use payouts::{
    AdvanceIn, ExchangeRateIn, InvoiceIn, LiquidationIn, NothingIn, PaymentKindIn, PayoutIn,
    PayoutMoveIn, PayoutMoveKindIn, PayoutReturnIn, PayoutVoidIn, ReserveIn, RevaluationIn,
    SettlementIn, StatedRateIn, TaxPaymentIn, WithholdingRuleIn,
};
pub use periods::{PeriodClosingIn, PeriodReopeningIn};
pub use persons::{BankDetailsIn, ErasureIn};
pub use reversals::{ReversalIn, ReversedLineIn};
pub use spend::{
    AdTaxIn, PlacementIn, PlatformBalanceIn, PlatformPaymentIn, SpendAttributionIn, SpendImportIn,
    SpendRefundIn, SuspenseClearingIn, TaxReserveIn,
};
pub use statements::{StatementIssueIn, StatementReissueIn, StatementRunIn};

use crate::domain::Market;
use crate::http::wire::Day;

/// An amount of one unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoneyIn)]
pub struct MoneyIn {
    /// A decimal string with no more fraction digits than the unit has; never a number.
    #[schema(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$", examples("1250.00"))]
    pub amount: String,
    /// A currency (`USD`), or the ad credits of a platform in one (`ADC:TIKTOK:USD`).
    #[schema(examples("USD"))]
    pub unit: String,
}

/// A donor or a recipient.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartyIn)]
pub struct PartyIn {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
}

/// A document kept elsewhere, pinned by its digest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DocumentIn)]
pub struct DocumentIn {
    /// Where it is kept; recorded, and never fetched.
    #[schema(max_length = 2000, examples("https://files.example.org/agreement.pdf"))]
    pub uri: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        examples("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    )]
    pub sha256: String,
}

/// A pledge to be announced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PledgeIn, examples(json!({
    "reference": "FIDES-2024",
    "donor": {"name": "TikTok"},
    "recipient": {"name": "World Health Organization"},
    "purpose": "Destigmatizing mental health",
    "functional_unit": "USD",
    "total": {"amount": "3000000.00", "unit": "USD"},
    "split": [
        {"amount": "1750000.00", "unit": "USD"},
        {"amount": "1250000.00", "unit": "ADC:TIKTOK:USD"}
    ],
    "markets": ["US", "GB", "FR", "JP", "KR", "ID", "MX", "BR"],
    "instalments": [
        {"reference": "C1", "amount": {"amount": "1750000.00", "unit": "USD"},
         "due_date": "2024-10-15"},
        {"reference": "T1", "amount": {"amount": "1250000.00", "unit": "ADC:TIKTOK:USD"},
         "due_date": "2025-09-30", "condition": "Interim report accepted"}
    ]
})))]
pub struct PledgeIn {
    /// The parties' own name for it; no two pledges have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// Who gives.
    pub donor: PartyIn,
    /// Who receives.
    pub recipient: PartyIn,
    /// What for.
    #[schema(min_length = 1, max_length = 1000)]
    pub purpose: String,
    /// The currency the pledge is reported in.
    pub functional_unit: String,
    /// The face value, in the functional unit.
    pub total: MoneyIn,
    /// The total by unit.
    #[schema(min_items = 1)]
    pub split: Vec<MoneyIn>,
    /// The markets it is for.
    #[schema(min_items = 1)]
    pub markets: Vec<Market>,
    /// Who bears what is lost or gained when a creator is paid in another currency: `reserve`, set
    /// aside for it, or the budget of its `market`; the reserve, if left out.
    #[schema(nullable = false, pattern = "^(reserve|market)$")]
    pub exchange_differences: Option<String>,
    /// When it is payable; per unit they add up to the split.
    #[schema(min_items = 1)]
    pub instalments: Vec<InstalmentIn>,
}

/// One payment, or one issue of credits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstalmentIn)]
pub struct InstalmentIn {
    /// The parties' own name for it; no two of a pledge have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// How much.
    pub amount: MoneyIn,
    /// When it is due.
    pub due_date: Day,
    /// What has to happen first.
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    pub condition: Option<String>,
}

/// An agreement that was signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementIn, examples(json!({
    "effective_date": "2024-09-26",
    "document": {"uri": "https://files.example.org/agreement.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct AgreementIn {
    /// When it takes effect; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The signed agreement.
    pub document: DocumentIn,
}

/// A condition that was met.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConditionMetIn, examples(json!({
    "met_on": "2025-09-12",
    "document": {"uri": "https://files.example.org/interim-report.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ConditionMetIn {
    /// When it was met.
    pub met_on: Day,
    /// What shows it.
    pub document: DocumentIn,
}

/// Cash that was received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceiptIn, examples(json!({
    "received": {"amount": "699965.00", "unit": "USD"},
    "fee": {"amount": "35.00", "unit": "USD"},
    "effective_date": "2024-10-22",
    "bank_reference": "20241022-0001"
})))]
pub struct ReceiptIn {
    /// What reached the account.
    pub received: MoneyIn,
    /// What banks kept on the way; nothing, if left out.
    #[schema(nullable = false)]
    pub fee: Option<MoneyIn>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The bank's own reference; received once on an instalment.
    #[schema(min_length = 1, max_length = 140, nullable = false)]
    pub bank_reference: Option<String>,
}

/// How a lot of credits may be used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LotKind)]
#[serde(rename_all = "snake_case")]
pub enum LotKindIn {
    /// For any campaign of the account.
    Free,
    /// For a campaign it has to be assigned to.
    Assignable,
    /// Once a spend of one's own is reached.
    Conditional,
}

/// Credits that were issued together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LotIn, examples(json!({
    "face": {"amount": "500000.00", "unit": "ADC:TIKTOK:USD"},
    "kind": "free",
    "valid_from": "2024-11-01",
    "expires_at": "2025-04-30",
    "effective_date": "2024-11-01",
    "document": {"uri": "https://files.example.org/issue.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "markets": ["JP"],
    "campaigns": ["1790000000000001"],
    "fair_value": {"rate_percent": "85", "technique": "Market approach, quoted prices"}
})))]
pub struct LotIn {
    /// Their face value.
    pub face: MoneyIn,
    /// How they may be used.
    pub kind: LotKindIn,
    /// The first day they can be used.
    pub valid_from: Day,
    /// The last day they can be used.
    pub expires_at: Day,
    /// When they count as issued; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The platform's document.
    #[schema(nullable = false)]
    pub document: Option<DocumentIn>,
    /// The markets they may be used for; all of the pledge's, if left out.
    #[schema(min_items = 1, nullable = false)]
    pub markets: Option<Vec<Market>>,
    /// The campaigns they may be used for, by the platform's own names; any, if left out.
    #[schema(min_items = 1, nullable = false)]
    pub campaigns: Option<Vec<String>>,
    /// What they are worth by the pledge's books.
    #[schema(nullable = false)]
    pub fair_value: Option<FairValueIn>,
}

/// What an instalment will not bring.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WriteOffIn, examples(json!({
    "amount": {"amount": "50000.00", "unit": "USD"},
    "reason": "The donor's budget was cut",
    "effective_date": "2025-12-01",
    "document": {"uri": "https://files.example.org/letter.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct WriteOffIn {
    /// How much will not come.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What it rests on.
    pub document: DocumentIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A charge for programme support.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportCostIn, examples(json!({
    "gross": {"amount": "1750000.00", "unit": "USD"},
    "rate_percent": "13",
    "effective_date": "2024-10-22"
})))]
pub struct SupportCostIn {
    /// What the charge is worked out on.
    pub gross: MoneyIn,
    /// The rate on top of what remains, in percent: a decimal string with at most four fraction
    /// digits.
    #[schema(pattern = r"^[0-9]+(\.[0-9]{1,4})?$")]
    pub rate_percent: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Budget for a market.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BudgetIn, examples(json!({
    "market": "JP",
    "amount": {"amount": "150000.00", "unit": "USD"},
    "effective_date": "2024-11-04"
})))]
pub struct BudgetIn {
    /// The market.
    pub market: Market,
    /// How much more it gets.
    pub amount: MoneyIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// Budget taken back from a market.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BudgetReturnIn, examples(json!({
    "market": "JP",
    "amount": {"amount": "10000.00", "unit": "USD"},
    "reason": "Fewer creators than planned",
    "effective_date": "2025-02-03"
})))]
pub struct BudgetReturnIn {
    /// The market.
    pub market: Market,
    /// How much goes back.
    pub amount: MoneyIn,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A creator to be enrolled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatorIn, examples(json!({
    "reference": "JP-0007",
    "name": "山田 花子",
    "market": "JP"
})))]
pub struct CreatorIn {
    /// The network's own name for it; no two creators have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// Its name, in any script.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The market it belongs to.
    pub market: Market,
}

#[cfg(test)]
mod tests;
