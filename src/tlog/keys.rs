//! The keys of a ledger, and how one follows another.
//!
//! # Handing over
//!
//! A key signs until another takes its place, and what it signed holds for ever: whoever has its
//! public half checks old proofs with that, and new ones with the new. Both bear the ledger's name;
//! what tells them apart is the id in each line, which C2SP signed-note makes from name and key.
//!
//! 1. Make the new key (`openssl genpkey -algorithm ed25519`), set `ALMONER_LOG_KEY` to its file
//!    and `ALMONER_LOG_OUTGOING_KEY` to that of the old one. Start the service again. From now on
//!    every checkpoint carries the lines of both, the new key's first: whoever knows either accepts
//!    it, and whoever knows the old key has its word for what the new one signs.
//! 2. Hand the new public key (`GET /tlog/key`) to everybody who checks, over a way they trust; a
//!    witness is started with both (`--key OLD --key NEW`).
//! 3. When all have it, set `ALMONER_LOG_RETIRED_KEYS` to the old public key and take the setting
//!    of the outgoing one away. The old private key can then be destroyed.
//!
//! `GET /tlog/keys` tells all of them, with since when and until when each signed. If a key was
//! stolen there is no time for the second step: start with the third. Whatever is signed with it
//! afterwards is then accepted by nobody who knows of it, and checkpoints that were kept tell apart
//! what it signed before.
//!
//! # What is guaranteed
//!
//! A log goes on from a checkpoint only if that is signed with the new key, the outgoing or a
//! retired one, and what follows is proved consistent with it, as ever: a new key is no new
//! beginning. Which keys are relied on is set for the service and doesn't stand in the database,
//! where whoever owns it could add one; there only the times do.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel_async::AsyncPgConnection;
use time::OffsetDateTime;

use super::note::{Signer, Verifier};
use super::{Log, LogError};
use crate::db::log;
use crate::db::read;

/// What a ledger signs with, and what it has signed with.
#[derive(Debug)]
pub struct Keys {
    current: Signer,
    outgoing: Option<Signer>,
    /// The public halves of all, the current one's first.
    all: Vec<Verifier>,
    /// Whether it is noted since when each signs.
    noted: AtomicBool,
}

/// A key that doesn't bear the ledger's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {0} isn't one of a log of this name")]
pub struct ForeignKey(pub String);

/// What has become of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It signs.
    Current,
    /// It signs as well, until everybody knows the current one.
    Outgoing,
    /// What it signed holds.
    Retired,
}

impl KeyState {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            KeyState::Current => "current",
            KeyState::Outgoing => "outgoing",
            KeyState::Retired => "retired",
        }
    }
}

/// A key, and when it signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Its public half.
    pub key: Verifier,
    /// What has become of it.
    pub state: KeyState,
    /// When it was first noted that it signs.
    pub since: Option<OffsetDateTime>,
    /// When it was first noted that it no longer does.
    pub until: Option<OffsetDateTime>,
}

impl Keys {
    /// A key, with those that came before it.
    pub fn new(
        current: Signer,
        outgoing: Option<Signer>,
        retired: Vec<Verifier>,
    ) -> Result<Self, ForeignKey> {
        let own = std::iter::once(&current).chain(&outgoing);
        let own = own.map(|signer| signer.verifier().clone());
        let all: Vec<Verifier> = own.chain(retired).collect();
        let name = current.verifier().name();
        let is_foreign = |key: &&Verifier| key.is_witness() || key.name() != name;
        if let Some(foreign) = all.iter().find(is_foreign) {
            return Err(ForeignKey(foreign.to_string()));
        }
        Ok(Keys {
            current,
            outgoing,
            all,
            noted: AtomicBool::new(false),
        })
    }

    /// The public half of the one that signs now.
    pub fn current(&self) -> &Verifier {
        self.current.verifier()
    }

    /// The public halves of all.
    pub fn all(&self) -> &[Verifier] {
        &self.all
    }

    /// How many of all sign.
    fn signing(&self) -> usize {
        1 + usize::from(self.outgoing.is_some())
    }

    fn state(&self, place: usize) -> KeyState {
        match place {
            0 => KeyState::Current,
            place if place < self.signing() => KeyState::Outgoing,
            _ => KeyState::Retired,
        }
    }

    /// The text as a note under a log's name, signed by all that sign.
    pub(super) fn sign(&self, log: &str, text: &str) -> Option<String> {
        let note = self.current.sign(log, text)?;
        match &self.outgoing {
            Some(outgoing) => Some(note + &outgoing.line(log, text)?),
            None => Some(note),
        }
    }
}

impl Log {
    /// Notes since when keys sign and which no longer do, in the transaction that signs.
    pub(super) async fn note_keys(
        &self,
        connection: &mut AsyncPgConnection,
    ) -> Result<(), LogError> {
        if self.keys.noted.load(Ordering::Relaxed) {
            return Ok(());
        }
        let names: Vec<String> = self.keys.all().iter().map(Verifier::to_string).collect();
        let (signing, retired) = names.split_at(self.keys.signing());
        let now = OffsetDateTime::now_utc();
        Ok(log::note_keys(connection, signing, retired, now).await?)
    }

    /// What was noted is committed.
    pub(super) fn keys_are_noted(&self) {
        self.keys.noted.store(true, Ordering::Relaxed);
    }

    /// All keys, the current one first.
    pub async fn known_keys(&self) -> Result<Vec<KnownKey>, LogError> {
        let mut connection = self.pool.get().await?;
        let times = read::log_keys(&mut connection).await?;
        let known = self.keys.all().iter().enumerate().map(|(place, key)| {
            let named = key.to_string();
            let noted = times.iter().find(|it| it.key == named);
            let state = self.keys.state(place);
            KnownKey {
                key: key.clone(),
                state,
                since: noted.map(|it| it.since),
                until: noted
                    .and_then(|it| it.until)
                    .filter(|_| state == KeyState::Retired),
            }
        });
        Ok(known.collect())
    }
}
