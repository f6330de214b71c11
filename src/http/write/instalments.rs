//! What happens to an instalment: its condition is met, it comes in, it is written off.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::inputs::{ConditionMetIn, LotIn, ReceiptIn, WriteOffIn};
use super::lots::{fair_value, scope};
use super::post::Post;
use super::{JOURNALS, LOTS};
use crate::domain::command::{IssueLot, MeetCondition, ReceiveCash, WriteOff};
use crate::domain::pledge::LotKind;
use crate::domain::{Command, InstalmentId, LotId, Money};
use crate::http::access::permission::{self, RecordPledges};
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{ConditionMetOut, LotOut, ReceiptOut, WriteOffOut};

/// Reads that a condition was met.
pub fn condition_met(instalment: InstalmentId, body: &mut Fields<'_>) -> Option<Command> {
    let met_on = body.past_day("met_on");
    let document = body.document("document");
    Some(Command::MeetCondition(MeetCondition {
        instalment,
        met_on: met_on?,
        document: document?,
    }))
}

/// Reads a receipt of cash; without a fee, nothing was kept.
pub fn receipt(instalment: InstalmentId, body: &mut Fields<'_>) -> Option<Command> {
    let received = body.money("received");
    let fee = body.optional("fee", Fields::money_or_zero);
    let bank_reference = body.optional("bank_reference", |body, name| {
        body.text(name, Text::BANK_REFERENCE)
    });
    let effective_date = body.effective_date();
    let received = received?;
    let no_fee = || Money::from_minor(0, received.unit().clone());
    Some(Command::ReceiveCash(ReceiveCash {
        instalment,
        fee: fee?.unwrap_or_else(no_fee),
        received,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads a lot of credits.
pub fn lot(instalment: InstalmentId, body: &mut Fields<'_>) -> Option<Command> {
    let face = body.money("face");
    let kind = body.value("kind", lot_kind);
    let valid_from = body.planned_day("valid_from");
    let expires_at = body.planned_day("expires_at");
    let effective_date = body.effective_date();
    let document = body.optional("document", Fields::document);
    let scope = scope(body);
    let fair_value = body.optional("fair_value", |body, name| body.object(name, fair_value));
    Some(Command::IssueLot(IssueLot {
        id: LotId(Uuid::now_v7()),
        instalment,
        face: face?,
        kind: kind?,
        valid_from: valid_from?,
        expires_at: expires_at?,
        effective_date: effective_date?,
        document: document?,
        scope: scope?,
        fair_value: fair_value?,
    }))
}

fn lot_kind(text: &str) -> Result<LotKind, Fault> {
    [LotKind::Free, LotKind::Assignable, LotKind::Conditional]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| Fault::new("unknown-kind", "a lot is free, assignable or conditional"))
}

/// Reads a write-off.
pub fn write_off(instalment: InstalmentId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::WriteOff(WriteOff {
        instalment,
        amount: amount?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Record that an instalment's condition was met
///
/// It becomes receivable, and what came of it early is no longer refundable.
#[utoipa::path(post, path = "/v1/instalments/{id}/condition", tag = "instalments",
    request_body = ConditionMetIn,
    responses((status = 200, description = "Met", body = ConditionMetOut)))]
pub async fn meet_condition(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| condition_met(id, body)).await?.changed())
}

/// Record cash received
///
/// The donor has paid what arrived and what banks kept on the way.
#[utoipa::path(post, path = "/v1/instalments/{id}/receipts", tag = "instalments",
    request_body = ReceiptIn,
    responses((status = 201, description = "Received", body = ReceiptOut)))]
pub async fn receive_cash(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| receipt(id, body))
        .await?
        .created(JOURNALS))
}

/// Record a lot of credits issued
#[utoipa::path(post, path = "/v1/instalments/{id}/lots", tag = "instalments",
    request_body = LotIn,
    responses((status = 201, description = "Issued", body = LotOut)))]
pub async fn issue_lot(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| lot(id, body)).await?.created(LOTS))
}

/// Write off what an instalment will not bring
#[utoipa::path(post, path = "/v1/instalments/{id}/write-offs", tag = "instalments",
    request_body = WriteOffIn,
    responses((status = 201, description = "Written off", body = WriteOffOut)))]
pub async fn write_off_instalment(
    post: Post<permission::WriteOff>,
) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| write_off(id, body))
        .await?
        .created(JOURNALS))
}
