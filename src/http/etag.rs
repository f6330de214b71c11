//! What a reader already has need not be sent again: entity tags and `If-None-Match`.
//!
//! Tags are strong. Cheap answers are tagged by their bytes. Those that cost something are tagged
//! by what they are made from (address, parameters, sight, how far the ledger had come, and the
//! build), so that a 304 comes without the work.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::http::idempotency;

/// For the caller alone, and to be asked for again each time.
pub const CACHE_CONTROL: &str = "private, no-cache";
/// For the caller alone, and for ever: it never changes.
pub const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// What an answer depends on besides its address.
pub const VARY: &str = "Accept, Authorization";

/// A strong entity tag, with its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of what is made from these parts, by this build.
    pub fn of(parts: &[&str]) -> Self {
        let build = env!("CARGO_PKG_VERSION");
        let parts: Vec<&[u8]> = [build]
            .iter()
            .chain(parts)
            .map(|part| part.as_bytes())
            .collect();
        Tag::from_digest(&idempotency::digest(&parts))
    }

    fn from_digest(digest: &[u8]) -> Self {
        Tag(format!(
            "\"{}\"",
            URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or(digest))
        ))
    }

    /// As the header has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the client says it has this already (RFC 9110, 13.1.2).
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        let lists = headers
            .get_all(header::IF_NONE_MATCH)
            .filter_map(|value| value.to_str().ok());
        lists
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == self.0)
    }

    /// 304: the client has it.
    pub fn not_modified(&self) -> HttpResponse {
        HttpResponse::build(StatusCode::NOT_MODIFIED)
            .insert_header((header::ETAG, self.as_str()))
            .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
            .insert_header((header::VARY, VARY))
            .finish()
    }
}

/// A whole body with its tag (that of its bytes, unless another is given) and its digest; or 304.
pub fn respond(
    headers: &HeaderMap,
    tag: Option<Tag>,
    media_type: &str,
    body: Vec<u8>,
) -> HttpResponse {
    let digest = digest(&SHA256, &body);
    let tag = tag.unwrap_or_else(|| Tag::from_digest(digest.as_ref()));
    if tag.is_known(headers) {
        return tag.not_modified();
    }
    let repr_digest = format!("sha-256=:{}:", STANDARD.encode(digest));
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::ETAG, tag.as_str()))
        .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
        .insert_header((header::VARY, VARY))
        .insert_header(("Repr-Digest", repr_digest))
        .body(body)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_is_found_in_any_list_and_others_are_not() {
        let tag = Tag::of(&["/v1/pledges", "7"]);
        assert_ne!(tag, Tag::of(&["/v1/pledges", "8"]));
        let known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
            tag.is_known(&headers)
        };
        assert!(known(tag.as_str()));
        assert!(known(&format!("\"x\", {}", tag.as_str())));
        assert!(known(&format!("W/{}", tag.as_str())));
        assert!(known("*"));
        assert!(!known("\"x\""));
        assert!(!tag.is_known(&HeaderMap::new()));
    }
}
