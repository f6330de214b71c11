//! What witnesses hand in, and what is served of it.
//!
//! A witness puts its line under a checkpoint (C2SP tlog-cosignature) and hands the note back. It
//! is kept if the checkpoint is, to the byte, one that this ledger signed, and the line is of a
//! witness that the service was told to trust (`ALMONER_WITNESS_KEYS`). Lines of others that stand
//! beside it are left alone. The first line of a witness under a checkpoint stays: handing in again
//! changes nothing, so it may be done as often as one likes.
//!
//! From then on that checkpoint is served with the line, wherever it is served: on its own, and in
//! proofs. The last checkpoint may be younger than what any witness has seen; the last that one has
//! seen can be asked for instead, and proofs against it.
//!
//! Nothing here is needed to post, to sign or to prove: a witness that is away only leaves its line
//! out.

use time::OffsetDateTime;

use super::checkpoint::Checkpoint;
use super::grow::big;
use super::note::Note;
use super::{Against, Log, LogError, LogId, Signed};
use crate::db::log::{self, Cosignature};
use crate::db::read;

/// Why a cosignature isn't kept.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// It isn't a note with a checkpoint in it.
    #[error("it isn't a signed checkpoint: three lines, an empty one, and signatures")]
    Unreadable,
    /// What is cosigned isn't a checkpoint that this ledger signed for that log.
    #[error("this ledger never signed that checkpoint of {0}")]
    NeverSigned(LogId),
    /// None of its lines is of a witness that is trusted here.
    #[error("none of its lines is of a witness that is trusted here")]
    NoWitness,
    /// The log doesn't answer.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Log {
    /// Keeps the lines of witnesses under one of the ledger's checkpoints, and gives it back with
    /// all that it has by now.
    pub async fn cosign(&self, which: LogId, note: &str) -> Result<String, NotCosigned> {
        let note: Note = note.parse().map_err(|_| NotCosigned::Unreadable)?;
        let checkpoint: Result<Checkpoint, _> = note.text.parse();
        let checkpoint = checkpoint.map_err(|_| NotCosigned::Unreadable)?;
        let size = checkpoint.head.size;
        let signed = self.known(which, size).await?;
        let own = signed.filter(|it| it.note.starts_with(&format!("{}\n", note.text)));
        let own = own.ok_or(NotCosigned::NeverSigned(which))?;
        let received_at = OffsetDateTime::now_utc();
        let lines = self.witnesses.iter().filter_map(|witness| {
            let time_s = i64::try_from(note.cosigned_at(witness)?).ok()?;
            Some(Cosignature {
                log: which.uuid(),
                size: big(size),
                witness: witness.to_string(),
                line: note.line_of(witness)?,
                cosigned_at: OffsetDateTime::from_unix_timestamp(time_s).ok()?,
                received_at,
            })
        });
        let lines: Vec<Cosignature> = lines.collect();
        if lines.is_empty() {
            return Err(NotCosigned::NoWitness);
        }
        let mut connection = self.pool.get().await.map_err(LogError::from)?;
        let kept = log::cosign(&mut connection, &lines).await;
        kept.map_err(LogError::from)?;
        drop(connection);
        Ok(self.with_witnesses(which, own).await?.note)
    }

    /// The checkpoint that was signed at that size, as it was signed; none if none was.
    pub(super) async fn known(&self, which: LogId, size: u64) -> Result<Option<Signed>, LogError> {
        let mut connection = self.pool.get().await?;
        let row = read::checkpoint(&mut connection, which.uuid(), big(size)).await?;
        let signed = row.map(|row| Signed::of(row, self.keys.all())).transpose();
        signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })
    }

    /// The last checkpoint that a witness saw.
    pub(super) async fn last_cosigned(&self, which: LogId) -> Result<Option<Signed>, LogError> {
        let mut connection = self.pool.get().await?;
        let row = read::latest_cosigned(&mut connection, which.uuid()).await?;
        let signed = row.map(|row| Signed::of(row, self.keys.all())).transpose();
        signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })
    }

    /// A checkpoint that a witness saw and that the leaf of that index is in: one of the log
    /// itself, or else one that is bound by what was seen of the log over all logs.
    pub(super) async fn seen(&self, which: LogId, index: u64) -> Result<Option<Signed>, LogError> {
        let own = self.last_cosigned(which).await?;
        if let Some(own) = own.filter(|own| index < own.head.size) {
            return Ok(Some(own));
        }
        let Some(heads) = self.last_cosigned(LogId::Heads).await? else {
            return Ok(None);
        };
        let mut connection = self.pool.get().await?;
        let row = read::checkpoint_over(&mut connection, which.uuid(), big(index)).await?;
        let signed = row.map(|row| Signed::of(row, self.keys.all())).transpose();
        let signed = signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })?;
        Ok(signed.filter(|it| it.place.is_some_and(|place| place < heads.head.size)))
    }

    /// The same checkpoint with the lines of those who saw it.
    pub(super) async fn with_witnesses(
        &self,
        which: LogId,
        mut signed: Signed,
    ) -> Result<Signed, LogError> {
        let mut connection = self.pool.get().await?;
        let size = big(signed.head.size);
        for line in read::cosignatures(&mut connection, which.uuid(), size).await? {
            signed.note.push_str(&line);
        }
        Ok(signed)
    }

    /// A checkpoint to be shown, with the lines of those who saw it: the last, which everything
    /// that is posted is in, or another; none if there is none such.
    pub async fn checkpoint(
        &self,
        which: LogId,
        against: Against,
    ) -> Result<Option<Signed>, LogError> {
        let signed = match against {
            Against::Cosigned => self.last_cosigned(which).await?,
            Against::Size(size) => self.known(which, size).await?,
            Against::Last => Some(self.catch_up(which).await?),
        };
        match signed {
            Some(signed) => Ok(Some(self.with_witnesses(which, signed).await?)),
            None => Ok(None),
        }
    }
}
