//! The audit trail.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use foldhash::{HashMap, HashMapExt};
use time::{Duration, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

use super::error::ReadError;
use super::page::{Page, Window};
use crate::db::schema::{audit_events, personal_data_reads};
use crate::domain::{AuditEventId, CreatorId, JournalId, PledgeId};

/// Ids are made by the services' clocks, `recorded_at` is the database's: they differ by less.
const CLOCKS_AGREE_WITHIN: Duration = Duration::minutes(10);

/// Which entries are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// With that outcome.
    pub outcome: Option<&'static str>,
    /// By somebody of that name.
    pub actor: Option<String>,
    /// By that identity.
    pub identity: Option<String>,
    /// Refused with that code.
    pub code: Option<String>,
    /// By the request of that id.
    pub request_id: Option<String>,
    /// About that pledge.
    pub pledge: Option<PledgeId>,
    /// That posted that journal first.
    pub journal: Option<JournalId>,
    /// By which that creator's personal data was read.
    pub creator: Option<CreatorId>,
    /// Recorded then or later.
    pub from: Option<OffsetDateTime>,
    /// Recorded before then.
    pub until: Option<OffsetDateTime>,
}

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub struct AuditRow {
    id: Uuid,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
    /// What came of it: done, refused, or read.
    pub outcome: String,
    /// Who, by the issuer's name for them.
    pub actor: String,
    /// Who, whatever name they go by.
    pub identity: String,
    /// Which request, or that it was a job's step.
    pub deed: String,
    /// Where it came from.
    pub address: Option<String>,
    /// What it is called in answers and logs.
    pub request_id: Option<String>,
    pledge_id: Option<Uuid>,
    journal_id: Option<Uuid>,
    /// Of a refusal, its code.
    pub code: Option<String>,
    /// Of a refusal, why.
    pub detail: Option<String>,
}

/// An entry, with whose personal data was read by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// As it stands.
    pub row: AuditRow,
    /// Which personal data was read, if any was.
    pub what: Option<String>,
    /// Whose.
    pub creators: Vec<CreatorId>,
}

impl AuditEntry {
    /// Its id.
    pub fn id(&self) -> AuditEventId {
        AuditEventId(self.row.id)
    }

    /// The pledge it was about.
    pub fn pledge(&self) -> Option<PledgeId> {
        self.row.pledge_id.map(PledgeId)
    }

    /// The first journal it posted.
    pub fn journal(&self) -> Option<JournalId> {
        self.row.journal_id.map(JournalId)
    }
}

/// The least id that could have been made at that moment.
fn least_id(at: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    let made = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0));
    Uuid::from_u128(made.as_u128() >> 80 << 80)
}

/// Entries of the trail, in the order they were recorded. To be called in a snapshot.
pub async fn list_audit_events(
    connection: &mut AsyncPgConnection,
    filter: &AuditFilter,
    window: Window,
) -> Result<Page<AuditEntry>, ReadError> {
    let mut query = audit_events::table
        .order(audit_events::id)
        .limit(window.limit + 1)
        .select(AuditRow::as_select())
        .into_boxed();
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_events::outcome.eq(outcome));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_events::actor.eq(actor.clone()));
    }
    if let Some(identity) = &filter.identity {
        query = query.filter(audit_events::identity.eq(identity.clone()));
    }
    if let Some(code) = &filter.code {
        query = query.filter(audit_events::code.eq(code.clone()));
    }
    if let Some(request_id) = &filter.request_id {
        query = query.filter(audit_events::request_id.eq(request_id.clone()));
    }
    if let Some(pledge) = filter.pledge {
        query = query.filter(audit_events::pledge_id.eq(pledge.0));
    }
    if let Some(journal) = filter.journal {
        query = query.filter(audit_events::journal_id.eq(journal.0));
    }
    if let Some(creator) = filter.creator {
        let own = personal_data_reads::table
            .filter(personal_data_reads::event_id.eq(audit_events::id))
            .filter(personal_data_reads::creator_id.eq(creator.0));
        query = query.filter(exists(own));
    }
    if let Some(from) = filter.from {
        let least = least_id(from - CLOCKS_AGREE_WITHIN);
        query = query
            .filter(audit_events::recorded_at.ge(from))
            .filter(audit_events::id.ge(least));
    }
    if let Some(until) = filter.until {
        let beyond = least_id(until + CLOCKS_AGREE_WITHIN);
        query = query
            .filter(audit_events::recorded_at.lt(until))
            .filter(audit_events::id.lt(beyond));
    }
    if let Some(after) = window.after {
        query = query.filter(audit_events::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(audit_events::id.le(until));
    }
    let rows: Vec<AuditRow> = query.load(connection).await?;
    Ok(Page::cut(with_reads(connection, rows).await?, window.limit))
}

async fn with_reads(
    connection: &mut AsyncPgConnection,
    rows: Vec<AuditRow>,
) -> Result<Vec<AuditEntry>, ReadError> {
    let reads = rows.iter().filter(|row| row.outcome == "read");
    let ids: Vec<Uuid> = reads.map(|row| row.id).collect();
    let found: Vec<(Uuid, Uuid, String)> = match ids.is_empty() {
        true => Vec::new(),
        false => {
            personal_data_reads::table
                .filter(personal_data_reads::event_id.eq_any(ids))
                .order(personal_data_reads::creator_id)
                .select((
                    personal_data_reads::event_id,
                    personal_data_reads::creator_id,
                    personal_data_reads::what,
                ))
                .load(connection)
                .await?
        }
    };
    let mut reads: HashMap<Uuid, (String, Vec<CreatorId>)> = HashMap::new();
    for (event, creator, what) in found {
        let own = reads.entry(event).or_insert((what, Vec::new()));
        own.1.push(CreatorId(creator));
    }
    let entry = |row: AuditRow| {
        let read = reads.remove(&row.id);
        let (what, creators) = match read {
            Some((what, creators)) => (Some(what), creators),
            None => (None, Vec::new()),
        };
        AuditEntry {
            row,
            what,
            creators,
        }
    };
    Ok(rows.into_iter().map(entry).collect())
}
