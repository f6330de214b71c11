//! Valuing what is owed in other currencies at a month's end.

use actix_web::HttpResponse;
use time::{Date, Month};

use super::inputs::RevaluationIn;
use super::post::Post;
use crate::domain::command::RevaluePledge;
use crate::domain::{Command, PledgeId};
use crate::http::access::permission::RunJobs;
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::RevaluationRunOut;

/// The last day of a month written `YYYY-MM`.
fn month_end(text: &str) -> Result<Date, Fault> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once('-').filter(|(year, month)| {
        (year.len(), month.len()) == (4, 2) && digits(year) && digits(month)
    });
    let read = parts.and_then(|(year, month)| {
        let (year, month): (i32, u8) = (year.parse().ok()?, month.parse().ok()?);
        let month = Month::try_from(month).ok()?;
        Date::from_calendar_date(year, month, month.length(year)).ok()
    });
    let read = read.filter(|day| (2000..=2100).contains(&day.year()));
    read.ok_or_else(|| {
        let detail = "a month is written YYYY-MM, and lies between 2000 and 2100";
        Fault::new("month-malformed", detail)
    })
}

/// Reads a revaluation to be done.
pub fn revaluation(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let month_end = body.value("month", month_end);
    let source = body.optional("source", |body, name| body.text(name, Text::NAME));
    Some(Command::RevaluePledge(RevaluePledge {
        pledge,
        month_end: month_end?,
        source: source?,
    }))
}

/// Revalue what is owed in other currencies
///
/// At the end of a month that is over: what is owed then, by effective date, at the rate of the
/// latest day that is stated, against what it carries. A loss (7200) is covered from the reserve, a
/// gain added to it, and both are reversed on the first day of the next month, by the same request.
/// Done again it posts the difference to the last time, if there is one.
#[utoipa::path(post, path = "/v1/pledges/{id}/revaluations", tag = "exchange",
    request_body = RevaluationIn,
    responses((status = 200, description = "Revalued", body = RevaluationRunOut)))]
pub async fn revalue_pledge(post: Post<RunJobs>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| revaluation(id, body)).await?.changed())
}
