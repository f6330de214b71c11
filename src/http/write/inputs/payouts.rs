//! Invoices, what is withheld from them, payouts and advances.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentIn, MoneyIn};
use crate::domain::{CreatorId, Market, PayoutId, PledgeId};
use crate::http::wire::Day;

/// What a creator is paid for, as far as withholding tells it apart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentKind)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKindIn {
    /// Work done.
    Service,
    /// The use of a work.
    Royalty,
    /// Anything else.
    Other,
}

/// So many of the creator's currency for one of the pledge's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatedRateIn)]
pub struct StatedRateIn {
    /// A decimal string with at most eight fraction digits.
    #[schema(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]{1,8})?$", examples("150.25"))]
    pub rate: String,
    /// Who says so.
    #[schema(min_length = 1, max_length = 200)]
    pub source: String,
    /// For which day.
    pub date: Day,
}

/// What one currency is worth in another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExchangeRateIn, examples(json!({
    "base": "USD", "quote": "JPY", "rate": "150.25", "source": "ECB", "date": "2025-01-20"
})))]
pub struct ExchangeRateIn {
    /// One of this currency …
    #[schema(examples("USD"))]
    pub base: String,
    /// … is so many of this one.
    #[schema(examples("JPY"))]
    pub quote: String,
    /// A decimal string with at most eight fraction digits.
    #[schema(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]{1,8})?$")]
    pub rate: String,
    /// Who says so.
    #[schema(min_length = 1, max_length = 200)]
    pub source: String,
    /// For which day.
    pub date: Day,
}

/// A month whose end what is owed in other currencies is to be valued at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevaluationIn, examples(json!({"month": "2025-03", "source": "ECB"})))]
pub struct RevaluationIn {
    /// The month, which is over.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// Whose rates count; if left out, those of whoever states the latest, if that is one alone.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub source: Option<String>,
}

/// Cash that is set aside for fees and exchange differences, or given back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReserveIn, examples(json!({
    "amount": {"amount": "5000.00", "unit": "USD"},
    "effective_date": "2024-11-04"
})))]
pub struct ReserveIn {
    /// How much.
    pub amount: MoneyIn,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A creator's invoice, to be accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceIn, examples(json!({
    "reference": "INV-2025-017",
    "amount": {"amount": "1000.00", "unit": "USD"},
    "payment_kind": "service",
    "payer_country": "CH",
    "effective_date": "2025-01-20",
    "document": {"uri": "https://files.example.org/invoice.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct InvoiceIn {
    /// Its own reference; accepted once on a contract.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// What it comes to, before anything is withheld: in the contract's currency or the market's.
    pub amount: MoneyIn,
    /// At what rate it counts, if it is in another currency than the contract.
    #[schema(nullable = false)]
    pub rate: Option<StatedRateIn>,
    /// What it is for; a service, if left out.
    #[schema(nullable = false)]
    pub payment_kind: Option<PaymentKindIn>,
    /// Where the payer is (ISO 3166); nothing is withheld, if left out.
    #[schema(nullable = false)]
    pub payer_country: Option<Market>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// The invoice.
    pub document: DocumentIn,
}

/// What is to be withheld from a day on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WithholdingRuleIn, examples(json!({
    "payer_country": "CH",
    "payee_country": "JP",
    "payment_kind": "service",
    "rate_percent": "20.42",
    "legal_reference": "Income Tax Act, article 212",
    "valid_from": "2025-01-01"
})))]
pub struct WithholdingRuleIn {
    /// Where the payer is (ISO 3166).
    pub payer_country: Market,
    /// Where the creator is: a market.
    pub payee_country: Market,
    /// What for.
    pub payment_kind: PaymentKindIn,
    /// How much, in percent: a decimal string with at most four fraction digits; `0` ends an
    /// earlier rule.
    #[schema(pattern = r"^[0-9]+(\.[0-9]{1,4})?$")]
    pub rate_percent: String,
    /// The law or treaty it rests on.
    #[schema(min_length = 1, max_length = 1000)]
    pub legal_reference: String,
    /// Its first day.
    pub valid_from: Day,
}

/// Tax withheld that was paid to a tax office.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxPaymentIn, examples(json!({
    "market": "JP",
    "amount": {"amount": "204.20", "unit": "USD"},
    "bank_reference": "20250210-0007",
    "effective_date": "2025-02-10"
})))]
pub struct TaxPaymentIn {
    /// Where it was withheld.
    pub market: Market,
    /// How much.
    pub amount: MoneyIn,
    /// What the bank charged for it, if it is in another currency than the pledge.
    #[schema(nullable = false)]
    pub charged: Option<MoneyIn>,
    /// The bank's own reference; used once.
    #[schema(min_length = 1, max_length = 140)]
    pub bank_reference: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A payout to be proposed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutIn, examples(json!({
    "pledge_id": "plg_019ab3f27c5e7d10a4f3c2b1d0e9f807",
    "creator_id": "crt_019ab3f27c5e7d10a4f3c2b1d0e9f808",
    "amount": {"amount": "795.80", "unit": "USD"},
    "reference": "PO-JP-0007-1",
    "batch": "2025-W05",
    "hold_expires_on": "2027-02-28"
})))]
pub struct PayoutIn {
    /// Whose money.
    pub pledge_id: PledgeId,
    /// To whom.
    pub creator_id: CreatorId,
    /// How much of what the creator is owed.
    pub amount: MoneyIn,
    /// At what rate it is set aside at the bank, if it is in another currency than the pledge.
    #[schema(nullable = false)]
    pub rate: Option<StatedRateIn>,
    /// The payer's own name for it; no two of the pledge have the same.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// What it is sent together with.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    pub batch: Option<String>,
    /// The last day the money is held for it, unless it was sent by then; thirty days on, if left
    /// out.
    #[schema(nullable = false)]
    pub hold_expires_on: Option<Day>,
}

/// Nothing has to be said: an empty object.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NothingIn, examples(json!({})))]
pub struct NothingIn {}

/// A payout that the bank paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettlementIn, examples(json!({
    "amount": {"amount": "795.80", "unit": "USD"},
    "bank_reference": "20250203-0042",
    "effective_date": "2025-02-03"
})))]
pub struct SettlementIn {
    /// What was paid; all of it, if left out. What wasn't is no longer held.
    #[schema(nullable = false)]
    pub amount: Option<MoneyIn>,
    /// What the bank charged for it, if it is in another currency than the pledge.
    #[schema(nullable = false)]
    pub charged: Option<MoneyIn>,
    /// The bank's own reference.
    #[schema(min_length = 1, max_length = 140)]
    pub bank_reference: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A payout that came back from the bank.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutReturnIn, examples(json!({
    "reason": "Account closed",
    "effective_date": "2025-02-05"
})))]
pub struct PayoutReturnIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What the bank gave back of a payout in another currency than the pledge; what it charged, if
    /// left out.
    #[schema(nullable = false)]
    pub returned: Option<MoneyIn>,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// A payout that is given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutVoidIn, examples(json!({"reason": "Proposed twice"})))]
pub struct PayoutVoidIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// What can be done with a payout.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutMove)]
#[serde(rename_all = "snake_case")]
pub enum PayoutMoveKindIn {
    /// Agree to what somebody else proposed; for approvers.
    Approve,
    /// Hand it to the bank.
    Send,
    /// Record that the bank paid it.
    Settle,
    /// Record that it came back.
    Return,
    /// Give it up.
    Void,
}

/// One step of one payout.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutMoveIn)]
pub struct PayoutMoveIn {
    /// The payout.
    pub payout_id: PayoutId,
    /// What is done with it. Beside it stand the fields of the single request.
    #[serde(rename = "move")]
    pub step: PayoutMoveKindIn,
    /// Of a settlement: what was paid; all of it, if left out.
    #[schema(nullable = false)]
    pub amount: Option<MoneyIn>,
    /// Of a settlement in another currency than the pledge: what the bank charged.
    #[schema(nullable = false)]
    pub charged: Option<MoneyIn>,
    /// Of a settlement: the bank's own reference.
    #[schema(min_length = 1, max_length = 140, nullable = false)]
    pub bank_reference: Option<String>,
    /// Of a return in another currency than the pledge: what the bank gave back, if that isn't what
    /// it charged.
    #[schema(nullable = false)]
    pub returned: Option<MoneyIn>,
    /// Of a return or a void: why.
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    pub reason: Option<String>,
    /// Of a settlement or a return: when it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// What is paid in advance on a contract, or comes back of it unspent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdvanceIn, examples(json!({
    "amount": {"amount": "500.00", "unit": "USD"},
    "bank_reference": "20241209-0003",
    "effective_date": "2024-12-09"
})))]
pub struct AdvanceIn {
    /// How much.
    pub amount: MoneyIn,
    /// The bank's own reference; used once on a contract.
    #[schema(min_length = 1, max_length = 140)]
    pub bank_reference: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
}

/// What of an advance is accounted for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiquidationIn, examples(json!({
    "amount": {"amount": "450.00", "unit": "USD"},
    "reference": "REP-1",
    "effective_date": "2025-01-31",
    "document": {"uri": "https://files.example.org/report.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct LiquidationIn {
    /// How much.
    pub amount: MoneyIn,
    /// The account's own reference; accepted once on a contract.
    #[schema(min_length = 1, max_length = 64)]
    pub reference: String,
    /// When it counts; today, if left out.
    #[schema(nullable = false)]
    pub effective_date: Option<Day>,
    /// What shows it.
    pub document: DocumentIn,
}
