//! Statements of accounts, as JSON and as CSV.
//!
//! The head decides the tag, so a reader who has the statement is told so before a line is read.
//! Lines are read a stretch at a time, each on a connection of its own that goes back to the pool
//! before anything is sent: a reader that is slow holds nothing, and a statement of any length
//! costs the memory of a few stretches. Whoever reads JSON holds the whole document, though: as
//! JSON a statement has only so many lines (`ALMONER_STATEMENT_LINES`); longer ones come as CSV.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::rt::task::JoinHandle;
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use time::OffsetDateTime;

use super::get::{Get, look_as};
use super::views::StatementOut;
use crate::db::read::{self, Entry, ReadError, Sight, StatementHead};
use crate::domain::AccountId;
use crate::http::accept::{self, negotiate};
use crate::http::access::permission::ReadLedger;
use crate::http::etag::{self, Tag};
use crate::http::problem::{Problem, Reason};
use crate::http::state::State;
use crate::http::wire::Day;
use crate::statements::{Format, Rendering};

/// How many stretches of lines are on their way while one is written out: the database and this
/// service work at the same time.
const AHEAD: usize = 2;

/// An account's statement
///
/// Over some days, both included: as JSON, or as CSV for a spreadsheet. The same `known_at` gives
/// the same statement for ever.
#[utoipa::path(get, path = "/v1/accounts/{id}/statement", tag = "accounts",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv")))))]
pub async fn read_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AccountId = get.id()?;
    let chosen = negotiate(get.request().headers(), &[accept::JSON, accept::CSV])?;
    statement(
        get,
        id,
        if chosen == accept::CSV {
            Format::Csv
        } else {
            Format::Json
        },
    )
    .await
}

/// An account's statement as CSV
///
/// For clients that can't send `Accept`.
#[utoipa::path(get, path = "/v1/accounts/{id}/statement.csv", tag = "accounts",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content_type = "text/csv",
        body = String)))]
pub async fn read_statement_csv(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: AccountId = get.id()?;
    statement(get, id, Format::Csv).await
}

type Range = ((time::Date, time::Date), Option<OffsetDateTime>);

/// Which days, as known when.
fn range(get: &Get<ReadLedger>) -> Result<Range, Problem> {
    let mut query = get.query_in_any_form();
    let days = query.required_day("from").zip(query.required_day("to"));
    let known_at = query.instant("known_at");
    if days.is_some_and(|(from, to)| from > to) {
        query.decline("to", "the last day doesn't come before the first");
    }
    query.finish()?;
    // Both are there, or finishing would have told.
    days.map(|days| (days, known_at))
        .ok_or_else(Problem::internal)
}

async fn statement(
    get: Get<ReadLedger>,
    id: AccountId,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let (days, known_at) = range(&get)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let head = get.snapshot(async |connection| {
        read::statement_head(connection, catalogue, sight, id, days, known_at).await
    });
    let head = head.await?.ok_or_else(|| get.absent("account"))?;
    let tag = get.tag(media_type(format), &head.known.journal.to_string());
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    if format == Format::Json {
        is_short_enough(&get, &head).await?;
    }
    let lines = match head.stretches.as_slice() {
        [] => Vec::new(),
        [first, ..] => {
            let lines = get.look(async |connection| {
                read::statement_lines(connection, sight, &head, *first).await
            });
            lines.await?
        }
    };
    respond(&get, format, tag, head, lines)
}

/// 422, if it has more lines than a JSON document may.
async fn is_short_enough(get: &Get<ReadLedger>, head: &StatementHead) -> Result<(), Problem> {
    let most = get.state().limits.statement_lines();
    if head.most_lines() <= most {
        return Ok(());
    }
    let lines = get.look(async |connection| read::count_lines(connection, head).await);
    let lines = lines.await?;
    if lines <= most {
        return Ok(());
    }
    let detail = format!(
        "the statement has {lines} lines, and as JSON at most {most} are answered: ask for fewer \
         days, or for CSV (statement.csv, or Accept: text/csv), which has no limit"
    );
    Err(Problem::invalid(vec![Reason::new(
        "to",
        "statement-too-long",
        detail,
    )]))
}

/// The media type with its charset.
fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => accept::JSON,
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Ndjson => accept::NDJSON,
    }
}

/// What the file is called when it is saved.
fn disposition(format: Format, head: &StatementHead) -> String {
    let (extension, place) = match format {
        Format::Json => ("json", "inline"),
        Format::Csv => ("csv", "attachment"),
        Format::Ndjson => ("ndjson", "attachment"),
    };
    let (id, from, to) = (head.account.id, Day(head.from), Day(head.to));
    format!("{place}; filename=\"statement-{id}-{from}-{to}.{extension}\"")
}

fn respond(
    get: &Get<ReadLedger>,
    format: Format,
    tag: Tag,
    head: StatementHead,
    lines: Vec<Entry>,
) -> Result<HttpResponse, Problem> {
    let disposition = disposition(format, &head);
    let head = Arc::new(head);
    let mut rendering = Rendering::new(format, head.clone());
    let mut chunk = Vec::with_capacity(1024 + 384 * lines.len());
    rendering.begin(&mut chunk);
    rendering.lines(&mut chunk, &lines);
    let mut response = if head.stretches.len() < 2 {
        rendering.end(&mut chunk).map_err(|error| {
            log::error!("{error}: account {}", head.account.id);
            Problem::internal()
        })?;
        etag::respond(
            get.request().headers(),
            Some(tag),
            media_type(format),
            chunk,
        )
    } else {
        let mut rest = Rest {
            state: get.state().clone(),
            sight: get.sight().clone(),
            head,
            rendering,
            ordered: 1,
            on_their_way: VecDeque::with_capacity(AHEAD),
            chunk: Some(chunk),
        };
        rest.order();
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, media_type(format)))
            .insert_header((header::ETAG, tag.as_str()))
            .insert_header((header::CACHE_CONTROL, etag::CACHE_CONTROL))
            .insert_header((header::VARY, etag::VARY))
            .streaming(stream::try_unfold(Some(rest), Rest::next))
    };
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The statement broke off: the connection is closed, so that the reader sees it isn't whole.
#[derive(Debug, thiserror::Error)]
#[error("the statement broke off")]
struct BrokenOff;

impl From<BrokenOff> for actix_web::Error {
    fn from(error: BrokenOff) -> Self {
        actix_web::error::ErrorInternalServerError(error)
    }
}

type Read = JoinHandle<Result<Vec<Entry>, ReadError>>;

/// What of a long statement is still to be sent. A reader that goes away drops it; what was ordered
/// is then read to no end, and that is all.
struct Rest {
    state: Data<State>,
    sight: Sight,
    head: Arc<StatementHead>,
    rendering: Rendering,
    ordered: usize,
    on_their_way: VecDeque<Read>,
    chunk: Option<Vec<u8>>,
}

impl Rest {
    /// The next piece: what is ready, or else the next stretch, or else the end.
    async fn next(rest: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, BrokenOff> {
        let Some(mut rest) = rest else {
            return Ok(None);
        };
        if let Some(chunk) = rest.chunk.take() {
            return Ok(Some((Bytes::from(chunk), Some(rest))));
        }
        let mut chunk = Vec::new();
        let Some(read) = rest.on_their_way.pop_front() else {
            rest.rendering
                .end(&mut chunk)
                .map_err(|error| rest.broke_off(&error))?;
            return Ok(Some((Bytes::from(chunk), None)));
        };
        let lines = read.await.map_err(|error| rest.broke_off(&error))?;
        let lines = lines.map_err(|error| rest.broke_off(&error))?;
        rest.order();
        chunk.reserve(384 * lines.len());
        rest.rendering.lines(&mut chunk, &lines);
        Ok(Some((Bytes::from(chunk), Some(rest))))
    }

    fn broke_off(&self, error: &dyn std::error::Error) -> BrokenOff {
        log::error!(
            "a statement of account {} broke off: {error}",
            self.head.account.id
        );
        BrokenOff
    }

    /// Has the next stretches read, as far ahead as is of use.
    fn order(&mut self) {
        while self.on_their_way.len() < AHEAD {
            let Some(stretch) = self.head.stretches.get(self.ordered).copied() else {
                return;
            };
            let (state, sight, head) = (self.state.clone(), self.sight.clone(), self.head.clone());
            self.ordered += 1;
            self.on_their_way
                .push_back(actix_web::rt::spawn(async move {
                    look_as(&state, &sight, async |connection| {
                        read::statement_lines(connection, &sight, &head, stretch).await
                    })
                    .await
                }));
        }
    }
}
