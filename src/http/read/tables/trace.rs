//! From a journal to all that it rests on.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{Answer, Get};
use crate::db::read::{self, AuditFilter, Window};
use crate::domain::JournalId;
use crate::http::access::permission::{ReadAuditTrail, ReadProofs};
use crate::http::read::views::{AuditEventOut, JournalOut};
use crate::http::views::ApprovalOut;

/// How many entries of the trail name one journal, at most.
const MOST_EVENTS: i64 = 100;

/// A journal, and where each thing is that it rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Trace)]
pub struct TraceOut {
    /// The journal, with its document and its reason.
    pub journal: JournalOut,
    /// The approval it was posted by: who asked, who decided, and the digest of what they decided.
    pub approval: Option<ApprovalOut>,
    /// What the audit trail has of its posting; null if the caller may not read the trail. A write
    /// of several journals is named with the first.
    pub audit_events: Option<Vec<AuditEventOut>>,
    /// The journal it takes back.
    pub reverses: Option<JournalId>,
    /// The journals by which it was taken back.
    pub reversed_by: Vec<JournalId>,
    /// Its place in the pledge's log, from 0.
    pub log_index: i64,
    /// Where the proof is that it is there.
    pub proof: String,
    /// Where the log's signed checkpoint is.
    pub checkpoint: String,
}

/// Trace a journal
///
/// From a line of a statement, which names its journal, to the document, the approval, the entry of
/// the audit trail, what was taken back, and the place in the log.
#[utoipa::path(get, path = "/v1/journals/{id}/trace", tag = "journals",
    responses((status = 200, description = "The trace", body = TraceOut)))]
pub async fn trace_journal(get: Get<ReadProofs>) -> Answer {
    let id: JournalId = get.id()?;
    get.query()?.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let may_read_trail = get.may::<ReadAuditTrail>();
    let reads = get.snapshot(async |connection| {
        let Some(journal) = read::journal(connection, catalogue, sight, id).await? else {
            return Ok(None);
        };
        let approval = match journal.approval {
            Some(approval) => read::approval(connection, catalogue, sight, approval).await?,
            None => None,
        };
        let filter = AuditFilter {
            journal: Some(id),
            ..AuditFilter::default()
        };
        let window = Window {
            limit: MOST_EVENTS,
            after: None,
            until: None,
        };
        let events = match may_read_trail {
            true => Some(
                read::list_audit_events(connection, &filter, window)
                    .await?
                    .data,
            ),
            false => None,
        };
        let reversed_by = read::reversals_of(connection, id).await?;
        Ok(Some((journal, approval, events, reversed_by)))
    });
    let found = reads.await?.ok_or_else(|| get.absent("journal"))?;
    let (journal, approval, events, reversed_by) = found;
    let now = OffsetDateTime::now_utc();
    let trace = TraceOut {
        reverses: journal.reverses,
        log_index: journal.number - 1,
        proof: format!("/v1/journals/{id}/proof"),
        checkpoint: format!("/tlog/{}/checkpoint", journal.pledge),
        journal: JournalOut::from(&journal),
        approval: approval.map(|it| ApprovalOut::at(&it, now)),
        audit_events: events.map(|all| all.iter().map(AuditEventOut::from).collect()),
        reversed_by,
    };
    get.json(None, &trace)
}
