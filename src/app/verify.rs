//! `almoner verify`: a file that somebody was given, checked with nothing but the public key.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use crate::packs;
use crate::statements::Claim;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{NotAVerifier, Verifier};
use crate::tlog::proof::{self, Finding, NotAProof};

/// Whatever goes wrong, as one sentence.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// A key as it is written, or the name of a file that it is in.
pub(super) fn public_key(given: &str) -> Result<Verifier, NotAVerifier> {
    given
        .parse()
        .or_else(|error| match std::fs::read_to_string(given) {
            Ok(text) => text.parse(),
            Err(_) => Err(error),
        })
}

/// `holds` or `BROKEN`, in colour if somebody looks.
pub(super) fn mark(holds: bool) -> &'static str {
    match (holds, std::io::stdout().is_terminal()) {
        (true, true) => "\u{1b}[32mholds\u{1b}[0m",
        (true, false) => "holds",
        (false, true) => "\u{1b}[31mBROKEN\u{1b}[0m",
        (false, false) => "BROKEN",
    }
}

/// Says what of a file holds, and fails unless all of it does.
pub(super) fn verify(file: &Path, key: &str, since: Option<&Path>) -> Outcome {
    let key = public_key(key)?;
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let kept = since.map(|path| kept(path, &key)).transpose()?;
    let findings = findings(&bytes, &key, kept.as_ref())
        .map_err(|error| format!("{} can't be checked: {error}.", file.display()))?;
    for finding in &findings {
        println!("{}  {}", mark(finding.holds), finding.sentence);
    }
    let broken = findings.iter().filter(|finding| !finding.holds).count();
    Ok(match broken {
        0 => {
            println!("Everything this file says is proved, for whoever trusts the key {key}.");
            ExitCode::SUCCESS
        }
        _ => {
            println!(
                "{broken} of {} don't hold: don't rely on this file.",
                findings.len()
            );
            ExitCode::FAILURE
        }
    })
}

/// What is checked of a file: an audit pack is an archive, all else is text.
fn findings(
    bytes: &[u8],
    key: &Verifier,
    kept: Option<&Checkpoint>,
) -> Result<Vec<Finding>, Box<dyn std::error::Error>> {
    if bytes.starts_with(b"PK") {
        return Ok(packs::verify(bytes, key)?);
    }
    let text = std::str::from_utf8(bytes)?;
    match proof::verify(text, key, kept) {
        Err(NotAProof::Unknown) => Ok(Claim::read(text)?.check(key)),
        findings => Ok(findings?),
    }
}

/// A checkpoint that was kept, signed with the same key.
fn kept(path: &Path, key: &Verifier) -> Result<Checkpoint, String> {
    let note =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let note = format!("{}\n", note.trim_end()); // however it was saved
    Checkpoint::open(&note, key).map_err(|error| format!("{}: {error}.", path.display()))
}
