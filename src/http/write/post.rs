//! What all writes have in common: caller, address, query, key, form, fields, submission, answer.
//!
//! The order of checks is the one documented in [`crate::http::problem`]. Nothing of the body is
//! read before the caller is known and permitted, and of no body more than its address takes.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, ContentType};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use time::OffsetDateTime;

use super::answer::{Done, PreviewOut, witness};
use super::terms::Terms;
use crate::domain::approval::Request;
use crate::domain::audit::Origin;
use crate::domain::id::NotAnId;
use crate::domain::{Command, Job, Role};
use crate::engine::{Key, Submission};
use crate::http::access::{Permission, Principal};
use crate::http::allowed::Allowed;
use crate::http::body::{Edge, Fields, Node};
use crate::http::idempotency::{ClientKey, canonical, request_digest};
use crate::http::problem::Problem;
use crate::http::routes::BodyLimit;
use crate::http::state::State;
use crate::http::{trail, views};

/// How long a body may take to arrive, once its head has.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// A write by a caller who may do what `P` names, with its body as it came.
pub struct Post<P> {
    pub(super) caller: Allowed<P>,
    pub(super) state: Data<State>,
    pub(super) request: HttpRequest,
    pub(super) body: Bytes,
    /// When it was read.
    pub(super) at: OffsetDateTime,
    /// Where it came from.
    pub(super) origin: Arc<Origin>,
}

impl<P: Permission> FromRequest for Post<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Allowed::<P>::check(request);
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let caller = caller?;
            let state = request
                .app_data::<Data<State>>()
                .ok_or_else(Problem::internal)?
                .clone();
            let body = receive(&request, payload).await?;
            Ok(Post {
                origin: trail::origin(&request),
                caller,
                state,
                request,
                body,
                at: OffsetDateTime::now_utc(),
            })
        })
    }
}

/// The whole body, if it comes in time and isn't larger than the address takes.
pub(super) async fn receive(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let BodyLimit(limit) = request.app_data::<BodyLimit>().copied().unwrap_or_default();
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit as u64) {
        return Err(Problem::too_large(limit));
    }
    let mut payload = payload;
    let payload = web::Payload::from_request(request, &mut payload)
        .await
        .map_err(|_| Problem::internal())?;
    match tokio::time::timeout(BODY_TIMEOUT, payload.to_bytes_limited(limit)).await {
        Ok(Ok(Ok(body))) => Ok(body),
        Ok(Ok(Err(error))) => {
            log::debug!("a body broke off: {error}");
            Err(Problem::body_broken_off())
        }
        Ok(Err(_)) => Err(Problem::too_large(limit)),
        Err(_) => Err(Problem::body_too_slow()),
    }
}

impl Problem {
    /// 400: the body ended too early.
    pub(super) fn body_broken_off() -> Self {
        Problem::unreadable("body-broken-off", "The body ended before it was complete")
    }

    /// 408: the body, or the next piece of it, didn't come in time.
    pub(super) fn body_too_slow() -> Self {
        let detail = format!("The body didn't arrive within {} s", BODY_TIMEOUT.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, "body-too-slow", detail)
    }
}

impl<P: Permission> Post<P> {
    /// The id in the path, `{id}`; one that can't be an id is one that isn't there.
    pub fn id<T: FromStr<Err = NotAnId>>(&self) -> Result<T, Problem> {
        let text = self.request.match_info().get("id").unwrap_or_default();
        text.parse().map_err(|error: NotAnId| {
            Problem::not_found(format!("There is nothing at this address: {error}"))
        })
    }

    /// The job in the path, `{name}`.
    pub fn job(&self) -> Result<Job, Problem> {
        let name = self.request.match_info().get("name").unwrap_or_default();
        Job::parse(name).ok_or_else(|| Problem::not_found(format!("There is no job {name}")))
    }

    /// Whether it is to be carried out, or is a dry run; after all that can be said against a body
    /// without fields, for work that comes before a command is submitted.
    pub fn is_for_good(&self) -> Result<bool, Problem> {
        let validate_only = self.validate_only()?;
        self.key(validate_only)?;
        let body = self.json()?;
        Fields::read(&body, "", self.edge(), |_| Some(())).map_err(Problem::invalid)?;
        Ok(!validate_only)
    }

    /// The client's key, which only a dry run may lack.
    pub fn key(&self, validate_only: bool) -> Result<Option<ClientKey>, Problem> {
        match ClientKey::find(self.request.headers())? {
            None if !validate_only => Err(ClientKey::missing()),
            key => Ok(key),
        }
    }

    /// Reads the body's fields, for work that comes before a command is made of them.
    pub fn read<T>(
        &self,
        read: impl for<'a> FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Result<T, Problem> {
        self.key(self.validate_only()?)?;
        let body = self.json()?;
        Fields::read(&body, "", self.edge(), read).map_err(Problem::invalid)
    }

    /// Reads the body's fields into a command, submits it, and tells what came of it.
    pub async fn submit(
        self,
        read: impl for<'a> FnOnce(&mut Fields<'a>) -> Option<Command>,
    ) -> Result<Done, Problem> {
        let validate_only = self.validate_only()?;
        let key = self.key(validate_only)?;
        let body = self.json()?;
        let command = Fields::read(&body, "", self.edge(), read).map_err(Problem::invalid)?;
        let (submission, request) =
            self.submission(command, key.as_ref(), self.request.path(), &body);
        if validate_only {
            let mut previews = self.state.engine.preview(vec![submission]).await;
            let preview = previews.pop().ok_or_else(Problem::internal)??;
            return Ok(Done::Previewed(PreviewOut::new(&preview, &request)));
        }
        Ok(Done::Committed(self.state.engine.submit(submission).await?))
    }

    /// A command on its way into the ledger, and the digest of its request. Without a key of the
    /// client's, which only a dry run may lack, it gets one nobody has used.
    pub fn submission(
        &self,
        command: Command,
        key: Option<&ClientKey>,
        path: &str,
        body: &Node,
    ) -> (Submission, [u8; 32]) {
        let caller = self.caller.principal();
        let unused = || Key {
            digest: uuid::Uuid::now_v7(),
            fingerprint: uuid::Uuid::nil(),
        };
        let body = canonical(body);
        let request = request_digest(Method::POST.as_str(), path, body.as_bytes());
        let submission = Submission {
            proposal: command.action().map(|_| {
                let asked = Request {
                    path: path.to_owned(),
                    body,
                    asked_at: self.at,
                };
                // What the query says was read before anything of the body was.
                let terms = self.terms().unwrap_or_default();
                Box::new(terms.proposal(asked, witness(request)))
            }),
            command,
            actor: caller.subject().to_owned(),
            identity: caller.identity(),
            by_controller: caller.roles().contains(&Role::Controller),
            origin: self.origin.clone(),
            key: key.map_or_else(unused, |key| key.bind(caller, request)),
            render: views::RENDER,
        };
        (submission, request)
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        self.caller.principal()
    }

    /// What every request finds.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What bodies are read against, now.
    pub fn edge(&self) -> Edge<'_> {
        Edge::at(&self.state.catalogue, self.at)
    }

    /// Whether it is a dry run; what the query says besides is read as well.
    pub fn validate_only(&self) -> Result<bool, Problem> {
        Ok(self.terms()?.validate_only)
    }

    /// What the query says.
    fn terms(&self) -> Result<Terms, Problem> {
        Terms::read(self.request.query_string()).map_err(|reason| Problem::invalid(vec![reason]))
    }

    /// The body as JSON, if that is what it says it is.
    pub fn json(&self) -> Result<Node, Problem> {
        let headers = self.request.headers();
        let plain =
            |value: &header::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if !headers.get_all(header::CONTENT_ENCODING).all(plain) {
            let detail = "A body is read as it is: send it without Content-Encoding";
            return Err(Problem::unsupported_media_type(detail));
        }
        let mut types = headers.get_all(header::CONTENT_TYPE);
        let json = match (types.next().map(|value| value.to_str()), types.next()) {
            (Some(Ok(media_type)), None) => is_json(media_type),
            _ => false,
        };
        if !json {
            let detail = format!(
                "A body is read as JSON: send Content-Type {}",
                ContentType::json()
            );
            return Err(Problem::unsupported_media_type(detail));
        }
        Node::read(&self.body)
    }
}

/// `application/json`, in UTF-8 if it says anything about that.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    json && parts
        .filter(|part| !part.is_empty())
        .all(|part| match part.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_in_utf_8_is_the_one_form_a_body_is_read_in() {
        for taken in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; profile=x",
        ] {
            assert!(is_json(taken), "{taken}");
        }
        for refused in [
            "",
            "text/plain",
            "application/jsonp",
            "text/json",
            "application/json; charset=latin1",
        ] {
            assert!(!is_json(refused), "{refused}");
        }
    }
}
