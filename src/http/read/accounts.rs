//! Accounts and their entries.

use actix_web::HttpResponse;
use time::OffsetDateTime;

use super::get::{Get, invalid_cursor};
use super::views::{AccountAtOut, AccountOut, EntryOut};
use crate::db::read::{self, AccountFilter, AccountWindow, EntryWindow, Moment};
use crate::domain::{AccountId, PledgeId};
use crate::http::access::permission::ReadLedger;
use crate::http::paging::{Cursor, ListOut};
use crate::http::problem::Problem;

/// A moment as a cursor holds it: microseconds since 1970.
fn pin(at: OffsetDateTime) -> String {
    (at.unix_timestamp_nanos() / 1000).to_string()
}

fn unpin(text: &str) -> Option<OffsetDateTime> {
    let nanos = text.parse::<i128>().ok()?.checked_mul(1000)?;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}

/// List accounts
///
/// By pledge, and in the order they were opened. All pages show one moment.
#[utoipa::path(get, path = "/v1/accounts", tag = "accounts",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("code" = Option<String>, Query, description = "Of that code of the chart"),
        ("unit" = Option<String>, Query, description = "Counting that unit"),
        ("market" = Option<String>, Query, description = "Of that market"),
        ("creator_id" = Option<String>, Query, description = "Of that creator")),
    responses((status = 200, description = "Accounts", body = ListOut<AccountOut>)))]
pub async fn list_accounts(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = AccountFilter {
        pledge: query.id("pledge_id"),
        code: query.code("code"),
        unit: query.unit("unit"),
        market: query.market("market"),
        creator: query.id("creator_id"),
    };
    let paging = query.paging();
    query.finish()?;
    let (mut after, mut known_at) = (None, None);
    if let Some(cursor) = get.cursor(&paging)? {
        let place = cursor.after.split_once(' ').and_then(|(pledge, number)| {
            Some((
                pledge.parse::<PledgeId>().ok()?,
                number.parse::<i32>().ok()?,
            ))
        });
        after = Some(place.ok_or_else(invalid_cursor)?);
        known_at = Some(unpin(&cursor.pin).ok_or_else(invalid_cursor)?);
    }
    let window = AccountWindow {
        after,
        limit: paging.limit,
        known_at,
    };
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        read::list_accounts(connection, catalogue, sight, &filter, window).await
    });
    let found = reads.await?;
    let last = found
        .last
        .filter(|_| found.page.has_more)
        .zip(found.known_at);
    let next = last.map(|((pledge, number), at)| Cursor {
        after: format!("{pledge} {number}"),
        pin: pin(at),
    });
    let data: Vec<AccountOut> = found.page.data.iter().map(AccountOut::from).collect();
    get.page(&paging, data, next, found.known_at)
}

/// Read an account
///
/// As it stands; as it stood at the end of a day, by effective date (`as_of`); as it was known at a
/// moment (`known_at`); or both.
#[utoipa::path(get, path = "/v1/accounts/{id}", tag = "accounts",
    params(
        ("as_of" = Option<String>, Query, description = "At the end of that day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The account", body = AccountAtOut)))]
pub async fn read_account(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AccountId = get.id()?;
    let mut query = get.query()?;
    let moment = Moment {
        as_of: query.day("as_of"),
        known_at: query.instant("known_at"),
    };
    query.finish()?;
    let found = get.look(async |connection| {
        read::account(connection, get.catalogue(), get.sight(), id, moment).await
    });
    let found = found.await?.ok_or_else(|| get.absent("account"))?;
    get.json(None, &AccountAtOut::new(&found, moment.as_of))
}

/// List an account's entries
///
/// In the order they were posted. All pages show one moment.
#[utoipa::path(get, path = "/v1/accounts/{id}/entries", tag = "accounts",
    params(
        ("effective_date[gte]" = Option<String>, Query, description = "On that day or later"),
        ("effective_date[lt]" = Option<String>, Query, description = "Before that day"),
        ("known_at" = Option<String>, Query, description = "Recorded by then")),
    responses((status = 200, description = "Entries", body = ListOut<EntryOut>)))]
pub async fn list_entries(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AccountId = get.id()?;
    let mut query = get.query()?;
    let (from, before) = (
        query.day("effective_date[gte]"),
        query.day("effective_date[lt]"),
    );
    let asked = query.instant("known_at");
    let paging = query.paging();
    query.finish()?;
    let cursor = get.cursor(&paging)?;
    let moment = Moment {
        as_of: None,
        known_at: if cursor.is_none() { asked } else { None },
    };
    let found = get.look(async |connection| {
        read::account(connection, get.catalogue(), get.sight(), id, moment).await
    });
    let found = found.await?.ok_or_else(|| get.absent("account"))?;
    let (mut after, mut upto, mut known_at) = (0, found.account.entries, found.known.at);
    if let Some(cursor) = cursor {
        let pinned = cursor.pin.split_once(' ').and_then(|(upto, at)| {
            Some((cursor.after.parse().ok()?, upto.parse().ok()?, unpin(at)?))
        });
        (after, upto, known_at) = pinned.ok_or_else(invalid_cursor)?;
    }
    let window = EntryWindow {
        after,
        upto,
        from,
        before,
        limit: paging.limit,
    };
    let (pledge, number) = (found.account.pledge, found.account.number);
    let page = get.look(async |connection| {
        read::list_entries(connection, get.sight(), pledge, number, window).await
    });
    let page = page.await?;
    let last = page
        .data
        .last()
        .map(|entry| entry.seq)
        .filter(|_| page.has_more);
    let next = last.map(|seq| Cursor {
        after: seq.to_string(),
        pin: format!("{upto} {}", pin(known_at)),
    });
    let digits = found.account.key.unit.minor_digits();
    let data: Vec<EntryOut> = page
        .data
        .iter()
        .map(|it| EntryOut::new(it, digits))
        .collect();
    get.page(&paging, data, next, Some(known_at))
}
