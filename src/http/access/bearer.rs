//! Finding the token in a request: `Authorization: Bearer <token>`, or Basic with any user name
//! and the token as password, which is what spreadsheets can send.
//!
//! Guarantee: one header, read in one way, or a refusal. What is returned is bounded and ASCII,
//! and nothing more is known about it.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::{AccessError, Malformation};
use super::verifier::MAX_TOKEN_BYTES;

/// Clients differ in whether they pad.
const BASIC: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest Basic credentials: a token and a user name of a kilobyte, in base64.
const MAX_BASIC_BYTES: usize = (MAX_TOKEN_BYTES + 1024) / 3 * 4 + 4;

/// The token in the values of a request's `Authorization` headers, all of them.
///
/// No header, or a scheme that isn't read here, is [`AccessError::Unauthenticated`]; everything
/// else that can't be read is [`AccessError::Malformed`].
pub fn bearer_token<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Cow<'a, str>, AccessError> {
    let mut values = values.into_iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Err(AccessError::Unauthenticated),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return malformed(Malformation::SeveralCredentials),
    };
    let Ok(value) = str::from_utf8(value) else {
        return malformed(Malformation::Credentials);
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let credentials = rest.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("Bearer") {
        return bearer(credentials);
    }
    if scheme.eq_ignore_ascii_case("Basic") {
        return basic(credentials);
    }
    Err(AccessError::Unauthenticated)
}

fn bearer(credentials: &str) -> Result<Cow<'_, str>, AccessError> {
    match is_token_text(credentials) {
        true => Ok(Cow::Borrowed(credentials)),
        false => malformed(Malformation::Credentials),
    }
}

fn basic(credentials: &str) -> Result<Cow<'_, str>, AccessError> {
    if credentials.len() > MAX_BASIC_BYTES {
        return malformed(Malformation::TooLong);
    }
    let decoded = BASIC.decode(credentials).ok();
    let pair = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    // A user name can't hold a colon (RFC 7617), and neither can a token.
    match pair.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((_, password)) if is_token_text(password) => Ok(Cow::Owned(password.to_owned())),
        _ => malformed(Malformation::BasicCredentials),
    }
}

/// RFC 6750's `b64token`, loosely: visible ASCII in one piece.
fn is_token_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn malformed<T>(malformation: Malformation) -> Result<T, AccessError> {
    Err(AccessError::Malformed(malformation))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    use super::{MAX_BASIC_BYTES, bearer_token};
    use crate::http::access::error::{AccessError, Malformation};

    fn read(value: &str) -> Result<String, AccessError> {
        bearer_token([value.as_bytes()]).map(|token| token.into_owned())
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c "] {
            assert_eq!(read(value), Ok("a.b.c".to_owned()), "{value}");
        }
    }

    #[test]
    fn the_password_of_basic_credentials_is_the_token() {
        for pair in ["user:a.b.c", ":a.b.c", "ä@x.org:a.b.c"] {
            let expected = Ok("a.b.c".to_owned());
            assert_eq!(
                read(&format!("Basic {}", STANDARD.encode(pair))),
                expected,
                "{pair}"
            );
            assert_eq!(
                read(&format!("basic {}", STANDARD_NO_PAD.encode(pair))),
                expected
            );
        }
    }

    #[test]
    fn without_credentials_of_a_known_kind_a_caller_is_unauthenticated() {
        assert_eq!(bearer_token([]), Err(AccessError::Unauthenticated));
        for value in [
            "",
            "Digest a",
            "a.b.c",
            "Bearera.b.c",
            "Token a.b.c",
            "Bearer\ta.b.c",
        ] {
            assert_eq!(read(value), Err(AccessError::Unauthenticated), "{value}");
        }
    }

    #[test]
    fn what_follows_bearer_is_one_piece_of_visible_ascii() {
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a\u{e9}",
            "Bearer a\tb",
        ] {
            let expected = Err(AccessError::Malformed(Malformation::Credentials));
            assert_eq!(read(value), expected, "{value}");
        }
        let not_text = bearer_token([&b"Bearer \xff"[..]]);
        assert_eq!(
            not_text,
            Err(AccessError::Malformed(Malformation::Credentials))
        );
    }

    #[test]
    fn basic_credentials_that_hold_no_token_are_malformed() {
        let encoded = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        let values = [
            encoded("a.b.c"),
            encoded("user:"),
            encoded("user:a b"),
            encoded("u:a:\u{1}"),
        ];
        for value in values
            .iter()
            .map(String::as_str)
            .chain(["Basic", "Basic !", "Basic /w=="])
        {
            let expected = Err(AccessError::Malformed(Malformation::BasicCredentials));
            assert_eq!(read(value), expected, "{value}");
        }
        let long = format!("Basic {}", "a".repeat(MAX_BASIC_BYTES + 1));
        assert_eq!(
            read(&long),
            Err(AccessError::Malformed(Malformation::TooLong))
        );
    }

    #[test]
    fn two_headers_are_refused_even_if_they_agree() {
        let twice = bearer_token([&b"Bearer a.b.c"[..], b"Bearer a.b.c"]);
        assert_eq!(
            twice,
            Err(AccessError::Malformed(Malformation::SeveralCredentials))
        );
    }
}
