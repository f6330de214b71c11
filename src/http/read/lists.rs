//! Lists whose members are ordered by their ids.

use actix_web::HttpResponse;
use serde::Serialize;
use uuid::Uuid;

use super::get::{Get, invalid_cursor};
use super::params::Paging;
use crate::db::read::{Page, Window};
use crate::http::access::Permission;
use crate::http::paging::Cursor;
use crate::http::problem::Problem;

/// The part of the list that is asked for.
pub fn window<P: Permission>(get: &Get<P>, paging: &Paging) -> Result<Window, Problem> {
    let Some(cursor) = get.cursor(paging)? else {
        return Ok(Window {
            after: None,
            until: None,
            limit: paging.limit,
        });
    };
    let id = |text: &str| Uuid::try_parse(text).map_err(|_| invalid_cursor());
    let (after, until) = (id(&cursor.after)?, id(&cursor.pin)?);
    Ok(Window {
        after: Some(after),
        until: Some(until),
        limit: paging.limit,
    })
}

/// A page of members, each with its id. What is made after the first page was read stays out of
/// all pages: ids rise with time.
pub fn page<P: Permission, T: Serialize>(
    get: &Get<P>,
    paging: &Paging,
    window: Window,
    page: Page<(Uuid, T)>,
) -> Result<HttpResponse, Problem> {
    let last = page
        .data
        .last()
        .map(|(id, _)| *id)
        .filter(|_| page.has_more);
    let next = last.map(|after| {
        let until = window.until.unwrap_or_else(|| Uuid::now_v7().max(after));
        Cursor {
            after: after.to_string(),
            pin: until.to_string(),
        }
    });
    get.page(
        paging,
        page.data.into_iter().map(|(_, it)| it).collect(),
        next,
        None,
    )
}

/// A page of a list that is there as a whole.
pub fn slice<P: Permission, T: Serialize>(
    get: &Get<P>,
    paging: &Paging,
    all: Vec<T>,
) -> Result<HttpResponse, Problem> {
    let seen = match get.cursor(paging)? {
        Some(cursor) => cursor
            .after
            .parse::<usize>()
            .map_err(|_| invalid_cursor())?,
        None => 0,
    };
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let upto = seen.saturating_add(limit);
    let next = (all.len() > upto).then(|| Cursor {
        after: upto.to_string(),
        pin: String::new(),
    });
    get.page(
        paging,
        all.into_iter().skip(seen).take(limit).collect(),
        next,
        None,
    )
}
