//! Why a caller was turned away.
//!
//! Every refusal has a stable code and a sentence that says what would help. Neither repeats any
//! part of the token. Refusals of a claim come only after the signature was found good, so they
//! tell nothing to somebody who made the token up.

use super::claims::MAX_LIFETIME_S;
use super::permission::Forbidden;
use super::verifier::MAX_TOKEN_BYTES;

/// A refusal: 403 for [`AccessError::Forbidden`], 401 for all others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// There were no credentials of a kind that is read here.
    #[error(
        "This needs a token: send `Authorization: Bearer <token>`, or Basic with the token as \
         password."
    )]
    Unauthenticated,
    /// The credentials are not a token at all.
    #[error("{0}")]
    Malformed(Malformation),
    /// The header's `typ` is something else, for example that of an ID token.
    #[error("The token isn't an access token: its header must say `typ` is `at+jwt`.")]
    WrongType,
    /// The header asks for something that is never done here, such as fetching a key.
    #[error("The token's header has the member `{0}`, which isn't accepted here.")]
    UnsupportedHeader(&'static str),
    /// `alg` is not the algorithm of the key.
    #[error("The token isn't signed with the algorithm of its key; `none` is never accepted.")]
    WrongAlgorithm,
    /// `kid` names no key of ours, or is left out where there are several.
    #[error("The token's key isn't known here: get a token from the issuer this server trusts.")]
    UnknownKey,
    /// The signature doesn't match what was signed.
    #[error("The token's signature doesn't match: it was altered, or signed with another key.")]
    BadSignature,
    /// A claim that every token must have is not there.
    #[error("The token lacks the claim `{0}`, which every token must have.")]
    MissingClaim(&'static str),
    /// A claim is there, but isn't what it has to be.
    #[error("The token's claim `{claim}` must be {expected}.")]
    InvalidClaim {
        /// The claim's name.
        claim: &'static str,
        /// What it has to be, as the end of a sentence.
        expected: &'static str,
    },
    /// `iss` is another issuer.
    #[error("The token comes from another issuer than `{expected}`, the one trusted here.")]
    WrongIssuer {
        /// The issuer trusted here.
        expected: String,
    },
    /// `aud` doesn't list this service.
    #[error("The token is meant for another service: its audience doesn't include `{expected}`.")]
    WrongAudience {
        /// The audience this service answers to.
        expected: String,
    },
    /// `exp` has passed.
    #[error("The token expired {ago_s} seconds ago: get a new one.")]
    Expired {
        /// Seconds since it expired.
        ago_s: u64,
    },
    /// `nbf` or `iat` is still to come.
    #[error("The token is valid in {in_s} seconds only: wait, or set the issuer's clock right.")]
    NotYetValid {
        /// Seconds until it is valid.
        in_s: u64,
    },
    /// `exp` is too long after `iat`.
    #[error("The token lasts longer than {MAX_LIFETIME_S} seconds: get one that ends sooner.")]
    LifetimeTooLong,
    /// The token says that it was made here, and wasn't, or is long over.
    #[error("There is no such token: it was never made here, or is long over.")]
    UnknownApiToken,
    /// The token was revoked.
    #[error("The token was revoked: get a new one, or ask an administrator why.")]
    Revoked,
    /// The subject isn't in the register, and has to be.
    #[error("The token's subject isn't known here: an administrator has to register it first.")]
    SubjectUnknown,
    /// The identity is suspended.
    #[error("Your access is suspended: ask an administrator.")]
    Suspended,
    /// Nobody can tell who may come in.
    #[error("Whom to let in can't be told at the moment, as the database can't be reached.")]
    RegisterAway,
    /// Nobody can tell which tokens are good.
    #[error("The keys that tokens are checked with can't be had from their issuer.")]
    KeysAway,
    /// The key may be new, and is being asked for.
    #[error("The token's key isn't known here yet; the issuer is being asked for it.")]
    KeyWanted,
    /// Too many attempts failed.
    #[error("Too many attempts with tokens that are none: try again in {retry_s} seconds.")]
    TooManyFailures {
        /// When to come back.
        retry_s: u64,
    },
    /// The caller is known, but may not do this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// What makes credentials unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformation {
    /// More than one `Authorization` header.
    #[error("The request has several Authorization headers: send one.")]
    SeveralCredentials,
    /// The scheme is known, but what follows it can't be read.
    #[error("The Authorization header can't be read: send `Bearer <token>`, nothing after it.")]
    Credentials,
    /// The password of Basic credentials is missing or they aren't base64.
    #[error("The Basic credentials can't be read: any user name, and the token as password.")]
    BasicCredentials,
    /// Longer than any token may be.
    #[error("The token is longer than {MAX_TOKEN_BYTES} bytes.")]
    TooLong,
    /// A token made here whose letters don't check.
    #[error("The token isn't complete, or was mistyped: its last letters check the others.")]
    Mistyped,
    /// Not three parts with dots between them, or not unpadded base64url.
    #[error("The token isn't three base64url parts with dots between them: was it cut or edited?")]
    Shape,
    /// The first part isn't a JSON object with unique names of the right types.
    #[error("The token's header isn't a JSON object that names everything once.")]
    Header,
    /// The second part isn't a JSON object with unique names.
    #[error("The token's claims aren't a JSON object that names everything once.")]
    Claims,
}

impl AccessError {
    /// The stable, kebab-case code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Malformed(_) => "token-malformed",
            Self::WrongType => "token-wrong-type",
            Self::UnsupportedHeader(_) => "token-unsupported-header",
            Self::WrongAlgorithm => "token-wrong-algorithm",
            Self::UnknownKey => "token-unknown-key",
            Self::BadSignature => "token-bad-signature",
            Self::MissingClaim(_) => "token-missing-claim",
            Self::InvalidClaim { .. } => "token-invalid-claim",
            Self::WrongIssuer { .. } => "token-wrong-issuer",
            Self::WrongAudience { .. } => "token-wrong-audience",
            Self::Expired { .. } => "token-expired",
            Self::NotYetValid { .. } => "token-not-yet-valid",
            Self::LifetimeTooLong => "token-lifetime-too-long",
            Self::UnknownApiToken => "token-unknown",
            Self::Revoked => "token-revoked",
            Self::SubjectUnknown => "subject-unknown",
            Self::Suspended => "identity-suspended",
            // What it is to whoever asks: the database is away.
            Self::RegisterAway => "unavailable",
            Self::KeysAway => "keys-unavailable",
            Self::KeyWanted => "token-key-wanted",
            Self::TooManyFailures { .. } => "too-many-failed-attempts",
            Self::Forbidden(_) => "forbidden",
        }
    }

    /// Whether somebody may be guessing: nothing shows that the token was ever good.
    pub fn is_failed_attempt(&self) -> bool {
        matches!(
            self,
            Self::Malformed(_)
                | Self::WrongType
                | Self::UnsupportedHeader(_)
                | Self::WrongAlgorithm
                | Self::UnknownKey
                | Self::BadSignature
                | Self::UnknownApiToken
        )
    }

    /// The value of `WWW-Authenticate` that goes with this refusal (RFC 6750, section 3).
    pub fn challenge(&self) -> String {
        match self {
            Self::Unauthenticated => r#"Bearer realm="almoner""#.to_owned(),
            Self::Forbidden(forbidden) => format!(
                r#"Bearer realm="almoner", error="insufficient_scope", scope="{}""#,
                forbidden.scope()
            ),
            _ => format!(
                r#"Bearer realm="almoner", error="invalid_token", error_description="{}""#,
                quotable(&self.to_string())
            ),
        }
    }
}

/// Replaces what RFC 6750 doesn't allow in a description; a configured issuer may hold any of it.
fn quotable(text: &str) -> String {
    let allowed = |c: char| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~');
    text.chars()
        .map(|c| if allowed(c) { c } else { '\'' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{AccessError, Malformation};
    use crate::http::access::permission::{ReadProofs, Rule};
    use crate::http::access::principal::tests::principal;

    #[test]
    fn no_credentials_get_a_challenge_without_an_error() {
        assert_eq!(
            AccessError::Unauthenticated.challenge(),
            r#"Bearer realm="almoner""#
        );
    }

    #[test]
    fn a_bad_token_is_called_invalid_in_the_challenge() {
        let challenge = AccessError::Malformed(Malformation::Header).challenge();
        assert!(challenge.starts_with(r#"Bearer realm="almoner", error="invalid_token", "#));
    }

    #[test]
    fn a_configured_name_cannot_break_out_of_the_challenge() {
        let error = AccessError::WrongIssuer {
            expected: "a\", x=\"\\\r\né".to_owned(),
        };
        let challenge = error.challenge();
        assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
        assert!(
            challenge
                .bytes()
                .all(|b| (0x20..0x7f).contains(&b) && b != b'\\')
        );
    }

    #[test]
    fn a_forbidden_caller_is_told_the_scope_in_the_challenge() {
        let forbidden = Rule::of::<ReadProofs>().check(&principal(&[], "")).err();
        let challenge = forbidden.map(|it| AccessError::from(it).challenge());
        let expected = r#"Bearer realm="almoner", error="insufficient_scope", scope="proofs:read""#;
        assert_eq!(challenge.as_deref(), Some(expected));
    }
}
