//! Allocating a market's budget to creators, and giving it back.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::bulk::{BulkIn, BulkOut};
use super::inputs::{AllocationIn, ReleaseIn};
use super::post::Post;
use crate::domain::command::{AllocateToCreator, ReleaseAllocation};
use crate::domain::{AllocationId, Command};
use crate::http::access::permission::MoveMoney;
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::AllocationOut;

/// Where allocations are.
pub const COLLECTION: &str = "/v1/allocations";

/// Reads an allocation to be made.
pub fn allocation(body: &mut Fields<'_>) -> Option<Command> {
    let pledge = body.id("pledge_id");
    let creator = body.id("creator_id");
    let amount = body.money("amount");
    let effective_date = body.effective_date();
    let note = body.optional("note", |body, name| body.text(name, Text::PROSE));
    Some(Command::AllocateToCreator(AllocateToCreator {
        id: AllocationId(Uuid::now_v7()),
        pledge: pledge?,
        creator: creator?,
        amount: amount?,
        effective_date: effective_date?,
        note: note?,
    }))
}

/// Reads a release.
pub fn release(allocation: AllocationId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let effective_date = body.effective_date();
    Some(Command::ReleaseAllocation(ReleaseAllocation {
        allocation,
        amount: amount?,
        reason: reason?,
        effective_date: effective_date?,
    }))
}

/// Allocate to a creator
///
/// Reserves part of the budget that the creator's market has in that unit. 409 with the arithmetic
/// if the budget doesn't cover it.
#[utoipa::path(post, path = "/v1/allocations", tag = "allocations", request_body = AllocationIn,
    responses((status = 201, description = "Allocated", body = AllocationOut)))]
pub async fn allocate(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(allocation).await?.created(COLLECTION))
}

/// Allocate to many creators
#[utoipa::path(post, path = "/v1/allocations/bulk", tag = "allocations",
    request_body = BulkIn<AllocationIn>, responses(
        (status = 201, description = "Atomic: all were allocated", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn allocate_in_bulk(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    post.bulk(COLLECTION, allocation).await
}

/// Give an allocation back
///
/// In part or whole; it goes back to the budget of the creator's market.
#[utoipa::path(post, path = "/v1/allocations/{id}/release", tag = "allocations",
    request_body = ReleaseIn,
    responses((status = 200, description = "Released", body = AllocationOut)))]
pub async fn release_allocation(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| release(id, body)).await?.changed())
}
