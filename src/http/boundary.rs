//! Where a request comes in and its answer goes out: request ids, problems in full, one log line.
//!
//! Guarantees: every answer, the framework's own included, bears `Request-Id` and the headers of
//! [`crate::http::protection`]; every refusal is a problem that names its path and request id; what
//! is logged holds no body, token, name or query.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use uuid::Uuid;

use crate::http::problem::Problem;
use crate::http::protection::protect;
use crate::http::trail::note_refusal;

/// The header's name.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// W3C Trace Context: answered with as it came, so that a caller finds its own trace again.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The longest request id that is taken over.
const MAX_REQUEST_ID_BYTES: usize = 128;

/// What a request is called in the log and by whoever asks about it.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's, if it can be taken over, or a new one.
    fn of(headers: &HeaderMap) -> Self {
        let sane = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=MAX_REQUEST_ID_BYTES).contains(&bytes.len())
                && bytes.iter().all(u8::is_ascii_graphic)
        };
        let made = || HeaderValue::try_from(Uuid::now_v7().simple().to_string());
        match headers.get(REQUEST_ID).filter(sane) {
            Some(value) => RequestId(value.clone()),
            // Hexadecimal digits are always a header value; the fallback is never reached.
            None => RequestId(made().unwrap_or(HeaderValue::from_static("none"))),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// The trace a request belongs to, if it is written as the standard has it.
fn traceparent(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = headers.get(TRACEPARENT)?;
    let hexadecimal = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-');
    (value.len() == 55 && value.as_bytes().iter().all(hexadecimal)).then(|| value.clone())
}

/// The outermost middleware.
pub async fn boundary(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let id = RequestId::of(request.headers());
    let trace = traceparent(request.headers());
    request.extensions_mut().insert(id.clone());

    let answer = next.call(request).await?.map_into_boxed_body();
    let mut answer = match problem_of(&answer) {
        Some(problem) => {
            note_refusal(answer.request(), &problem).await;
            write_out(answer, &problem, &id)
        }
        None => answer,
    };
    protect(&mut answer);
    let headers = answer.headers_mut();
    headers.insert(REQUEST_ID, id.0.clone());
    if let Some(trace) = trace {
        headers.insert(TRACEPARENT, trace);
    }
    log_answer(&method, &answer, &id, started);
    Ok(answer)
}

/// The problem an answer stands for: a handler's own, or the framework's put in our words.
fn problem_of(answer: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(problem) = answer
        .response()
        .error()
        .and_then(|error| error.as_error::<Problem>())
    {
        return Some(problem.clone());
    }
    Some(match status {
        StatusCode::NOT_FOUND => Problem::not_found("There is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allow = answer
                .headers()
                .get(header::ALLOW)
                .and_then(|value| value.to_str().ok());
            Problem::method_not_allowed(allow.unwrap_or("other methods"))
        }
        other if other.is_client_error() => Problem::new(
            other,
            "bad-request",
            "The request isn't one that is understood here",
        ),
        _ => {
            let cause = answer.response().error().map(ToString::to_string);
            log::error!("an answer of {status} that no handler gave: {cause:?}");
            Problem::internal()
        }
    })
}

/// Puts the problem in place of the answer's body, with the path and the request id.
fn write_out(
    answer: ServiceResponse<BoxBody>,
    problem: &Problem,
    id: &RequestId,
) -> ServiceResponse<BoxBody> {
    let path = answer.request().path().to_owned();
    let (headers, body) = problem.respond(Some(&path), Some(id.as_str())).into_parts();
    let mut answer = answer.map_body(|_, _| body);
    for (name, value) in headers.headers() {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    answer
}

/// One line per request, at the boundary: as information where the fault is ours.
fn log_answer(
    method: &Method,
    answer: &ServiceResponse<BoxBody>,
    id: &RequestId,
    started: Instant,
) {
    let level = match answer.status().is_server_error() {
        true => log::Level::Info,
        false => log::Level::Debug,
    };
    if log::log_enabled!(level) {
        let route = answer.request().match_pattern();
        log::log!(
            level,
            method = method.as_str(),
            route = route.as_deref().unwrap_or("none"),
            status = answer.status().as_u16(),
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            request_id = id.as_str();
            "answered"
        );
    }
}

/// What there is at no address.
pub async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("There is nothing at this address"))
}
