//! Months that are over: how they stand, what they look like, and what was done with them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use crate::db::periods;
use crate::db::schema::{period_events, pledges};
use crate::domain::period::{Closed, MonthEnd, PeriodEvent, PeriodState, Reconciliation};
use crate::domain::{Catalogue, Document, PeriodEventId, PledgeId};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = period_events)]
struct EventRow {
    pledge_id: Uuid,
    id: Uuid,
    month_end: Date,
    state: String,
    reconciliation: Option<String>,
    reason: Option<String>,
    document_uri: Option<String>,
    document_sha256: Option<String>,
    provisional_lines: i64,
    actor: String,
    recorded_at: OffsetDateTime,
}

impl EventRow {
    fn read(self) -> Result<PeriodEvent, ReadError> {
        let state = PeriodState::parse(&self.state);
        let document = self.document_uri.zip(self.document_sha256);
        Ok(PeriodEvent {
            id: PeriodEventId(self.id),
            pledge: PledgeId(self.pledge_id),
            month_end: self.month_end,
            state: state.ok_or_else(|| unreadable("state", &self.state))?,
            reconciliation: self
                .reconciliation
                .as_deref()
                .and_then(Reconciliation::parse),
            reason: self.reason,
            document: document.map(|(uri, sha256)| Document { uri, sha256 }),
            provisional_lines: self.provisional_lines,
            actor: self.actor,
            recorded_at: self.recorded_at,
        })
    }
}

/// What was done with a pledge's months, in the order it was done.
pub async fn list_period_events(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    window: Window,
) -> Result<Page<PeriodEvent>, ReadError> {
    let mut query = period_events::table
        .filter(period_events::pledge_id.eq(pledge.0))
        .order(period_events::id)
        .limit(window.limit + 1)
        .select(EventRow::as_select())
        .into_boxed();
    if let Some(after) = window.after {
        query = query.filter(period_events::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(period_events::id.le(until));
    }
    let rows: Vec<EventRow> = query.load(connection).await?;
    let events = rows.into_iter().map(EventRow::read);
    Ok(Page::cut(events.collect::<Result<_, _>>()?, window.limit))
}

/// How a pledge's month stands, and what it looks like at its end. To be called in a snapshot.
pub async fn month_end(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    at: (PledgeId, Date),
) -> Result<(PeriodState, MonthEnd), ReadError> {
    let (soft_until, hard_until): (Option<Date>, Option<Date>) = pledges::table
        .find(at.0.0)
        .select((pledges::soft_closed_until, pledges::closed_until))
        .first(connection)
        .await?;
    let closed = Closed {
        soft_until,
        hard_until,
    };
    let found = periods::month_end(connection, catalogue, at).await?;
    Ok((closed.state_on(at.1), found))
}
