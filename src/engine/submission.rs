//! What callers hand to the engine, and what they get back.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::approval::Proposal;
use crate::domain::audit::Origin;
use crate::domain::{Command, Draft, Outcome, Refusal};

/// How answers are written.
///
/// What a caller is answered with is kept with its key, and answered again if the same key comes
/// back. Personal data isn't kept in it: it would outlive its erasure. As the same key stands for
/// the same request, it is put back from that.
#[derive(Debug, Clone, Copy)]
pub struct Render {
    /// The bytes the caller is answered with.
    pub answer: fn(&Outcome) -> Vec<u8>,
    /// What is kept of them, where that isn't all.
    pub kept: fn(&Outcome) -> Option<Vec<u8>>,
    /// The answer to a command once more, out of what was kept.
    pub repeated: fn(&Command, &[u8]) -> Vec<u8>,
}

impl Render {
    /// Answers that are kept and repeated as they are: there is nothing personal in them.
    pub const fn whole(answer: fn(&Outcome) -> Vec<u8>) -> Self {
        Render {
            answer,
            kept: |_| None,
            repeated: |_, kept| kept.to_vec(),
        }
    }
}

/// An idempotency key, bound to its caller and its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// A digest of issuer, subject and the key as sent.
    pub digest: Uuid,
    /// A digest of the route and the body.
    pub fingerprint: Uuid,
}

/// A command on its way into the ledger.
#[derive(Debug, Clone)]
pub struct Submission {
    /// What is asked for.
    pub command: Command,
    /// Who asks: recorded on the journal.
    pub actor: String,
    /// Who asks, whatever name they go by: what makes two people two.
    pub identity: String,
    /// Whether they may post in months that are closed softly.
    pub by_controller: bool,
    /// Which request it came by.
    pub origin: Arc<Origin>,
    /// What makes it safe to send again.
    pub key: Key,
    /// How the answer is written.
    pub render: Render,
    /// On which terms it waits if it needs approval; without any it is refused then.
    pub proposal: Option<Box<Proposal>>,
}

/// What a committed command is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As rendered when it was first committed.
    pub body: Vec<u8>,
    /// Whether it was committed by an earlier request with the same key.
    pub replayed: bool,
}

/// What a command would come to.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What it would be answered with.
    pub body: Vec<u8>,
    /// What it would post, in order; nothing for what moves nothing.
    pub drafts: Vec<Draft>,
    /// How many others would have to approve it first.
    pub approvals: i16,
}

/// Why a command was not committed. Nothing was written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The rules decline it.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The key was used before, for another request.
    #[error("The idempotency key was used before, for another request.")]
    KeyReused,
    /// The database is away, slow or shutting down. If the connection broke while committing, the
    /// command may have been committed all the same: the same key settles it either way.
    #[error("The ledger's database cannot be reached at the moment.")]
    Unavailable,
    /// More is waiting than the engine takes up.
    #[error("More requests are waiting than the ledger takes up at once.")]
    Overloaded,
    /// A defect, logged where it was noticed.
    #[error("The ledger could not carry this out.")]
    Internal,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(Box::new(refusal))
    }
}
