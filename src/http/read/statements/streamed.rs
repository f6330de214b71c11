//! Statements written while they are read, to any length.
//!
//! Lines are read a stretch at a time, each on a connection of its own that goes back to the pool
//! before anything is sent: a reader that is slow holds nothing, and a statement of any length
//! costs the memory of a few stretches.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::rt::task::JoinHandle;
use actix_web::web::{Bytes, Data};
use futures_util::stream;

use crate::db::read::{self, Entry, ReadError, Sight, StatementHead};
use crate::http::access::permission::ReadLedger;
use crate::http::etag::{self, Tag};
use crate::http::problem::Problem;
use crate::http::read::broken_off::BrokenOff;
use crate::http::read::get::{Get, look_as};
use crate::http::state::State;
use crate::statements::{Form, Format, Rendering};

/// How many stretches of lines are on their way while one is written out: the database and this
/// service work at the same time.
const AHEAD: usize = 2;

/// The statement, in that form.
pub(super) async fn stream(
    get: &Get<ReadLedger>,
    (form, format): (Form, Format),
    tag: Tag,
    head: StatementHead,
) -> Result<HttpResponse, Problem> {
    let lines = match head.stretches.as_slice() {
        [] => Vec::new(),
        [first, ..] => {
            let (sight, first) = (get.sight(), *first);
            let lines = get.look(async |connection| {
                read::statement_lines(connection, sight, &head, first).await
            });
            lines.await?
        }
    };
    respond(get, (form, format), tag, head, lines)
}

fn respond(
    get: &Get<ReadLedger>,
    (form, format): (Form, Format),
    tag: Tag,
    head: StatementHead,
    lines: Vec<Entry>,
) -> Result<HttpResponse, Problem> {
    let head = Arc::new(head);
    let mut rendering = Rendering::new(format, head.clone());
    let mut chunk = Vec::with_capacity(1024 + 384 * lines.len());
    rendering.begin(&mut chunk);
    rendering.lines(&mut chunk, &lines);
    let response = if head.stretches.len() < 2 {
        rendering.end(&mut chunk).map_err(|error| {
            log::error!("{error}: account {}", head.account.id);
            Problem::internal()
        })?;
        etag::respond(
            get.request().headers(),
            Some(tag),
            form.content_type(),
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
            .insert_header((header::CONTENT_TYPE, form.content_type()))
            .insert_header((header::ETAG, tag.as_str()))
            .insert_header((header::CACHE_CONTROL, etag::CACHE_CONTROL))
            .insert_header((header::VARY, etag::VARY))
            .streaming(stream::try_unfold(Some(rest), Rest::next))
    };
    Ok(response)
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
        let account = self.head.account.id;
        BrokenOff::of(format!("a statement of account {account}"), error)
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
