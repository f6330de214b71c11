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
        let verifier = self.verifier.of_log(log)?;
        let signature = self.pair.sign(text.as_bytes());
        let line = STANDARD.encode([&verifier.id(), signature.as_ref()].concat());
        Some(format!("{text}\n{DASH}{log} {line}\n"))
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

    fn signature_of(&self, verifier: &Verifier) -> Option<Option<u64>> {
        let mut lines = self.signatures.iter();
        lines.find_map(|(name, signature)| {
            let signature = signature.strip_prefix(&verifier.id());
            let signature = signature.filter(|_| *name == verifier.name)?;
            verifier.has_signed(&self.text, signature)
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The example of C2SP signed-note (after Go's `sumdb/note`).
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq\
        dngotpRZb6KE6RyyBwJnAM=\n";

    /// A key of a test's own.
    pub(crate) fn signer() -> Signer {
        Signer::from_pem("ledger.example", &pem()).unwrap()
    }

    fn pem() -> String {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let document = Ed25519KeyPair::generate_pkcs8v1(&random).unwrap();
        let body = STANDARD.encode(document.as_ref());
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    }

    #[test]
    fn the_published_note_and_key_are_read_and_accepted() {
        let verifier: Verifier = KEY.parse().unwrap();
        assert_eq!(verifier.to_string(), KEY);
        let note: Note = NOTE.parse().unwrap();
        assert!(note.is_signed_by(&verifier));
        let forged: Note = NOTE
            .replace("is the answer", "isn't the answer")
            .parse()
            .unwrap();
        assert!(!forged.is_signed_by(&verifier));
        let renamed: Note = NOTE.replace("PeterNeumann", "Peter").parse().unwrap();
        assert!(!renamed.is_signed_by(&verifier));
    }

    #[test]
    fn a_key_signs_under_its_own_name_and_those_below_it_and_no_other() {
        let signer = Signer::from_pem("ledger.example", &pem()).unwrap();
        for log in ["ledger.example", "ledger.example/plg_1"] {
            let note: Note = signer.sign(log, "text\n").unwrap().parse().unwrap();
            assert!(note.is_signed_by(&signer.verifier().of_log(log).unwrap()));
            let other = signer.verifier().of_log("ledger.example/plg_2").unwrap();
            assert!(!note.is_signed_by(&other));
        }
        for other in [
            "ledger.examples",
            "ledger",
            "ledger.example/a b",
            "ledger.example/a+b",
        ] {
            assert_eq!(signer.sign(other, "text\n"), None, "{other}");
        }
        let shown = format!("{signer:?}");
        assert!(!shown.contains("pair"), "{shown}");
    }

    #[test]
    fn a_witness_says_when_it_saw_a_note_and_its_key_passes_for_no_log_s() {
        let log = signer();
        let witness = Signer::witness("witness.example", &pem()).unwrap();
        let note = log.sign("ledger.example", "text\n").unwrap();
        let both = witness.cosign(&note, 1_732_000_000).unwrap();
        let read: Note = both.parse().unwrap();
        assert!(read.is_signed_by(log.verifier()));
        assert_eq!(read.cosigned_at(witness.verifier()), Some(1_732_000_000));
        assert_eq!(read.cosigned_at(log.verifier()), None, "it says no time");
        let written: Verifier = witness.verifier().to_string().parse().unwrap();
        assert_eq!(&written, witness.verifier());
        let as_log = Signer::from_pem("witness.example", &pem()).unwrap();
        assert!(!read.is_signed_by(as_log.verifier()));
        let forged: Note = both.replacen("text", "test", 1).parse().unwrap();
        assert_eq!(forged.cosigned_at(witness.verifier()), None);
        let alone: Note = note.parse().unwrap();
        assert_eq!(alone.cosigned_at(witness.verifier()), None);
    }

    #[test]
    fn what_is_no_key_and_no_note_is_refused() {
        for wrong in [
            "",
            "PeterNeumann",
            "PeterNeumann+c74f20a3",
            &KEY.replace("c74f", "c74e"),
            &KEY.replace("+AR", "+AB"),
            &KEY[..KEY.len() - 4],
        ] {
            assert_eq!(wrong.parse::<Verifier>(), Err(NotAVerifier), "{wrong}");
        }
        for wrong in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n-- a b\n",
            NOTE.trim_end(),
        ] {
            assert_eq!(wrong.parse::<Note>(), Err(NotANote), "{wrong}");
        }
        assert!(Signer::from_pem("a", "-----BEGIN PRIVATE KEY-----\nAAAA\n").is_err());
        assert_eq!(
            Signer::from_pem("a b", &pem()).unwrap_err(),
            SignerError::Name
        );
    }
}
