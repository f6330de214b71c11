//! What one currency is worth in another, and the reserve for what banks make of it.

use actix_web::HttpResponse;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::JOURNALS;
use super::inputs::ReserveIn;
use super::post::Post;
use crate::domain::command::{MoveReserve, StateExchangeRate};
use crate::domain::exchange::StatedRate;
use crate::domain::{Command, ExchangeRateId, PledgeId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::ReserveOut;

/// A rate with at most eight fraction digits, in hundred-millionths.
pub(super) fn rate_e8(text: &str) -> Result<i64, Fault> {
    let malformed = || {
        let detail = "a rate is a string of digits with at most one point and eight digits after \
                      it, greater than zero, such as \"150.25\"";
        Fault::new("rate-malformed", detail)
    };
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.starts_with(|c: char| c.is_ascii_digit())
        && !text.ends_with('.');
    let rate = Decimal::from_str_exact(text).ok().filter(|_| plain);
    let rate = rate.filter(|rate| rate.scale() <= 8 && text.len() <= 18);
    let mut scaled = rate.ok_or_else(malformed)?;
    scaled.rescale(8);
    i64::try_from(scaled.mantissa())
        .ok()
        .filter(|rate| *rate > 0)
        .ok_or_else(malformed)
}

/// Reads a stated rate.
pub fn stated_rate(body: &mut Fields<'_>, name: &'static str) -> Option<StatedRate> {
    body.object(name, rate)
}

fn rate(body: &mut Fields<'_>) -> Option<StatedRate> {
    let rate = body.value("rate", rate_e8);
    let source = body.text("source", Text::NAME);
    let day = body.past_day("date");
    Some(StatedRate {
        rate_e8: rate?,
        source: source?,
        day: day?,
    })
}

/// Reads an exchange rate.
pub fn exchange_rate(body: &mut Fields<'_>) -> Option<Command> {
    let base = body.unit("base");
    let quote = body.unit("quote");
    let stated = rate(body);
    Some(Command::StateExchangeRate(StateExchangeRate {
        id: ExchangeRateId(Uuid::now_v7()),
        base: base?,
        quote: quote?,
        stated: stated?,
    }))
}

/// Reads a change to the reserve.
pub fn reserve(pledge: PledgeId, gives_back: bool, body: &mut Fields<'_>) -> Option<Command> {
    let amount = body.money("amount");
    let effective_date = body.effective_date();
    Some(Command::MoveReserve(MoveReserve {
        pledge,
        amount: amount?,
        gives_back,
        effective_date: effective_date?,
    }))
}

/// Add to the reserve for fees and exchange differences
///
/// From what is funded and unallocated.
#[utoipa::path(post, path = "/v1/pledges/{id}/reserve", tag = "pledges", request_body = ReserveIn,
    responses((status = 201, description = "Reserved", body = ReserveOut)))]
pub async fn add_to_reserve(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| reserve(id, false, body)).await?;
    Ok(done.created(JOURNALS))
}

/// Give part of the reserve back
#[utoipa::path(post, path = "/v1/pledges/{id}/reserve/returns", tag = "pledges",
    request_body = ReserveIn,
    responses((status = 201, description = "Given back", body = ReserveOut)))]
pub async fn give_back_reserve(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let done = post.submit(|body| reserve(id, true, body)).await?;
    Ok(done.created(JOURNALS))
}
