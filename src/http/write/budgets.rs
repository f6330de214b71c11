//! Dividing what is funded: programme support cost, and budgets per market.

use actix_web::HttpResponse;

use super::JOURNALS;
use super::inputs::{BudgetIn, BudgetReturnIn, SupportCostIn};
use super::post::Post;
use crate::domain::command::{BudgetMarket, ChargeSupportCost, ReturnBudget};
use crate::domain::{Command, PledgeId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::{Fields, Text, rate};
use crate::http::problem::Problem;
use crate::http::views::{BudgetOut, SupportCostOut};

/// Reads a charge for programme support.
pub fn support_cost(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let gross = body.money("gross");
    let rate = body.value("rate_percent", rate);
    let effective_date = body.effective_date();
    Some(Command::ChargeSupportCost(ChargeSupportCost {
        pledge,
        gross: gross?,
        rate: rate?,
        effective_date: effective_date?,
    }))
}

/// Reads a budget to be given.
pub fn budget(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let market = body.market("market");
    let amount = body.money("amount");
    let effective_date = body.effective_date();
    Some(Command::BudgetMarket(BudgetMarket {
        pledge,
        market: market?,
        amount: amount?,
        effective_date: effective_date?,
    }))
}

/// Reads a budget to be taken back.
pub fn budget_return(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let market = body.market("market");
    let amount = body.money("amount");
    let reason = body.text("reason", Text::PROSE);
    let effective_date = body.effective_date();
    Some(Command::ReturnBudget(ReturnBudget {
        pledge,
        market: market?,
        amount: amount?,
        reason: reason?,
        effective_date: effective_date?,
    }))
}

/// Set programme support cost aside
///
/// The rate is on top of what remains: of a gross 113 at 13 percent, 13 are set aside. Rounded
/// once, so that base and charge add up to the gross exactly.
#[utoipa::path(post, path = "/v1/pledges/{id}/support-costs", tag = "budgets",
    request_body = SupportCostIn,
    responses((status = 201, description = "Set aside", body = SupportCostOut)))]
pub async fn charge_support_cost(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| support_cost(id, body))
        .await?
        .created(JOURNALS))
}

/// Give a market budget
///
/// 409 with the arithmetic if what is funded and unallocated doesn't cover it.
#[utoipa::path(post, path = "/v1/pledges/{id}/budgets", tag = "budgets", request_body = BudgetIn,
    responses((status = 201, description = "Budgeted", body = BudgetOut)))]
pub async fn budget_market(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| budget(id, body))
        .await?
        .created(JOURNALS))
}

/// Take budget back from a market
#[utoipa::path(post, path = "/v1/pledges/{id}/budgets/returns", tag = "budgets",
    request_body = BudgetReturnIn,
    responses((status = 201, description = "Returned", body = BudgetOut)))]
pub async fn return_budget(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| budget_return(id, body))
        .await?
        .created(JOURNALS))
}
