//! Has jobs done when it is time: on one service at a time, whichever it is.
//!
//! The service that holds the lock ([`Turn`]) does every job when it gets it, which makes up for
//! whatever was missed, and then again and again. The others look every now and then whether the
//! holder is gone. Two may believe for a moment that it is their turn, if a connection broke
//! unnoticed: jobs are idempotent, so that does no harm.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::db::{Database, DbError, Turn};
use crate::domain::Job;
use crate::jobs::Jobs;

/// How often a service that has to wait looks whether the one that does the jobs is gone.
const TAKEOVER: Duration = Duration::from_secs(5);

/// The running scheduler.
#[derive(Debug)]
pub struct Scheduler(JoinHandle<()>);

impl Scheduler {
    /// Starts to have jobs done, with so much time between.
    pub fn start(database: Database, jobs: Jobs, every: Duration) -> Self {
        Scheduler(tokio::spawn(async move {
            let mut is_away = false;
            loop {
                let turns = take_turns(&database, &jobs, every).await;
                if let (Err(error), false) = (&turns, is_away) {
                    log::info!(error:% = error; "the scheduler can't reach the database");
                }
                is_away = turns.is_err();
                sleep(TAKEOVER.min(every)).await;
            }
        }))
    }

    /// Stops at once. What was submitted is still carried out; what wasn't, the next run finds.
    pub async fn stop(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}

/// Waits for its turn and has jobs done until its connection breaks.
async fn take_turns(database: &Database, jobs: &Jobs, every: Duration) -> Result<(), DbError> {
    let mut turn = Turn::at(database).await?;
    while !turn.take().await? {
        sleep(TAKEOVER.min(every)).await;
    }
    log::info!("this service does the jobs");
    loop {
        for job in Job::ALL {
            jobs.run_by_clock(*job).await;
        }
        sleep(every).await;
        if !turn.lasts().await {
            log::info!("another service may do the jobs");
            return Ok(());
        }
    }
}
