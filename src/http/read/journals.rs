//! Journals.

use actix_web::HttpResponse;

use super::get::{Get, invalid_cursor};
use super::views::JournalOut;
use crate::db::read::{self, JournalWindow};
use crate::domain::{JournalId, PledgeId};
use crate::http::access::permission::ReadLedger;
use crate::http::paging::{Cursor, ListOut};
use crate::http::problem::Problem;

/// List a pledge's journals
///
/// In the order they were recorded. All pages show one moment.
#[utoipa::path(get, path = "/v1/journals", tag = "journals",
    params(("pledge_id" = String, Query, description = "Of that pledge")),
    responses((status = 200, description = "Journals", body = ListOut<JournalOut>)))]
pub async fn list_journals(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let pledge: Option<PledgeId> = query.required_id("pledge_id");
    let paging = query.paging();
    query.finish()?;
    let pledge = pledge.ok_or_else(Problem::internal)?;
    let pinned = match get.cursor(&paging)? {
        Some(cursor) => {
            let pinned = cursor.after.parse().ok().zip(cursor.pin.parse().ok());
            Some(pinned.ok_or_else(invalid_cursor)?)
        }
        None => None,
    };
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let (after, upto) = match pinned {
            Some(pinned) => pinned,
            None => {
                let version = read::pledge_version(connection, sight, pledge).await?;
                (0, version.map_or(0, |version| version.journals))
            }
        };
        let window = JournalWindow {
            after,
            upto,
            limit: paging.limit,
        };
        let page = read::list_journals(connection, catalogue, sight, pledge, window).await?;
        Ok((page, upto))
    });
    let (page, upto): (_, i64) = reads.await?;
    let last = page
        .data
        .last()
        .map(|journal| journal.number)
        .filter(|_| page.has_more);
    let next = last.map(|number| Cursor {
        after: number.to_string(),
        pin: upto.to_string(),
    });
    get.page(
        &paging,
        page.data.iter().map(JournalOut::from).collect(),
        next,
        None,
    )
}

/// Read a journal
#[utoipa::path(get, path = "/v1/journals/{id}", tag = "journals",
    responses((status = 200, description = "The journal", body = JournalOut)))]
pub async fn read_journal(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: JournalId = get.id()?;
    get.query()?.finish()?;
    let journal = get
        .look(async |connection| read::journal(connection, get.catalogue(), get.sight(), id).await);
    let journal = journal.await?.ok_or_else(|| get.absent("journal"))?;
    get.json(None, &JournalOut::from(&journal))
}
