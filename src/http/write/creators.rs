//! Enrolling creators in the network.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::bulk::{BulkIn, BulkOut};
use super::inputs::CreatorIn;
use super::post::Post;
use crate::domain::command::EnrolCreator;
use crate::domain::{Command, CreatorId};
use crate::http::access::permission::EnrolCreators;
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::CreatorOut;

/// Where creators are.
pub const COLLECTION: &str = "/v1/creators";

/// Reads a creator to be enrolled.
pub fn creator(body: &mut Fields<'_>) -> Option<Command> {
    let reference = body.text("reference", Text::REFERENCE);
    let name = body.text("name", Text::NAME);
    let market = body.market("market");
    Some(Command::EnrolCreator(EnrolCreator {
        id: CreatorId(Uuid::now_v7()),
        reference: reference?,
        name: name?,
        market: market?,
    }))
}

/// Enrol a creator
#[utoipa::path(post, path = "/v1/creators", tag = "creators", request_body = CreatorIn,
    responses((status = 201, description = "Enrolled", body = CreatorOut)))]
pub async fn enrol_creator(post: Post<EnrolCreators>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(creator).await?.created(COLLECTION))
}

/// Enrol many creators
#[utoipa::path(post, path = "/v1/creators/bulk", tag = "creators",
    request_body = BulkIn<CreatorIn>, responses(
        (status = 201, description = "Atomic: all were enrolled", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn enrol_creators_in_bulk(post: Post<EnrolCreators>) -> Result<HttpResponse, Problem> {
    post.bulk(COLLECTION, creator).await
}
