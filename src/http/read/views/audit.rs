//! Entries of the audit trail.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::read::AuditEntry;
use crate::domain::{AuditEventId, CreatorId, JournalId, PledgeId};
use crate::http::wire::Instant;

/// An entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct AuditEventOut {
    /// Its id.
    pub id: AuditEventId,
    /// When it was recorded, by the database's clock.
    pub recorded_at: Instant,
    /// What came of it: `done`, `refused`, or, of personal data, `read`.
    pub outcome: String,
    /// Who, by the name the token has for them.
    pub actor: String,
    /// Who, whatever name they go by: an identity of the register, or issuer and subject.
    pub identity: String,
    /// Which request: its method, and its address with placeholders; `job` for a job's step.
    pub request: String,
    /// Where it was sent from; of an IPv6 address the half that names the network.
    pub address: Option<String>,
    /// What the request is called in its answer and in logs.
    pub request_id: Option<String>,
    /// The pledge it was about.
    pub pledge_id: Option<PledgeId>,
    /// The first journal it posted.
    pub journal_id: Option<JournalId>,
    /// Of a refusal, its code.
    pub code: Option<String>,
    /// Of a refusal, why.
    pub detail: Option<String>,
    /// Which personal data was read: `names`, `bank-details` (masked) or `account` (in full).
    pub personal_data: Option<String>,
    /// Whose.
    pub creators: Vec<CreatorId>,
}

impl From<&AuditEntry> for AuditEventOut {
    fn from(entry: &AuditEntry) -> Self {
        let row = &entry.row;
        AuditEventOut {
            id: entry.id(),
            recorded_at: Instant(row.recorded_at),
            outcome: row.outcome.clone(),
            actor: row.actor.clone(),
            identity: row.identity.clone(),
            request: row.deed.clone(),
            address: row.address.clone(),
            request_id: row.request_id.clone(),
            pledge_id: entry.pledge(),
            journal_id: entry.journal(),
            code: row.code.clone(),
            detail: row.detail.clone(),
            personal_data: entry.what.clone(),
            creators: entry.creators.clone(),
        }
    }
}
