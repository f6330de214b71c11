//! Lists in pages: limits, cursors, and where the next page is.
//!
//! A cursor is opaque: where the list goes on and which moment it shows, under a keyed digest that
//! also covers the address, the filters and the caller's sight. One that was altered, or is sent
//! with another list or by somebody who sees something else, is refused.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::wire::Instant;

/// How many members a page has, unless the client says otherwise.
pub const DEFAULT_LIMIT: i64 = 50;
/// How many members a page has at most.
pub const MAX_LIMIT: i64 = 1000;

const SEAL_BYTES: usize = 16;

/// What cursors are sealed with; the same for all instances of a deployment.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey { .. }")
    }
}

impl CursorKey {
    /// A key derived from a secret of the deployment, which may serve other ends as well.
    pub fn derive(secret: &[u8]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&secret, b"almoner cursors, version 1");
        CursorKey(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    fn seal(&self, list: &str, content: &str) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(list.as_bytes());
        context.update(&[0]);
        context.update(content.as_bytes());
        context.sign()
    }
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last member seen.
    pub after: String,
    /// The moment all pages show.
    pub pin: String,
}

impl Cursor {
    /// The cursor as it is sent, for the list so named.
    pub fn write(&self, key: &CursorKey, list: &str) -> String {
        let content = format!("{}\n{}", self.after, self.pin);
        let seal = key.seal(list, &content);
        let seal = seal.as_ref().get(..SEAL_BYTES).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([seal, content.as_bytes()].concat())
    }

    /// Reads a cursor of the list so named; `None` if it isn't one.
    pub fn read(text: &str, key: &CursorKey, list: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (seal, content) = bytes.split_at_checked(SEAL_BYTES)?;
        let content = std::str::from_utf8(content).ok()?;
        let expected = key.seal(list, content);
        let expected = expected.as_ref().get(..SEAL_BYTES)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(seal, expected).ok()?;
        let (after, pin) = content.split_once('\n')?;
        Some(Cursor {
            after: after.to_owned(),
            pin: pin.to_owned(),
        })
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = List)]
pub struct ListOut<T> {
    /// The members, in order.
    pub data: Vec<T>,
    /// Whether there are more behind them.
    pub has_more: bool,
    /// What to send as `cursor`, with the same filters, for the next page.
    pub next_cursor: Option<String>,
    /// The moment all pages show; asked for with this `known_at`, the answer stays the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_with_its_own_key_and_list_only() {
        let key = CursorKey::derive(b"secret");
        let cursor = Cursor {
            after: "17".into(),
            pin: "1764000000000000".into(),
        };
        let text = cursor.write(&key, "/v1/accounts?code=3120");
        assert_eq!(
            Cursor::read(&text, &key, "/v1/accounts?code=3120"),
            Some(cursor)
        );
        assert_eq!(Cursor::read(&text, &key, "/v1/accounts?code=3130"), None);
        assert_eq!(
            Cursor::read(
                &text,
                &CursorKey::derive(b"other"),
                "/v1/accounts?code=3120"
            ),
            None
        );
        for wrong in ["", "AAAA", "ä", &text[1..], &format!("{text}A")] {
            assert_eq!(
                Cursor::read(wrong, &key, "/v1/accounts?code=3120"),
                None,
                "{wrong}"
            );
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            let forged = URL_SAFE_NO_PAD.encode(&bytes);
            assert_eq!(
                Cursor::read(&forged, &key, "/v1/accounts?code=3120"),
                None,
                "byte {at}"
            );
            bytes[at] ^= 1;
        }
    }
}
