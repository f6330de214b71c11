//! Audit packs: all of a pledge in one file, to be checked without the ledger.
//!
//! A pack is a ZIP archive. `index.json` names every other file with its size and SHA-256, and says
//! what they come to; `index.sig` is the ledger's signature of the index, a signed note. The same
//! pledge, days and moment make the same bytes: files come in one order, without times.
//!
//! | File | Is |
//! |---|---|
//! | `README.txt` | what this is, and how to check it |
//! | `log/leaves.ndjson` | every journal as the log has it, one a line, from the first on |
//! | `log/checkpoint.txt` | the log's signed root over exactly these |
//! | `journal/…` | the same journals for hledger, beancount and auditors' programs |
//! | `statements/…` | the statements that were issued for these days, as JSON |
//! | `lots.csv`, `approvals.ndjson`, `users.json` | lots, approvals, and who could do what |
//!
//! [`verify`] takes nothing on trust but the public key: it builds the tree anew from the leaves,
//! follows every account through them without a gap, adds up the trial balance, and holds every
//! line of every statement against them.

mod books;
mod claims;
mod statements;
mod verify;

use std::io::{Cursor, Write};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::statement::hexadecimal;

pub use books::Books;
pub use verify::{NotAPack, verify};

/// What the index says it is.
const FORMAT: &str = "almoner-audit-pack/1";
const INDEX: &str = "index.json";
const SIGNATURE: &str = "index.sig";
/// Every journal as the log has it.
pub const LEAVES: &str = "log/leaves.ndjson";
/// The signed root over them.
pub const CHECKPOINT: &str = "log/checkpoint.txt";
/// What accounts come to.
pub const TRIAL_BALANCE: &str = "journal/trial-balance.csv";
/// What a pack says of itself in plain words.
pub const README: &[u8] = include_bytes!("README.txt");

/// What a pack is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The pledge.
    pub pledge_id: String,
    /// What its parties call it.
    pub reference: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What was known: asked for again with it, the pack is the same to the byte.
    pub known_at: String,
    /// The last journal that was recorded by then.
    pub known_journal: i64,
}

/// What was posted in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitTotal {
    /// The unit.
    pub unit: String,
    /// What was debited, and as much credited.
    pub amount: String,
}

/// What a pack's files come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How many journals there are, numbered from 1 without gaps.
    pub journals: i64,
    /// How many transfers they have.
    pub transfers: i64,
    /// The sum of the journals' numbers: one that was left out shows.
    pub journal_numbers: i64,
    /// How many accounts they are posted to.
    pub accounts: i64,
    /// How many statements there are.
    pub statements: i64,
    /// What was posted, by unit.
    pub posted: Vec<UnitTotal>,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// `almoner-audit-pack/1`.
    pub format: String,
    /// What it is of.
    #[serde(flatten)]
    pub scope: Scope,
    /// What its files come to.
    pub totals: Totals,
    /// Every file but the index and its signature, in order.
    pub files: Vec<Entry>,
}

/// Why a pack can't be written or read.
#[derive(Debug, thiserror::Error)]
#[error("the archive can't be written: {0}")]
pub struct Unwritable(#[from] zip::result::ZipError);

impl From<std::io::Error> for Unwritable {
    fn from(error: std::io::Error) -> Self {
        Unwritable(error.into())
    }
}

/// A pack on its way into a file.
pub struct Writer {
    archive: ZipWriter<Cursor<Vec<u8>>>,
    files: Vec<Entry>,
    open: Option<(String, u64, aws_lc_rs::digest::Context)>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl Default for Writer {
    fn default() -> Self {
        Writer {
            archive: ZipWriter::new(Cursor::new(Vec::new())),
            files: Vec::new(),
            open: None,
        }
    }
}

impl Writer {
    /// Begins a file; what was begun before is done.
    pub fn begin(&mut self, name: &str) -> Result<(), Unwritable> {
        self.close();
        // Neither times nor owners: the same contents are the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.archive.start_file(name, options)?;
        let context = aws_lc_rs::digest::Context::new(&SHA256);
        self.open = Some((name.to_owned(), 0, context));
        Ok(())
    }

    /// Adds to the file that was begun last.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Unwritable> {
        if let Some((_, bytes, context)) = &mut self.open {
            *bytes += piece.len() as u64;
            context.update(piece);
        }
        Ok(self.archive.write_all(piece)?)
    }

    /// A whole file.
    pub fn file(&mut self, name: &str, contents: &[u8]) -> Result<(), Unwritable> {
        self.begin(name)?;
        self.write(contents)
    }

    fn close(&mut self) {
        if let Some((name, bytes, context)) = self.open.take() {
            let sha256 = hexadecimal(context.finish().as_ref());
            self.files.push(Entry {
                name,
                bytes,
                sha256,
            });
        }
    }

    /// Writes the index and its signature: `sign` makes a signed note of three lines' text.
    pub fn end(
        mut self,
        scope: Scope,
        totals: Totals,
        sign: impl FnOnce(&str) -> String,
    ) -> Result<Vec<u8>, Unwritable> {
        self.close();
        let index = Index {
            format: FORMAT.to_owned(),
            scope,
            totals,
            files: std::mem::take(&mut self.files),
        };
        // Texts and numbers can always be written.
        let mut text = serde_json::to_vec_pretty(&index).unwrap_or_default();
        text.push(b'\n');
        let signature = sign(&signed_text(&text));
        self.file(INDEX, &text)?;
        self.file(SIGNATURE, signature.as_bytes())?;
        Ok(self.archive.finish()?.into_inner())
    }
}

/// What is signed of an index.
fn signed_text(index: &[u8]) -> String {
    let sha256 = hexadecimal(digest(&SHA256, index).as_ref());
    format!("{FORMAT}\n{sha256}\n")
}
