//! What is handed out: checkpoints, tiles, leaves and proofs. A proof that doesn't hold isn't.

use futures_util::try_join;

use super::grow::{big, fetch, leaves};
use super::proof::{ConsistencyProof, HeadProof, JournalProof};
use super::tile::{TileAt, TilePath, Tiles, WIDTH};
use super::tree::{Hash, Head, consistency, inclusion, is_consistent, is_included, leaf_hash};
use super::{Log, LogError, LogId, Signed};
use crate::db::read::{self, JournalPlace, Sight};

/// What of a tile was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Served {
    /// Hashes, or leaves with their lengths before them.
    Bytes(Vec<u8>),
    /// The log has no such tile, or not that much of it.
    Absent,
    /// A leaf is longer than the standard has room for: 65,535 bytes.
    TooLong,
}

/// Which checkpoint of a log something is proved against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The last.
    Last,
    /// The one that was signed at that size.
    Size(u64),
    /// The last that a witness saw; so of the log over all logs, if one of it covers the pledge's.
    Cosigned,
}

impl Against {
    /// What is named: a size, the last that a witness saw, or nothing.
    pub fn of(size: Option<u64>, cosigned: bool) -> Self {
        match (size, cosigned) {
            (Some(size), _) => Against::Size(size),
            (None, true) => Against::Cosigned,
            (None, false) => Against::Last,
        }
    }
}

impl Log {
    /// A tile, or the leaves of one, of what was signed.
    pub async fn tile(&self, which: LogId, path: TilePath) -> Result<Served, LogError> {
        let mut connection = self.pool.get().await?;
        let last = self.last(&mut connection, which).await?;
        let size = last.map_or(0, |last| last.head.size);
        let (at, width) = match path {
            TilePath::Hashes(at, width) => (at, width),
            TilePath::Entries(number, width) => (TileAt { level: 0, number }, width),
        };
        if at.width(size) < width {
            return Ok(Served::Absent);
        }
        if let TilePath::Entries(number, _) = path {
            let first = number * WIDTH;
            let leaves = leaves(&mut connection, which, first, first + width).await?;
            return Ok(bundle(&leaves).map_or(Served::TooLong, Served::Bytes));
        }
        let tiles = fetch(&mut connection, which, [at]).await?;
        let width = usize::try_from(width).unwrap_or(usize::MAX);
        let hashes = tiles.0.get(&at).and_then(|hashes| hashes.get(..width));
        Ok(hashes.map_or(Served::Absent, |hashes| Served::Bytes(Hash::join(hashes))))
    }

    /// The file that proves a journal against a checkpoint; none if there is no such checkpoint
    /// that it is in.
    pub async fn prove_journal(
        &self,
        journal: JournalPlace,
        against: Against,
    ) -> Result<Option<JournalProof>, LogError> {
        let which = LogId::Pledge(journal.pledge);
        let index = u64::try_from(journal.number - 1).unwrap_or(u64::MAX);
        let signed = self.against(which, against, index).await?;
        let Some(signed) = signed.filter(|signed| index < signed.head.size) else {
            return Ok(None);
        };
        // Side by side, each on a connection of its own that it gives back.
        let ((leaf, inclusion), heads, shown) = try_join!(
            self.prove(which, index, &signed),
            self.head(&signed, against == Against::Cosigned),
            self.with_witnesses(which, signed.clone()),
        )?;
        Ok(Some(JournalProof::new(
            journal.id,
            String::from_utf8_lossy(&leaf).into_owned(),
            index,
            inclusion,
            heads,
            shown.note,
        )))
    }

    /// The checkpoint to prove the leaf of that index against.
    async fn against(
        &self,
        which: LogId,
        against: Against,
        index: u64,
    ) -> Result<Option<Signed>, LogError> {
        match against {
            Against::Last => self.signed_at(which, None).await,
            Against::Size(size) => self.signed_at(which, Some(size)).await,
            Against::Cosigned => self.seen(which, index).await,
        }
    }

    /// The checkpoint that was signed at a size, if one was; the last, if none is named.
    async fn signed_at(&self, which: LogId, size: Option<u64>) -> Result<Option<Signed>, LogError> {
        let last = self.catch_up(which).await?;
        let Some(size) = size.filter(|size| *size != last.head.size) else {
            return Ok(Some(last));
        };
        let mut connection = self.pool.get().await?;
        let row = read::checkpoint(&mut connection, which.uuid(), big(size)).await?;
        let signed = row.map(|row| Signed::of(row, self.keys.all())).transpose();
        signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })
    }

    /// That a checkpoint is in the log over all logs.
    async fn head(&self, signed: &Signed, seen: bool) -> Result<Option<HeadProof>, LogError> {
        let Some(index) = signed.place else {
            return Ok(None);
        };
        let last = match seen {
            true => self.last_cosigned(LogId::Heads).await?,
            false => None,
        };
        let heads = match last.filter(|last| index < last.head.size) {
            Some(last) => last,
            None => self.catch_up(LogId::Heads).await?,
        };
        let ((_, inclusion), shown) = try_join!(
            self.prove(LogId::Heads, index, &heads),
            self.with_witnesses(LogId::Heads, heads.clone()),
        )?;
        Ok(Some(HeadProof {
            index,
            inclusion: inclusion.iter().map(Hash::to_string).collect(),
            checkpoint: shown.note,
        }))
    }

    /// A leaf as the rows have it now, and that it is in what was signed.
    async fn prove(
        &self,
        which: LogId,
        index: u64,
        signed: &Signed,
    ) -> Result<(Vec<u8>, Vec<Hash>), LogError> {
        let Head { size, root } = signed.head;
        let ranges = inclusion(index, size).unwrap_or_default();
        let mut connection = self.pool.get().await?;
        let tiles = fetch(&mut connection, which, Tiles::needed(&ranges)).await?;
        let path = tiles.hashes(&ranges).unwrap_or_default();
        let leaf = leaves(&mut connection, which, index, index + 1)
            .await?
            .pop();
        let leaf = leaf.filter(|leaf| is_included(leaf_hash(leaf), index, size, &path, root));
        let what = format!("leaf {index} isn't what it was when it was signed");
        let leaf = leaf.ok_or(LogError::Broken { log: which, what })?;
        Ok((leaf, path))
    }

    /// That a log begins with all that was in it when it had `older` leaves; none if it never had
    /// as many as are asked for.
    pub async fn prove_consistency(
        &self,
        which: LogId,
        older: u64,
        newer: Option<u64>,
    ) -> Result<Option<ConsistencyProof>, LogError> {
        let Some(signed) = self.signed_at(which, newer).await? else {
            return Ok(None);
        };
        let signed = self.with_witnesses(which, signed).await?;
        let mut connection = self.pool.get().await?;
        let Some(ranges) = consistency(older, signed.head.size) else {
            return Ok(None);
        };
        let earlier = 0..older;
        let needed = [ranges.as_slice(), std::slice::from_ref(&earlier)].concat();
        let tiles = fetch(&mut connection, which, Tiles::needed(&needed)).await?;
        let path = tiles.hashes(&ranges).unwrap_or_default();
        let root = tiles.hash(&earlier);
        let older = root.map(|root| Head { size: older, root });
        let older = older.filter(|older| is_consistent(*older, signed.head, &path));
        let what = "it doesn't begin with what it began with".to_owned();
        let older = older.ok_or(LogError::Broken { log: which, what })?;
        Ok(Some(ConsistencyProof::new(older.size, &path, signed.note)))
    }

    /// Whether there is such a log: of a pledge, or the one over all.
    pub async fn is_there(&self, which: LogId) -> Result<bool, LogError> {
        self.is_in_sight(which, &Sight::Everything).await
    }

    /// Whether a reader may know of a log: whoever sees its pledge, and of the one over all logs,
    /// whoever sees all.
    pub async fn is_in_sight(&self, which: LogId, sight: &Sight) -> Result<bool, LogError> {
        let LogId::Pledge(pledge) = which else {
            return Ok(*sight == Sight::Everything);
        };
        let mut connection = self.pool.get().await?;
        let seen = read::look(&mut connection, sight, async |connection| {
            read::pledge_version(connection, sight, pledge).await
        });
        Ok(seen.await?.is_some())
    }
}

/// Leaves one after the other, each with its length before it in two bytes; none if one is longer.
fn bundle(leaves: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for leaf in leaves {
        let length = u16::try_from(leaf.len()).ok()?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(leaf);
    }
    Some(bytes)
}
