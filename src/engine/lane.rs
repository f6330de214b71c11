//! A lane: takes up what is waiting, carries it out as one batch, and replies.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::batch::{self, BATCH, Batch, Results};
use super::memory::Memory;
use super::submission::{Failure, Submission};
use super::trail;
use crate::db::connection::LOCK_TIMEOUT_MS;
use crate::db::{DbError, Writer};
use crate::domain::Refusal;
use crate::domain::audit::AuditEvent;

/// A batch takes no longer. Statements end before that by the server's own limit; this is for a
/// server that says nothing at all.
const SILENCE: Duration = Duration::from_secs(25);

/// What the database declined is tried this often: what it clashed with may have been committed in
/// between, and then reads as an ordinary refusal; what is declined every time is a defect.
const ATTEMPTS: usize = 4;

/// How the commands of a job belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Each on its own merits.
    Each,
    /// All or none.
    All,
    /// As if, and nothing is written.
    Preview,
}

/// What one caller asks for at once.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) submissions: Vec<Submission>,
    /// What goes into the audit trail by itself; a job of this alone has a result if it failed.
    pub(super) notes: Vec<AuditEvent>,
    pub(super) manner: Manner,
    pub(super) reply: oneshot::Sender<Results>,
}

impl Job {
    /// How much of a batch it takes up.
    fn weight(&self) -> usize {
        let commands = self.submissions.iter();
        let commands: usize = commands.map(|it| it.command.weight()).sum();
        commands + self.notes.len()
    }
}

/// Carries out jobs until every sender is gone and the queue is empty.
pub(super) async fn run(mut queue: mpsc::Receiver<Job>, mut writer: Writer) {
    let mut held_over = None;
    let mut memory = Memory::default();
    let mut done = Vec::new();
    loop {
        let first = match held_over.take().or_else(|| queue.try_recv().ok()) {
            Some(job) => job,
            None => {
                reply(std::mem::take(&mut done));
                match queue.recv().await {
                    Some(job) => job,
                    None => return,
                }
            }
        };
        let jobs = take_up(first, &mut queue, &mut held_over);
        // The database begins with these, and meanwhile the callers of the last are answered.
        let last = async { reply(std::mem::take(&mut done)) };
        let (now_done, ()) = futures_util::join!(carry_out(&mut writer, &mut memory, jobs), last);
        done = now_done;
    }
}

/// A job that was carried out, with its results.
type Done = (Job, Results);

/// The first job and whatever else is waiting that can share its transaction. All-or-none jobs and
/// previews have a transaction of their own, so that what they don't write stays theirs.
fn take_up(first: Job, queue: &mut mpsc::Receiver<Job>, held_over: &mut Option<Job>) -> Vec<Job> {
    let mut weight = first.weight();
    let alone = first.manner != Manner::Each;
    let mut jobs = vec![first];
    while !alone && weight < BATCH {
        match queue.try_recv() {
            Ok(job) if job.manner == Manner::Each && weight + job.weight() <= BATCH => {
                weight += job.weight();
                jobs.push(job);
            }
            Ok(job) => {
                *held_over = Some(job);
                break;
            }
            Err(_) => break,
        }
    }
    jobs
}

/// One batch, within bounds. One that is cut off takes its connection with it, so no transaction is
/// left open on ours; what the server makes of it, the same keys find out. A statement that was
/// cancelled for its timeout ran at least as long as the shortest one: then the database is slow,
/// and not the batch at fault.
async fn attempt(
    writer: &mut Writer,
    memory: &mut Memory,
    batch: &Batch<'_>,
) -> Result<Results, DbError> {
    let started = Instant::now();
    let attempt = batch::attempt(writer, memory, batch);
    let silent = |_| DbError::Away(format!("no answer within {SILENCE:?}"));
    let attempted = tokio::time::timeout(SILENCE, attempt).await;
    let slow = Duration::from_millis(u64::from(LOCK_TIMEOUT_MS));
    match attempted.map_err(silent)? {
        Err(DbError::Declined(reason)) if started.elapsed() >= slow => Err(DbError::Away(reason)),
        attempted => attempted,
    }
}

/// A batch that can't be taken apart: attempted again if it is declined.
async fn insist(
    writer: &mut Writer,
    memory: &mut Memory,
    batch: &Batch<'_>,
) -> Result<Results, DbError> {
    let mut attempts = 1;
    loop {
        match attempt(writer, memory, batch).await {
            Err(DbError::Rule(_) | DbError::Declined(_)) if attempts < ATTEMPTS => attempts += 1,
            attempted => return attempted,
        }
    }
}

/// Carries out the jobs together; if the database declines the batch, each on its own.
async fn carry_out(writer: &mut Writer, memory: &mut Memory, jobs: Vec<Job>) -> Vec<Done> {
    let batch = Batch {
        commands: jobs.iter().flat_map(|job| &job.submissions).collect(),
        notes: jobs.iter().flat_map(|job| &job.notes).collect(),
        manner: jobs.first().map_or(Manner::Each, |job| job.manner),
    };
    let attempted = match batch.manner {
        Manner::Each => attempt(writer, memory, &batch).await,
        Manner::All | Manner::Preview => insist(writer, memory, &batch).await,
    };
    let alike = |failure: Failure| vec![Err(failure); batch.commands.len()];
    let mut noted = Ok(());
    let results = match attempted {
        Ok(results) => results,
        Err(error @ DbError::Away(_)) => {
            log::warn!(error:% = error; "the database is away");
            noted = Err(Failure::Unavailable);
            alike(Failure::Unavailable)
        }
        Err(error) if batch.manner == Manner::Each => {
            log::info!(error:% = error, commands = batch.commands.len(); "replaying singly");
            let mut results = Vec::with_capacity(batch.commands.len());
            for command in &batch.commands {
                results.push(single(writer, memory, command).await);
            }
            noted = note(writer, memory, batch.notes).await;
            results
        }
        Err(error) => alike(failure(error)),
    };
    hand_out(jobs, results, noted)
}

/// The jobs with their results; one of notes alone has one if they weren't kept.
fn hand_out(jobs: Vec<Job>, results: Results, noted: Result<(), Failure>) -> Vec<Done> {
    let mut results = results.into_iter();
    let own = |job: Job| {
        let mut own: Results = results.by_ref().take(job.submissions.len()).collect();
        if let (true, Err(failure)) = (own.is_empty(), &noted) {
            own.push(Err(failure.clone()));
        }
        (job, own)
    };
    jobs.into_iter().map(own).collect()
}

/// Notes in a transaction of their own.
async fn note(
    writer: &mut Writer,
    memory: &mut Memory,
    notes: Vec<&AuditEvent>,
) -> Result<(), Failure> {
    if notes.is_empty() {
        return Ok(());
    }
    let batch = Batch {
        commands: Vec::new(),
        notes,
        manner: Manner::Each,
    };
    let noted = attempt(writer, memory, &batch).await;
    noted.map(|_| ()).map_err(|error| {
        log::error!(error:% = error; "the audit trail could not be kept");
        Failure::Unavailable
    })
}

/// One command in a transaction of its own.
async fn single(
    writer: &mut Writer,
    memory: &mut Memory,
    command: &Submission,
) -> Result<batch::Decided, Failure> {
    let batch = Batch {
        commands: vec![command],
        notes: Vec::new(),
        manner: Manner::Each,
    };
    let failure = match insist(writer, memory, &batch).await {
        Ok(mut results) => return results.pop().unwrap_or(Err(Failure::Internal)),
        Err(error) => failure(error),
    };
    if let Failure::Refused(why) = &failure {
        let refused = trail::refusal(command, None, why);
        note(writer, memory, vec![&refused]).await?;
    }
    Err(failure)
}

/// What a lone command's caller is told of a database error.
fn failure(error: DbError) -> Failure {
    match error {
        DbError::Away(_) => Failure::Unavailable,
        DbError::Rule(rule) if rule == "idempotency_keys_pkey" => Failure::Unavailable,
        DbError::Rule(rule) => {
            log::error!(rule:% = rule; "the schema refused what the domain let through");
            Refusal::Constraint(rule).into()
        }
        DbError::Declined(reason) => {
            log::error!(reason:% = reason; "the database declined a command");
            Failure::Internal
        }
    }
}

/// Hands each job its results. A caller that went away doesn't read them, and nothing is undone.
fn reply(done: Vec<Done>) {
    for (job, results) in done {
        let _ = job.reply.send(results);
    }
}
