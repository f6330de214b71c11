//! The permission in a handler's type: a handler that takes [`Allowed`] can't run without it.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::http::access::{AccessError, Permission, Principal, authorize, identify};
use crate::http::limits::{Caller, too_many};
use crate::http::problem::Problem;
use crate::http::state::State;
use crate::http::trail::Known;

/// What browsers send and nothing else does.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// A caller who is known and may do what `P` names: 401 if not known, else 403. Decided from the
/// headers alone, before any of the body is read.
#[derive(Debug, Clone)]
pub struct Allowed<P> {
    principal: Arc<Principal>,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Allowed<P> {
    /// The caller, if they may.
    pub fn check(request: &HttpRequest) -> Result<Self, Problem> {
        let Some(state) = request.app_data::<Data<State>>() else {
            log::error!("the application was put together without its state");
            return Err(Problem::internal());
        };
        let caller = request.extensions().get::<Caller>().copied();
        let address = caller.unwrap_or_default().address;
        let failures = state.limits.failures();
        let principal = identify(request, &state.verifier, &state.register, failures, address)
            .map_err(|error| refusal(error, request))?;
        let left = state
            .limits
            .count_subject(principal.issuer(), principal.subject());
        request.extensions_mut().insert(Caller {
            address,
            subject: left,
        });
        if let Some(retry_s) = left.and_then(|left| left.retry_s) {
            return Err(too_many("a subject", retry_s));
        }
        request
            .extensions_mut()
            .insert(Known(Arc::clone(&principal)));
        authorize::<P>(&principal).map_err(AccessError::from)?;
        Ok(Allowed {
            principal,
            permission: PhantomData,
        })
    }

    /// Who it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }
}

/// A refusal with every way to come in: Basic as well, which spreadsheets wait to be asked for. Not
/// to browsers, which would ask people for a password.
fn refusal(error: AccessError, request: &HttpRequest) -> Problem {
    let challenge = error.challenge();
    let problem = Problem::from(error);
    let is_browser = request.headers().contains_key(SEC_FETCH_MODE);
    if problem.status() != StatusCode::UNAUTHORIZED || is_browser {
        return problem;
    }
    let both = format!("{challenge}, Basic realm=\"almoner\", charset=\"UTF-8\"");
    problem.with_header(header::WWW_AUTHENTICATE, both)
}

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Allowed::check(request))
    }
}
