//! `almoner verify`: a file that somebody was given, checked with nothing but the public key.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use crate::packs;
use crate::statements::{self, Claim, attached_json};
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{NotAVerifier, Verifier};
use crate::tlog::proof::{self, Finding, NotAProof, Trusted};

/// Whatever goes wrong, as one sentence.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Keys as they are written, or the names of files that have one in each line.
pub(super) fn public_keys(given: &[String]) -> Result<Vec<Verifier>, NotAVerifier> {
    let mut keys = Vec::new();
    for given in given {
        match (given.parse(), std::fs::read_to_string(given)) {
            (Ok(key), _) => keys.push(key),
            (Err(_), Ok(text)) => {
                let lines = text.lines().filter(|line| !line.trim().is_empty());
                keys.extend(lines.map(str::parse).collect::<Result<Vec<_>, _>>()?);
            }
            (Err(error), Err(_)) => return Err(error),
        }
    }
    Ok(keys)
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
pub(super) fn verify(
    file: &Path,
    keys: &[String],
    since: Option<&Path>,
    witnesses: &[String],
) -> Outcome {
    let keys = public_keys(keys)?;
    let witnesses = public_keys(witnesses)?;
    if let Some(other) = witnesses.iter().find(|key| !key.is_witness()) {
        return Err(format!("--witness {other}: that isn't the key of a witness.").into());
    }
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let kept = since.map(|path| kept(path, &keys)).transpose()?;
    let trusted = Trusted {
        keys: &keys,
        since: kept.as_ref(),
        witnesses: &witnesses,
    };
    let findings = findings(&bytes, &trusted)
        .map_err(|error| format!("{} can't be checked: {error}.", file.display()))?;
    for finding in &findings {
        println!("{}  {}", mark(finding.holds), finding.sentence);
    }
    let broken = findings.iter().filter(|finding| !finding.holds).count();
    Ok(match broken {
        0 => {
            let keys: Vec<String> = keys.iter().map(Verifier::to_string).collect();
            let keys = keys.join(" or ");
            println!("Everything this file says is proved, for whoever trusts the key {keys}.");
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

/// What is checked of a file: an audit pack is an archive, a page has its statement attached, and
/// all else is text.
fn findings(
    bytes: &[u8],
    trusted: &Trusted<'_>,
) -> Result<Vec<Finding>, Box<dyn std::error::Error>> {
    if bytes.starts_with(b"PK") {
        return Ok(packs::verify(bytes, trusted.keys)?);
    }
    if bytes.starts_with(b"%PDF") {
        let json = attached_json(bytes).ok_or("no statement of the ledger's is attached to it")?;
        return Ok(statements::check(&json, trusted.keys)?);
    }
    let text = std::str::from_utf8(bytes)?;
    match proof::verify(text, trusted) {
        Err(NotAProof::Unknown) if Claim::is_one(text) => {
            Ok(statements::check(text, trusted.keys)?)
        }
        findings => Ok(findings?),
    }
}

/// A checkpoint that was kept, signed with the same key.
fn kept(path: &Path, keys: &[Verifier]) -> Result<Checkpoint, String> {
    let note =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let note = format!("{}\n", note.trim_end()); // however it was saved
    Checkpoint::open(&note, keys).map_err(|error| format!("{}: {error}.", path.display()))
}
