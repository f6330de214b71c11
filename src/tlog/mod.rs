//! The log: why an auditor can trust the ledger without trusting us.
//!
//! # What is promised
//!
//! The database refuses to alter what was posted, and so does the service. But whoever owns the
//! database can lift its triggers, and whoever runs the service can run another. Against those a
//! ledger needs a witness that doesn't live in it. The log makes one out of 32 bytes: whoever keeps
//! a **checkpoint** of a pledge, the signed hash over all its journals at a moment, will notice if
//! anything before that moment is altered, left out, slipped in or put in another order, for ever,
//! with nothing but the public key and a few hashes.
//!
//! # How, in five steps
//!
//! 1. **A leaf** ([`mod@leaf`]) is a journal as it was posted, written in one way only, with both
//!    accounts' sequence numbers and balances, and a random salt. Leaf `n` of a pledge's log is its
//!    journal number `n + 1`: journals are numbered without gaps in the order they commit, so
//!    nothing has to decide on an order, and a journal that is missing is a leaf that is missing.
//! 2. **A tree** ([`tree`]) over the leaves' hashes has one root (RFC 6962). That a leaf is in it,
//!    and that a later tree begins with all of an earlier one, is proved by at most a few dozen
//!    hashes, whatever its size.
//! 3. **Tiles** ([`tile`]) keep the tree's hashes 256 at a time (C2SP tlog-tiles). A complete tile
//!    never changes.
//! 4. **A checkpoint** ([`checkpoint`]) says how many leaves there are and what their root is, in a
//!    note ([`note`]) signed with Ed25519. Before one is signed it is proved consistent with the
//!    last that was, and the leaves in between are made from the rows then and there.
//! 5. **The log over all logs** has every checkpoint of every pledge for its leaves, in the order
//!    they were signed. Its own checkpoint, of three lines, binds all of them: publish that one, or
//!    let somebody keep it, and no pledge can be shown two histories.
//!
//! Witnesses put their lines under checkpoints, and the ledger keeps and shows them; so it does
//! with what a timestamp authority says of them. [`keys`] says how one key follows another.
//! [`proof`] is the file an auditor takes away, and how it is checked offline; [`audit`] is how
//! `almoner check` holds the rows against tiles and checkpoints. [`Log`] does the work.
//!
//! # What detects what
//!
//! | Somebody with every right | `almoner check` sees | who kept a checkpoint sees |
//! |---|---|---|
//! | edits an amount | the leaf, and the balances after it | no inclusion |
//! | deletes a journal | its number, and its leaf | no inclusion |
//! | swaps two journals | both leaves | no inclusion |
//! | slips one into the past | every leaf from there on | no inclusion |
//! | rewrites rows, tiles and checkpoints | signatures that aren't the key's | no consistency |
//! | the same, with the stolen key | nothing: all of it fits | no consistency |
//!
//! The last line is why a checkpoint has to be kept by somebody else, and why it is small enough to
//! print at the foot of a statement.
//!
//! # What it costs
//!
//! Posting: a random salt per journal, which the database makes. Everything else happens
//! afterwards, a transaction per 65,536 journals at most, under a lock of each log's own, and only
//! ever adds rows. If the log stops (its key is gone, or what it finds isn't what it signed),
//! posting goes on, and the log says why it doesn't.

pub mod audit;
pub mod checkpoint;
mod cosign;
mod grow;
pub mod keys;
pub mod leaf;
pub mod note;
mod pack;
pub mod proof;
mod serve;
mod stamp;
pub mod tile;
pub mod timestamp;
pub mod tree;

pub use self::cosign::NotCosigned;
pub use self::serve::{Against, Served};
pub use self::stamp::Timestamp;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

use self::checkpoint::BadCheckpoint;
use self::keys::Keys;
use self::note::Verifier;
use self::tree::Head;
use crate::db::read::{self, HEADS, ReadError};
use crate::db::{DbError, Pool};
use crate::domain::PledgeId;

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogId {
    /// A pledge's.
    Pledge(PledgeId),
    /// The one over the checkpoints of all pledges.
    Heads,
}

impl LogId {
    /// What it is stored under.
    pub fn uuid(self) -> Uuid {
        match self {
            LogId::Pledge(pledge) => pledge.0,
            LogId::Heads => HEADS,
        }
    }

    /// What it is called, in a ledger of that name: the first line of its checkpoints.
    pub fn origin(self, ledger: &str) -> String {
        match self {
            LogId::Pledge(pledge) => format!("{ledger}/{pledge}"),
            LogId::Heads => ledger.to_owned(),
        }
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogId::Pledge(pledge) => pledge.fmt(f),
            LogId::Heads => f.write_str("heads"),
        }
    }
}

impl FromStr for LogId {
    type Err = <PledgeId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "heads" => Ok(LogId::Heads),
            pledge => pledge.parse().map(LogId::Pledge),
        }
    }
}

/// A checkpoint that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The signed note.
    pub note: String,
    /// The tree it is of.
    pub head: Head,
    /// Its place in the log over all logs; none if it is that one's.
    pub place: Option<u64>,
}

impl Signed {
    /// What is signed: its three lines.
    pub fn text(&self) -> &str {
        let end = self
            .note
            .find("\n\n")
            .map_or(self.note.len(), |end| end + 1);
        self.note.get(..end).unwrap_or_default()
    }

    /// A checkpoint as it is stored, if it is one.
    fn of(row: read::LogCheckpoint, keys: &[Verifier]) -> Result<Self, BadCheckpoint> {
        let checkpoint = checkpoint::Checkpoint::open(&row.note, keys)?;
        Ok(Signed {
            head: checkpoint.head,
            note: row.note,
            place: row.head.and_then(|it| u64::try_from(it).ok()),
        })
    }
}

/// Why the log doesn't answer, or doesn't go on.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database gave no answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was signed last can't be relied on: it is of another key, or was altered.
    #[error("the log {log} can't go on from its last checkpoint: {reason}")]
    LastCheckpoint {
        /// Which log.
        log: LogId,
        /// What is wrong with it.
        reason: BadCheckpoint,
    },
    /// The tree isn't what was signed, or the rows aren't what is in the tree.
    #[error("the log {log} isn't what was signed: {what}")]
    Broken {
        /// Which log.
        log: LogId,
        /// What doesn't fit.
        what: String,
    },
}

impl From<DbError> for LogError {
    fn from(error: DbError) -> Self {
        LogError::Read(ReadError::Database(error))
    }
}

/// The logs of a ledger. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    pool: Pool,
    keys: Arc<Keys>,
    witnesses: Arc<[Verifier]>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl Log {
    /// The logs in the database that the pool leads to, which has to take writes.
    pub fn new(pool: Pool, keys: Keys) -> Self {
        Log {
            pool,
            keys: Arc::new(keys),
            witnesses: Arc::new([]),
        }
    }

    /// The same, which keeps what those witnesses hand in.
    pub fn witnessed_by(self, witnesses: Vec<Verifier>) -> Self {
        Log {
            witnesses: witnesses.into(),
            ..self
        }
    }

    /// What the checkpoints that are signed now are checked with.
    pub fn verifier(&self) -> &Verifier {
        self.keys.current()
    }

    /// What the ledger says of something else of a pledge, of its `statements` or `packs`, as a
    /// note signed with its key. The note's first line is what it is of, which no checkpoint has.
    pub fn sign_of(&self, pledge: PledgeId, what: &str, text: &str) -> String {
        let name = format!("{}/{what}", self.origin(LogId::Pledge(pledge)));
        let signed = self.keys.sign(&name, &format!("{name}\n{text}"));
        // The name is below the ledger's own, so the key signs under it.
        signed.unwrap_or_default()
    }

    /// What a log is called.
    pub fn origin(&self, log: LogId) -> String {
        log.origin(self.verifier().name())
    }
}
