//! The one write path: whatever is waiting is decided and committed together.
//!
//! ```text
//! handler ─ Submission ─▶ lane (by pledge) ─▶ one transaction per batch ─▶ reply to each caller
//!                         takes what has       1 lock pledges; load what the commands need
//!                         queued up (never     2 decide each in order, in memory
//!                         waits when idle)     3 write everything as arrays; commit
//! ```
//!
//! **Guarantees.** A caller is answered after its command was committed, and only then. A refused
//! command changes nothing, but for what the audit trail says of it, and does not disturb its
//! neighbours. A batch that meets an unexpected
//! database error is rolled back and its jobs are replayed one by one, so a poisoned one fails
//! alone. A key is answered once and the same for ever; the answer is written in the transaction
//! that did the work. A caller that goes away changes nothing. Several services on one database are
//! correct by the pledges' row locks; nothing relies on being alone.
//!
//! **Bounds.** At most [`QUEUE`] jobs wait in a lane, beyond that callers are told
//! [`Failure::Overloaded`]; a batch takes up to [`BATCH`] commands. It costs two round trips: one
//! to begin, lock the pledges, look up keys and load, one to write and commit; and more only for
//! what can't be known beforehand and isn't remembered. While the database begins with a batch, the
//! callers of the one before are answered.
//!
//! **Order.** Commands of one pledge that go through one service are decided in the order they were
//! submitted.

mod batch;
mod lane;
mod memory;
mod submission;
mod trail;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::db::{Database, Writer};
use crate::domain::Catalogue;
use crate::domain::audit::AuditEvent;

use batch::Results;
use lane::{Job, Manner};

pub use batch::BATCH;
pub use submission::{Answer, Failure, Key, Preview, Render, Submission};

/// How many jobs wait in a lane before callers are turned away.
pub const QUEUE: usize = 8_192;

/// How many lanes there are: batches of different pledges commit side by side. More lanes make
/// smaller batches; two keep both a decider and a writer busy on two cores.
pub const LANES: usize = 2;

/// Takes submissions and answers once they are committed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    lanes: Arc<[mpsc::Sender<Job>]>,
}

/// The running lanes. They end, with everything accepted so far carried out, once every clone of
/// the [`Engine`] is gone.
#[derive(Debug)]
pub struct Lanes(JoinSet<()>);

impl Lanes {
    /// Waits until the lanes have carried out what they accepted.
    pub async fn finish(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

impl Engine {
    /// Starts the lanes on the current runtime. They connect when first used.
    pub fn start(database: &Database, catalogue: &Arc<Catalogue>) -> (Engine, Lanes) {
        let mut tasks = JoinSet::new();
        let lanes: Vec<_> = (0..LANES)
            .map(|_| {
                let (sender, receiver) = mpsc::channel(QUEUE);
                let writer = Writer::new(database.clone(), Arc::clone(catalogue));
                tasks.spawn(lane::run(receiver, writer));
                sender
            })
            .collect();
        (
            Engine {
                lanes: lanes.into(),
            },
            Lanes(tasks),
        )
    }

    /// Commits one command and answers; a refusal writes nothing. The command is queued at once,
    /// its answer is awaited whenever the caller likes.
    pub fn submit(
        &self,
        submission: Submission,
    ) -> impl Future<Output = Result<Answer, Failure>> + use<> {
        let results = self.enter(vec![submission], Manner::Each);
        async {
            let result = results.await.pop().unwrap_or(Err(Failure::Internal));
            result.map(|decided| decided.answer)
        }
    }

    /// Commits each command on its own merits, in order; one refusal does not disturb the others.
    pub async fn submit_each(&self, submissions: Vec<Submission>) -> Vec<Result<Answer, Failure>> {
        let results = self.enter(submissions, Manner::Each).await;
        results
            .into_iter()
            .map(|result| result.map(|decided| decided.answer))
            .collect()
    }

    /// Commits all commands in one transaction, or none. On refusal: a result per command, the
    /// refused ones with their reasons, the others with what they would have answered.
    pub async fn submit_all(
        &self,
        submissions: Vec<Submission>,
    ) -> Result<Vec<Answer>, Vec<Result<Answer, Failure>>> {
        let results = self.enter(submissions, Manner::All).await;
        let results: Vec<_> = results
            .into_iter()
            .map(|result| result.map(|decided| decided.answer))
            .collect();
        if results.iter().any(Result::is_err) {
            return Err(results);
        }
        Ok(results.into_iter().flatten().collect())
    }

    /// Decides the commands one after the other as if they were committed, and writes nothing.
    pub async fn preview(&self, submissions: Vec<Submission>) -> Vec<Result<Preview, Failure>> {
        let results = self.enter(submissions, Manner::Preview).await;
        let preview = |decided: batch::Decided| Preview {
            body: decided.answer.body,
            drafts: decided.drafts,
            approvals: decided.approvals,
        };
        results
            .into_iter()
            .map(|result| result.map(preview))
            .collect()
    }

    /// Keeps something in the audit trail that no command stands for, before it is answered.
    pub async fn note(&self, event: AuditEvent) -> Result<(), Failure> {
        let (reply, results) = oneshot::channel();
        let job = Job {
            submissions: Vec::new(),
            notes: vec![event],
            manner: Manner::Each,
            reply,
        };
        queue(&self.lanes[0], job)?;
        let mut results = results.await.map_err(|_| Failure::Unavailable)?;
        results.pop().map_or(Ok(()), |result| result.map(|_| ()))
    }

    /// Queues a job in the lane of its first command's pledge, now; its results are to be awaited.
    /// Any lane would be correct; the same lane for the same pledge is what makes grouping pay.
    fn enter(
        &self,
        submissions: Vec<Submission>,
        manner: Manner,
    ) -> impl Future<Output = Results> + use<> {
        let count = submissions.len();
        let (reply, results) = oneshot::channel();
        let home = submissions.first().map(|first| first.command.home());
        let queued = home.map_or(Ok(()), |home| {
            let mut hasher = DefaultHasher::new();
            home.hash(&mut hasher);
            let lane = (hasher.finish() % LANES as u64) as usize;
            let job = Job {
                submissions,
                notes: Vec::new(),
                manner,
                reply,
            };
            queue(&self.lanes[lane], job)
        });
        async move {
            let results = match queued {
                Ok(()) => results.await.map_err(|_| Failure::Unavailable),
                Err(failure) => Err(failure),
            };
            results.unwrap_or_else(|failure| vec![Err(failure); count])
        }
    }
}

fn queue(lane: &mpsc::Sender<Job>, job: Job) -> Result<(), Failure> {
    lane.try_send(job).map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => Failure::Overloaded,
        mpsc::error::TrySendError::Closed(_) => Failure::Unavailable,
    })
}
