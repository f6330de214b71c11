//! What is owed in other currencies is valued at the ends of months that weren't valued yet.

use std::time::Duration;

use super::{Counts, Jobs};
use crate::db::read::{self, ReadError};
use crate::domain::command::RevaluePledge;
use crate::domain::{Command, PledgeId};
use crate::engine::Failure;

impl Jobs {
    /// Values whatever is open at the end of a month that is over, in the order of the months, so
    /// that missed ones are made up. One that is refused waits for somebody, and stops no other;
    /// one that was entered late, less than `grace` ago, may not be complete, and waits as well.
    pub(super) async fn revalue(&self, actor: &str, grace: Duration) -> Counts {
        let mut counts = Counts::default();
        let due = match self.due_revaluations(grace).await {
            Ok(due) => due,
            Err(error) => {
                log::info!(error:% = error; "what is to be revalued couldn't be looked up");
                counts.broke_off = true;
                return counts;
            }
        };
        counts.found = i32::try_from(due.len()).unwrap_or(i32::MAX);
        for (pledge, month_end) in due {
            let command = Command::RevaluePledge(RevaluePledge {
                pledge,
                month_end,
                source: None,
            });
            let answer = self
                .engine
                .submit(self.submission(command, actor, |_| Vec::new()));
            match answer.await {
                Ok(_) => counts.done += 1,
                Err(Failure::Refused(refusal)) => {
                    log::warn!(pledge:% = pledge, month_end:% = month_end, refusal:% = refusal;
                        "a month's end waits to be revalued");
                    counts.refused += 1;
                }
                Err(failure) => {
                    log::info!(pledge:% = pledge, failure:% = failure;
                        "a month's end couldn't be revalued");
                    counts.broke_off = true;
                }
            }
        }
        counts
    }

    async fn due_revaluations(
        &self,
        grace: Duration,
    ) -> Result<Vec<(PledgeId, time::Date)>, ReadError> {
        let mut connection = self.pool.get().await?;
        read::due_revaluations(&mut connection, grace).await
    }
}
