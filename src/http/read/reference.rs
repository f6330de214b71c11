//! Reference data: units, markets and platform profiles.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::slice;
use super::views::{MarketOut, PlatformProfileOut, UnitOut};
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

/// What platforms let happen to their credits
///
/// Of a platform the version with the latest `valid_from` by a day is in force on it.
#[utoipa::path(get, path = "/v1/platform-profiles", tag = "reference",
    responses((status = 200, description = "Profiles, by platform and version",
        body = ListOut<PlatformProfileOut>)))]
pub async fn list_platform_profiles(get: Get<ReadReference>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let profiles = get.catalogue().profiles.iter();
    slice(
        &get,
        &paging,
        profiles.map(PlatformProfileOut::from).collect(),
    )
}
