//! Invoices, what is withheld from them, and payouts.

use serde::Serialize;
use utoipa::ToSchema;

use super::ObligationOut;
use super::spend::RefusedRowOut;
use crate::domain::command::RateImport;
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::payout::Payout;
use crate::domain::{
    CreatorId, ExchangeRateId, JournalId, Market, Outcome, PayoutId, PledgeId, WithholdingRule,
    WithholdingRuleId,
};
use crate::http::wire::{Day, Instant, MoneyOut};

/// What is withheld, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WithholdingRule)]
pub struct WithholdingRuleOut {
    /// Its id.
    pub id: WithholdingRuleId,
    /// Where the payer is.
    pub payer_country: Market,
    /// Where the creator is.
    pub payee_country: Market,
    /// What for: `service`, `royalty` or `other`.
    pub payment_kind: &'static str,
    /// How much, in percent: a decimal string with at most four fraction digits.
    pub rate_percent: String,
    /// The law or treaty it rests on.
    pub legal_reference: String,
    /// Its first day; it holds until a later rule does.
    pub valid_from: Day,
    /// When it was stated.
    pub stated_at: Instant,
}

impl From<&WithholdingRule> for WithholdingRuleOut {
    fn from(rule: &WithholdingRule) -> Self {
        WithholdingRuleOut {
            id: rule.id,
            payer_country: rule.route.payer,
            payee_country: rule.route.payee,
            payment_kind: rule.route.kind.as_str(),
            rate_percent: rule.rate_percent(),
            legal_reference: rule.legal_reference.clone(),
            valid_from: Day(rule.valid_from),
            stated_at: Instant(rule.stated_at),
        }
    }
}

/// So many of a currency for one of the pledge's own, as somebody stated it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StatedRate)]
pub struct StatedRateOut {
    /// A decimal string.
    pub rate: String,
    /// Who says so.
    pub source: String,
    /// For which day.
    pub date: Day,
}

impl From<&StatedRate> for StatedRateOut {
    fn from(stated: &StatedRate) -> Self {
        StatedRateOut {
            rate: stated.rate().to_string(),
            source: stated.source.clone(),
            date: Day(stated.day),
        }
    }
}

/// What one currency was worth in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExchangeRate)]
pub struct ExchangeRateOut {
    /// Its id.
    pub id: ExchangeRateId,
    /// One of this currency …
    pub base: String,
    /// … is so many of this one.
    pub quote: String,
    /// A decimal string.
    pub rate: String,
    /// Who says so.
    pub source: String,
    /// For which day.
    pub date: Day,
    /// When it was stated.
    pub stated_at: Instant,
}

impl From<&ExchangeRate> for ExchangeRateOut {
    fn from(rate: &ExchangeRate) -> Self {
        ExchangeRateOut {
            id: rate.id,
            base: rate.base.to_string(),
            quote: rate.quote.to_string(),
            rate: rate.stated.rate().to_string(),
            source: rate.stated.source.clone(),
            date: Day(rate.stated.day),
            stated_at: Instant(rate.stated_at),
        }
    }
}

/// What came of an import of exchange rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RateImport)]
pub struct RateImportOut {
    /// Rates that are new.
    pub stated: usize,
    /// Rates that were stated already, with the same figure.
    pub unchanged: usize,
    /// Rows that were refused.
    pub refused: usize,
    /// The first 100 of them.
    pub refusals: Vec<RefusedRowOut>,
}

impl From<&RateImport> for RateImportOut {
    fn from(import: &RateImport) -> Self {
        RateImportOut {
            stated: import.stated,
            unchanged: import.unchanged,
            refused: import.refused,
            refusals: import.refusals.iter().map(RefusedRowOut::from).collect(),
        }
    }
}

/// A change to the reserve for fees and exchange differences.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reserve)]
pub struct ReserveOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// What moved.
    pub amount: MoneyOut,
    /// What the reserve now has.
    pub reserve: MoneyOut,
    /// When it counts.
    pub effective_date: Day,
}

impl ReserveOut {
    /// The answer to a change of the reserve; none for anything else.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Reserve {
            pledge,
            amount,
            reserve,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(ReserveOut {
            journal_id: *journal,
            pledge_id: *pledge,
            amount: amount.into(),
            reserve: reserve.into(),
            effective_date: Day(*effective_date),
        })
    }
}

/// An invoice that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub struct InvoiceOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// The invoice's own reference.
    pub reference: String,
    /// What it is for.
    pub payment_kind: &'static str,
    /// What it comes to.
    pub gross: MoneyOut,
    /// What that is in the pledge's own currency: what of the contract it uses up.
    pub value: MoneyOut,
    /// At what rate, if it is in another currency.
    pub rate: Option<StatedRateOut>,
    /// What of it goes to the tax office.
    pub withheld: MoneyOut,
    /// What the creator is owed: the two add up exactly.
    pub net: MoneyOut,
    /// By which rule that was withheld; none, if nothing says so.
    pub withholding: Option<WithholdingRuleOut>,
    /// When it counts.
    pub effective_date: Day,
    /// The contract as it now stands.
    pub obligation: ObligationOut,
}

impl InvoiceOut {
    /// The answer to an invoice; none for anything else.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Invoice {
            obligation,
            reference,
            payment_kind,
            gross,
            value,
            rate,
            withheld,
            rule,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        let net = gross.minor() - withheld.minor();
        Some(InvoiceOut {
            journal_id: *journal,
            reference: reference.clone(),
            payment_kind: payment_kind.as_str(),
            gross: gross.into(),
            value: value.into(),
            rate: rate.as_ref().map(StatedRateOut::from),
            withheld: withheld.into(),
            net: MoneyOut::of_minor(net, gross.unit()),
            withholding: rule.as_ref().map(WithholdingRuleOut::from),
            effective_date: Day(*effective_date),
            obligation: obligation.into(),
        })
    }
}

/// Tax withheld that was paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxPayment)]
pub struct TaxPaymentOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// Where it was withheld.
    pub market: Market,
    /// What was paid.
    pub amount: MoneyOut,
    /// What is still to be paid there.
    pub outstanding: MoneyOut,
    /// The bank's reference.
    pub bank_reference: String,
    /// When it counts.
    pub effective_date: Day,
}

impl TaxPaymentOut {
    /// The answer to a tax payment; none for anything else.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::TaxPayment {
            pledge,
            market,
            amount,
            outstanding,
            bank_reference,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(TaxPaymentOut {
            journal_id: *journal,
            pledge_id: *pledge,
            market: *market,
            amount: amount.into(),
            outstanding: outstanding.into(),
            bank_reference: bank_reference.clone(),
            effective_date: Day(*effective_date),
        })
    }
}

/// A payout to a creator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Payout)]
pub struct PayoutOut {
    /// Its id.
    pub id: PayoutId,
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// To whom.
    pub creator_id: CreatorId,
    /// The creator's market.
    pub market: Market,
    /// `proposed`, `approved`, `sent`, `settled`, `returned` or `void`.
    pub state: &'static str,
    /// How much.
    pub amount: MoneyOut,
    /// What is, or was, set aside for it at the bank.
    pub bank_amount: MoneyOut,
    /// At what rate, if that is in another currency.
    pub rate: Option<StatedRateOut>,
    /// What was paid, and didn't come back.
    pub paid: MoneyOut,
    /// What the bank charged for that.
    pub charged: MoneyOut,
    /// The payer's own name for it.
    pub reference: String,
    /// What it is sent together with.
    pub batch: Option<String>,
    /// The last day it is held for, unless it was sent by then.
    pub hold_expires_on: Day,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// When it came to its present state.
    pub moved_at: Instant,
    /// Who proposed it; not for partners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// Who approved it; not for partners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Why it came back or was given up.
    pub reason: Option<String>,
    /// The bank's reference of its payment.
    pub bank_reference: Option<String>,
    /// What was posted, in the answer to the call that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_id: Option<JournalId>,
}

impl From<&Payout> for PayoutOut {
    fn from(payout: &Payout) -> Self {
        PayoutOut {
            id: payout.id,
            pledge_id: payout.pledge,
            creator_id: payout.creator,
            market: payout.market,
            state: payout.state.as_str(),
            amount: (&payout.amount).into(),
            bank_amount: (&payout.bank).into(),
            paid: MoneyOut::of_minor(payout.paid_still(), payout.amount.unit()),
            rate: payout.rate.as_ref().map(StatedRateOut::from),
            charged: MoneyOut::of_minor(
                if payout.paid_still() > 0 {
                    payout.charged
                } else {
                    0
                },
                payout.bank.unit(),
            ),
            reference: payout.reference.clone(),
            batch: payout.batch.clone(),
            hold_expires_on: Day(payout.hold_expires_on),
            proposed_at: Instant(payout.proposed_at),
            moved_at: Instant(payout.moved_at.unwrap_or(payout.proposed_at)),
            proposed_by: Some(payout.proposed_by.clone()),
            approved_by: payout.approved_by.clone(),
            reason: payout.reason.clone(),
            bank_reference: payout.bank_reference.clone(),
            journal_id: None,
        }
    }
}
