//! What nobody approved in time expires, and what was held for it is free again.

use super::{Counts, Jobs};
use crate::db::read::{self, ReadError};
use crate::domain::command::{DecideApproval, Verdict};
use crate::domain::{ApprovalId, Command};
use crate::engine::Failure;

impl Jobs {
    /// Notes of whatever waited that its time is over. What was decided in the meantime is left as
    /// it is.
    pub(super) async fn expire_approvals(&self, actor: &str) -> Counts {
        let mut counts = Counts::default();
        let due = match self.due_approvals().await {
            Ok(due) => due,
            Err(error) => {
                log::info!(error:% = error; "approvals whose time is over couldn't be looked up");
                counts.broke_off = true;
                return counts;
            }
        };
        counts.found = i32::try_from(due.len()).unwrap_or(i32::MAX);
        for approval in due {
            let command = Command::DecideApproval(DecideApproval {
                approval,
                verdict: Verdict::Expire,
            });
            let answer = self
                .engine
                .submit(self.submission(command, actor, |_| Vec::new()));
            match answer.await {
                Ok(_) => counts.done += 1,
                Err(Failure::Refused(refusal)) => {
                    log::debug!(approval:% = approval, refusal:% = refusal;
                        "an approval was decided");
                    counts.refused += 1;
                }
                Err(failure) => {
                    log::info!(approval:% = approval, failure:% = failure;
                        "an approval couldn't be ended");
                    counts.broke_off = true;
                }
            }
        }
        counts
    }

    async fn due_approvals(&self) -> Result<Vec<ApprovalId>, ReadError> {
        let mut connection = self.pool.get().await?;
        read::due_approvals(&mut connection).await
    }
}
