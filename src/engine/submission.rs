//! What callers hand to the engine, and what they get back.

use uuid::Uuid;

use crate::domain::approval::Proposal;
use crate::domain::{Command, Draft, Outcome, Refusal};

/// Turns an outcome into the bytes the caller is answered with, and will be answered with again if
/// the same key comes back.
pub type Render = fn(&Outcome) -> Vec<u8>;

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
