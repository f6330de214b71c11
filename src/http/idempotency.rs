//! Idempotency keys: what makes a write safe to send again.
//!
//! A key is bound to its caller: issuer, subject and the key as sent are digested together, so one
//! caller's key never meets another's. It is bound to its request as well: to the method, the path
//! and the body. The body counts as what it says, with the members of objects in order of their
//! names and without spaces between them: a client may write the same JSON anew to send it again.
//!
//! An item of a bulk request counts as the single request it stands for, without its own
//! `idempotency_key`: what was sent in bulk may be sent again on its own, and the other way round.

use actix_web::http::header::{HeaderMap, HeaderName};
use aws_lc_rs::digest::{Context, SHA256};
use uuid::Uuid;

use crate::engine::Key;
use crate::http::access::Principal;
use crate::http::body::Node;
use crate::http::problem::Problem;

/// The header's name.
pub const HEADER: &str = "idempotency-key";

/// The longest key.
const MAX_BYTES: usize = 255;

/// A key as its caller chose it, without quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientKey(String);

/// The text isn't a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An idempotency key is 1 to 255 printable ASCII characters, with or without quotes.")]
pub struct NotAKey;

impl ClientKey {
    /// Reads a key; one in quotes (RFC 8941) is the same key as without.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let key = match text.strip_prefix('"') {
            Some(rest) => unquote(rest.strip_suffix('"').ok_or(NotAKey)?)?,
            None if text.contains(' ') => return Err(NotAKey),
            None => text.to_owned(),
        };
        let printable = key.bytes().all(|b| (b' '..=b'~').contains(&b));
        match printable && (1..=MAX_BYTES).contains(&key.len()) {
            true => Ok(ClientKey(key)),
            false => Err(NotAKey),
        }
    }

    /// The key in a request's headers, if there is one.
    pub fn find(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let name = HeaderName::from_static(HEADER);
        let mut values = headers.get_all(name);
        let malformed = || {
            Problem::unreadable("idempotency-key-malformed", NotAKey.to_string())
                .at("Idempotency-Key")
        };
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => {
                let text = value.to_str().map_err(|_| malformed())?;
                ClientKey::parse(text)
                    .map(Some)
                    .map_err(|NotAKey| malformed())
            }
            (Some(_), Some(_)) => Err(malformed()),
        }
    }

    /// The refusal of a write without a key.
    pub fn missing() -> Problem {
        let detail = "A write needs the header Idempotency-Key, any text of your own that you will \
                      send again if you have to send the request again";
        Problem::unreadable("idempotency-key-missing", detail).at("Idempotency-Key")
    }

    /// The key bound to its caller and to the request of that digest.
    pub fn bind(&self, caller: &Principal, request: [u8; 32]) -> Key {
        let digest = digest(&[
            caller.issuer().as_bytes(),
            caller.subject().as_bytes(),
            self.0.as_bytes(),
        ]);
        Key {
            digest: half(digest),
            fingerprint: half(request),
        }
    }
}

/// The key of a part of what a key is for, by its number: as good for ever as the whole's. The
/// first part bears the key itself, so that it stands for nothing else besides.
pub fn part(key: Key, number: u64) -> Key {
    if number == 0 {
        return key;
    }
    let digest = digest(&[key.digest.as_bytes(), &number.to_be_bytes()]);
    Key {
        digest: half(digest),
        ..key
    }
}

/// Undoes the escapes of a quoted string: a backslash before a quote or a backslash.
fn unquote(text: &str) -> Result<String, NotAKey> {
    let mut key = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ ('"' | '\\')) => key.push(escaped),
                _ => return Err(NotAKey),
            },
            '"' => return Err(NotAKey),
            plain => key.push(plain),
        }
    }
    Ok(key)
}

/// What a body says, in the one way it is written here.
pub fn canonical(body: &Node) -> String {
    // Texts and numbers have a JSON form, so writing a body that was read can't fail.
    serde_json::to_string(body).unwrap_or_default()
}

/// A digest of the method, the path and what the body says, written canonically.
pub fn request_digest(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    digest(&[method.as_bytes(), path.as_bytes(), body])
}

/// SHA-256 of the parts, each with a NUL after it: none of them can hold one, or all are of a known
/// length.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
        context.update(&[0]);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

fn half(digest: [u8; 32]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        for (written, key) in [
            ("abc", "abc"),
            ("\"abc\"", "abc"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            ("\"a b\"", "a b"),
            (
                "8e03978e-40d5-43e8-bc93-6894a57f9324",
                "8e03978e-40d5-43e8-bc93-6894a57f9324",
            ),
        ] {
            assert_eq!(
                ClientKey::parse(written),
                Ok(ClientKey(key.to_owned())),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_not_printable_or_too_long_is_not_a_key() {
        let long = "a".repeat(256);
        for wrong in [
            "", "\"\"", "\"a", "a b", "a\tb", "ä", "\"a\"b\"", r#""a\b""#, &long,
        ] {
            assert_eq!(ClientKey::parse(wrong), Err(NotAKey), "{wrong:?}");
        }
    }

    #[test]
    fn one_header_at_most_is_a_key() {
        let name = HeaderName::from_static(HEADER);
        let mut headers = HeaderMap::new();
        assert!(ClientKey::find(&headers).unwrap().is_none());
        headers.append(name.clone(), HeaderValue::from_static("a"));
        assert!(ClientKey::find(&headers).unwrap().is_some());
        headers.append(name, HeaderValue::from_static("a"));
        assert_eq!(
            ClientKey::find(&headers).unwrap_err().code(),
            "idempotency-key-malformed"
        );
    }

    #[test]
    fn a_request_is_known_by_what_it_says_and_not_by_how_it_is_written() {
        let digest = |path, body: &str| {
            let body = canonical(&Node::read(body.as_bytes()).unwrap());
            request_digest("POST", path, body.as_bytes())
        };
        let known = digest("/a", r#"{"x":"1","y":["é"]}"#);
        assert_eq!(
            known,
            digest("/a", "{ \"y\": [\"\\u00e9\"], \"x\": \"1\" }")
        );
        assert_ne!(known, digest("/b", r#"{"x":"1","y":["é"]}"#));
        assert_ne!(known, digest("/a", r#"{"x":"2","y":["é"]}"#));
    }
}
