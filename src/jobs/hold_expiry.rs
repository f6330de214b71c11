//! Payouts are voided whose holds have run out, and the money they held is free again.

use time::OffsetDateTime;

use super::{Counts, Jobs};
use crate::db::read::{self, ReadError};
use crate::domain::command::ExpirePayout;
use crate::domain::{Command, PayoutId};
use crate::engine::Failure;

impl Jobs {
    /// Voids whatever payout was neither sent nor given up before its hold ran out. One that was
    /// taken on in the meantime is left as it is.
    pub(super) async fn expire_holds(&self, actor: &str) -> Counts {
        let mut counts = Counts::default();
        let today = OffsetDateTime::now_utc().date();
        let due = match self.due_payouts(today).await {
            Ok(due) => due,
            Err(error) => {
                log::info!(error:% = error; "payouts whose holds ran out couldn't be looked up");
                counts.broke_off = true;
                return counts;
            }
        };
        counts.found = i32::try_from(due.len()).unwrap_or(i32::MAX);
        for payout in due {
            let command = Command::ExpirePayout(ExpirePayout { payout, today });
            let answer = self
                .engine
                .submit(self.submission(command, actor, |_| Vec::new()));
            match answer.await {
                Ok(_) => counts.done += 1,
                Err(Failure::Refused(refusal)) => {
                    log::debug!(payout:% = payout, refusal:% = refusal; "a payout was taken on");
                    counts.refused += 1;
                }
                Err(failure) => {
                    log::info!(payout:% = payout, failure:% = failure; "a hold couldn't be ended");
                    counts.broke_off = true;
                }
            }
        }
        counts
    }

    async fn due_payouts(&self, today: time::Date) -> Result<Vec<PayoutId>, ReadError> {
        let mut connection = self.pool.get().await?;
        read::due_payouts(&mut connection, today).await
    }
}
