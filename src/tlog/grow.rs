//! How a log grows: what was posted since is added, and what it comes to is signed.
//!
//! One transaction adds leaves, the tiles they complete and the checkpoint over all of it, so a
//! reader never sees one without the others, and whatever breaks off leaves nothing behind. Within
//! it, before anything is signed:
//!
//! * the last checkpoint bears this ledger's signature, and the tree as it is stored has its root;
//! * the new leaves are made from the rows, every one in its place;
//! * the new tree is proved consistent with the last checkpoint from the tiles, by the same
//!   function that an auditor's copy of this program runs.

use diesel_async::AsyncPgConnection;

use super::checkpoint::Checkpoint;
use super::leaf;
use super::note::Note;
use super::tile::{Edge, Tile, TileAt, Tiles, WIDTH};
use super::tree::{Hash, Head, consistency, is_consistent, leaf_hash};
use super::{Log, LogError, LogId, Signed};
use crate::db::log::{self, CompleteTile, LeafRun, NewCheckpoint};
use crate::db::read;
use crate::domain::PledgeId;

/// How many leaves are added before they are signed.
const AT_ONCE: u64 = 65_536;

/// How many leaves are made before they are hashed and let go.
const IN_MEMORY: u64 = 1_024;

/// As the database counts.
pub(super) fn big(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// As the tree counts.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn broken(log: LogId, what: impl Into<String>) -> LogError {
    let what = what.into();
    LogError::Broken { log, what }
}

/// The tiles, as much of each as there is.
pub(super) async fn fetch(
    connection: &mut AsyncPgConnection,
    log: LogId,
    wanted: impl IntoIterator<Item = TileAt>,
) -> Result<Tiles, LogError> {
    let wanted = wanted.into_iter().map(|at| (at.level, big(at.number)));
    let wanted: Vec<(u8, i64)> = wanted.collect();
    let mut tiles = Tiles::default();
    for (level, number, hashes) in read::tiles(connection, log.uuid(), &wanted).await? {
        let number = unsigned(number);
        let at = TileAt { level, number };
        let hashes = Hash::split(&hashes).ok_or_else(|| broken(log, "a tile has half a hash"))?;
        tiles.0.insert(at, hashes);
    }
    Ok(tiles)
}

/// The leaves of a log with indexes from `first` on, up to but not including `end`; fewer if
/// there are fewer.
pub(super) async fn leaves(
    connection: &mut AsyncPgConnection,
    log: LogId,
    first: u64,
    end: u64,
) -> Result<Vec<Vec<u8>>, LogError> {
    let (first, end) = (big(first), big(end));
    let mut places = first..end;
    let mut found = Vec::new();
    match log {
        LogId::Pledge(PledgeId(pledge)) => {
            let journals = read::logged_journals(connection, pledge, first, end).await?;
            for (journal, place) in journals.iter().zip(&mut places) {
                if journal.number != place + 1 {
                    let what = format!("journal {} isn't there", place + 1);
                    return Err(broken(log, what));
                }
                found.push(leaf::leaf(journal));
            }
        }
        LogId::Heads => {
            for (head, place) in read::announced(connection, first..end)
                .await?
                .iter()
                .zip(&mut places)
            {
                let note: Result<Note, _> = head.note.parse();
                match note {
                    Ok(note) if head.head == Some(place) => found.push(note.text.into_bytes()),
                    _ => return Err(broken(log, format!("checkpoint {place} isn't there"))),
                }
            }
        }
    }
    Ok(found)
}

impl Log {
    /// Adds whatever is new to a log and signs it; gives the last checkpoint.
    pub async fn catch_up(&self, which: LogId) -> Result<Signed, LogError> {
        let mut connection = self.pool.get().await?;
        let there = there(&mut connection, which).await?;
        let last = self.last(&mut connection, which).await?;
        if let Some(last) = last.filter(|last| last.head.size >= there) {
            return Ok(last); // nothing is new, and nobody is waited for
        }
        loop {
            let (signed, is_all) = log::turn(&mut connection, which.uuid(), async |connection| {
                self.extend(connection, which).await
            })
            .await?;
            self.keys_are_noted();
            if is_all {
                return Ok(signed);
            }
        }
    }

    /// Adds whatever is new to every log, the one over all of them last. What stops one log stops
    /// no other; the first such thing is told in the end.
    pub async fn catch_up_all(&self) -> Result<(), LogError> {
        let mut connection = self.pool.get().await?;
        let ahead = read::pledges_ahead(&mut connection).await?;
        drop(connection);
        let mut stopped = None;
        for pledge in ahead {
            if let Err(error) = self.catch_up(LogId::Pledge(PledgeId(pledge))).await {
                stopped.get_or_insert(error);
            }
        }
        self.catch_up(LogId::Heads).await?;
        stopped.map_or(Ok(()), Err)
    }

    /// Adds as much of what is new as is signed at once. The log's turn is taken.
    async fn extend(
        &self,
        connection: &mut AsyncPgConnection,
        which: LogId,
    ) -> Result<(Signed, bool), LogError> {
        let last = self.last(connection, which).await?;
        self.note_keys(connection).await?;
        let older = last.as_ref().map_or_else(Head::empty, |last| last.head);
        let size = unsigned(read::log_size(connection, which.uuid()).await?);
        let tiles = fetch(connection, which, TileAt::edge(size)).await?;
        let mut edge = Edge::of(size, &tiles)
            .filter(|edge| size == older.size && edge.root() == older.root)
            .ok_or_else(|| broken(which, "the tree that is stored has another root"))?;
        let there = there(connection, which).await?;
        let end = there.min(size + AT_ONCE);
        if let (Some(last), true) = (last, end <= size) {
            return Ok((last, true));
        }
        self.add(connection, which, &mut edge, end).await?;
        let newer = Head {
            size: edge.size(),
            root: edge.root(),
        };
        prove(connection, which, older, newer).await?;
        self.sign(connection, which, newer).await?;
        let signed = self.last(connection, which).await?;
        let signed = signed.ok_or_else(|| broken(which, "what was just signed isn't there"))?;
        Ok((signed, newer.size >= there))
    }

    /// The last checkpoint of a log, if it bears this ledger's signature and the log's name.
    pub(super) async fn last(
        &self,
        connection: &mut AsyncPgConnection,
        which: LogId,
    ) -> Result<Option<Signed>, LogError> {
        let Some(row) = read::latest_checkpoint(connection, which.uuid()).await? else {
            return Ok(None);
        };
        let signed = Signed::of(row, self.keys.all());
        let signed = signed.map_err(|reason| LogError::LastCheckpoint { log: which, reason })?;
        match signed.note.split('\n').next() == Some(&self.origin(which)) {
            true => Ok(Some(signed)),
            false => Err(broken(which, "its last checkpoint is of another log")),
        }
    }

    /// Adds leaves up to `end`, in runs that end where a tile does, and the tiles they complete.
    async fn add(
        &self,
        connection: &mut AsyncPgConnection,
        which: LogId,
        edge: &mut Edge,
        end: u64,
    ) -> Result<(), LogError> {
        while edge.size() < end {
            let first = edge.size();
            let upto = end.min(first - first % WIDTH + IN_MEMORY);
            let leaves = leaves(connection, which, first, upto).await?;
            if leaves.len() as u64 != upto - first {
                let missing = first + leaves.len() as u64 + 1;
                return Err(broken(which, format!("leaf {missing} isn't there")));
            }
            let (mut runs, mut tiles) = (Vec::new(), Vec::new());
            for leaf in leaves {
                let (at, hash) = (edge.size(), leaf_hash(&leaf));
                if at == first || at % WIDTH == 0 {
                    runs.push((at, Vec::new()));
                }
                if let Some((_, run)) = runs.last_mut() {
                    run.push(hash);
                }
                tiles.extend(edge.push(hash));
            }
            let runs: Vec<LeafRun> = runs
                .iter()
                .map(|(at, run)| stored_run(which, *at, run))
                .collect();
            let tiles: Vec<CompleteTile> = tiles.iter().map(|it| stored_tile(which, it)).collect();
            log::append(connection, &runs, &tiles).await?;
        }
        Ok(())
    }

    async fn sign(
        &self,
        connection: &mut AsyncPgConnection,
        which: LogId,
        head: Head,
    ) -> Result<(), LogError> {
        let origin = self.origin(which);
        let text = Checkpoint { origin, head }.to_string();
        let note = self.keys.sign(&self.origin(which), &text);
        let checkpoint = NewCheckpoint {
            log: which.uuid(),
            size: big(head.size),
            root: head.root.0.to_vec(),
            note: note.ok_or_else(|| broken(which, "its name can't be signed under"))?,
        };
        Ok(log::sign(connection, checkpoint).await?)
    }
}

/// How many leaves there are to be in a log.
async fn there(connection: &mut AsyncPgConnection, log: LogId) -> Result<u64, LogError> {
    let there = match log {
        LogId::Pledge(PledgeId(pledge)) => log::journals(connection, pledge).await?,
        LogId::Heads => log::heads(connection).await?,
    };
    Ok(unsigned(there))
}

/// Proves from the tiles that a tree begins with all of an earlier one.
async fn prove(
    connection: &mut AsyncPgConnection,
    log: LogId,
    older: Head,
    newer: Head,
) -> Result<(), LogError> {
    let ranges = consistency(older.size, newer.size).unwrap_or_default();
    let tiles = fetch(connection, log, Tiles::needed(&ranges)).await?;
    let path = tiles.hashes(&ranges).unwrap_or_default();
    match is_consistent(older, newer, &path) {
        true => Ok(()),
        false => Err(broken(log, "it isn't consistent with its last checkpoint")),
    }
}

fn stored_run(log: LogId, first: u64, hashes: &[Hash]) -> LeafRun {
    LeafRun {
        log: log.uuid(),
        first: big(first),
        hashes: Hash::join(hashes),
    }
}

fn stored_tile(log: LogId, tile: &Tile) -> CompleteTile {
    CompleteTile {
        log: log.uuid(),
        level: i16::from(tile.at.level),
        number: big(tile.at.number),
        hashes: Hash::join(&tile.hashes),
        root: tile.root.0.to_vec(),
    }
}
