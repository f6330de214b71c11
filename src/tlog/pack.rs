//! The whole of a log, for whoever checks it without asking again.

use super::grow::leaves;
use super::{Log, LogError, LogId, Signed};
use crate::db::read;
use crate::domain::PledgeId;

impl Log {
    /// The first checkpoint of a pledge's log that has so many journals: the same one whenever it
    /// is asked for.
    pub async fn first_with(&self, pledge: PledgeId, journals: i64) -> Result<Signed, LogError> {
        let which = LogId::Pledge(pledge);
        let last = self.catch_up(which).await?;
        let mut connection = self.pool.get().await?;
        let row = read::checkpoint_over(&mut connection, which.uuid(), journals - 1).await?;
        let signed = row.map(|row| Signed::of(row, self.keys.all())).transpose();
        let signed = signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })?;
        Ok(signed.unwrap_or(last))
    }

    /// The leaves of a pledge's log with indexes from `first` on, up to but not including `end`.
    pub async fn leaves_of(
        &self,
        pledge: PledgeId,
        first: u64,
        end: u64,
    ) -> Result<Vec<Vec<u8>>, LogError> {
        let mut connection = self.pool.get().await?;
        leaves(&mut connection, LogId::Pledge(pledge), first, end).await
    }
}
