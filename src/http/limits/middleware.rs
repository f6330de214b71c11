//! Counts what comes from an address, and says on every answer what is left.

use std::fmt::Write;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};

use super::{Admission, Left, Limits, crowded};
use crate::http::problem::Problem;
use crate::http::routes::is_guarded;
use crate::http::state::State;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a request's handler finds, and notes, of who asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller {
    /// The address, as a key.
    pub address: u64,
    /// What is left to the subject, once that is known.
    pub subject: Option<Left>,
}

/// 429: more than is allowed.
pub fn too_many(who: &str, retry_s: u64) -> Problem {
    let detail = format!(
        "More requests than {who} is allowed: try again in {retry_s} seconds. RateLimit-Policy \
         says how many there may be"
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", detail)
        .with_header(header::RETRY_AFTER, retry_s.to_string())
}

/// The middleware, around all that is limited.
pub async fn limited(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if matches!(request.request().conn_data(), Some(Admission::Refused)) {
        let (request, _) = request.into_parts();
        let mut refused = HttpResponse::from_error(crowded());
        refused
            .head_mut()
            .set_connection_type(ConnectionType::Close);
        return Ok(ServiceResponse::new(request, refused));
    }
    let state = request.app_data::<Data<State>>().cloned();
    let Some(state) = state.filter(|_| is_guarded(request.path())) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let limits = &state.limits;
    let address = limits.address_of(request.request());
    let left = limits.count_address(address);
    let caller = Caller {
        address,
        subject: None,
    };
    request.extensions_mut().insert(caller);
    let mut answer = match left.and_then(|left| left.retry_s) {
        Some(retry_s) => {
            let (request, _) = request.into_parts();
            let refused = HttpResponse::from_error(too_many("an address", retry_s));
            ServiceResponse::new(request, refused)
        }
        None => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some(left) = left {
        say(&mut answer, limits, left);
    }
    Ok(answer)
}

/// Writes the headers.
fn say(answer: &mut ServiceResponse<BoxBody>, limits: &Limits, of_address: Left) {
    let of_subject = answer
        .request()
        .extensions()
        .get::<Caller>()
        .and_then(|caller| caller.subject);
    let mut text = String::with_capacity(64);
    if let Some(Left {
        remaining, reset_s, ..
    }) = of_subject
    {
        let _ = write!(text, "\"subject\";r={remaining};t={reset_s}, ");
    }
    let Left {
        remaining, reset_s, ..
    } = of_address;
    let _ = write!(text, "\"address\";r={remaining};t={reset_s}");
    let headers = answer.headers_mut();
    // Both are made of letters, digits and quotes.
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(RATE_LIMIT, value);
    }
    if let Some(policy) = &limits.policy {
        headers.insert(RATE_LIMIT_POLICY, policy.clone());
    }
}
