//! A write whose body isn't read before it is known what it is.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use time::OffsetDateTime;

use super::post::{Post, receive};
use crate::http::access::Permission;
use crate::http::allowed::Allowed;
use crate::http::problem::Problem;
use crate::http::state::State;
use crate::http::trail;

/// A write by a caller who may do what `P` names, with its body still to come.
pub struct Upload<P> {
    pub(super) caller: Allowed<P>,
    pub(super) state: Data<State>,
    pub(super) request: HttpRequest,
    pub(super) payload: Payload,
}

impl<P: Permission> FromRequest for Upload<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut upload = || {
            let caller = Allowed::<P>::check(request)?;
            let state = request.app_data::<Data<State>>();
            let state = state.ok_or_else(Problem::internal)?.clone();
            Ok(Upload {
                caller,
                state,
                request: request.clone(),
                payload: payload.take(),
            })
        };
        ready(upload())
    }
}

impl<P: Permission> Upload<P> {
    /// Whether the body says it is a file of lines.
    pub fn is_file(&self) -> bool {
        let media_type = self.request.headers().get(header::CONTENT_TYPE);
        let name = media_type.and_then(|value| value.to_str().ok()?.split(';').next());
        name.is_some_and(|name| name.trim().eq_ignore_ascii_case("text/csv"))
    }

    /// The write with its whole body.
    pub async fn whole(self) -> Result<Post<P>, Problem> {
        let body = receive(&self.request, self.payload).await?;
        Ok(Post {
            origin: trail::origin(&self.request),
            caller: self.caller,
            state: self.state,
            request: self.request,
            body,
            at: OffsetDateTime::now_utc(),
        })
    }
}
