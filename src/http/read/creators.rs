//! Creators, and what is allocated to them.

use actix_web::HttpResponse;

use super::get::{Get, failed};
use super::lists::{page, window};
use crate::db::read::{self, AllocationFilter, Sight};
use crate::domain::{AllocationId, Creator, CreatorId};
use crate::http::access::permission::ReadLedger;
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{AllocationOut, CreatorOut};

/// A creator, without the name where the caller may not see it.
fn shown(creator: &Creator, sight: &Sight) -> CreatorOut {
    let shown = CreatorOut::from(creator);
    if sight.shows_names() {
        shown
    } else {
        CreatorOut {
            name: None,
            ..shown
        }
    }
}

/// List creators
///
/// In the order of their enrolment.
#[utoipa::path(get, path = "/v1/creators", tag = "creators",
    params(("market" = Option<String>, Query, description = "Of that market")),
    responses((status = 200, description = "Creators", body = ListOut<CreatorOut>)))]
pub async fn list_creators(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let market = query.market("market");
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let mut connection = get.connection().await?;
    let creators = read::list_creators(&mut connection, get.sight(), market, window).await;
    let creators = creators.map_err(failed)?;
    page(
        &get,
        &paging,
        window,
        creators.map(|it| (it.id.0, shown(it, get.sight()))),
    )
}

/// Read a creator
#[utoipa::path(get, path = "/v1/creators/{id}", tag = "creators",
    responses((status = 200, description = "The creator", body = CreatorOut)))]
pub async fn read_creator(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: CreatorId = get.id()?;
    get.query()?.finish()?;
    let mut connection = get.connection().await?;
    let creator = read::creator(&mut connection, get.sight(), id)
        .await
        .map_err(failed)?;
    let creator = creator.ok_or_else(|| get.absent("creator"))?;
    get.json(None, &shown(&creator, get.sight()))
}

/// List allocations
///
/// In the order they were asked for.
#[utoipa::path(get, path = "/v1/allocations", tag = "allocations",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("creator_id" = Option<String>, Query, description = "To that creator"),
        ("market" = Option<String>, Query, description = "From that market's budget"),
        ("unit" = Option<String>, Query, description = "In that unit")),
    responses((status = 200, description = "Allocations", body = ListOut<AllocationOut>)))]
pub async fn list_allocations(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = AllocationFilter {
        pledge: query.id("pledge_id"),
        creator: query.id("creator_id"),
        market: query.market("market"),
        unit: query.unit("unit"),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let mut connection = get.connection().await?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = read::list_allocations(&mut connection, catalogue, sight, &filter, window).await;
    let found = found.map_err(failed)?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, AllocationOut::from(it))),
    )
}

/// Read an allocation
#[utoipa::path(get, path = "/v1/allocations/{id}", tag = "allocations",
    responses((status = 200, description = "The allocation", body = AllocationOut)))]
pub async fn read_allocation(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AllocationId = get.id()?;
    get.query()?.finish()?;
    let mut connection = get.connection().await?;
    let allocation = read::allocation(&mut connection, get.catalogue(), get.sight(), id);
    let allocation = allocation.await.map_err(failed)?;
    let allocation = allocation.ok_or_else(|| get.absent("allocation"))?;
    get.json(None, &AllocationOut::from(&allocation))
}
