//! Statements that were asked for, for all accounts of pledges.

use super::{Counts, Jobs};
use crate::db::read;
use crate::domain::Command;
use crate::domain::command::IssueStatements;
use crate::domain::statement::{Statement, StatementRun};
use crate::engine::Failure;
use crate::statements::IssueError;

/// For how many accounts statements are drawn up before they are issued together.
const AT_ONCE: i64 = 100;

impl Jobs {
    /// Goes on with every run that isn't done, wherever it broke off.
    pub(super) async fn issue_statements(&self) -> Counts {
        let mut counts = Counts::default();
        let runs = async {
            let mut connection = self.pool.get().await?;
            read::unfinished_runs(&mut connection).await
        };
        match runs.await {
            Ok(runs) => {
                for run in runs {
                    if let Err(error) = self.issue_run(&run, &mut counts).await {
                        log::error!(run:% = run.id, error:% = error;
                            "statements couldn't be issued");
                        counts.broke_off = true;
                    }
                }
            }
            Err(error) => {
                log::info!(error:% = error; "statements to be issued couldn't be looked up");
                counts.broke_off = true;
            }
        }
        counts
    }

    /// Issues what is left of a run, some accounts at a time, in the name of who asked for it. If
    /// that is refused, as somebody issued one of them at the same time, each is issued alone; what
    /// is refused then is drawn up anew the next time the job is done.
    async fn issue_run(&self, run: &StatementRun, counts: &mut Counts) -> Result<(), IssueError> {
        let mut after = 0;
        loop {
            let mut connection = self.pool.get().await.map_err(read::ReadError::from)?;
            let left = read::accounts_left(&mut connection, run, (after, AT_ONCE)).await?;
            let Some(last) = left.last() else {
                return Ok(());
            };
            after = *last;
            let accounts = read::accounts_to_issue(&mut connection, run.pledge, &left).await?;
            drop(connection);
            let mut drawn = Vec::with_capacity(accounts.len());
            for account in &accounts {
                drawn.push(self.issuer.of_run(run, account).await?);
            }
            counts.found += i32::try_from(drawn.len()).unwrap_or(i32::MAX);
            match self.issue(run, drawn.concat()).await {
                Ok(()) => counts.done += i32::try_from(drawn.len()).unwrap_or(i32::MAX),
                Err(Failure::Refused(_)) => {
                    for statements in drawn {
                        match self.issue(run, statements).await {
                            Ok(()) => counts.done += 1,
                            Err(failure) => counts.note(run, &failure),
                        }
                    }
                }
                Err(failure) => counts.note(run, &failure),
            }
            if counts.broke_off {
                return Ok(());
            }
        }
    }

    /// Issues statements of a run, all or none.
    async fn issue(&self, run: &StatementRun, statements: Vec<Statement>) -> Result<(), Failure> {
        let command = Command::IssueStatements(IssueStatements {
            pledge: run.pledge,
            statements,
            against: None,
        });
        let mut submission = self.submission(command, &run.issued_by, |_| Vec::new());
        submission.identity.clone_from(&run.identity);
        self.engine.submit(submission).await.map(|_| ())
    }
}

impl Counts {
    /// Counts what wasn't issued, by why.
    fn note(&mut self, run: &StatementRun, failure: &Failure) {
        log::warn!(run:% = run.id, failure:% = failure; "statements weren't issued");
        match failure {
            Failure::Refused(_) => self.refused += 1,
            _ => self.broke_off = true,
        }
    }
}
