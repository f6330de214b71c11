//! The permission in a handler's type: a handler that takes [`Allowed`] can't run without it.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::http::access::{AccessError, Permission, Principal, authorize, bearer_token, now_s};
use crate::http::problem::Problem;
use crate::http::state::State;

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
        let headers = request.headers().get_all(header::AUTHORIZATION);
        let principal = bearer_token(headers.map(|value| value.as_bytes()))
            .and_then(|token| state.verifier.verify(&token, now_s()))?;
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

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Allowed::check(request))
    }
}
