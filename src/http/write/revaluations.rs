//! Valuing what is owed in other currencies at a month's end.

use actix_web::HttpResponse;

use super::inputs::RevaluationIn;
use super::post::Post;
use crate::domain::command::RevaluePledge;
use crate::domain::{Command, PledgeId};
use crate::http::access::permission::RunJobs;
use crate::http::body::{Fields, Text, month_end};
use crate::http::problem::Problem;
use crate::http::views::RevaluationRunOut;

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
