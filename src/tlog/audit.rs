//! The rows held against the log: what `almoner check` adds to the proofs of the books.
//!
//! Every pledge's tree is built again from its journals, leaf by leaf, and compared on the way with
//! each stored hash, each complete tile and each checkpoint that was ever signed; so is the log
//! over all logs, from the checkpoints. What was altered is named journal by journal. It looks at
//! every row once, in order, and remembers an edge of the tree and each account's last entry,
//! whatever the ledger's size.
//!
//! What it can't find is a history that was rewritten as a whole and signed anew with the ledger's
//! own key: for that, somebody else has to have kept a checkpoint.

use std::collections::{BTreeMap, HashMap};

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::LogId;
use super::checkpoint::Checkpoint;
use super::grow::{big, unsigned};
use super::leaf;
use super::note::{Note, Verifier};
use super::tile::{Edge, Tile};
use super::tree::{Hash, leaf_hash};
use crate::db::read::{self, LogCheckpoint, LoggedJournal, LoggedSide, ReadError, Sight};
use crate::domain::{AccountId, PledgeId};

/// How many journals are looked at at once; whole tiles.
const STRETCH: u64 = 1_024;

/// Something that was checked, and what stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its stable name.
    pub name: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Every place where it doesn't hold.
    pub against: Vec<String>,
}

/// What stands against each claim.
#[derive(Debug, Default)]
struct Against {
    numbers: Vec<String>,
    entries: Vec<String>,
    leaves: Vec<String>,
    tiles: Vec<String>,
    checkpoints: Vec<String>,
    signatures: Vec<String>,
}

impl Against {
    fn claims(self, is_signed: bool) -> Vec<Claim> {
        let claim = |name, sentence, against| Claim {
            name,
            sentence,
            against,
        };
        let mut claims = vec![
            claim(
                "log-numbers",
                "Every journal that is in a log is there, under its own number.",
                self.numbers,
            ),
            claim(
                "log-entries",
                "Every account's entries are numbered without gaps, in the order of the journals, \
                 and each carries the balance of the one before it on.",
                self.entries,
            ),
            claim(
                "log-leaves",
                "Every journal is to the byte what it was when it went into the log.",
                self.leaves,
            ),
            claim(
                "log-tiles",
                "Every tile of the logs holds the hashes that their leaves make.",
                self.tiles,
            ),
            claim(
                "log-checkpoints",
                "Every checkpoint that was signed has the root that the journals make.",
                self.checkpoints,
            ),
        ];
        if is_signed {
            claims.push(claim(
                "log-signatures",
                "Every checkpoint is signed with a key of the ledger, under its log's name.",
                self.signatures,
            ));
        }
        claims
    }
}

/// Checks every log against the rows, in one snapshot; signatures too, if there are keys.
pub async fn audit(
    connection: &mut AsyncPgConnection,
    keys: &[Verifier],
) -> Result<Vec<Claim>, ReadError> {
    read::snapshot(connection, &Sight::Everything, async |connection| {
        let mut against = Against::default();
        for (pledge, journals) in read::logged_pledges(connection).await? {
            let which = LogId::Pledge(PledgeId(pledge));
            let rebuilt = Rebuilt::begin(connection, which, keys, &mut against).await?;
            rebuilt.over_journals(connection, pledge, journals).await?;
        }
        let rebuilt = Rebuilt::begin(connection, LogId::Heads, keys, &mut against).await?;
        rebuilt.over_checkpoints(connection).await?;
        Ok(against.claims(!keys.is_empty()))
    })
    .await
}

/// A tree that is built again, beside what is stored of it.
struct Rebuilt<'a> {
    which: LogId,
    edge: Edge,
    /// How many leaves are stored.
    size: u64,
    /// Those still to be compared, by size.
    checkpoints: BTreeMap<i64, LogCheckpoint>,
    tiles: i64,
    against: &'a mut Against,
}

impl<'a> Rebuilt<'a> {
    async fn begin(
        connection: &mut AsyncPgConnection,
        which: LogId,
        keys: &[Verifier],
        against: &'a mut Against,
    ) -> Result<Self, ReadError> {
        let checkpoints = read::checkpoints(connection, which.uuid()).await?;
        for checkpoint in &checkpoints {
            let at = format!("the checkpoint of {which} at {}", checkpoint.size);
            if let Some(key) = keys.first() {
                match Checkpoint::open(&checkpoint.note, keys) {
                    Ok(it) if it.origin == which.origin(key.name()) => {}
                    Ok(_) => against
                        .signatures
                        .push(format!("{at}: it is of another log")),
                    Err(error) => against.signatures.push(format!("{at}: {error}")),
                }
            }
            let note = checkpoint.note.parse();
            let head = note.ok().and_then(|note: Note| note.text.parse().ok());
            let head = head.map(|it: Checkpoint| (big(it.head.size), it.head.root.0.to_vec()));
            if head != Some((checkpoint.size, checkpoint.root.clone())) {
                let finding = format!("{at}: its row isn't what its note says");
                against.checkpoints.push(finding);
            }
        }
        let mut rebuilt = Rebuilt {
            which,
            edge: Edge::default(),
            size: unsigned(read::log_size(connection, which.uuid()).await?),
            checkpoints: checkpoints.into_iter().map(|it| (it.size, it)).collect(),
            tiles: 0,
            against,
        };
        rebuilt.compare_root();
        Ok(rebuilt)
    }

    /// Over the journals of a pledge that says it has so many.
    async fn over_journals(
        mut self,
        connection: &mut AsyncPgConnection,
        pledge: Uuid,
        journals: i64,
    ) -> Result<(), ReadError> {
        let mut accounts = Accounts::default();
        let total = unsigned(journals).max(self.size);
        for first in (0..total).step_by(STRETCH as usize) {
            let end = total.min(first + STRETCH);
            let stored = self.stored(connection, first, end).await?;
            let rows = read::logged_journals(connection, pledge, big(first), big(end)).await?;
            let mut rows = rows.into_iter().peekable();
            for index in first..end {
                let row = rows.next_if(|row| row.number == big(index) + 1);
                let name = format!("journal {} of {}", index + 1, self.which);
                match &row {
                    None => self.against.numbers.push(format!("{name} isn't there")),
                    Some(row) => accounts.follow(row, &name, &mut self.against.entries),
                }
                let leaf = row.as_ref().map(leaf::hash);
                self.leaf(connection, index, leaf, &stored, &name).await?;
            }
        }
        self.end(connection).await
    }

    /// Over the checkpoints of all pledges.
    async fn over_checkpoints(
        mut self,
        connection: &mut AsyncPgConnection,
    ) -> Result<(), ReadError> {
        for first in (0..self.size).step_by(STRETCH as usize) {
            let end = self.size.min(first + STRETCH);
            let stored = self.stored(connection, first, end).await?;
            let rows = read::announced(connection, big(first)..big(end)).await?;
            let mut rows = rows.into_iter().peekable();
            for index in first..end {
                let row = rows.next_if(|row| row.head == Some(big(index)));
                let note = row.and_then(|row| row.note.parse().ok());
                let leaf = note.map(|note: Note| leaf_hash(note.text.as_bytes()));
                let name = format!("checkpoint {index} of all");
                self.leaf(connection, index, leaf, &stored, &name).await?;
            }
        }
        self.end(connection).await
    }

    /// The hashes of leaves as they are stored, from `first` on.
    async fn stored(
        &self,
        connection: &mut AsyncPgConnection,
        first: u64,
        end: u64,
    ) -> Result<HashMap<u64, Hash>, ReadError> {
        let range = big(first)..big(end);
        let mut stored = HashMap::new();
        for (at, hashes) in read::leaf_runs(connection, self.which.uuid(), range).await? {
            let hashes = Hash::split(&hashes).unwrap_or_default();
            stored.extend((unsigned(at)..).zip(hashes));
        }
        Ok(stored)
    }

    /// Goes on by a leaf as the rows have it, if they do.
    async fn leaf(
        &mut self,
        connection: &mut AsyncPgConnection,
        index: u64,
        leaf: Option<Hash>,
        stored: &HashMap<u64, Hash>,
        name: &str,
    ) -> Result<(), ReadError> {
        if index >= self.size {
            return Ok(()); // posted, and not in the log yet
        }
        if leaf.is_none() || leaf.as_ref() != stored.get(&index) {
            let finding = format!("{name} isn't what it was when it went into the log");
            self.against.leaves.push(finding);
        }
        // What is missing holds its place, so that those after it are compared with their own.
        for tile in self.edge.push(leaf.unwrap_or(Hash([0; Hash::BYTES]))) {
            self.compare_tile(connection, &tile).await?;
        }
        self.compare_root();
        Ok(())
    }

    async fn compare_tile(
        &mut self,
        connection: &mut AsyncPgConnection,
        tile: &Tile,
    ) -> Result<(), ReadError> {
        let (level, number) = (i16::from(tile.at.level), big(tile.at.number));
        let stored = read::complete_tile(connection, self.which.uuid(), level, number).await?;
        self.tiles += 1;
        if stored != Some((Hash::join(&tile.hashes), tile.root.0.to_vec())) {
            let finding = format!("tile {number} of level {level} of {}", self.which);
            self.against.tiles.push(finding);
        }
        Ok(())
    }

    /// Compares the checkpoint that was signed at this size, if one was.
    fn compare_root(&mut self) {
        let Some(checkpoint) = self.checkpoints.remove(&big(self.edge.size())) else {
            return;
        };
        if checkpoint.root != self.edge.root().0 {
            let finding = format!("the checkpoint of {} at {}", self.which, checkpoint.size);
            self.against.checkpoints.push(finding);
        }
    }

    /// What is stored and was never come to.
    async fn end(self, connection: &mut AsyncPgConnection) -> Result<(), ReadError> {
        for size in self.checkpoints.keys() {
            let finding = format!(
                "the checkpoint of {} at {size}: so many aren't there",
                self.which
            );
            self.against.checkpoints.push(finding);
        }
        let tiles = read::count_tiles(connection, self.which.uuid()).await?;
        if tiles > self.tiles {
            let finding = format!(
                "{} tiles of {}, beyond its leaves",
                tiles - self.tiles,
                self.which
            );
            self.against.tiles.push(finding);
        }
        Ok(())
    }
}

/// Each account's last entry, and its balance after it.
#[derive(Debug, Default)]
struct Accounts(HashMap<Uuid, (i64, i64)>);

impl Accounts {
    /// Goes on by a journal, and notes which of its entries don't follow from those before.
    fn follow(&mut self, journal: &LoggedJournal, name: &str, against: &mut Vec<String>) {
        let sides = journal.transfers.iter().flat_map(|it| {
            let debit = (&it.debit, it.amount, it.debit.account.is_debit_normal);
            let credit = (&it.credit, it.amount, !it.credit.account.is_debit_normal);
            [debit, credit]
        });
        let mut sides: Vec<(&LoggedSide, i64, bool)> = sides.collect();
        sides.sort_by_key(|(side, ..)| side.seq);
        for (side, amount, adds) in sides {
            let last = self.0.entry(side.account.id).or_default();
            let balance = match adds {
                true => last.1.checked_add(amount),
                false => last.1.checked_sub(amount),
            };
            if side.seq != last.0 + 1 || Some(side.balance) != balance {
                let account = AccountId(side.account.id);
                against.push(format!("{name}: entry {} of {account}", side.seq));
            }
            *last = (side.seq, side.balance);
        }
    }
}
