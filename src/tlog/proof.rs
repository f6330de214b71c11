//! The file an auditor takes away, and what it proves, in plain sentences.
//!
//! A proof is JSON, read and checked without a database, a network or a clock: all it takes is the
//! ledger's public key. What is checked is a list of [`Finding`]s, each a sentence that holds or
//! doesn't; a file proves what it says if all of them hold. Each `format` has its own type here,
//! so that statements and audit packs can come to be checked by the same command.
//!
//! A witness that is asked for (`--witness`) has to have its line under a checkpoint that the file
//! rests on: the log's, or that of the log over all logs, if it binds the other.
//!
//! What is newer than a checkpoint that somebody kept should be held against that one as well:
//! `--since` takes it, and a consistency proof leads from it to any later one.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::checkpoint::Checkpoint;
use super::note::{Note, Verifier};
use super::tree::{Hash, Head, is_consistent, is_included, leaf_hash};
use crate::domain::JournalId;

/// That a journal is in its pledge's log, and that log's checkpoint in the log over all logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalProof {
    /// `almoner-journal-proof/1`.
    pub format: String,
    /// The journal.
    pub journal: String,
    /// Its leaf, to the byte.
    pub leaf: String,
    /// The leaf's place, from 0: one less than the journal's number.
    pub index: u64,
    /// The hashes beside the way from the leaf to the root, in base64.
    pub inclusion: Vec<String>,
    /// The signed checkpoint of the pledge's log.
    pub checkpoint: String,
    /// That this checkpoint is in the log over all logs.
    pub heads: Option<HeadProof>,
}

/// That a checkpoint is in the log over all logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadProof {
    /// The checkpoint's place among all, from 0.
    pub index: u64,
    /// The hashes beside the way to the root, in base64.
    pub inclusion: Vec<String>,
    /// The signed checkpoint of the log over all logs.
    pub checkpoint: String,
}

/// That a log begins with all of an earlier state of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// `almoner-consistency-proof/1`.
    pub format: String,
    /// How many leaves there were.
    pub older_size: u64,
    /// The hashes that lead from the older root to the newer, in base64.
    pub consistency: Vec<String>,
    /// The signed checkpoint of the newer state.
    pub checkpoint: String,
}

/// A sentence, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it does.
    pub holds: bool,
    /// What was checked.
    pub sentence: String,
}

impl Finding {
    /// A sentence, and whether it holds.
    pub fn new(holds: bool, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Finding { holds, sentence }
    }
}

/// What a file is checked with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trusted<'a> {
    /// The ledger's public keys, of which one has to have signed each checkpoint.
    pub keys: &'a [Verifier],
    /// An older checkpoint, which was kept.
    pub since: Option<&'a Checkpoint>,
    /// Witnesses who have to have seen what the file rests on.
    pub witnesses: &'a [Verifier],
}

/// Why a file can't be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAProof {
    /// Not of a format that is known here.
    #[error("it isn't a proof that this program knows: no `format` of its own")]
    Unknown,
    /// Its members aren't those of its format.
    #[error("it isn't what its format says: {0}")]
    Malformed(String),
}

const JOURNAL: &str = "almoner-journal-proof/1";
const CONSISTENCY: &str = "almoner-consistency-proof/1";

impl JournalProof {
    /// The proof of a journal.
    pub fn new(
        journal: JournalId,
        leaf: String,
        index: u64,
        inclusion: Vec<Hash>,
        heads: Option<HeadProof>,
        checkpoint: String,
    ) -> Self {
        JournalProof {
            format: JOURNAL.to_owned(),
            journal: journal.to_string(),
            leaf,
            index,
            inclusion: inclusion.iter().map(Hash::to_string).collect(),
            checkpoint,
            heads,
        }
    }

    fn check(&self, trusted: &Trusted<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(checkpoint) = signed(&self.checkpoint, trusted.keys, &mut findings) else {
            return findings;
        };
        findings.push(is_in(&self.leaf, self.index, &self.inclusion, &checkpoint));
        findings.extend(self.check_leaf(&checkpoint));
        let heads = self.heads.as_ref();
        let mut binds = false;
        let above = heads.and_then(|heads| {
            let above = signed(&heads.checkpoint, trusted.keys, &mut findings)?;
            let leaf = checkpoint.to_string();
            let within = is_in(&leaf, heads.index, &heads.inclusion, &above);
            let is_ledger = trusted.keys.iter().any(|key| above.origin == key.name());
            let holds = within.holds && is_ledger;
            binds = holds;
            let sentence = "That checkpoint, of all pledges, binds the one of this pledge.";
            findings.push(Finding::new(holds, sentence));
            Some(above)
        });
        if let Some(kept) = trusted.since {
            let found: Vec<&Checkpoint> = [&checkpoint].into_iter().chain(&above).collect();
            findings.push(is_as_kept(kept, &found));
        }
        let heads = heads
            .filter(|_| binds)
            .map(|heads| heads.checkpoint.as_str());
        let notes: Vec<&str> = [self.checkpoint.as_str()]
            .into_iter()
            .chain(heads)
            .collect();
        findings.extend(trusted.witnesses.iter().map(|it| was_seen(&notes, it)));
        findings
    }

    /// What the leaf says of itself has to be what the file and the checkpoint say of it.
    fn check_leaf(&self, checkpoint: &Checkpoint) -> Vec<Finding> {
        let leaf: Value = serde_json::from_str(&self.leaf).unwrap_or_default();
        let text = |name: &str| leaf[name].as_str().unwrap_or_default().to_owned();
        let number = leaf["number"].as_u64().unwrap_or_default();
        let of_pledge = checkpoint.origin.ends_with(&format!("/{}", text("pledge")));
        let named = text("id") == self.journal && of_pledge;
        let in_place = number == self.index + 1;
        let said = format!(
            "The leaf is journal {number} ({}), {} on {}, of {}.",
            text("id"),
            text("kind"),
            text("effective_date"),
            text("pledge"),
        );
        let place = format!(
            "Its number is its place in the log: {} come before it.",
            self.index
        );
        vec![Finding::new(named, said), Finding::new(in_place, place)]
    }
}

impl ConsistencyProof {
    /// The proof for a log that had so many leaves.
    pub fn new(older_size: u64, path: &[Hash], checkpoint: String) -> Self {
        ConsistencyProof {
            format: CONSISTENCY.to_owned(),
            older_size,
            consistency: path.iter().map(Hash::to_string).collect(),
            checkpoint,
        }
    }

    fn check(&self, trusted: &Trusted<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(newer) = signed(&self.checkpoint, trusted.keys, &mut findings) else {
            return findings;
        };
        let Some(older) = trusted.since else {
            let sentence = "There is an older checkpoint to check it against (--since).";
            findings.push(Finding::new(false, sentence));
            return findings;
        };
        let same = older.origin == newer.origin && older.head.size == self.older_size;
        let sentence = format!(
            "The proof is about the older checkpoint: {} at {}.",
            older.origin, older.head.size
        );
        findings.push(Finding::new(same, sentence));
        let path: Option<Vec<Hash>> = self.consistency.iter().map(|it| Hash::parse(it)).collect();
        let holds = path.is_some_and(|path| is_consistent(older.head, newer.head, &path));
        let sentence = format!(
            "The log of {} leaves begins with exactly the {} of the older checkpoint.",
            newer.head.size, older.head.size
        );
        findings.push(Finding::new(same && holds, sentence));
        let notes = [self.checkpoint.as_str()];
        findings.extend(trusted.witnesses.iter().map(|it| was_seen(&notes, it)));
        findings
    }
}

/// Whether a witness saw one of the checkpoints that a file rests on, and when it says it did.
fn was_seen(notes: &[&str], witness: &Verifier) -> Finding {
    let name = witness.name();
    let seen = notes.iter().find_map(|note| {
        let note: Note = note.parse().ok()?;
        let at_s = i64::try_from(note.cosigned_at(witness)?).ok()?;
        let at = OffsetDateTime::from_unix_timestamp(at_s).ok()?;
        let at = at.format(&Rfc3339).ok()?;
        let log = note.text.lines().next()?.to_owned();
        Some(format!(
            "{name} saw that checkpoint of {log} at {at}, and none that contradicts it."
        ))
    });
    let unseen = || format!("{name} saw a checkpoint of this file: its line is under none.");
    Finding::new(seen.is_some(), seen.unwrap_or_else(unseen))
}

/// The checkpoint of a note, and whether a key signed it.
fn signed(note: &str, keys: &[Verifier], findings: &mut Vec<Finding>) -> Option<Checkpoint> {
    match Checkpoint::open(note, keys) {
        Ok(checkpoint) => {
            let Head { size, .. } = checkpoint.head;
            let sentence = format!("{} was signed at {size} leaves.", checkpoint.origin);
            findings.push(Finding::new(true, sentence));
            Some(checkpoint)
        }
        Err(error) => {
            let keys: Vec<String> = keys.iter().map(Verifier::to_string).collect();
            let keys = keys.join(" or ");
            let sentence = format!("A checkpoint was signed with the key {keys}: {error}.");
            findings.push(Finding::new(false, sentence));
            None
        }
    }
}

fn is_in(leaf: &str, index: u64, inclusion: &[String], checkpoint: &Checkpoint) -> Finding {
    let path: Option<Vec<Hash>> = inclusion.iter().map(|it| Hash::parse(it)).collect();
    let Head { size, root } = checkpoint.head;
    let leaf = leaf_hash(leaf.as_bytes());
    let holds = path.is_some_and(|path| is_included(leaf, index, size, &path, root));
    let sentence = "The leaf is in the log, at its place, exactly as it is written here.";
    Finding::new(holds, sentence)
}

/// Whether one of a file's checkpoints is the one that was kept. Two of a log at one size have one
/// root, or the log was split; of different sizes nothing can be said here.
fn is_as_kept(kept: &Checkpoint, found: &[&Checkpoint]) -> Finding {
    let same_size = |it: &&&Checkpoint| it.origin == kept.origin && it.head.size == kept.head.size;
    match found.iter().find(same_size) {
        Some(found) => {
            let sentence = "The checkpoint has the root of the one that was kept.";
            Finding::new(found.head == kept.head, sentence)
        }
        None => Finding::new(
            false,
            format!(
                "The checkpoint that was kept, of {} at {}, is in this file: if it isn't, ask for \
                 the proof at that size, or for a consistency proof.",
                kept.origin, kept.head.size
            ),
        ),
    }
}

/// Checks a file with the ledger's public keys and, if there are any, an older checkpoint of the
/// log and witnesses.
pub fn verify(file: &str, trusted: &Trusted<'_>) -> Result<Vec<Finding>, NotAProof> {
    let malformed = |error: serde_json::Error| NotAProof::Malformed(error.to_string());
    let value: Value = serde_json::from_str(file).map_err(malformed)?;
    match value["format"].as_str() {
        Some(JOURNAL) => {
            let proof: JournalProof = serde_json::from_value(value).map_err(malformed)?;
            Ok(proof.check(trusted))
        }
        Some(CONSISTENCY) => {
            let proof: ConsistencyProof = serde_json::from_value(value).map_err(malformed)?;
            Ok(proof.check(trusted))
        }
        _ => Err(NotAProof::Unknown),
    }
}
