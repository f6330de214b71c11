//! Credits on their way out: placed in ad accounts, taxed, refunded; and platforms that are paid.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::JOURNALS;
use super::inputs::{
    AdTaxIn, PlacementIn, PlatformBalanceIn, PlatformPaymentIn, SpendAttributionIn, SpendRefundIn,
    SuspenseClearingIn,
};
use super::post::Post;
use crate::domain::command::{
    AttributeSpend, ChargeAdTax, ClearSuspense, NotePlatformBalance, PayPlatform, PlaceCredits,
    RefundSpend,
};
use crate::domain::{AdAccountId, Command, LotId, PlatformBalanceId, PledgeId, SpendLineId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{
    AdTaxOut, PlacementOut, PlatformBalanceOut, PlatformPaymentOut, SpendAttributionOut,
    SpendRefundOut, SuspenseClearingOut,
};

/// Reads a placement.
pub fn placement(lot: LotId, body: &mut Fields<'_>) -> Option<Command> {
    let ad_account = body.id("ad_account_id");
    let amount = body.money("amount");
    let effective_date = body.effective_date();
    let document = body.optional("document", Fields::document);
    Some(Command::PlaceCredits(PlaceCredits {
        lot,
        ad_account: ad_account?,
        amount: amount?,
        effective_date: effective_date?,
        document: document?,
        profiles: body.edge().catalogue.profiles.clone(),
    }))
}

/// Reads tax on ad spend.
pub fn ad_tax(ad_account: AdAccountId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::ChargeAdTax(ChargeAdTax {
        ad_account,
        amount: amount?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads a payment to a platform.
pub fn platform_payment(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let platform = body.text("platform", Text::REFERENCE);
    let amount = body.money("amount");
    let bank_reference = body.text("bank_reference", Text::BANK_REFERENCE);
    let effective_date = body.effective_date();
    Some(Command::PayPlatform(PayPlatform {
        pledge,
        platform: platform?,
        amount: amount?,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads what a platform gave back.
pub fn spend_refund(line: SpendLineId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reference = body.text("reference", Text::REFERENCE);
    let in_cash = body.optional("in_cash", Fields::flag);
    let effective_date = body.effective_date();
    let document = body.optional("document", Fields::document);
    Some(Command::RefundSpend(RefundSpend {
        line,
        amount: amount?,
        reference: reference?,
        in_cash: in_cash?.unwrap_or(false),
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads what a platform says is left.
pub fn platform_balance(ad_account: AdAccountId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money_or_zero("amount");
    let as_of = body.past_day("as_of");
    let document = body.document("document");
    Some(Command::NotePlatformBalance(NotePlatformBalance {
        id: PlatformBalanceId(Uuid::now_v7()),
        ad_account,
        amount: amount?,
        as_of: as_of?,
        document: document?,
    }))
}

/// The most lots a line is attributed to.
const MOST_USES: usize = 100;

/// Reads which lots a line stands in.
pub fn spend_attribution(line: SpendLineId, body: &mut Fields<'_>) -> Option<Command> {
    let uses = body.objects("uses", MOST_USES, |it| {
        let (lot, amount) = (it.id("lot_id"), it.money("amount"));
        Some((lot?, amount?))
    });
    let document = body.document("document");
    Some(Command::AttributeSpend(AttributeSpend {
        line,
        uses: uses?,
        document: document?,
    }))
}

/// Reads what of a line is cleared of suspense.
pub fn suspense_clearing(line: SpendLineId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.optional("amount", Fields::money);
    let reason = body.text("reason", Text::PROSE);
    let effective_date = body.effective_date();
    let document = body.optional("document", Fields::document);
    Some(Command::ClearSuspense(ClearSuspense {
        line,
        amount: amount?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Place credits in an ad account
///
/// One way: no platform takes them back. 409 with the arithmetic if the lot's pool doesn't cover
/// it.
#[utoipa::path(post, path = "/v1/lots/{id}/placements", tag = "ad accounts",
    request_body = PlacementIn,
    responses((status = 201, description = "Placed", body = PlacementOut)))]
pub async fn place_credits(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| placement(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record tax on ad spend
///
/// Owed to the platform, and taken from the cash budget of the ad account's market.
#[utoipa::path(post, path = "/v1/ad-accounts/{id}/taxes", tag = "ad spend",
    request_body = AdTaxIn,
    responses((status = 201, description = "Charged", body = AdTaxOut)))]
pub async fn charge_ad_tax(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| ad_tax(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record a payment to a platform
///
/// Of what it is owed for overspill and tax. 409 with the arithmetic if it is owed less.
#[utoipa::path(post, path = "/v1/pledges/{id}/platform-payments", tag = "ad spend",
    request_body = PlatformPaymentIn,
    responses((status = 201, description = "Paid", body = PlatformPaymentOut)))]
pub async fn pay_platform(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| platform_payment(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record a refund of spend
///
/// For invalid traffic. As credits it goes back to the lots the line stands in, last used first,
/// and to the campaign; into a lot past its life it lapses at once. In cash it is the donor's.
#[utoipa::path(post, path = "/v1/spend-lines/{id}/refunds", tag = "ad spend",
    request_body = SpendRefundIn,
    responses((status = 201, description = "Refunded", body = SpendRefundOut)))]
pub async fn refund_spend(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| spend_refund(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Attribute spend to lots
///
/// Where the platform reports which credits a line's spend was taken from, that wins over the order
/// in which lots are used. All that the line stands in lots with is named. What moves counts from
/// the line's day: 409 with day and shortfall if a lot hasn't what is moved to it. What comes back
/// to a lot that has lapsed lapses at once. Restatements and refunds go by it from then on.
#[utoipa::path(post, path = "/v1/spend-lines/{id}/attributions", tag = "ad spend",
    request_body = SpendAttributionIn,
    responses((status = 200, description = "Attributed", body = SpendAttributionOut)))]
pub async fn attribute_spend(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| spend_attribution(id, body)).await?;
    Ok(done.changed())
}

/// Clear suspense
///
/// Cash that no purse covered when a line of spend came stays in suspense; once its market has
/// budget, it is charged to that, in parts or at once. 409 with the arithmetic if the line has less
/// in suspense, or the budget doesn't cover it. A clearing isn't reversed: a later report of less
/// takes what is left in suspense out first, then gives back what was charged.
#[utoipa::path(post, path = "/v1/spend-lines/{id}/suspense-clearings", tag = "ad spend",
    request_body = SuspenseClearingIn,
    responses((status = 201, description = "Cleared", body = SuspenseClearingOut)))]
pub async fn clear_suspense(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| suspense_clearing(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Note a platform's balance
///
/// What the platform's own screen says is left in the ad account at the end of a day. Nothing is
/// posted: the spend match compares the ledger with it. Of several for a day the last one counts.
#[utoipa::path(post, path = "/v1/ad-accounts/{id}/platform-balances", tag = "ad spend",
    request_body = PlatformBalanceIn,
    responses((status = 200, description = "Noted", body = PlatformBalanceOut)))]
pub async fn note_platform_balance(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| platform_balance(id, body)).await?;
    Ok(done.changed())
}
