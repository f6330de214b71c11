//! The rows of the audit trail.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use crate::domain::audit::{AuditEvent, Happened};

insert_columns! {
    InsertAuditEvents into "audit_events" {
        id: Uuid => SqlUuid,
        recorded_at: OffsetDateTime => Timestamptz,
        outcome: &'static str => Text,
        actor: String => Text,
        identity: String => Text,
        deed: String => Text,
        address: Option<String> => Nullable<Text>,
        request_id: Option<String> => Nullable<Text>,
        pledge_id: Option<Uuid> => Nullable<SqlUuid>,
        journal_id: Option<Uuid> => Nullable<SqlUuid>,
        key: Option<Uuid> => Nullable<SqlUuid>,
        code: Option<&'static str> => Nullable<Text>,
        detail: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    InsertPersonalDataReads into "personal_data_reads" {
        creator_id: Uuid => SqlUuid,
        event_id: Uuid => SqlUuid,
        what: &'static str => Text,
    }
}

/// What a batch adds to the trail.
#[derive(Debug, Default)]
pub(super) struct AuditRows {
    pub(super) events: InsertAuditEvents,
    pub(super) reads: InsertPersonalDataReads,
}

impl AuditRows {
    pub(super) fn of(events: Vec<AuditEvent>, now: OffsetDateTime) -> Self {
        let mut rows = AuditRows::default();
        for event in events {
            rows.push(event, now);
        }
        rows
    }

    fn push(&mut self, event: AuditEvent, now: OffsetDateTime) {
        let (mut key, mut journal, mut code, mut detail) = (None, None, None, None);
        let outcome = event.happened.as_str();
        match event.happened {
            Happened::Done {
                key: own,
                journal: posted,
            } => (key, journal) = (Some(own), posted.map(|id| id.0)),
            Happened::Refused {
                code: own,
                detail: why,
            } => (code, detail) = (Some(own), Some(why)),
            Happened::Read { what, of } => {
                for creator in of {
                    self.reads.push(creator.0, event.id.0, what);
                }
            }
        }
        let origin = &event.origin;
        self.events.push(
            event.id.0,
            now,
            outcome,
            event.actor,
            event.identity,
            origin.deed.clone(),
            origin.address.clone(),
            origin.request_id.clone(),
            event.pledge.map(|id| id.0),
            journal,
            key,
            code,
            detail,
        );
    }
}
