//! What the audit trail is told of requests: where each came from, and what is refused or read
//! without a command.
//!
//! What commands do, and why they are refused, the engine notes with the batch. Here it is what
//! never becomes a command: a caller who may not, and what isn't there or isn't theirs to know.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

use super::access::Principal;
use super::boundary::RequestId;
use super::problem::Problem;
use super::state::State;
use crate::domain::AuditEventId;
use crate::domain::audit::{AuditEvent, Happened, Origin};

/// Who asks, once that is known: for whoever answers.
#[derive(Debug, Clone)]
pub struct Known(pub Arc<Principal>);

/// Where a request came from.
pub fn origin(request: &HttpRequest) -> Arc<Origin> {
    let pattern = request.match_pattern();
    let pattern = pattern.as_deref().unwrap_or("no address");
    let state = request.app_data::<Data<State>>();
    let address = state.map(|state| state.limits.client(request));
    let request_id = request.extensions();
    Arc::new(Origin {
        deed: format!("{} {pattern}", request.method()),
        address: address.and_then(|ip| ip.map(|ip| ip.to_string())),
        request_id: request_id
            .get()
            .map(|id: &RequestId| id.as_str().to_owned()),
    })
}

/// An entry of the trail that no command stands for.
pub fn event(request: &HttpRequest, who: &Principal, happened: Happened) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(Uuid::now_v7()),
        actor: who.subject().to_owned(),
        identity: who.identity(),
        origin: origin(request),
        pledge: None,
        happened,
    }
}

/// Notes a refusal for want of right, if it is one: before it is answered. If it can't be noted,
/// it is answered all the same, and the log says so.
pub async fn note_refusal(request: &HttpRequest, problem: &Problem) {
    let for_want_of_right = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
    if problem.is_the_ledgers() || !for_want_of_right.contains(&problem.status()) {
        return;
    }
    let known = request.extensions().get::<Known>().cloned();
    let state = request.app_data::<Data<State>>();
    let (Some(Known(who)), Some(state)) = (known, state) else {
        return;
    };
    let refused = Happened::Refused {
        code: problem.code(),
        detail: problem.to_string(),
    };
    let noted = state.engine.note(event(request, &who, refused)).await;
    if let Err(failure) = noted {
        log::warn!(failure:% = failure; "a refusal couldn't be noted in the audit trail");
    }
}
