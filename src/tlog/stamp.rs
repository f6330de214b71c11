//! What a timestamp authority answered: kept beside the checkpoint, and handed out.

use time::OffsetDateTime;

use super::grow::{big, unsigned};
use super::{Log, LogError, LogId, Signed};
use crate::db::log::{self, NewTimestamp};
use crate::db::read::{self, HEADS};
use crate::domain::PledgeId;

/// A timestamp as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// The size of the checkpoint it is about.
    pub size: u64,
    /// The authority's reply, to the byte.
    pub reply: Vec<u8>,
    /// The time it states.
    pub stamped_at: OffsetDateTime,
}

impl Log {
    /// The last checkpoints of logs, so many at most, of those that aren't stamped.
    pub async fn unstamped(&self, most: i64) -> Result<Vec<(LogId, Signed)>, LogError> {
        let mut connection = self.pool.get().await?;
        let waiting = read::unstamped(&mut connection, most).await?;
        drop(connection);
        let mut found = Vec::new();
        for (id, size) in waiting {
            let which = match id == HEADS {
                true => LogId::Heads,
                false => LogId::Pledge(PledgeId(id)),
            };
            let signed = self.known(which, unsigned(size)).await?;
            found.extend(signed.map(|signed| (which, signed)));
        }
        Ok(found)
    }

    /// Keeps what an authority answered about a checkpoint, which it was checked to be about.
    pub async fn keep_timestamp(
        &self,
        which: LogId,
        size: u64,
        stamped_at: OffsetDateTime,
        reply: Vec<u8>,
    ) -> Result<(), LogError> {
        let mut connection = self.pool.get().await?;
        let timestamp = NewTimestamp {
            log: which.uuid(),
            size: big(size),
            reply,
            stamped_at,
            received_at: OffsetDateTime::now_utc(),
        };
        Ok(log::keep_timestamp(&mut connection, &timestamp).await?)
    }

    /// What was answered about the checkpoint of a size, or about the last that was stamped.
    pub async fn timestamp(
        &self,
        which: LogId,
        size: Option<u64>,
    ) -> Result<Option<Timestamp>, LogError> {
        let mut connection = self.pool.get().await?;
        let found = read::timestamp(&mut connection, which.uuid(), size.map(big)).await?;
        Ok(found.map(|it| Timestamp {
            size: unsigned(it.size),
            reply: it.reply,
            stamped_at: it.stamped_at,
        }))
    }
}
