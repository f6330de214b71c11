//! What platforms reported of campaigns.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use super::views::SpendMatchOut;
use crate::db::read::{self, SpendFilter};
use crate::domain::PledgeId;
use crate::http::access::permission::ReadLedger;
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::SpendLineOut;

/// List lines of spend
///
/// Every report of a campaign's day, in the order they came; of those of a day, the one with the
/// highest revision counts.
#[utoipa::path(get, path = "/v1/spend-lines", tag = "ad spend",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("ad_account_id" = Option<String>, Query, description = "Of that ad account"),
        ("obligation_id" = Option<String>, Query, description = "Of that campaign's obligation"),
        ("from" = Option<String>, Query, description = "Of that day or later"),
        ("to" = Option<String>, Query, description = "Of that day or earlier")),
    responses((status = 200, description = "Lines", body = ListOut<SpendLineOut>)))]
pub async fn list_spend_lines(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = SpendFilter {
        pledge: query.id("pledge_id"),
        ad_account: query.id("ad_account_id"),
        obligation: query.id("obligation_id"),
        from: query.day("from"),
        to: query.day("to"),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.snapshot(async |connection| {
        read::list_spend_lines(connection, catalogue, sight, &filter, window).await
    });
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|(line, unit)| (line.id.0, SpendLineOut::new(line, unit))),
    )
}

/// Match spend with the platforms
///
/// By ad account and month: what the ledger posted and holds, against what the platform reported
/// last; and, where a platform's balance was noted, what the ledger has against that. A provisional
/// report is overdue once more days have passed than its platform's profile says, in the account's
/// time zone.
#[utoipa::path(get, path = "/v1/pledges/{id}/spend-match", tag = "ad spend",
    responses((status = 200, description = "The match", body = SpendMatchOut)))]
pub async fn read_spend_match(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    get.query()?.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let Some(cut) = read::cut(connection, sight, id, None, None).await? else {
            return Ok(None);
        };
        let cut = read::with_what_was_reported(connection, cut, None).await?;
        let found = read::spend_match(connection, catalogue, sight, &cut).await?;
        Ok(Some(found))
    });
    let found = reads.await?;
    let found = found.ok_or_else(|| get.absent("pledge"))?;
    get.json(None, &SpendMatchOut::new(id, &found))
}
