//! What is found not eligible, what goes back to the donor, and the end of a pledge.

use actix_web::HttpResponse;

use super::JOURNALS;
use super::inputs::{
    BadDebtIn, BankPaymentIn, ClawbackIn, ClosureIn, DonorRefundIn, PledgeMoveIn, RecoveryIn,
};
use super::post::Post;
use crate::domain::command::{
    ClaimBack, DrawSupportCost, MovePledge, OweDonor, PayDonor, PledgeMove, Recover, WriteOffDebt,
};
use crate::domain::{Command, CreatorId, ObligationId, PledgeId};
use crate::http::access::permission::{EndPledges, MoveMoney, RecordPledges, WriteOff};
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{PledgeOut, PostedOut};

fn bank_reference(body: &mut Fields<'_>) -> Option<Option<String>> {
    body.optional("bank_reference", |body, name| {
        body.text(name, Text::BANK_REFERENCE)
    })
}

/// Reads a cost that was found not eligible.
pub fn clawback(obligation: ObligationId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::ClaimBack(ClaimBack {
        obligation,
        amount: amount?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads what a creator paid back.
pub fn recovery(creator: CreatorId, body: &mut Fields<'_>) -> Option<Command> {
    let pledge = body.id("pledge_id");
    let amount = body.money("amount");
    let bank_reference = bank_reference(body);
    let effective_date = body.effective_date();
    Some(Command::Recover(Recover {
        pledge: pledge?,
        creator,
        amount: amount?,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads what a creator will not pay back.
pub fn bad_debt(creator: CreatorId, body: &mut Fields<'_>) -> Option<Command> {
    let pledge = body.id("pledge_id");
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::WriteOffDebt(WriteOffDebt {
        pledge: pledge?,
        creator,
        amount: amount?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads what is to be given back to the donor.
pub fn donor_refund(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let market = body.optional("market", Fields::market);
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::OweDonor(OweDonor {
        pledge,
        amount: amount?,
        market: market?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Reads what was paid to the donor.
pub fn donor_payment(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let bank_reference = bank_reference(body);
    let effective_date = body.effective_date();
    Some(Command::PayDonor(PayDonor {
        pledge,
        amount: amount?,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads what was drawn of the programme support cost.
pub fn support_cost_draw(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let bank_reference = bank_reference(body);
    let effective_date = body.effective_date();
    Some(Command::DrawSupportCost(DrawSupportCost {
        pledge,
        amount: amount?,
        bank_reference: bank_reference?,
        effective_date: effective_date?,
    }))
}

/// Reads a move of a pledge towards its end, or back.
pub fn pledge_move(pledge: PledgeId, to: PledgeMove, body: &mut Fields<'_>) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE);
    let effective_date = body.effective_date();
    let document = match to {
        PledgeMove::Close => body.document("document").map(Some),
        PledgeMove::BeginClosing | PledgeMove::Resume | PledgeMove::Cancel => {
            body.optional("document", Fields::document)
        }
    };
    Some(Command::MovePledge(MovePledge {
        pledge,
        to,
        effective_date: effective_date?,
        reason: reason?,
        document: document?,
    }))
}

/// Find a cost of a contract not eligible
///
/// Its creator is to pay it back. No more than was liquidated of the obligation.
#[utoipa::path(post, path = "/v1/obligations/{id}/clawbacks", tag = "obligations",
    request_body = ClawbackIn,
    responses((status = 201, description = "To be paid back", body = PostedOut)))]
pub async fn claim_back(post: Post<WriteOff>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| clawback(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record what a creator paid back
///
/// It goes to the budget of the creator's market.
#[utoipa::path(post, path = "/v1/creators/{id}/recoveries", tag = "creators",
    request_body = RecoveryIn,
    responses((status = 201, description = "Paid back", body = PostedOut)))]
pub async fn recover(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| recovery(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Write off what a creator will not pay back
#[utoipa::path(post, path = "/v1/creators/{id}/bad-debts", tag = "creators",
    request_body = BadDebtIn,
    responses((status = 201, description = "Written off", body = PostedOut)))]
pub async fn write_off_debt(post: Post<WriteOff>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| bad_debt(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Set money aside that goes back to the donor
#[utoipa::path(post, path = "/v1/pledges/{id}/donor-refunds", tag = "pledges",
    request_body = DonorRefundIn,
    responses((status = 201, description = "Due to the donor", body = PostedOut)))]
pub async fn owe_donor(post: Post<WriteOff>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| donor_refund(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record that the donor was paid back
#[utoipa::path(post, path = "/v1/pledges/{id}/donor-payments", tag = "pledges",
    request_body = BankPaymentIn,
    responses((status = 201, description = "Paid", body = PostedOut)))]
pub async fn pay_donor(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| donor_payment(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Record that programme support cost was drawn
///
/// No more than was set aside for it.
#[utoipa::path(post, path = "/v1/pledges/{id}/support-costs/draws", tag = "budgets",
    request_body = BankPaymentIn,
    responses((status = 201, description = "Drawn", body = PostedOut)))]
pub async fn draw_support_cost(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| support_cost_draw(id, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Wind a pledge down
///
/// Nothing new is budgeted, allocated or bound from then on.
#[utoipa::path(post, path = "/v1/pledges/{id}/closing", tag = "pledges",
    request_body = PledgeMoveIn,
    responses((status = 200, description = "Closing", body = PledgeOut)))]
pub async fn begin_closing(post: Post<EndPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let read = |body: &mut Fields<'_>| pledge_move(id, PledgeMove::BeginClosing, body);
    Ok(post.submit(read).await?.changed())
}

/// Go on with a pledge that was being wound down
#[utoipa::path(post, path = "/v1/pledges/{id}/resumption", tag = "pledges",
    request_body = PledgeMoveIn,
    responses((status = 200, description = "Active again", body = PledgeOut)))]
pub async fn resume_pledge(post: Post<EndPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let read = |body: &mut Fields<'_>| pledge_move(id, PledgeMove::Resume, body);
    Ok(post.submit(read).await?.changed())
}

/// Close a pledge
///
/// Once nothing is left of it: 409 lists each account that still has something, with its amount.
/// Afterwards the database itself refuses postings to it.
#[utoipa::path(post, path = "/v1/pledges/{id}/closure", tag = "pledges",
    request_body = ClosureIn,
    responses((status = 200, description = "Closed", body = PledgeOut)))]
pub async fn close_pledge(post: Post<EndPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let read = |body: &mut Fields<'_>| pledge_move(id, PledgeMove::Close, body);
    Ok(post.submit(read).await?.changed())
}

/// Cancel a pledge that was never signed
#[utoipa::path(post, path = "/v1/pledges/{id}/cancellation", tag = "pledges",
    request_body = PledgeMoveIn,
    responses((status = 200, description = "Cancelled", body = PledgeOut)))]
pub async fn cancel_pledge(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let read = |body: &mut Fields<'_>| pledge_move(id, PledgeMove::Cancel, body);
    Ok(post.submit(read).await?.changed())
}
