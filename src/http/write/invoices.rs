//! Accepting creators' invoices, what is withheld from them, and advances.

use actix_web::HttpResponse;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::JOURNALS;
use super::exchange::stated_rate;
use super::inputs::{AdvanceIn, InvoiceIn, LiquidationIn, TaxPaymentIn, WithholdingRuleIn};
use super::post::Post;
use crate::domain::command::{AcceptInvoice, AdvanceStep, MoveAdvance, PayTax, StateWithholding};
use crate::domain::withholding::{Country, PaymentKind, Route};
use crate::domain::{Command, ObligationId, PledgeId, WithholdingRuleId};
use crate::http::access::permission::{MoveMoney, StateRates};
use crate::http::body::{Fault, Fields, Text, rate};
use crate::http::problem::Problem;
use crate::http::views::{InvoiceOut, ObligationOut, TaxPaymentOut, WithholdingRuleOut};

/// Where withholding rules are.
const RULES: &str = "/v1/withholding-rules";

fn payment_kind(body: &mut Fields<'_>, name: &'static str) -> Option<PaymentKind> {
    body.value(name, |text| {
        PaymentKind::parse(text).ok_or_else(|| {
            let all: Vec<&str> = PaymentKind::ALL.iter().map(|it| it.as_str()).collect();
            let detail = format!("the kinds of payment are {}", all.join(", "));
            Fault::new("unknown-kind", detail)
        })
    })
}

fn country(body: &mut Fields<'_>, name: &'static str) -> Option<Country> {
    body.value(name, |text| {
        text.parse().map_err(|_| {
            let detail = "a country is written as its two-letter ISO 3166-1 code, such as CH";
            Fault::new("unknown-country", detail)
        })
    })
}

/// Parts per million of a rate in percent, which may be zero.
fn ppm(text: &str) -> Result<i32, Fault> {
    let zero = text.bytes().all(|b| b == b'0') && !text.is_empty();
    let fraction = if zero { Decimal::ZERO } else { rate(text)? };
    let parts = (fraction * Decimal::from(1_000_000)).normalize();
    i32::try_from(parts.mantissa())
        .ok()
        .filter(|_| parts.scale() == 0)
        .ok_or_else(|| Fault::new("rate-out-of-range", "the rate is at most 100 percent"))
}

/// Reads an invoice.
pub fn invoice(obligation: ObligationId, body: &mut Fields<'_>) -> Option<Command> {
    let reference = body.text("reference", Text::REFERENCE);
    let amount = body.money("amount");
    let rate = body.optional("rate", stated_rate);
    let kind = body.optional("payment_kind", payment_kind);
    let payer = body.optional("payer_country", country);
    let effective_date = body.effective_date();
    let document = body.document("document");
    Some(Command::AcceptInvoice(AcceptInvoice {
        obligation,
        reference: reference?,
        amount: amount?,
        rate: rate?,
        payment_kind: kind?.unwrap_or(PaymentKind::Service),
        payer_country: payer?,
        effective_date: effective_date?,
        document: document?,
    }))
}

/// Reads a withholding rule.
pub fn withholding_rule(body: &mut Fields<'_>) -> Option<Command> {
    let payer = country(body, "payer_country");
    let payee = body.market("payee_country");
    let kind = payment_kind(body, "payment_kind");
    let rate_ppm = body.value("rate_percent", ppm);
    let legal_reference = body.text("legal_reference", Text::PROSE);
    let valid_from = body.planned_day("valid_from");
    Some(Command::StateWithholding(StateWithholding {
        id: WithholdingRuleId(Uuid::now_v7()),
        route: Route {
            payer: payer?,
            payee: payee?,
            kind: kind?,
        },
        valid_from: valid_from?,
        rate_ppm: rate_ppm?,
        legal_reference: legal_reference?,
    }))
}

/// Reads a tax payment.
pub fn tax_payment(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let market = body.market("market");
    let amount = body.money("amount");
    let charged = body.optional("charged", Fields::money);
    let bank_reference = body.text("bank_reference", Text::BANK_REFERENCE);
    let effective_date = body.effective_date();
    Some(Command::PayTax(PayTax {
        pledge,
        market: market?,
        amount: amount?,
        charged: charged?,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads an advance, or what comes back of one.
pub fn advance(
    obligation: ObligationId,
    step: AdvanceStep,
    body: &mut Fields<'_>,
) -> Option<Command> {
    let amount = body.money("amount");
    let reference = body.text("bank_reference", Text::BANK_REFERENCE);
    let effective_date = body.effective_date();
    Some(Command::MoveAdvance(MoveAdvance {
        obligation,
        step,
        amount: amount?,
        reference: reference?,
        document: None,
        effective_date: effective_date?,
    }))
}

/// Reads what of an advance is accounted for.
pub fn liquidation(obligation: ObligationId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reference = body.text("reference", Text::REFERENCE);
    let effective_date = body.effective_date();
    let document = body.document("document");
    Some(Command::MoveAdvance(MoveAdvance {
        obligation,
        step: AdvanceStep::Liquidate,
        amount: amount?,
        reference: reference?,
        document: Some(document?),
        effective_date: effective_date?,
    }))
}

/// Accept an invoice
///
/// The creator is owed what isn't withheld. What is, is told by the withholding rule in force on
/// the effective date for payments of that kind from the payer's country to the creator's.
#[utoipa::path(post, path = "/v1/obligations/{id}/invoices", tag = "obligations",
    request_body = InvoiceIn,
    responses((status = 201, description = "Accepted", body = InvoiceOut)))]
pub async fn accept_invoice(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| invoice(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// State what is withheld
///
/// From a day on, until a later rule for the same payments holds.
#[utoipa::path(post, path = "/v1/withholding-rules", tag = "withholding",
    request_body = WithholdingRuleIn,
    responses((status = 201, description = "Stated", body = WithholdingRuleOut)))]
pub async fn state_withholding(post: Post<StateRates>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(withholding_rule).await?.created(RULES))
}

/// Pay tax that was withheld
#[utoipa::path(post, path = "/v1/pledges/{id}/tax-payments", tag = "withholding",
    request_body = TaxPaymentIn,
    responses((status = 201, description = "Paid", body = TaxPaymentOut)))]
pub async fn pay_tax(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| tax_payment(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Pay in advance
///
/// As much of the contract is held until it is accounted for or comes back.
#[utoipa::path(post, path = "/v1/obligations/{id}/advances", tag = "obligations",
    request_body = AdvanceIn,
    responses((status = 201, description = "Paid", body = ObligationOut)))]
pub async fn pay_advance(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let step = AdvanceStep::Pay;
    let done = post.submit(|body| advance(id, step, body)).await?;
    Ok(done.created(super::obligations::COLLECTION))
}

/// Account for an advance
#[utoipa::path(post, path = "/v1/obligations/{id}/liquidations", tag = "obligations",
    request_body = LiquidationIn,
    responses((status = 201, description = "Accounted for", body = ObligationOut)))]
pub async fn liquidate_advance(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| liquidation(id, body)).await?;
    Ok(done.created(super::obligations::COLLECTION))
}

/// Take back what of an advance wasn't spent
///
/// It goes back to the bank and to the creator's allocation.
#[utoipa::path(post, path = "/v1/obligations/{id}/advance-returns", tag = "obligations",
    request_body = AdvanceIn,
    responses((status = 201, description = "Taken back", body = ObligationOut)))]
pub async fn take_back_advance(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let step = AdvanceStep::TakeBack;
    let done = post.submit(|body| advance(id, step, body)).await?;
    Ok(done.created(super::obligations::COLLECTION))
}
