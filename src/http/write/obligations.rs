//! Binding allocations by contracts and campaigns, and the ad accounts campaigns run in.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::bulk::{BulkIn, BulkOut};
use super::inputs::{AdAccountIn, ObligationIn, ReleaseIn};
use super::post::Post;
use crate::domain::command::{OpenAdAccount, OpenObligation, ReleaseObligation};
use crate::domain::obligation::Bond;
use crate::domain::{AdAccountId, Command, ObligationId, PledgeId};
use crate::http::access::permission::{MoveMoney, RecordPledges};
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{AdAccountOut, ObligationOut};

/// Where obligations are.
pub(super) const COLLECTION: &str = "/v1/obligations";

/// Where ad accounts are.
const AD_ACCOUNTS: &str = "/v1/ad-accounts";

/// Reads an ad account to be registered.
pub fn ad_account(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let reference = body.text("reference", Text::REFERENCE);
    let name = body.text("name", Text::NAME);
    let unit = body.unit("unit");
    let market = body.market("market");
    let time_zone = body.time_zone("time_zone");
    let opened_on = body.past_day("opened_on");
    Some(Command::OpenAdAccount(OpenAdAccount {
        id: AdAccountId(Uuid::now_v7()),
        pledge,
        reference: reference?,
        name: name?,
        unit: unit?,
        market: market?,
        time_zone: time_zone?,
        opened_on: opened_on?,
    }))
}

fn campaign(body: &mut Fields<'_>) -> Option<Bond> {
    let ad_account = body.id("ad_account_id");
    let campaign = body.text("campaign", Text::REFERENCE);
    let code_expires_on = body.optional("code_expires_on", Fields::planned_day);
    Some(Bond::Campaign {
        ad_account: ad_account?,
        campaign: campaign?,
        code_expires_on: code_expires_on?,
    })
}

/// Reads an obligation to be opened.
pub fn obligation(body: &mut Fields<'_>) -> Option<Command> {
    let pledge = body.id("pledge_id");
    let creator = body.id("creator_id");
    let reference = body.text("reference", Text::REFERENCE);
    let amount = body.money("amount");
    let bond = body.optional("campaign", |body, name| body.object(name, campaign));
    let deliverables = body.optional("deliverables", |body, name| body.text(name, Text::PROSE));
    let starts_on = body.planned_day("starts_on");
    let ends_on = body.planned_day("ends_on");
    let effective_date = body.effective_date();
    let document = body.optional("document", Fields::document);
    Some(Command::OpenObligation(OpenObligation {
        id: ObligationId(Uuid::now_v7()),
        pledge: pledge?,
        creator: creator?,
        reference: reference?,
        bond: bond?.unwrap_or(Bond::Contract),
        amount: amount?,
        deliverables: deliverables?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads what of an obligation is given back.
pub fn release(obligation: ObligationId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let effective_date = body.effective_date();
    Some(Command::ReleaseObligation(ReleaseObligation {
        obligation,
        amount: amount?,
        reason: reason?,
        effective_date: effective_date?,
    }))
}

/// Register an ad account
///
/// Its currency, region and time zone can't be changed at the platform, so they are fixed here.
#[utoipa::path(post, path = "/v1/pledges/{id}/ad-accounts", tag = "ad accounts",
    request_body = AdAccountIn,
    responses((status = 201, description = "Registered", body = AdAccountOut)))]
pub async fn register_ad_account(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| ad_account(id, body)).await?;
    Ok(done.created(AD_ACCOUNTS))
}

/// Bind part of an allocation
///
/// By a contract with the creator, in cash, or by a campaign for it, in credits. 409 with the
/// arithmetic if the creator's allocation doesn't cover it.
#[utoipa::path(post, path = "/v1/obligations", tag = "obligations", request_body = ObligationIn,
    responses((status = 201, description = "Bound", body = ObligationOut)))]
pub async fn open_obligation(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(obligation).await?.created(COLLECTION))
}

/// Bind parts of many allocations
#[utoipa::path(post, path = "/v1/obligations/bulk", tag = "obligations",
    request_body = BulkIn<ObligationIn>, responses(
        (status = 201, description = "Atomic: all were bound", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn open_obligations_in_bulk(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    post.bulk(COLLECTION, obligation).await
}

/// Give back what an obligation no longer binds
///
/// In part or whole; it goes back to the creator's allocation.
#[utoipa::path(post, path = "/v1/obligations/{id}/release", tag = "obligations",
    request_body = ReleaseIn,
    responses((status = 200, description = "Released", body = ObligationOut)))]
pub async fn release_obligation(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| release(id, body)).await?.changed())
}
