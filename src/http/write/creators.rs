//! Enrolling creators in the network, recording where they are paid, and erasing who they are.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::bulk::{BulkIn, BulkOut};
use super::inputs::{BankDetailsIn, CreatorIn, ErasureIn};
use super::post::Post;
use crate::domain::command::{EnrolCreator, EraseCreator, RecordBankDetails};
use crate::domain::{Command, CreatorId};
use crate::http::access::permission::{EnrolCreators, EraseCreators};
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{CreatorOut, RecordedBankDetailsOut};

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

/// Reads where a creator is paid.
pub fn bank_details(creator: CreatorId, body: &mut Fields<'_>) -> Option<Command> {
    let holder = body.text("holder", Text::NAME);
    let account = body.text("account", Text::REFERENCE);
    let bank = body.optional("bank", |body, name| body.text(name, Text::REFERENCE));
    Some(Command::RecordBankDetails(RecordBankDetails {
        creator,
        holder: holder?,
        account: account?,
        bank: bank?,
    }))
}

/// Reads why a creator is erased.
pub fn erasure(creator: CreatorId, body: &mut Fields<'_>) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    Some(Command::EraseCreator(EraseCreator {
        creator,
        reason: reason?,
        document: document?,
    }))
}

/// Record where a creator is paid
///
/// A new version, which counts from then on. The answer doesn't repeat it.
#[utoipa::path(post, path = "/v1/creators/{id}/bank-details", tag = "creators",
    request_body = BankDetailsIn,
    responses((status = 200, description = "Recorded", body = RecordedBankDetailsOut)))]
pub async fn record_bank_details(post: Post<EnrolCreators>) -> Result<HttpResponse, Problem> {
    let creator: CreatorId = post.id()?;
    let done = post.submit(|body| bank_details(creator, body)).await?;
    Ok(done.changed())
}

/// Erase a creator's name and bank details
///
/// Its reference and market stay, and with them every journal, statement and proof. Refused while
/// money is owed to it, bound for it, or owed by it. Can't be undone. What people wrote into
/// reasons and notes stays as they wrote it.
#[utoipa::path(post, path = "/v1/creators/{id}/erasure", tag = "creators",
    request_body = ErasureIn,
    responses((status = 200, description = "Erased", body = CreatorOut)))]
pub async fn erase_creator(post: Post<EraseCreators>) -> Result<HttpResponse, Problem> {
    let creator: CreatorId = post.id()?;
    let done = post.submit(|body| erasure(creator, body)).await?;
    Ok(done.changed())
}
