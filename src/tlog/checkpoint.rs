//! Checkpoints (C2SP tlog-checkpoint): how far a log had come, in a text that is signed.
//!
//! Three lines: the log's name, how many leaves it has, and the root over all of them. Whoever
//! keeps one can be shown nothing later on that doesn't begin with exactly those leaves.

use std::fmt;
use std::str::FromStr;

use super::note::{Note, Verifier, is_name};
use super::tree::{Hash, Head};

/// How far a log had come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also its key's.
    pub origin: String,
    /// Its tree.
    pub head: Head,
}

/// Why a text isn't a checkpoint that can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    /// It can't be read.
    #[error("it isn't a signed checkpoint")]
    Unreadable,
    /// It is another ledger's.
    #[error("it is of a log that no key here is for")]
    Foreign,
    /// It wasn't signed with the key.
    #[error("no key here has signed it")]
    Unsigned,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head { size, root } = self.head;
        writeln!(f, "{}\n{size}\n{root}", self.origin)
    }
}

impl FromStr for Checkpoint {
    type Err = BadCheckpoint;

    fn from_str(text: &str) -> Result<Self, BadCheckpoint> {
        let mut lines = text.lines();
        let (origin, size, root) = match (lines.next(), lines.next(), lines.next()) {
            (Some(origin), Some(size), Some(root)) => (origin, size, root),
            _ => return Err(BadCheckpoint::Unreadable),
        };
        let head = Head {
            size: size.parse().map_err(|_| BadCheckpoint::Unreadable)?,
            root: Hash::parse(root).ok_or(BadCheckpoint::Unreadable)?,
        };
        let origin = origin.to_owned();
        let checkpoint = Checkpoint { origin, head };
        // There is one way to write it.
        match is_name(&checkpoint.origin) && checkpoint.to_string() == text {
            true => Ok(checkpoint),
            false => Err(BadCheckpoint::Unreadable),
        }
    }
}

impl Checkpoint {
    /// The checkpoint of a note that one of the ledger's keys has signed under the log's name.
    pub fn open(note: &str, keys: &[Verifier]) -> Result<Self, BadCheckpoint> {
        let note: Note = note.parse().map_err(|_| BadCheckpoint::Unreadable)?;
        let checkpoint: Checkpoint = note.text.parse()?;
        let keys = keys.iter().filter_map(|key| key.of_log(&checkpoint.origin));
        let keys: Vec<Verifier> = keys.collect();
        match keys.as_slice() {
            [] => Err(BadCheckpoint::Foreign),
            keys if keys.iter().any(|key| note.is_signed_by(key)) => Ok(checkpoint),
            _ => Err(BadCheckpoint::Unsigned),
        }
    }
}
