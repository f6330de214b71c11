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
use crate::db::DbError;
use crate::db::read::{self, Connection, ReadError, Sight, SightMarkets, SightParty};
use crate::domain::Catalogue;
use crate::domain::id::NotAnId;
use crate::http::accept::{self, negotiate};
use crate::http::access::{Markets, Party, Permission, Principal, Visibility, authorize};
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
    caller: Allowed<P>,
    sight: Sight,
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
            let sight = sight_of(caller.principal().visibility(), &state);
            Ok(Get {
                state,
                request: request.clone(),
                caller,
                sight,
            })
        });
        ready(found)
    }
}

/// What a caller may see, as the database is asked for it.
fn sight_of(visibility: &Visibility, state: &State) -> Sight {
    match visibility {
        Visibility::Everything => Sight::Everything,
        Visibility::Creator(creator) => Sight::Creator(*creator),
        Visibility::Partner {
            party,
            pledges,
            markets,
        } => Sight::Only {
            party: match party {
                Party::Donor => SightParty::Donor {
                    small_cell: state.small_cell,
                },
                Party::Grantee => SightParty::Grantee,
                Party::MarketLead => SightParty::MarketLead,
            },
            pledges: pledges.clone(),
            markets: match (markets, party) {
                // Every market, and still nothing that belongs to none.
                (Markets::All, Party::MarketLead) => {
                    let every = state.catalogue.markets.iter();
                    SightMarkets::Listed(every.map(|it| it.code.to_string()).collect())
                }
                (Markets::All, _) => SightMarkets::All,
                (Markets::Listed(codes), _) => SightMarkets::Listed(codes.clone()),
            },
        },
    }
}

/// Runs a read that is a snapshot by itself, as somebody of that sight.
pub async fn look_as<T>(
    state: &State,
    sight: &Sight,
    read: impl AsyncFnOnce(&mut Connection) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut connection = state.pool.get().await?;
    read::look(&mut connection, sight, read).await
}

/// The refusal of a read that gave no answer. What the database declines is a timeout or a server
/// that is stopping; a reader may come back.
fn failed(error: ReadError) -> Problem {
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

    /// Whether the caller may do something else as well.
    pub fn may<Q: Permission>(&self) -> bool {
        authorize::<Q>(self.caller.principal()).is_ok()
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

    /// Runs a read that is a snapshot by itself, as the caller; 503 if no connection is to be had.
    pub async fn look<T>(
        &self,
        read: impl AsyncFnOnce(&mut Connection) -> Result<T, ReadError>,
    ) -> Result<T, Problem> {
        let answer = look_as(&self.state, &self.sight, read).await;
        answer.map_err(failed)
    }

    /// Runs reads of several statements in one snapshot, as the caller.
    pub async fn snapshot<T>(
        &self,
        reads: impl AsyncFnOnce(&mut Connection) -> Result<T, ReadError>,
    ) -> Result<T, Problem> {
        let connection = self.state.pool.get().await;
        let mut connection = connection.map_err(|error| unavailable(&error))?;
        let answer = read::snapshot(&mut connection, &self.sight, reads).await;
        answer.map_err(failed)
    }

    /// Runs reads of the register in one snapshot. It is nobody's part of the ledger, so that
    /// permissions alone say who may.
    pub async fn consult<T>(
        &self,
        reads: impl AsyncFnOnce(&mut Connection) -> Result<T, ReadError>,
    ) -> Result<T, Problem> {
        let connection = self.state.pool.get().await;
        let mut connection = connection.map_err(|error| unavailable(&error))?;
        let answer = read::snapshot(&mut connection, &Sight::Everything, reads).await;
        answer.map_err(failed)
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
