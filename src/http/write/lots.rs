//! The end of a lot: it is put off, or the platform takes credits back.

use actix_web::HttpResponse;

use super::JOURNALS;
use super::inputs::{ExtensionIn, RevocationIn};
use super::post::Post;
use crate::domain::command::{ExtendLot, RevokeLot};
use crate::domain::lot::{FairValue, LotScope};
use crate::domain::{Command, LotId};
use crate::http::access::permission::ManageLots;
use crate::http::body::{Fault, Fields, Text, rate};
use crate::http::problem::Problem;
use crate::http::views::{LotOut, RevocationOut};

/// How many markets, and how many campaigns, a lot names at most.
const MOST_SCOPED: usize = 250;

/// Reads what a lot may be used for.
pub fn scope(body: &mut Fields<'_>) -> Option<LotScope> {
    let markets = body.optional("markets", |body, name| body.markets(name, MOST_SCOPED));
    let campaigns = body.optional("campaigns", |body, name| {
        body.texts(name, MOST_SCOPED, Text::REFERENCE)
    });
    Some(LotScope {
        markets: markets?.unwrap_or_default(),
        campaigns: campaigns?.unwrap_or_default(),
    })
}

/// Reads what a lot is worth.
pub fn fair_value(body: &mut Fields<'_>) -> Option<FairValue> {
    let rate_ppm = body.value("rate_percent", |text| {
        let ppm = rate(text)? * rust_decimal::Decimal::from(1_000_000);
        let whole = i32::try_from(ppm.normalize()).ok();
        whole
            .filter(|ppm| (1..=1_000_000).contains(ppm))
            .ok_or_else(|| {
                let detail =
                    "a fair value is more than 0 and at most 100 percent of the face value";
                Fault::new("rate-out-of-range", detail)
            })
    });
    let technique = body.text("technique", Text::PROSE);
    Some(FairValue {
        rate_ppm: rate_ppm?,
        technique: technique?,
    })
}

/// Reads a later end.
pub fn extension(lot: LotId, body: &mut Fields<'_>) -> Option<Command> {
    let expires_at = body.planned_day("expires_at");
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    Some(Command::ExtendLot(ExtendLot {
        lot,
        expires_at: expires_at?,
        reason: reason?,
        document: document?,
    }))
}

/// Reads that credits were taken back.
pub fn revocation(lot: LotId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::RevokeLot(RevokeLot {
        lot,
        amount: amount?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Record that a lot was given a later end
///
/// On the platform's notice. 409 once the lot has lapsed or nothing is left of it.
#[utoipa::path(post, path = "/v1/lots/{id}/extensions", tag = "lots",
    request_body = ExtensionIn,
    responses((status = 200, description = "Extended", body = LotOut)))]
pub async fn extend_lot(post: Post<ManageLots>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| extension(id, body)).await?.changed())
}

/// Record that the platform took credits back
///
/// Of the lot, the pool loses first, then ad accounts. Of the purses, the least committed loses
/// first: what is unallocated, then budgets of the lot's markets, allocations, and campaigns. What
/// is held, for spend that isn't final, is left alone.
#[utoipa::path(post, path = "/v1/lots/{id}/revocations", tag = "lots",
    request_body = RevocationIn,
    responses((status = 201, description = "Revoked", body = RevocationOut)))]
pub async fn revoke_credits(post: Post<ManageLots>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| revocation(id, body))
        .await?
        .created(JOURNALS))
}
