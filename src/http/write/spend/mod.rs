//! Imports of spend, as a list or as a file.

mod file;
mod rows;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use uuid::Uuid;

use self::rows::read_object;
use super::answer::{json, mark_replayed};
use super::bulk::ModeIn;
use super::inputs::SpendImportIn;
use super::upload::Upload;
use crate::domain::command::ImportSpend;
use crate::domain::{Command, PledgeId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::Fields;
use crate::http::problem::{Problem, Reason};
use crate::http::views::SpendImportOut;

/// The most rows of a list.
pub const MOST_ROWS: usize = 5_000;

/// Reads a list of rows. One that can't be read is refused by its line, with the others.
pub fn spend_import(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let edge = body.edge();
    let mode = body.value("mode", ModeIn::read);
    let nodes = body.list("rows", MOST_ROWS);
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    for (line, node) in (1..).zip(nodes?) {
        match read_object(pledge, line, node, edge) {
            Ok(row) => rows.push(row),
            Err(refused) => unread.push(refused),
        }
    }
    Some(Command::ImportSpend(ImportSpend {
        id: Uuid::now_v7(),
        pledge,
        atomic: mode? == ModeIn::Atomic,
        rows,
        unread,
    }))
}

/// Import ad spend
///
/// What the platform reports of campaigns' days: as a list of at most 5,000 rows, or as a file
/// with the same columns in its first line, of any length, whose rows are taken each on its own.
/// A row is known by its account, campaign, day and revision: the same row again changes nothing,
/// and what changes needs a higher revision. A provisional row holds credits; a final one is
/// posted, by the day's lots, first expiring first; one after that posts the difference. A row
/// that is refused is named by its line and stops no other, unless the mode is atomic.
#[utoipa::path(post, path = "/v1/pledges/{id}/spend-imports", tag = "ad spend",
    request_body(content((SpendImportIn = "application/json"), (String = "text/csv"))),
    responses((status = 200, description = "What came of the rows", body = SpendImportOut)))]
pub async fn import_spend(upload: Upload<MoveMoney>) -> Result<HttpResponse, Problem> {
    if !upload.is_file() {
        let post = upload.whole().await?;
        let id = post.id()?;
        let done = post.submit(|body| spend_import(id, body)).await?;
        return Ok(done.changed());
    }
    let text = upload.request.match_info().get("id").unwrap_or_default();
    let id = text
        .parse()
        .map_err(|_| Problem::not_found("There is nothing at this address"))?;
    if !upload.request.query_string().is_empty() {
        let detail = "a file has no parameters; a list can be tried out with validate_only";
        let reason = Reason::new("validate_only", "unknown-parameter", detail);
        return Err(Problem::invalid(vec![reason]));
    }
    let (imported, replayed) = upload.import_file(id).await?;
    let mut response = json(StatusCode::OK, &imported);
    if replayed {
        mark_replayed(&mut response);
    }
    Ok(response)
}
