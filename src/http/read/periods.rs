//! Months of pledges that are over.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use crate::db::read;
use crate::domain::PledgeId;
use crate::http::access::permission::ReadPeriods;
use crate::http::body::month_end;
use crate::http::paging::ListOut;
use crate::http::problem::{Problem, Reason};
use crate::http::views::{PeriodCheckOut, PeriodEventOut};

/// List what was done with a pledge's months
///
/// Which were closed and opened again, in the order that was done. A month is closed with all
/// before it.
#[utoipa::path(get, path = "/v1/pledges/{id}/periods", tag = "controls",
    responses((status = 200, description = "Events", body = ListOut<PeriodEventOut>)))]
pub async fn list_period_events(get: Get<ReadPeriods>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let sight = get.sight();
    let found = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let events = read::list_period_events(connection, id, window).await?;
        Ok(pledge.map(|_| events))
    });
    let found = found.await?.ok_or_else(|| get.absent("pledge"))?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, PeriodEventOut::from(it))),
    )
}

/// Check a month before closing it
///
/// How it stands; what stands against closing it: something in suspense, credits that have yet to
/// lapse, a proof that doesn't hold; and what is provisional still.
#[utoipa::path(get, path = "/v1/pledges/{id}/period-check", tag = "controls",
    params(("month" = String, Query, description = "The month, `YYYY-MM`")),
    responses((status = 200, description = "The month", body = PeriodCheckOut)))]
pub async fn check_period(get: Get<ReadPeriods>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let month = query.word("month", |text| month_end(text).map_err(|it| it.detail));
    query.finish()?;
    let month = month.ok_or_else(|| {
        let detail = "this parameter has to be there";
        Problem::invalid(vec![Reason::new("month", "missing-parameter", detail)])
    })?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.snapshot(async |connection| {
        match read::pledge_version(connection, sight, id).await? {
            None => Ok(None),
            Some(_) => {
                let found = read::month_end(connection, catalogue, (id, month));
                found.await.map(Some)
            }
        }
    });
    let (state, found) = found.await?.ok_or_else(|| get.absent("pledge"))?;
    let proofs = get.look(async |connection| read::proofs(connection, Some(id)).await);
    let broken = proofs.await?.into_iter().filter(|it| !it.holds);
    let broken = broken.map(|it| it.name).collect();
    get.json(
        None,
        &PeriodCheckOut::new((id, month), state, &found, broken),
    )
}
