//! Reference data: units and markets.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::slice;
use super::views::{MarketOut, UnitOut};
use crate::http::access::permission::ReadReference;
use crate::http::paging::ListOut;
use crate::http::problem::Problem;

/// What can be counted
#[utoipa::path(get, path = "/v1/units", tag = "reference",
    responses((status = 200, description = "Units, by code", body = ListOut<UnitOut>)))]
pub async fn list_units(get: Get<ReadReference>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    slice(
        &get,
        &paging,
        get.catalogue().units.iter().map(UnitOut::from).collect(),
    )
}

/// Where it can be spent
#[utoipa::path(get, path = "/v1/markets", tag = "reference",
    responses((status = 200, description = "Markets, by code", body = ListOut<MarketOut>)))]
pub async fn list_markets(get: Get<ReadReference>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    slice(
        &get,
        &paging,
        get.catalogue()
            .markets
            .iter()
            .map(MarketOut::from)
            .collect(),
    )
}
