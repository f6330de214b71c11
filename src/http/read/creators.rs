//! Creators, and what is allocated to them.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use crate::db::read::{self, AllocationFilter, Sight};
use crate::domain::{AllocationId, Creator, CreatorId};
use crate::http::access::permission::ReadHoldings;
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
pub async fn list_creators(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let market = query.market("market");
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let creators = get.look(async |connection| {
        read::list_creators(connection, get.sight(), market, window).await
    });
    let creators = creators.await?;
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
pub async fn read_creator(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let id: CreatorId = get.id()?;
    get.query()?.finish()?;
    let creator = get
        .look(async |connection| read::creator(connection, get.sight(), id).await)
        .await?;
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
pub async fn list_allocations(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
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
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.look(async |connection| {
        read::list_allocations(connection, catalogue, sight, &filter, window).await
    });
    let found = found.await?;
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
pub async fn read_allocation(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let id: AllocationId = get.id()?;
    get.query()?.finish()?;
    let allocation = get.look(async |connection| {
        read::allocation(connection, get.catalogue(), get.sight(), id).await
    });
    let allocation = allocation.await?;
    let allocation = allocation.ok_or_else(|| get.absent("allocation"))?;
    get.json(None, &AllocationOut::from(&allocation))
}
