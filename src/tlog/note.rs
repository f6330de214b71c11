//! Signed notes (C2SP signed-note): a text, and under it who signs for it.
//!
//! ```text
//! almoner.localhost/plg_019ab3f27c5e7d10a4f3c2b1d0e9f807
//! 41
//! GQZGwvN4vWm9tbXLQmMB2VnPPmWGvMYDGAbNBfSFsWg=
//!
//! — almoner.localhost/plg_019ab3f27c5e7d10a4f3c2b1d0e9f807 Az3grl…
//! ```
//!
//! A signature line names the key that made it, and carries the key's id and an Ed25519 signature
//! of the text. A [`Verifier`] is written `name+id+key`, which is what whoever checks has to have.
//!
//! A **cosignature** (C2SP tlog-cosignature, v1) is a second party's line under the same note: that
//! it saw this checkpoint at that time, and had seen nothing that contradicts it. Its key is of
//! another kind, so that neither passes for the other.
//!
//! One key signs for every log of a ledger, each time under the log's own name, as a note's first
//! line says it: the key that is published bears the ledger's name, and those of the logs follow
//! from it ([`Verifier::of_log`]).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a signature line begins with.
const DASH: &str = "\u{2014} ";

/// What a key is for, as its bytes and its id say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Ed25519 over the text.
    Log = 1,
    /// Ed25519 over a time and the text.
    Witness = 4,
}

impl Purpose {
    fn of(byte: u8) -> Option<Self> {
        let all = [Purpose::Log, Purpose::Witness];
        all.into_iter().find(|purpose| *purpose as u8 == byte)
    }
}

/// What a witness signs: a time in seconds, and the text.
fn cosigned(text: &str, time_s: u64) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

/// What a key or a log may be called: what can't be mistaken in a line of a note or of a key.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// The public half of a key, with the name it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    purpose: Purpose,
    key: [u8; 32],
}

/// Not a public key of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A log's public key is written as name+id+key, such as almoner.localhost+ba7fc7a4+AUTR….")]
pub struct NotAVerifier;

impl Verifier {
    fn new(name: &str, purpose: Purpose, key: [u8; 32]) -> Result<Self, NotAVerifier> {
        let name = name.to_owned();
        is_name(&name)
            .then_some(Verifier { name, purpose, key })
            .ok_or(NotAVerifier)
    }

    /// Whether it is of a witness, who says when it saw what it signs.
    pub fn is_witness(&self) -> bool {
        self.purpose == Purpose::Witness
    }

    /// The name it signs under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under the name of one of its ledger's logs; none if it is another's.
    pub fn of_log(&self, name: &str) -> Option<Self> {
        let own = name == self.name;
        let below = name.strip_prefix(&self.name)?.starts_with('/');
        (own || below)
            .then(|| Verifier::new(name, self.purpose, self.key).ok())
            .flatten()
    }

    /// The first four bytes of a digest of name and key.
    fn id(&self) -> [u8; 4] {
        let purpose = [self.purpose as u8];
        let text = [self.name.as_bytes(), b"\n", &purpose, &self.key].concat();
        let digest = digest(&SHA256, &text);
        let mut id = [0; 4];
        id.copy_from_slice(&digest.as_ref()[..4]);
        id
    }

    /// Whether a line's signature is of this key over the text, and if it says so, at what time.
    fn has_signed(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        let (time_s, text, signature) = match (self.purpose, signature.split_first_chunk()) {
            (Purpose::Log, _) => (None, text.to_owned(), signature),
            (Purpose::Witness, Some((time, signature))) => {
                let time_s = u64::from_be_bytes(*time);
                (Some(time_s), cosigned(text, time_s), signature)
            }
            (Purpose::Witness, None) => return None,
        };
        key.verify(text.as_bytes(), signature).ok().map(|()| time_s)
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = STANDARD.encode([&[self.purpose as u8], self.key.as_slice()].concat());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for Verifier {
    type Err = NotAVerifier;

    fn from_str(text: &str) -> Result<Self, NotAVerifier> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, _, key) = match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(id), Some(key)) => (name, id, key),
            _ => return Err(NotAVerifier),
        };
        let key = STANDARD.decode(key).map_err(|_| NotAVerifier)?;
        let (purpose, key) = key.split_first().ok_or(NotAVerifier)?;
        let purpose = Purpose::of(*purpose).ok_or(NotAVerifier)?;
        let key = key.try_into().map_err(|_| NotAVerifier)?;
        let verifier = Verifier::new(name, purpose, key)?;
        match verifier.to_string() == text.trim() {
            true => Ok(verifier),
            false => Err(NotAVerifier),
        }
    }
}

/// A key that signs notes. Its `Debug` shows the public half alone.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: Verifier,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// Why there is no signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The key isn't one.
    #[error("the log's key isn't an Ed25519 private key in PEM (PKCS #8)")]
    Key,
    /// The name can't be one.
    #[error("a log's name has no spaces and no plus signs, such as ledger.example.org/almoner")]
    Name,
}

impl Signer {
    /// The key of that PEM, under a ledger's name.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, SignerError> {
        Self::new(name, Purpose::Log, pem)
    }

    /// The key of that PEM, under the name of a witness.
    pub fn witness(name: &str, pem: &str) -> Result<Self, SignerError> {
        Self::new(name, Purpose::Witness, pem)
    }

    fn new(name: &str, purpose: Purpose, pem: &str) -> Result<Self, SignerError> {
        let lines = pem.lines().map(str::trim);
        let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let document = STANDARD.decode(body).map_err(|_| SignerError::Key)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document);
        let pair = pair.map_err(|_| SignerError::Key)?;
        let key = pair.public_key().as_ref().try_into();
        let verifier = Verifier::new(name, purpose, key.map_err(|_| SignerError::Key)?);
        let verifier = verifier.map_err(|_| SignerError::Name)?;
        Ok(Signer { pair, verifier })
    }

    /// What its notes are checked with.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The text as a note, signed under the name of one of the ledger's logs.
    pub fn sign(&self, log: &str, text: &str) -> Option<String> {
        Some(format!("{text}\n{}", self.line(log, text)?))
    }

    /// The line of that signature alone, to stand under another.
    pub fn line(&self, log: &str, text: &str) -> Option<String> {
        let verifier = self.verifier.of_log(log)?;
        let signature = self.pair.sign(text.as_bytes());
        let line = STANDARD.encode([&verifier.id(), signature.as_ref()].concat());
        Some(format!("{DASH}{log} {line}\n"))
    }

    /// A note with the line of a witness added, who saw it at that time.
    pub fn cosign(&self, note: &str, time_s: u64) -> Result<String, NotANote> {
        let text = note.parse::<Note>()?.text;
        let signature = self.pair.sign(cosigned(&text, time_s).as_bytes());
        let (id, time) = (self.verifier.id(), time_s.to_be_bytes());
        let line = STANDARD.encode([&id[..], &time, signature.as_ref()].concat());
        Ok(format!("{note}{DASH}{} {line}\n", self.verifier.name))
    }
}

/// A note as it was read; who signed it isn't settled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with the line break it ends with.
    pub text: String,
    signatures: Vec<(String, Vec<u8>)>,
}

/// Not a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it isn't a signed note: a text, an empty line, and signatures")]
pub struct NotANote;

impl FromStr for Note {
    type Err = NotANote;

    fn from_str(note: &str) -> Result<Self, NotANote> {
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NotANote)?;
        let line = |line: &str| {
            let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
            Some((name.to_owned(), STANDARD.decode(signature).ok()?))
        };
        let lines = signatures.strip_suffix('\n').ok_or(NotANote)?.split('\n');
        let signatures: Option<Vec<_>> = lines.map(line).collect();
        Ok(Note {
            text: format!("{text}\n"),
            signatures: signatures.ok_or(NotANote)?,
        })
    }
}

impl Note {
    /// Whether it bears the key's signature.
    pub fn is_signed_by(&self, verifier: &Verifier) -> bool {
        self.signature_of(verifier).is_some()
    }

    /// When a witness says that it saw it, in seconds since 1970; none if it doesn't.
    pub fn cosigned_at(&self, witness: &Verifier) -> Option<u64> {
        self.signature_of(witness).flatten()
    }

    /// A key's line under it, to the byte, if the key wrote it.
    pub fn line_of(&self, verifier: &Verifier) -> Option<String> {
        let mut lines = self.signatures.iter();
        let (name, signature) = lines.find(|line| self.is_of(line, verifier).is_some())?;
        Some(format!("{DASH}{name} {}\n", STANDARD.encode(signature)))
    }

    fn signature_of(&self, verifier: &Verifier) -> Option<Option<u64>> {
        let mut lines = self.signatures.iter();
        lines.find_map(|line| self.is_of(line, verifier))
    }

    /// Whether a line is a key's, and if it says so, of what time.
    fn is_of(&self, line: &(String, Vec<u8>), verifier: &Verifier) -> Option<Option<u64>> {
        let (name, signature) = line;
        let signature = signature.strip_prefix(&verifier.id());
        let signature = signature.filter(|_| *name == verifier.name)?;
        verifier.has_signed(&self.text, signature)
    }
}

#[cfg(test)]
#[path = "note_tests.rs"]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests;
