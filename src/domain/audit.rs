//! The audit trail: who did what, when and from where, and what came of it.
//!
//! Every write is in it, by the transaction that wrote it; every refusal for want of right, of
//! funds or for the state of things; and every read of personal data, before it is answered.

use std::sync::Arc;

use uuid::Uuid;

use super::id::{AuditEventId, CreatorId, JournalId, PledgeId};

/// Which request it was, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its method and the address it was sent to, with placeholders; or that it is a job's.
    pub deed: String,
    /// Where it was sent from, as far as that can be told.
    pub address: Option<String>,
    /// What it is called in answers and logs.
    pub request_id: Option<String>,
}

impl Origin {
    /// A job, whoever has it done: its steps come by no request of their own.
    pub fn job() -> Arc<Origin> {
        Arc::new(Origin {
            deed: "job".to_owned(),
            address: None,
            request_id: None,
        })
    }
}

/// One entry of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// Who, by the issuer's name for them.
    pub actor: String,
    /// Who, whatever name they go by.
    pub identity: String,
    /// Which request, from where.
    pub origin: Arc<Origin>,
    /// The pledge it was about, if it was about one that is there.
    pub pledge: Option<PledgeId>,
    /// What came of it.
    pub happened: Happened,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Something was written.
    Done {
        /// The digest of its idempotency key, under which its answer is kept.
        key: Uuid,
        /// The first journal it posted, if it posted any.
        journal: Option<JournalId>,
    },
    /// It was refused.
    Refused {
        /// The refusal's code.
        code: &'static str,
        /// The refusal, in words.
        detail: String,
    },
    /// Personal data was read.
    Read {
        /// Which.
        what: &'static str,
        /// Whose.
        of: Vec<CreatorId>,
    },
}

impl Happened {
    /// The outcome, as the database and the API write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Happened::Done { .. } => "done",
            Happened::Refused { .. } => "refused",
            Happened::Read { .. } => "read",
        }
    }
}

/// The outcomes there are.
pub const OUTCOMES: [&str; 3] = ["done", "refused", "read"];
