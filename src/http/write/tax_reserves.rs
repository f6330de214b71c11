//! A market's reserve for tax on ad spend.

use actix_web::HttpResponse;

use super::inputs::TaxReserveIn;
use super::post::Post;
use crate::domain::command::MoveTaxReserve;
use crate::domain::{Command, PledgeId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::Fields;
use crate::http::problem::Problem;
use crate::http::views::TaxReserveOut;

/// Reads a change to a market's reserve for tax.
pub fn tax_reserve(pledge: PledgeId, gives_back: bool, body: &mut Fields<'_>) -> Option<Command> {
    let market = body.market("market");
    let amount = body.money("amount");
    Some(Command::MoveTaxReserve(MoveTaxReserve {
        pledge,
        market: market?,
        amount: amount?,
        gives_back,
    }))
}

/// Reserve a market's cash for tax on ad spend
///
/// Credits that cost nothing can cost cash tax when they are used. What is set aside of a market's
/// budget can't be allocated or overspilled into; tax that falls due is taken from it first. The
/// summary shows it beside the market's credits.
#[utoipa::path(post, path = "/v1/pledges/{id}/tax-reserves", tag = "budgets",
    request_body = TaxReserveIn,
    responses((status = 200, description = "Reserved", body = TaxReserveOut)))]
pub async fn add_to_tax_reserve(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| tax_reserve(id, false, body)).await?;
    Ok(done.changed())
}

/// Give part of a market's reserve for tax back to its budget
#[utoipa::path(post, path = "/v1/pledges/{id}/tax-reserves/returns", tag = "budgets",
    request_body = TaxReserveIn,
    responses((status = 200, description = "Given back", body = TaxReserveOut)))]
pub async fn give_back_tax_reserve(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| tax_reserve(id, true, body)).await?;
    Ok(done.changed())
}
