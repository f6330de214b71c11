//! Statements that were asked for, for all accounts of pledges.

use super::{Counts, Jobs};
use crate::db::read;
use crate::domain::Command;
use crate::domain::command::IssueStatements;
use crate::domain::statement::StatementRun;
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

    /// Issues what is left of a run, some accounts at a time, in the name of who asked for it. What
    /// somebody issues at the same time refuses those it is with; the next time the job is done
    /// they are drawn up anew.
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
            let mut statements = Vec::new();
            for account in &accounts {
                statements.extend(self.issuer.of_run(run, account).await?);
            }
            let found = i32::try_from(statements.len()).unwrap_or(i32::MAX);
            counts.found += found;
            let command = Command::IssueStatements(IssueStatements {
                pledge: run.pledge,
                statements,
                against: None,
            });
            let mut submission = self.submission(command, &run.issued_by, |_| Vec::new());
            submission.identity.clone_from(&run.identity);
            match self.engine.submit(submission).await {
                Ok(_) => counts.done += found,
                Err(Failure::Refused(refusal)) => {
                    log::warn!(run:% = run.id, refusal:% = refusal; "statements were refused");
                    counts.refused += found;
                }
                Err(failure) => {
                    log::info!(run:% = run.id, failure:% = failure; "statements wait to be issued");
                    counts.broke_off = true;
                    return Ok(());
                }
            }
        }
    }
}
