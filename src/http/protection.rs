//! What every answer tells browsers and caches not to do with it.
//!
//! | Header | Says |
//! |---|---|
//! | `X-Content-Type-Options` | it is what its `Content-Type` says, whatever it looks like |
//! | `Content-Security-Policy` | it runs, loads and is framed by nothing |
//! | `X-Frame-Options` | the same of frames, to browsers that don't know the policy |
//! | `Referrer-Policy` | where somebody goes from here isn't told where they came from |
//! | `Cross-Origin-Resource-Policy` | other origins' pages don't embed it |
//! | `Cache-Control` | nobody keeps it (`no-store`), unless its handler knows better |
//! | `Strict-Transport-Security` | come by https from now on |
//!
//! The page at `/docs/` has a policy of its own, by which it loads its own files and calls this
//! service. Pages that `ALMONER_CORS_ORIGINS` names may still fetch. Reads may be kept by the
//! caller and asked for again (see [`crate::http::etag`]), and so may what holds no data. To stay
//! with https is told only to who came by it, as a trusted proxy says.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;

use crate::http::docs;
use crate::http::state::State;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// An answer of the API is data, and nothing in it is to be carried out.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The page that shows the description: its own files, and the styles it writes as it goes.
const POLICY_OF_PAGE: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A year.
const TRANSPORT: &str = "max-age=31536000";

/// Writes the headers.
pub fn protect(answer: &mut ServiceResponse<BoxBody>) {
    let request = answer.request();
    let path = request.path();
    let is_page = path.starts_with(docs::PAGE);
    let holds_data = !is_page && path != docs::DESCRIPTION;
    let state = request.app_data::<Data<State>>();
    let by_https = state.is_some_and(|state| state.limits.came_by_https(request));
    let headers = answer.headers_mut();
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(
        header::CONTENT_SECURITY_POLICY,
        if is_page { POLICY_OF_PAGE } else { POLICY },
    );
    say(header::X_FRAME_OPTIONS, "DENY");
    say(header::REFERRER_POLICY, "no-referrer");
    say(RESOURCE_POLICY, "same-origin");
    if by_https {
        say(header::STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let value = if holds_data { "no-store" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
}
