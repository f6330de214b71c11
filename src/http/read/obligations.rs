//! Ad accounts, and what binds allocations.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use crate::db::read::{self, ObligationFilter};
use crate::domain::{AdAccountId, ObligationId, PledgeId};
use crate::http::access::permission::{ReadHoldings, ReadLedger};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{AdAccountOut, ObligationOut};

/// List obligations
///
/// In the order they were opened.
#[utoipa::path(get, path = "/v1/obligations", tag = "obligations",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("creator_id" = Option<String>, Query, description = "Of that creator"),
        ("market" = Option<String>, Query, description = "From that market's budget")),
    responses((status = 200, description = "Obligations", body = ListOut<ObligationOut>)))]
pub async fn list_obligations(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = ObligationFilter {
        pledge: query.id("pledge_id"),
        creator: query.id("creator_id"),
        market: query.market("market"),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.look(async |connection| {
        read::list_obligations(connection, catalogue, sight, &filter, window).await
    });
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, ObligationOut::from(it))),
    )
}

/// Read an obligation
#[utoipa::path(get, path = "/v1/obligations/{id}", tag = "obligations",
    responses((status = 200, description = "The obligation", body = ObligationOut)))]
pub async fn read_obligation(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let id: ObligationId = get.id()?;
    get.query()?.finish()?;
    let found = get.look(async |connection| {
        read::obligation(connection, get.catalogue(), get.sight(), id).await
    });
    let found = found.await?.ok_or_else(|| get.absent("obligation"))?;
    get.json(None, &ObligationOut::from(&found))
}

/// List a pledge's ad accounts
///
/// In the order they were registered.
#[utoipa::path(get, path = "/v1/pledges/{id}/ad-accounts", tag = "ad accounts",
    responses((status = 200, description = "Ad accounts", body = ListOut<AdAccountOut>)))]
pub async fn list_ad_accounts(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let found = read::list_ad_accounts(connection, catalogue, sight, id, window).await?;
        Ok((pledge, found))
    });
    let (pledge, found) = reads.await?;
    pledge.ok_or_else(|| get.absent("pledge"))?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, AdAccountOut::from(it))),
    )
}

/// Read an ad account
#[utoipa::path(get, path = "/v1/ad-accounts/{id}", tag = "ad accounts",
    responses((status = 200, description = "The ad account", body = AdAccountOut)))]
pub async fn read_ad_account(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AdAccountId = get.id()?;
    get.query()?.finish()?;
    let found = get.look(async |connection| {
        read::ad_account(connection, get.catalogue(), get.sight(), id).await
    });
    let found = found.await?.ok_or_else(|| get.absent("ad account"))?;
    get.json(None, &AdAccountOut::from(&found))
}
