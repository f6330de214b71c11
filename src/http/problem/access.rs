//! Callers who aren't known, may not, or come too often.

use actix_web::http::StatusCode;
use actix_web::http::header;

use super::Problem;
use crate::http::access::AccessError;

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let (status, missing_scope) = match &error {
            AccessError::SubjectUnknown | AccessError::Suspended => (StatusCode::FORBIDDEN, None),
            AccessError::RegisterAway | AccessError::KeysAway | AccessError::KeyWanted => {
                return not_now(&error, StatusCode::SERVICE_UNAVAILABLE, 1);
            }
            AccessError::TooManyFailures { retry_s } => {
                return not_now(&error, StatusCode::TOO_MANY_REQUESTS, *retry_s);
            }
            AccessError::Forbidden(forbidden) => (StatusCode::FORBIDDEN, forbidden.missing_scope()),
            AccessError::Unauthenticated
            | AccessError::Malformed(_)
            | AccessError::WrongType
            | AccessError::UnsupportedHeader(_)
            | AccessError::WrongAlgorithm
            | AccessError::UnknownKey
            | AccessError::BadSignature
            | AccessError::MissingClaim(_)
            | AccessError::InvalidClaim { .. }
            | AccessError::WrongIssuer { .. }
            | AccessError::WrongAudience { .. }
            | AccessError::Expired { .. }
            | AccessError::NotYetValid { .. }
            | AccessError::UnknownApiToken
            | AccessError::Revoked
            | AccessError::LifetimeTooLong => (StatusCode::UNAUTHORIZED, None),
        };
        let mut problem = Problem::new(status, error.code(), error.to_string())
            .with_header(header::WWW_AUTHENTICATE, error.challenge());
        problem.0.missing_scope = missing_scope;
        problem
    }
}

/// A refusal that says when to come back.
fn not_now(error: &AccessError, status: StatusCode, retry_s: u64) -> Problem {
    Problem::new(status, error.code(), error.to_string())
        .with_header(header::RETRY_AFTER, retry_s.to_string())
}
