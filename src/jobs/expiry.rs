//! Credits lapse whose lot has ended.

use std::time::Duration;

use super::{Counts, Jobs};
use crate::db::read::{self, ReadError};
use crate::domain::command::ExpireLot;
use crate::domain::{Command, LotId, Refusal};
use crate::engine::Failure;

/// A lot lapses in at most so many journals at a time; the next run goes on.
const MOST_JOURNALS: usize = 1_000;

/// What came of a lot.
enum Lapsed {
    /// All that could lapse did.
    AsFarAsItCan,
    /// Something of it waits for somebody.
    Refused,
    /// The ledger couldn't be reached.
    BrokeOff,
}

impl Jobs {
    /// Lets lapse whatever has ended. Lots recorded less than `grace` ago and after their end wait.
    pub(super) async fn expire(&self, actor: &str, grace: Duration) -> Counts {
        let mut counts = Counts::default();
        let due = match self.due_lots(grace).await {
            Ok(due) => due,
            Err(error) => {
                log::info!(error:% = error; "lots that have ended couldn't be looked up");
                counts.broke_off = true;
                return counts;
            }
        };
        counts.found = i32::try_from(due.len()).unwrap_or(i32::MAX);
        for lot in due {
            match self.expire_lot(lot, actor, &mut counts).await {
                Lapsed::AsFarAsItCan => {}
                Lapsed::Refused => counts.refused += 1,
                Lapsed::BrokeOff => counts.broke_off = true,
            }
        }
        counts
    }

    async fn due_lots(&self, grace: Duration) -> Result<Vec<LotId>, ReadError> {
        let mut connection = self.pool.get().await?;
        read::due_lots(&mut connection, grace).await
    }

    /// Expires the lot until that is refused because nothing is left, and so nothing was written.
    async fn expire_lot(&self, lot: LotId, actor: &str, counts: &mut Counts) -> Lapsed {
        for _ in 0..MOST_JOURNALS {
            let command = Command::ExpireLot(ExpireLot { lot });
            let answer = self
                .engine
                .submit(self.submission(command, actor, |_| Vec::new()));
            let failure = match answer.await {
                Ok(_) => {
                    counts.done += 1;
                    continue;
                }
                Err(failure) => failure,
            };
            match failure {
                Failure::Refused(refusal) if matches!(*refusal, Refusal::WrongState { .. }) => {
                    return Lapsed::AsFarAsItCan;
                }
                Failure::Refused(refusal) => {
                    log::warn!(lot:% = lot, refusal:% = refusal; "a lot that has ended waits");
                    return Lapsed::Refused;
                }
                failure => {
                    log::info!(lot:% = lot, failure:% = failure; "a lot couldn't be expired");
                    return Lapsed::BrokeOff;
                }
            }
        }
        Lapsed::AsFarAsItCan
    }
}
