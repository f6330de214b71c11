//! Pledges, their instalments and lots.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, slice, window};
use crate::db::read::{self, Sight};
use crate::domain::{Instalment, InstalmentId, Lot, LotId, PledgeId};
use crate::http::access::permission::ReadLedger;
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{InstalmentOut, LotOut, PledgeOut, RevaluationOut};

/// The lot as the caller sees it: what was used of it may be of very few creators.
fn shown(lot: &Lot, sight: &Sight) -> LotOut {
    let mut shown = LotOut::from(lot);
    if !sight.shows_reasons() {
        let all = shown.extensions.iter_mut();
        all.for_each(|extension| extension.reason = None);
    }
    match sight.shows_creators() {
        true => shown,
        false => LotOut {
            state: None,
            campaigns: Vec::new(),
            placed: None,
            remaining: None,
            lapsed: None,
            ..shown
        },
    }
}

/// List pledges
///
/// In the order they were announced.
#[utoipa::path(get, path = "/v1/pledges", tag = "pledges",
    responses((status = 200, description = "Pledges", body = ListOut<PledgeOut>)))]
pub async fn list_pledges(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledges = read::list_pledges(connection, catalogue, sight, window).await?;
        let ids: Vec<PledgeId> = pledges.data.iter().map(|pledge| pledge.id).collect();
        let instalments = read::instalments_of(connection, catalogue, sight, &ids).await?;
        Ok((pledges, instalments))
    });
    let (pledges, instalments) = reads.await?;
    let pledges = pledges.map(|pledge| {
        let its = instalments
            .iter()
            .filter(|it| it.pledge == pledge.id)
            .cloned();
        (
            pledge.id.0,
            PledgeOut::new(pledge, &its.collect::<Vec<Instalment>>()),
        )
    });
    page(&get, &paging, window, pledges)
}

/// Read a pledge
#[utoipa::path(get, path = "/v1/pledges/{id}", tag = "pledges",
    responses((status = 200, description = "The pledge", body = PledgeOut)))]
pub async fn read_pledge(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    get.query()?.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge(connection, catalogue, sight, id).await?;
        let instalments = read::instalments_of(connection, catalogue, sight, &[id]).await?;
        Ok((pledge, instalments))
    });
    let (pledge, instalments) = reads.await?;
    let pledge = pledge.ok_or_else(|| get.absent("pledge"))?;
    get.json(None, &PledgeOut::new(&pledge, &instalments))
}

/// List a pledge's instalments
///
/// In the order they were pledged.
#[utoipa::path(get, path = "/v1/pledges/{id}/instalments", tag = "instalments",
    responses((status = 200, description = "Instalments", body = ListOut<InstalmentOut>)))]
pub async fn list_instalments(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let instalments = read::instalments_of(connection, catalogue, sight, &[id]).await?;
        Ok((pledge, instalments))
    });
    let (pledge, instalments) = reads.await?;
    pledge.ok_or_else(|| get.absent("pledge"))?;
    slice(
        &get,
        &paging,
        instalments.iter().map(InstalmentOut::from).collect(),
    )
}

/// Read an instalment
#[utoipa::path(get, path = "/v1/instalments/{id}", tag = "instalments",
    responses((status = 200, description = "The instalment", body = InstalmentOut)))]
pub async fn read_instalment(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: InstalmentId = get.id()?;
    get.query()?.finish()?;
    let instalment = get.look(async |connection| {
        read::instalment(connection, get.catalogue(), get.sight(), id).await
    });
    let instalment = instalment.await?;
    let instalment = instalment.ok_or_else(|| get.absent("instalment"))?;
    get.json(None, &InstalmentOut::from(&instalment))
}

/// List a pledge's lots
///
/// In the order they were issued.
#[utoipa::path(get, path = "/v1/pledges/{id}/lots", tag = "instalments",
    responses((status = 200, description = "Lots of ad credits", body = ListOut<LotOut>)))]
pub async fn list_lots(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let lots = read::list_lots(connection, catalogue, sight, id, window).await?;
        Ok((pledge, lots))
    });
    let (pledge, lots) = reads.await?;
    pledge.ok_or_else(|| get.absent("pledge"))?;
    page(
        &get,
        &paging,
        window,
        lots.map(|lot| (lot.id.0, shown(lot, get.sight()))),
    )
}

/// Read a lot
#[utoipa::path(get, path = "/v1/lots/{id}", tag = "instalments",
    responses((status = 200, description = "The lot", body = LotOut)))]
pub async fn read_lot(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: LotId = get.id()?;
    get.query()?.finish()?;
    let lot =
        get.look(async |connection| read::lot(connection, get.catalogue(), get.sight(), id).await);
    let lot = lot.await?.ok_or_else(|| get.absent("lot"))?;
    get.json(None, &shown(&lot, get.sight()))
}

/// List a pledge's revaluations
///
/// What it owed in other currencies at the ends of months, as it was valued, in the order that was
/// recorded.
#[utoipa::path(get, path = "/v1/pledges/{id}/revaluations", tag = "exchange",
    responses((status = 200, description = "Revaluations", body = ListOut<RevaluationOut>)))]
pub async fn list_revaluations(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let found = read::list_revaluations(connection, catalogue, sight, id, window).await?;
        Ok((pledge, found))
    });
    let (pledge, found) = reads.await?;
    pledge.ok_or_else(|| get.absent("pledge"))?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, RevaluationOut::from(it))),
    )
}
