//! What the service does by itself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Job, JobRun, JobRunId};
use crate::http::wire::Instant;

/// Something the service does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobOut {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The last time it was done.
    pub last_run: Option<JobRunOut>,
}

impl JobOut {
    /// A job with its last run.
    pub fn new(job: Job, last: Option<&JobRun>) -> Self {
        JobOut {
            name: job.as_str(),
            purpose: job.purpose(),
            last_run: last.map(JobRunOut::from),
        }
    }
}

/// One time a job was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = JobRun)]
pub struct JobRunOut {
    /// Its id.
    pub id: JobRunId,
    /// The job.
    pub job: &'static str,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// `done`, or `failed` if it broke off: then the next run finds what it left.
    pub outcome: &'static str,
    /// How many things waited for it.
    pub found: i32,
    /// How many journals it posted.
    pub done: i32,
    /// How many of the things were refused, so that they wait for somebody.
    pub refused: i32,
    /// Who had it run: a person, or `scheduler`.
    pub actor: String,
}

impl From<&JobRun> for JobRunOut {
    fn from(run: &JobRun) -> Self {
        JobRunOut {
            id: run.id,
            job: run.job.as_str(),
            started_at: Instant(run.started_at),
            ended_at: Instant(run.ended_at),
            outcome: run.outcome.as_str(),
            found: run.found,
            done: run.done,
            refused: run.refused,
            actor: run.actor.clone(),
        }
    }
}
