//! Refusals as `application/problem+json` (RFC 9457): the one place that picks a status.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::domain::Refusal;
use crate::domain::refusal::Shortage;
use crate::engine::Failure;

/// One of several reasons, each with its place in the request.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Reason {
    /// Where in the request's body, as a JSON pointer; or a parameter's or header's name.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

/// A refusal on its way to the client. Boxed: it is the rare path.
#[derive(Debug, Clone)]
pub struct Problem(Box<Body>);

#[derive(Debug, Clone)]
struct Body {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<Reason>,
    shortage: Option<Shortage>,
    missing_scope: Option<&'static str>,
    challenge: Option<String>,
    allow: Option<String>,
    retry_after_s: Option<u32>,
}
