//! What all reads have in common: caller, address, query, sight, connection, answer.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use time::OffsetDateTime;

use super::params::{Paging, Params};
use crate::db::read::{ReadError, Sight, SightMarkets};
use crate::db::{DbError, Reader};
use crate::domain::Catalogue;
use crate::domain::id::NotAnId;
use crate::http::accept::{self, negotiate};
use crate::http::access::{Markets, Permission, Principal, Visibility};
use crate::http::allowed::Allowed;
use crate::http::etag::{self, Tag};
use crate::http::paging::{Cursor, ListOut};
use crate::http::problem::{Problem, Reason};
use crate::http::state::State;
use crate::http::wire::Instant;

/// A read by a caller who may do what `P` names.
pub struct Get<P> {
    state: Data<State>,
    request: HttpRequest,
    sight: Sight,
    caller: Allowed<P>,
}

impl<P: Permission> FromRequest for Get<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = Allowed::<P>::check(request).and_then(|caller| {
            let state = request
                .app_data::<Data<State>>()
                .ok_or_else(Problem::internal)?
                .clone();
            let sight = sight_of(caller.principal().visibility());
            Ok(Get {
                state,
                request: request.clone(),
                sight,
                caller,
            })
        });
        ready(found)
    }
}

/// What a caller may see, as the database is asked for it.
fn sight_of(visibility: &Visibility) -> Sight {
    match visibility {
        Visibility::Everything => Sight::Everything,
        Visibility::Partner { pledges, markets } => Sight::Only {
            pledges: pledges.clone(),
            markets: match markets {
                Markets::All => SightMarkets::All,
                Markets::Listed(codes) => SightMarkets::Listed(codes.clone()),
            },
        },
    }
}

/// The refusal of a read that gave no answer. What the database declines is a timeout or a server
/// that is stopping; a reader may come back.
pub fn failed(error: ReadError) -> Problem {
    match error {
        ReadError::KnownAtInFuture => {
            let reason = Reason::new("known_at", "known-at-in-future", error.to_string());
            Problem::invalid(vec![reason])
        }
        ReadError::Database(error) => unavailable(&error),
    }
}

fn unavailable(error: &DbError) -> Problem {
    log::error!("a read gave no answer: {error}");
    Problem::unavailable()
}

impl<P: Permission> Get<P> {
    /// Who asks.
    pub fn principal(&self) -> &Principal {
        self.caller.principal()
    }

    /// The id in the path, `{id}`; one that can't be an id is one that isn't there.
    pub fn id<T: FromStr<Err = NotAnId>>(&self) -> Result<T, Problem> {
        let text = self.request.match_info().get("id").unwrap_or_default();
        text.parse().map_err(|error: NotAnId| {
            Problem::not_found(format!("There is nothing at this address: {error}"))
        })
    }

    /// 404: what the path names is absent, or out of sight.
    pub fn absent(&self, what: &str) -> Problem {
        let id = self.request.match_info().get("id").unwrap_or_default();
        Problem::not_found(format!("There is no {what} {id}"))
    }

    /// The query, if JSON is accepted.
    pub fn query(&self) -> Result<Params<'_>, Problem> {
        negotiate(self.request.headers(), &[accept::JSON])?;
        Ok(self.query_in_any_form())
    }

    /// The query, whatever is accepted.
    pub fn query_in_any_form(&self) -> Params<'_> {
        Params::new(self.request.query_string(), self.catalogue())
    }

    /// The request as it came.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// What the caller may see.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// The units and markets there are.
    pub fn catalogue(&self) -> &Catalogue {
        &self.state.catalogue
    }

    /// What every request finds.
    pub fn state(&self) -> &Data<State> {
        &self.state
    }

    /// A connection; 503 if none is to be had.
    pub async fn connection(&self) -> Result<Reader, Problem> {
        self.state
            .pool
            .get()
            .await
            .map_err(|error| unavailable(&error))
    }

    /// The tag of an answer to this request, made when the ledger had come to `version`.
    pub fn tag(&self, form: &str, version: &str) -> Tag {
        let (path, query) = (self.request.path(), self.request.query_string());
        Tag::of(&[path, query, form, &format!("{:?}", self.sight), version])
    }

    /// Whether the client has the answer of that tag.
    pub fn has(&self, tag: &Tag) -> bool {
        tag.is_known(self.request.headers())
    }

    /// The answer as JSON, or 304; tagged by its bytes unless a tag is given.
    pub fn json(&self, tag: Option<Tag>, body: &impl Serialize) -> Result<HttpResponse, Problem> {
        let body = serde_json::to_vec(body).map_err(|error| {
            log::error!("an answer can't be written: {error}");
            Problem::internal()
        })?;
        Ok(etag::respond(
            self.request.headers(),
            tag,
            accept::JSON,
            body,
        ))
    }

    /// What names the list that is read: cursors are good for no other.
    fn list(&self, paging: &Paging) -> String {
        format!(
            "{}?{} {:?}",
            self.request.path(),
            paging.filters,
            self.sight
        )
    }

    /// Where the list goes on; 422 if the cursor isn't one of this list.
    pub fn cursor(&self, paging: &Paging) -> Result<Option<Cursor>, Problem> {
        let Some(text) = &paging.cursor else {
            return Ok(None);
        };
        match Cursor::read(text, &self.state.cursors, &self.list(paging)) {
            Some(cursor) => Ok(Some(cursor)),
            None => Err(invalid_cursor()),
        }
    }

    /// A page as JSON, with a link to the next one if there is one, at `next`.
    pub fn page<T: Serialize>(
        &self,
        paging: &Paging,
        data: Vec<T>,
        next: Option<Cursor>,
        known_at: Option<OffsetDateTime>,
    ) -> Result<HttpResponse, Problem> {
        let next = next.map(|cursor| cursor.write(&self.state.cursors, &self.list(paging)));
        let link = next.as_ref().map(|cursor| self.link(cursor));
        let list = ListOut {
            data,
            has_more: next.is_some(),
            next_cursor: next,
            known_at: known_at.map(Instant),
        };
        let mut response = self.json(None, &list)?;
        let link = link.and_then(|link| header::HeaderValue::from_str(&link).ok());
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        Ok(response)
    }

    fn link(&self, cursor: &str) -> String {
        let others = self.request.query_string().split('&');
        let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query: Vec<&str> = others.collect();
        let ampersand = if query.is_empty() { "" } else { "&" };
        let path = self.request.path();
        format!(
            "<{path}?{}{ampersand}cursor={cursor}>; rel=\"next\"",
            query.join("&")
        )
    }
}

/// 422: the cursor isn't one of this list.
pub fn invalid_cursor() -> Problem {
    let detail = "a cursor is what an earlier page of the same list, with the same filters, \
                  answered as next_cursor";
    Problem::invalid(vec![Reason::new("cursor", "malformed-parameter", detail)])
}
