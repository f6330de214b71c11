//! Paying creators: propose, approve, send, settle, return, void; one by one or in bulk.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::bulk::{BulkIn, BulkOut};
use super::exchange::stated_rate;
use super::inputs::{
    NothingIn, PayoutIn, PayoutMoveIn, PayoutReturnIn, PayoutVoidIn, SettlementIn,
};
use super::post::Post;
use crate::domain::command::{MovePayout, PayoutStep, ProposePayout};
use crate::domain::payout::PayoutMove;
use crate::domain::{Command, PayoutId};
use crate::http::access::Permission;
use crate::http::access::permission::{
    ApprovePayouts, MoveMoney, MovePayouts, SendPayouts, authorize,
};
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::PayoutOut;

/// Where payouts are.
const COLLECTION: &str = "/v1/payouts";

/// What the items of a bulk of moves are requests to.
const MOVES: &str = "/v1/payouts/moves";

/// Reads a payout to be proposed.
pub fn payout(body: &mut Fields<'_>) -> Option<Command> {
    let pledge = body.id("pledge_id");
    let creator = body.id("creator_id");
    let amount = body.money("amount");
    let rate = body.optional("rate", stated_rate);
    let reference = body.text("reference", Text::REFERENCE);
    let batch = body.optional("batch", |body, name| body.text(name, Text::REFERENCE));
    let hold_expires_on = body.optional("hold_expires_on", Fields::planned_day);
    Some(Command::ProposePayout(ProposePayout {
        id: PayoutId(Uuid::now_v7()),
        pledge: pledge?,
        creator: creator?,
        amount: amount?,
        rate: rate?,
        reference: reference?,
        batch: batch?,
        hold_expires_on: hold_expires_on?,
    }))
}

fn step(kind: PayoutMove, body: &mut Fields<'_>) -> Option<PayoutStep> {
    match kind {
        PayoutMove::Approve => Some(PayoutStep::Approve),
        PayoutMove::Send => Some(PayoutStep::Send),
        PayoutMove::Settle => {
            let amount = body.optional("amount", Fields::money);
            let charged = body.optional("charged", Fields::money);
            let bank_reference = body.text("bank_reference", Text::BANK_REFERENCE);
            let effective_date = body.effective_date();
            Some(PayoutStep::Settle {
                amount: amount?,
                charged: charged?,
                bank_reference: bank_reference?,
                effective_date: effective_date?,
            })
        }
        PayoutMove::Return => {
            let reason = body.text("reason", Text::PROSE);
            let returned = body.optional("returned", Fields::money);
            let effective_date = body.effective_date();
            Some(PayoutStep::Return {
                reason: reason?,
                returned: returned?,
                effective_date: effective_date?,
            })
        }
        PayoutMove::Void => {
            let reason = body.text("reason", Text::PROSE);
            Some(PayoutStep::Void { reason: reason? })
        }
    }
}

/// Reads one step of a payout.
pub fn moved(payout: PayoutId, kind: PayoutMove, body: &mut Fields<'_>) -> Option<Command> {
    let step = step(kind, body)?;
    Some(Command::MovePayout(MovePayout { payout, step }))
}

/// Reads an item of a bulk of moves, of which the caller may make those that `may` allows.
fn item(body: &mut Fields<'_>, may: impl Fn(PayoutMove) -> bool) -> Option<Command> {
    let payout = body.id("payout_id");
    let kind = body.value("move", |text| {
        let kind = PayoutMove::parse(text).ok_or_else(|| {
            let detail = "the moves are approve, send, settle, return and void";
            Fault::new("unknown-move", detail)
        })?;
        match may(kind) {
            true => Ok(kind),
            false => {
                let detail = "approvers approve, preparers do the rest, and controllers may send";
                Err(Fault::new("move-not-permitted", detail))
            }
        }
    });
    let step = step(kind?, body);
    Some(Command::MovePayout(MovePayout {
        payout: payout?,
        step: step?,
    }))
}

async fn single<P: Permission>(post: Post<P>, kind: PayoutMove) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| moved(id, kind, body)).await?.changed())
}

/// Propose a payout
///
/// It is held on what the creator is owed and at the bank until it is settled, comes back or is
/// given up. 409 with the arithmetic if either doesn't cover it.
#[utoipa::path(post, path = "/v1/payouts", tag = "payouts", request_body = PayoutIn,
    responses((status = 201, description = "Proposed", body = PayoutOut)))]
pub async fn propose_payout(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(payout).await?.created(COLLECTION))
}

/// Propose many payouts
#[utoipa::path(post, path = "/v1/payouts/bulk", tag = "payouts", request_body = BulkIn<PayoutIn>,
    responses(
        (status = 201, description = "Atomic: all were proposed", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn propose_payouts_in_bulk(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    post.bulk(COLLECTION, payout).await
}

/// Take many payouts one step on
///
/// Each item says which move it is, and what the single request would say. Approvers approve,
/// preparers do the rest, and controllers may send.
#[utoipa::path(post, path = "/v1/payouts/moves/bulk", tag = "payouts",
    request_body = BulkIn<PayoutMoveIn>, responses(
        (status = 201, description = "Atomic: all were moved", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn move_payouts_in_bulk(post: Post<MovePayouts>) -> Result<HttpResponse, Problem> {
    let caller = post.principal();
    let approves = authorize::<ApprovePayouts>(caller).is_ok();
    let prepares = authorize::<MoveMoney>(caller).is_ok();
    let sends = authorize::<SendPayouts>(caller).is_ok();
    let may = move |kind| match kind {
        PayoutMove::Approve => approves,
        PayoutMove::Send => sends,
        PayoutMove::Settle | PayoutMove::Return | PayoutMove::Void => prepares,
    };
    post.bulk(MOVES, move |body| item(body, may)).await
}

/// Approve a payout
///
/// By somebody who didn't propose it.
#[utoipa::path(post, path = "/v1/payouts/{id}/approve", tag = "payouts",
    request_body = NothingIn,
    responses((status = 200, description = "Approved", body = PayoutOut)))]
pub async fn approve_payout(post: Post<ApprovePayouts>) -> Result<HttpResponse, Problem> {
    single(post, PayoutMove::Approve).await
}

/// Send a payout
///
/// By somebody who neither proposed nor approved it. From then on its hold doesn't expire.
#[utoipa::path(post, path = "/v1/payouts/{id}/send", tag = "payouts", request_body = NothingIn,
    responses((status = 200, description = "Sent", body = PayoutOut)))]
pub async fn send_payout(post: Post<SendPayouts>) -> Result<HttpResponse, Problem> {
    single(post, PayoutMove::Send).await
}

/// Settle a payout
///
/// What the bank paid leaves the books; what it didn't is no longer held.
#[utoipa::path(post, path = "/v1/payouts/{id}/settle", tag = "payouts",
    request_body = SettlementIn,
    responses((status = 200, description = "Settled", body = PayoutOut)))]
pub async fn settle_payout(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    single(post, PayoutMove::Settle).await
}

/// Return a payout
///
/// What came back from the bank is owed again. If it was paid in another currency than the pledge,
/// it is owed at what it carried before; what the bank gave back less is an exchange loss, covered
/// from the reserve, and what it gave back more is a gain, added to it.
#[utoipa::path(post, path = "/v1/payouts/{id}/return", tag = "payouts",
    request_body = PayoutReturnIn,
    responses((status = 200, description = "Returned", body = PayoutOut)))]
pub async fn return_payout(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    single(post, PayoutMove::Return).await
}

/// Give a payout up
///
/// Before it is sent.
#[utoipa::path(post, path = "/v1/payouts/{id}/void", tag = "payouts",
    request_body = PayoutVoidIn,
    responses((status = 200, description = "Given up", body = PayoutOut)))]
pub async fn void_payout(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    single(post, PayoutMove::Void).await
}
