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

/// Ed25519, in a key's bytes and in its id.
const ALGORITHM: u8 = 1;

/// What a key or a log may be called: what can't be mistaken in a line of a note or of a key.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// The public half of a key, with the name it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: [u8; 32],
}

/// Not a public key of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A log's public key is written as name+id+key, such as almoner.localhost+ba7fc7a4+AUTR….")]
pub struct NotAVerifier;

impl Verifier {
    /// A key under a name.
    pub fn new(name: &str, key: [u8; 32]) -> Result<Self, NotAVerifier> {
        let name = name.to_owned();
        is_name(&name)
            .then_some(Verifier { name, key })
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
            .then(|| Verifier::new(name, self.key).ok())
            .flatten()
    }

    /// The first four bytes of a digest of name and key.
    fn id(&self) -> [u8; 4] {
        let text = [self.name.as_bytes(), b"\n", &[ALGORITHM], &self.key].concat();
        let digest = digest(&SHA256, &text);
        let mut id = [0; 4];
        id.copy_from_slice(&digest.as_ref()[..4]);
        id
    }

    fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        key.verify(text.as_bytes(), signature).is_ok()
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = STANDARD.encode([&[ALGORITHM], self.key.as_slice()].concat());
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
        let key = match key.split_first() {
            Some((&ALGORITHM, key)) => key.try_into().map_err(|_| NotAVerifier)?,
            _ => return Err(NotAVerifier),
        };
        let verifier = Verifier::new(name, key)?;
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
        let lines = pem.lines().map(str::trim);
        let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let document = STANDARD.decode(body).map_err(|_| SignerError::Key)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document);
        let pair = pair.map_err(|_| SignerError::Key)?;
        let key = pair.public_key().as_ref().try_into();
        let verifier = Verifier::new(name, key.map_err(|_| SignerError::Key)?);
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
        self.signatures.iter().any(|(name, signature)| {
            let signature = signature.strip_prefix(&verifier.id());
            *name == verifier.name
                && signature.is_some_and(|it| verifier.has_signed(&self.text, it))
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
