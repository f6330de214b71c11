//! Deciding what waits for somebody else, and stating above what it has to.

use std::collections::HashMap;

use actix_web::HttpResponse;
use uuid::Uuid;

use super::again::asked_for;
use super::bulk::{BulkIn, BulkOut};
use super::inputs::{ApprovalIn, BulkApprovalIn, RejectionIn, ThresholdIn, WithdrawalIn};
use super::post::Post;
use crate::db::read;
use crate::domain::approval::{Action, Witness};
use crate::domain::command::{DecideApproval, StateThreshold, Verdict};
use crate::domain::{Approval, ApprovalId, Command, PledgeId, ThresholdId};
use crate::http::access::permission::{
    Approve, DecideApprovals, StateThresholds, WithdrawProposals, authorize,
};
use crate::http::access::{AccessError, Permission, Principal};
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::trail::note_refusal;
use crate::http::views::ApprovalOut;

/// Where approvals are.
pub const COLLECTION: &str = "/v1/approvals";

/// What the items of a bulk of approvals are requests to.
const APPROVALS: &str = "/v1/approvals/approval";

/// The most people whose approval a threshold can ask for.
const MOST_APPROVALS: i64 = 3;

/// Reads a threshold.
pub fn threshold(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let action = body.value("action", |text| {
        Action::parse(text).ok_or_else(|| {
            let all: Vec<&str> = Action::ALL.iter().map(|it| it.as_str()).collect();
            Fault::new(
                "unknown-action",
                format!("the actions are {}", all.join(", ")),
            )
        })
    });
    let above = body.money_or_zero("above");
    let approvals = body.optional("approvals", |body, name| {
        body.whole(name, MOST_APPROVALS, "not-a-number-of-approvals")
    });
    let today = body.edge().today;
    let valid_from = body.optional("valid_from", Fields::day_to_come);
    Some(Command::StateThreshold(StateThreshold {
        id: ThresholdId(Uuid::now_v7()),
        pledge,
        action: action?,
        above: above?,
        approvals: i16::try_from(approvals?.unwrap_or(1)).ok()?,
        valid_from: valid_from?.unwrap_or(today),
    }))
}

/// Reads what was seen of what waits.
pub fn approval(
    approval: ApprovalId,
    (inner, witness): (Command, Witness),
    body: &mut Fields<'_>,
) -> Option<Command> {
    let digest = body.value("digest", digest)?;
    Some(decide(
        approval,
        Verdict::Approve {
            digest,
            inner: Box::new(inner),
            witness,
        },
    ))
}

fn digest(text: &str) -> Result<String, Fault> {
    let whole = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match whole {
        true => Ok(text.to_owned()),
        false => Err(Fault::new(
            "digest-malformed",
            "a digest is 64 lower-case hexadecimal digits",
        )),
    }
}

fn decide(approval: ApprovalId, verdict: Verdict) -> Command {
    Command::DecideApproval(DecideApproval { approval, verdict })
}

/// Reads why something is rejected.
pub fn rejection(approval: ApprovalId, body: &mut Fields<'_>) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE)?;
    Some(decide(approval, Verdict::Reject { reason }))
}

/// Reads why something is taken back.
pub fn withdrawal(approval: ApprovalId, body: &mut Fields<'_>) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE)?;
    Some(decide(approval, Verdict::Withdraw { reason }))
}

impl<P: Permission> Post<P> {
    /// What waits, by its id; it never changes what was asked for.
    async fn waiting(&self, ids: &[ApprovalId]) -> Result<Vec<Approval>, Problem> {
        let unavailable = |error: read::ReadError| {
            log::error!("approvals couldn't be looked up: {error}");
            Problem::unavailable()
        };
        let state = self.state();
        let connection = state.pool.get().await.map_err(|error| {
            log::error!("approvals couldn't be looked up: {error}");
            Problem::unavailable()
        });
        let mut connection = connection?;
        let found = read::approvals(&mut connection, &state.catalogue, ids).await;
        found.map_err(unavailable)
    }

    async fn waits(&self) -> Result<Approval, Problem> {
        let id: ApprovalId = self.id()?;
        let found = self.waiting(&[id]).await?.pop();
        found.ok_or_else(|| Problem::not_found(format!("There is no approval {id}")))
    }
}

/// Approvers decide anything, controllers what is said of thresholds and months.
fn require_role(caller: &Principal, approval: &Approval) -> Result<(), Problem> {
    match approval.action {
        action if action.is_of_controls() => Ok(()),
        _ => Ok(authorize::<Approve>(caller).map_err(AccessError::from)?),
    }
}

/// State a threshold
///
/// What an action moves of a unit beyond it needs approval, from a day on. A threshold itself
/// always does: by an approver, or another controller.
#[utoipa::path(post, path = "/v1/pledges/{id}/thresholds", tag = "approvals",
    request_body = ThresholdIn,
    responses((status = 202, description = "It waits to be approved", body = ApprovalOut)))]
pub async fn state_threshold(post: Post<StateThresholds>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| threshold(id, body)).await?;
    Ok(done.created(COLLECTION))
}

/// Approve what waits
///
/// By somebody who didn't ask for it, and who names the digest of what they saw. With the last
/// approval it takes exactly that is posted, in its maker's name; 409 if it would be something
/// else by now, or can't be done any more, and then it goes on waiting.
#[utoipa::path(post, path = "/v1/approvals/{id}/approval", tag = "approvals",
    request_body = ApprovalIn,
    responses((status = 200, description = "Approved", body = ApprovalOut)))]
pub async fn approve(post: Post<DecideApprovals>) -> Result<HttpResponse, Problem> {
    let waits = post.waits().await?;
    require_role(post.principal(), &waits)?;
    let asked = asked_for(&waits, &post.state().catalogue)?;
    let done = post.submit(|body| approval(waits.id, asked, body)).await?;
    Ok(done.decided())
}

/// Reject what waits
///
/// By somebody who didn't ask for it. What was held for it is free again.
#[utoipa::path(post, path = "/v1/approvals/{id}/rejection", tag = "approvals",
    request_body = RejectionIn,
    responses((status = 200, description = "Rejected", body = ApprovalOut)))]
pub async fn reject(post: Post<DecideApprovals>) -> Result<HttpResponse, Problem> {
    let waits = post.waits().await?;
    require_role(post.principal(), &waits)?;
    let done = post.submit(|body| rejection(waits.id, body)).await?;
    Ok(done.decided())
}

/// Withdraw what waits
///
/// By whoever asked for it. What was held for it is free again.
#[utoipa::path(post, path = "/v1/approvals/{id}/withdrawal", tag = "approvals",
    request_body = WithdrawalIn,
    responses((status = 200, description = "Withdrawn", body = ApprovalOut)))]
pub async fn withdraw(post: Post<WithdrawProposals>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| withdrawal(id, body)).await?;
    Ok(done.decided())
}

/// Approve many
///
/// Each item names an approval and the digest of what was seen of it.
#[utoipa::path(post, path = "/v1/approvals/bulk", tag = "approvals",
    request_body = BulkIn<BulkApprovalIn>, responses(
        (status = 201, description = "Atomic: all were approved", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn approve_in_bulk(post: Post<DecideApprovals>) -> Result<HttpResponse, Problem> {
    let ids: Vec<ApprovalId> = post.named_in_items("approval_id");
    let found = post.waiting(&ids).await?;
    let mut waiting = HashMap::with_capacity(found.len());
    for it in found {
        let allowed = require_role(post.principal(), &it);
        if let Err(problem) = &allowed {
            note_refusal(&post.request, problem).await;
        }
        let asked = asked_for(&it, &post.state().catalogue)?;
        waiting.insert(it.id, (allowed.is_ok(), asked));
    }
    post.approve_all(APPROVALS, |body| item(&waiting, body))
        .await
}

/// Reads an item of a bulk of approvals.
fn item(
    waiting: &HashMap<ApprovalId, (bool, (Command, Witness))>,
    body: &mut Fields<'_>,
) -> Option<Command> {
    let id: Option<ApprovalId> = body.id("approval_id");
    let digest = body.value("digest", digest);
    let id = id?;
    let (inner, witness) = match waiting.get(&id) {
        None => {
            let detail = format!("there is no approval {id}");
            return body.note("approval_id", Fault::new("unknown-reference", detail));
        }
        Some((false, _)) => {
            let detail = "controllers decide thresholds and months, and approvers anything";
            return body.note("approval_id", Fault::new("approval-not-permitted", detail));
        }
        Some((true, asked)) => asked.clone(),
    };
    Some(decide(
        id,
        Verdict::Approve {
            digest: digest?,
            inner: Box::new(inner),
            witness,
        },
    ))
}
