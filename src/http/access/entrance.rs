//! From the headers of a request to who makes it: the token is read, checked, and looked up in the
//! register.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;

use super::api_token;
use super::bearer::bearer_token;
use super::error::AccessError;
use super::principal::Principal;
use super::register::Register;
use super::verifier::{Verifier, kid_of, now_s};
use crate::http::limits::{Failures, key};

/// Who makes the request, with what they may do now. Attempts that fail are counted against the
/// address.
pub fn identify(
    request: &HttpRequest,
    verifier: &Verifier,
    register: &Register,
    failures: &Failures,
    address: u64,
) -> Result<Arc<Principal>, AccessError> {
    let values = request.headers().get_all(header::AUTHORIZATION);
    let token = bearer_token(values.map(|value| value.as_bytes()));
    let token = token.map_err(|error| counted(error, failures, address, key(&"")))?;
    if api_token::is_ours(&token) {
        let found = api_token::check(&token).and_then(|()| register.find(&token));
        let name = || key(&api_token::prefix(&token));
        let found = found.map_err(|error| counted(error, failures, address, name()))?;
        return register.admit(found);
    }
    let now_s = now_s();
    if let Some(known) = verifier.recall(&token, now_s) {
        return register.admit(known?);
    }
    let name = key(&kid_of(&token));
    if let Some(wait) = failures.wait(address, name) {
        return Err(too_many(wait));
    }
    let verified = verifier.verify(&token, now_s);
    let verified = verified.map_err(|error| counted(error, failures, address, name))?;
    register.admit(verified)
}

/// The refusal, or another if it was one too many.
fn counted(error: AccessError, failures: &Failures, address: u64, key: u64) -> AccessError {
    if !error.is_failed_attempt() {
        return error;
    }
    failures.count(address, key).map_or(error, too_many)
}

fn too_many(wait: std::time::Duration) -> AccessError {
    AccessError::TooManyFailures {
        retry_s: wait.as_secs() + 1,
    }
}
