//! Creators, and what is allocated to them.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use super::personal::Personal;
use crate::db::read::{self, AllocationFilter};
use crate::domain::{AllocationId, Creator, CreatorId};
use crate::http::access::permission::{PayCreators, ReadBankDetails, ReadHoldings};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{AllocationOut, BankDetailsOut, CreatorOut};

/// Of whom the names are told.
fn named<'a>(creators: impl IntoIterator<Item = &'a Creator>) -> Vec<CreatorId> {
    let named = creators.into_iter().filter(|it| it.name.is_some());
    named.map(|it| it.id).collect()
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
    get.reads_personal_data(Personal::Names, &named(&creators.data))
        .await?;
    page(
        &get,
        &paging,
        window,
        creators.map(|it| (it.id.0, CreatorOut::from(it))),
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
    get.reads_personal_data(Personal::Names, &named([&creator]))
        .await?;
    get.json(None, &CreatorOut::from(&creator))
}

/// Read where a creator is paid
///
/// As it was recorded last. The account is masked but for its last four characters, unless the
/// caller may pay creators.
#[utoipa::path(get, path = "/v1/creators/{id}/bank-details", tag = "creators",
    responses((status = 200, description = "Where it is paid", body = BankDetailsOut)))]
pub async fn read_bank_details(get: Get<ReadBankDetails>) -> Result<HttpResponse, Problem> {
    let id: CreatorId = get.id()?;
    get.query()?.finish()?;
    let found = get.look(async |connection| read::bank_details(connection, id).await);
    let found = found
        .await?
        .ok_or_else(|| get.absent("record of where to pay"))?;
    let may_pay = get.may::<PayCreators>();
    let what = match may_pay {
        true => Personal::Account,
        false => Personal::BankDetails,
    };
    get.reads_personal_data(what, &[id]).await?;
    get.json(None, &BankDetailsOut::new(&found, may_pay))
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
