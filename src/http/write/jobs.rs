//! Having a job done now.

use actix_web::HttpResponse;

use super::inputs::JobRunIn;
use super::post::Post;
use crate::domain::Command;
use crate::domain::command::RecordRun;
use crate::http::access::permission::RunJobs;
use crate::http::body::Fields;
use crate::http::problem::Problem;
use crate::http::views::JobRunOut;

/// Reads that a job is to be done: there is nothing to say about it.
pub fn run(command: Command, _: &mut Fields<'_>) -> Option<Command> {
    Some(command)
}

/// Have a job done now
///
/// Answers once it is done. A job finds what there is to do by itself, so doing it again does no
/// harm: a request that is sent again with its key may do it again, and is answered as the first
/// time.
#[utoipa::path(post, path = "/v1/jobs/{name}/runs", tag = "jobs", request_body = JobRunIn,
    responses((status = 200, description = "Done", body = JobRunOut)))]
pub async fn run_job(post: Post<RunJobs>) -> Result<HttpResponse, Problem> {
    let job = post.job()?;
    let actor = post.principal().subject().to_owned();
    let jobs = post.state().jobs.clone();
    let run_of = match post.is_for_good()? {
        true => jobs.run(job, &actor, crate::jobs::Asked::ByPerson).await,
        false => jobs.foresee(job, &actor),
    };
    let command = Command::RecordRun(RecordRun { run: run_of });
    Ok(post.submit(|body| run(command, body)).await?.changed())
}
