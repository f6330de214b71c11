//! Whether the process runs, and whether it can do its work.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::state::State;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub struct HealthOut {
    /// `alive` or `ready`.
    pub status: &'static str,
}

fn health(status: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(HealthOut { status })
}

/// The process runs
///
/// Says nothing of the database: a service that is waiting for it isn't to be restarted.
#[utoipa::path(get, path = "/livez", tag = "service",
    responses((status = 200, description = "It runs", body = HealthOut)))]
pub async fn livez() -> HttpResponse {
    health("alive")
}

/// The service can take requests
///
/// 503 while its database is away.
#[utoipa::path(get, path = "/readyz", tag = "service",
    responses((status = 200, description = "It can", body = HealthOut)))]
pub async fn readyz(state: Data<State>) -> Result<HttpResponse, Problem> {
    match (state.pulse)().await && state.register.is_trusted() {
        true => Ok(health("ready")),
        false => Err(Problem::unavailable()),
    }
}
