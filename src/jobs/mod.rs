//! Jobs: what the service does by itself, again and again.
//!
//! A job finds what there is to do by reading, and does it through the engine like anybody else, so
//! every rule holds and nothing relies on being alone. What it submits is idempotent by nature:
//! doing a job twice, at the same moment or on two services, does the work once. Each time it was
//! done is recorded, whatever came of it.
//!
//! Who has jobs done, and when, is decided elsewhere. A new job is a word in
//! [`Job`] and in the table `jobs`, an arm in [`Jobs::run`], and a file here.

mod approval_expiry;
mod expiry;
mod hold_expiry;
mod revaluation;
mod statement_issue;

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::Pool;
use crate::domain::audit::Origin;
use crate::domain::command::RecordRun;
use crate::domain::job::RunOutcome;
use crate::domain::{Command, Job, JobRun, JobRunId, Outcome};
use crate::engine::{Engine, Key, Render, Submission};
use crate::statements::Issuer;

/// Who a journal names that a job posted by itself.
pub const SCHEDULER: &str = "scheduler";

/// Why a job is done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is time for it.
    ByClock,
    /// Somebody wants it done.
    ByPerson,
}

/// Does jobs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Jobs {
    engine: Engine,
    pool: Pool,
    issuer: Issuer,
    instance: Uuid,
    grace: Duration,
}

/// What came of a job.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    found: i32,
    done: i32,
    refused: i32,
    broke_off: bool,
}

impl Jobs {
    /// Jobs of this service. By the clock, a lot that was recorded only after its end lapses no
    /// sooner than `grace` later, and a month for which something was recorded after it was over is
    /// revalued no sooner, so that the past can be entered in its order.
    pub fn new(engine: Engine, pool: Pool, issuer: Issuer, grace: Duration) -> Self {
        Jobs {
            engine,
            pool,
            issuer,
            instance: Uuid::now_v7(),
            grace,
        }
    }

    /// A run in which nothing was done.
    pub fn foresee(&self, job: Job, actor: &str) -> JobRun {
        let now = OffsetDateTime::now_utc();
        JobRun {
            id: JobRunId(Uuid::now_v7()),
            job,
            started_at: now,
            ended_at: now,
            outcome: RunOutcome::Done,
            found: 0,
            done: 0,
            refused: 0,
            actor: actor.to_owned(),
            instance: self.instance,
        }
    }

    /// Does the job. The run is yet to be recorded.
    pub async fn run(&self, job: Job, actor: &str, asked: Asked) -> JobRun {
        let begun = self.foresee(job, actor);
        let grace = match asked {
            Asked::ByClock => self.grace,
            Asked::ByPerson => Duration::ZERO,
        };
        let counts = match job {
            Job::Expiry => self.expire(actor, grace).await,
            Job::HoldExpiry => self.expire_holds(actor).await,
            Job::ApprovalExpiry => self.expire_approvals(actor).await,
            Job::Revaluation => self.revalue(actor, grace).await,
            Job::StatementIssue => self.issue_statements().await,
        };
        let Counts {
            found,
            done,
            refused,
            broke_off,
        } = counts;
        let job = job.as_str();
        if done > 0 || refused > 0 || broke_off {
            log::info!(job, found, done, refused, broke_off; "a job was done");
        } else {
            log::debug!(job, found; "a job found nothing to do");
        }
        JobRun {
            ended_at: OffsetDateTime::now_utc().max(begun.started_at),
            outcome: match broke_off {
                true => RunOutcome::Failed,
                false => RunOutcome::Done,
            },
            found,
            done,
            refused,
            ..begun
        }
    }

    /// Does the job because it is time for it, and records that.
    pub async fn run_by_clock(&self, job: Job) {
        let run = self.run(job, SCHEDULER, Asked::ByClock).await;
        let record = Command::RecordRun(RecordRun { run });
        let recorded = self
            .engine
            .submit(self.submission(record, SCHEDULER, |_| Vec::new()));
        if let Err(failure) = recorded.await {
            log::info!(failure:% = failure; "a job's run couldn't be recorded");
        }
    }

    /// A command on its way into the ledger, under a key that nobody has used.
    fn submission(
        &self,
        command: Command,
        actor: &str,
        answer: fn(&Outcome) -> Vec<u8>,
    ) -> Submission {
        Submission {
            command,
            actor: actor.to_owned(),
            identity: actor.to_owned(),
            by_controller: true,
            origin: Origin::job(),
            key: Key {
                digest: Uuid::now_v7(),
                fingerprint: Uuid::nil(),
            },
            render: Render::whole(answer),
            proposal: None,
        }
    }
}
