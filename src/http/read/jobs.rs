//! What the service does by itself, what it did, and what is going to lapse.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, slice, window};
use super::views::HorizonOut;
use crate::db::read;
use crate::domain::{Job, PledgeId};
use crate::http::access::permission::{ReadJobs, ReadLedger};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{JobOut, JobRunOut};

/// List jobs
///
/// What the service does by itself, each with the last time it was done.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs",
    responses((status = 200, description = "Jobs", body = ListOut<JobOut>)))]
pub async fn list_jobs(get: Get<ReadJobs>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let reads = get.snapshot(async |connection| {
        let mut jobs = Vec::with_capacity(Job::ALL.len());
        for job in Job::ALL {
            let last = read::last_run(connection, *job).await?;
            jobs.push(JobOut::new(*job, last.as_ref()));
        }
        Ok(jobs)
    });
    slice(&get, &paging, reads.await?)
}

/// List the runs of a job
///
/// In the order they were begun.
#[utoipa::path(get, path = "/v1/jobs/{name}/runs", tag = "jobs",
    responses((status = 200, description = "Runs", body = ListOut<JobRunOut>)))]
pub async fn list_job_runs(get: Get<ReadJobs>) -> Result<HttpResponse, Problem> {
    let job = job_named(get.request())?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let found = get.look(async |connection| read::list_runs(connection, job, window).await);
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, JobRunOut::from(it))),
    )
}

/// Read what is going to lapse
///
/// The pledge's lots of which something is left, the first to end first, with what is going to
/// lapse of each if it is used as it was of late.
#[utoipa::path(get, path = "/v1/pledges/{id}/expiry-horizon", tag = "lots",
    responses((status = 200, description = "The horizon", body = HorizonOut)))]
pub async fn read_expiry_horizon(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    get.query()?.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let pledge = read::pledge_version(connection, sight, id).await?;
        let horizon = read::horizon(connection, catalogue, sight, id).await?;
        Ok((pledge, horizon))
    });
    let (pledge, horizon) = reads.await?;
    pledge.ok_or_else(|| get.absent("pledge"))?;
    get.json(None, &HorizonOut::new(id, &horizon))
}

/// The job in the path, `{name}`.
fn job_named(request: &actix_web::HttpRequest) -> Result<Job, Problem> {
    let name = request.match_info().get("name").unwrap_or_default();
    Job::parse(name).ok_or_else(|| Problem::not_found(format!("There is no job {name}")))
}
