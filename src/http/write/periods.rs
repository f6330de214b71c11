//! Closing months of a pledge, and opening them again.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::inputs::{PeriodClosingIn, PeriodReopeningIn};
use super::post::Post;
use crate::db::read;
use crate::domain::command::{ClosePeriod, ReopenPeriod};
use crate::domain::period::Reconciliation;
use crate::domain::refusal::{PeriodRefusal, Refusal};
use crate::domain::{Command, PeriodEventId, PledgeId};
use crate::http::access::permission::ClosePeriods;
use crate::http::body::{Fault, Fields, Text, month_end};
use crate::http::problem::Problem;
use crate::http::views::{ApprovalOut, PeriodEventOut};

fn firmness(text: &str) -> Result<bool, Fault> {
    match text {
        "soft" => Ok(false),
        "hard" => Ok(true),
        _ => Err(Fault::new(
            "unknown-firmness",
            "a month is closed soft or hard",
        )),
    }
}

fn reconciliation(text: &str) -> Result<Reconciliation, Fault> {
    Reconciliation::parse(text).ok_or_else(|| {
        let detail = "a reconciliation is done or waived";
        Fault::new("unknown-reconciliation", detail)
    })
}

/// Reads a month that is to be closed.
fn closing(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let month_end = body.value("month", month_end);
    let hard = body.value("firmness", firmness);
    let reconciliation = body.value("reconciliation", reconciliation);
    let document = body.optional("document", |body, name| body.document(name));
    let reason = body.optional("reason", |body, name| body.text(name, Text::PROSE));
    // What is done is shown by a document, what is waived has a reason.
    let lacks = match (reconciliation, &document, &reason) {
        (Some(Reconciliation::Done), Some(None), _) => Some("document"),
        (Some(Reconciliation::Waived), _, Some(None)) => Some("reason"),
        _ => None,
    };
    if let Some(name) = lacks {
        let detail = "with this reconciliation this field has to be there";
        return body.note(name, Fault::new("missing-field", detail));
    }
    Some(Command::ClosePeriod(ClosePeriod {
        id: PeriodEventId(Uuid::now_v7()),
        pledge,
        month_end: month_end?,
        hard: hard?,
        reconciliation: reconciliation?,
        reason: reason?,
        document: document?,
    }))
}

/// Reads a month that is to be opened again.
pub fn reopening(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let month_end = body.value("month", month_end);
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    Some(Command::ReopenPeriod(ReopenPeriod {
        id: PeriodEventId(Uuid::now_v7()),
        pledge,
        month_end: month_end?,
        reason: reason?,
        document: document?,
    }))
}

/// The pledge's standing proofs have to hold; they look at all its rows, so before its lock.
async fn require_proofs(post: &Post<ClosePeriods>, pledge: PledgeId) -> Result<(), Problem> {
    let unavailable = |error: String| {
        log::error!("the proofs couldn't be read: {error}");
        Problem::unavailable()
    };
    let connection = post.state().pool.get().await;
    let mut connection = connection.map_err(|error| unavailable(error.to_string()))?;
    let proofs = read::proofs(&mut connection, Some(pledge)).await;
    let proofs = proofs.map_err(|error| unavailable(error.to_string()))?;
    let broken = proofs.iter().filter(|it| !it.holds);
    let reasons: Vec<String> = broken
        .map(|it| format!("the standing proof {} doesn't hold", it.name))
        .collect();
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(Refusal::from(PeriodRefusal::NotReady { reasons }).into()),
    }
}

/// Close a month
///
/// And with it all before it: softly, so that only controllers post in it, or hard, so that nobody
/// does. It has to be over, with nothing in suspense, nothing left to lapse, and all proofs of the
/// pledge holding; its reconciliation is done, which a document shows, or waived for a reason.
#[utoipa::path(post, path = "/v1/pledges/{id}/period-closings", tag = "controls",
    request_body = PeriodClosingIn,
    responses((status = 200, description = "Closed", body = PeriodEventOut)))]
pub async fn close_period(post: Post<ClosePeriods>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    require_proofs(&post, id).await?;
    Ok(post.submit(|body| closing(id, body)).await?.changed())
}

/// Open a month again
///
/// And with it all after it. It always takes two people.
#[utoipa::path(post, path = "/v1/pledges/{id}/period-reopenings", tag = "controls",
    request_body = PeriodReopeningIn,
    responses((status = 202, description = "It waits to be approved", body = ApprovalOut)))]
pub async fn reopen_period(post: Post<ClosePeriods>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| reopening(id, body)).await?.changed())
}
