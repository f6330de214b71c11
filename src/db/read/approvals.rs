//! Writes that wait for somebody else, and above what they have to.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::page::{Page, Window};
use super::sight::Sight;
use crate::db::approvals::{ApprovalRow, action, by_ids, complete};
use crate::db::rows::money;
use crate::db::schema::{approval_decisions, approval_figures, approvals, thresholds};
use crate::domain::approval::{Action, ApprovalState, Limit, Threshold};
use crate::domain::person::Person;
use crate::domain::{Approval, ApprovalId, Catalogue, PledgeId, ThresholdId};

/// No more are looked up at a time; a later look finds the others.
const MOST_DUE: i64 = 1_000;

/// Whose decision something waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who it is.
    pub who: Person,
    /// What they may decide.
    pub actions: Vec<Action>,
}

/// Which approvals are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// In that state.
    pub state: Option<ApprovalState>,
    /// Those that are pending and that somebody may decide: neither theirs, nor decided by them.
    pub waiting: Option<Waiting>,
}

/// The approvals of these ids that there are, in no order.
pub async fn approvals(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    ids: &[ApprovalId],
) -> Result<Vec<Approval>, ReadError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(by_ids(connection, catalogue, &ids).await?)
}

/// The approval, if it is there and in sight. To be called in a snapshot.
pub async fn approval(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: ApprovalId,
) -> Result<Option<Approval>, ReadError> {
    let found = by_ids(connection, catalogue, &[id.0]).await?.pop();
    let seen = |it: &Approval| match sight.pledges() {
        Some(pledges) => pledges.contains(&it.pledge.0),
        None => true,
    };
    Ok(found.filter(seen))
}

/// Approvals in sight, in the order they were asked for. To be called in a snapshot.
pub async fn list_approvals(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &ApprovalFilter,
    window: Window,
) -> Result<Page<Approval>, ReadError> {
    let mut query = approvals::table
        .inner_join(approval_figures::table.on(approval_figures::id.eq(approvals::id)))
        .order(approvals::id)
        .limit(window.limit + 1)
        .select(ApprovalRow::as_select())
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(approvals::pledge_id.eq_any(pledges));
    }
    if let Some(pledge) = filter.pledge {
        query = query.filter(approvals::pledge_id.eq(pledge.0));
    }
    if let Some(state) = filter.state {
        query = query.filter(approval_figures::state.eq(state.as_str()));
    }
    if let Some(Waiting { who, actions }) = &filter.waiting {
        let own = approval_decisions::table
            .filter(approval_decisions::pledge_id.eq(approvals::pledge_id))
            .filter(approval_decisions::approval_id.eq(approvals::id))
            .filter(
                approval_decisions::actor
                    .eq(who.name.clone())
                    .or(approval_decisions::identity.is_not_distinct_from(who.identity.clone())),
            );
        let actions: Vec<&str> = actions.iter().map(|it| it.as_str()).collect();
        query = query
            .filter(approval_figures::state.eq(ApprovalState::Pending.as_str()))
            .filter(approvals::maker.ne(who.name.clone()))
            .filter(approvals::maker_identity.is_distinct_from(who.identity.clone()))
            .filter(approvals::action.eq_any(actions))
            .filter(diesel::dsl::not(diesel::dsl::exists(own)));
    }
    if let Some(after) = window.after {
        query = query.filter(approvals::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(approvals::id.le(until));
    }
    let rows: Vec<ApprovalRow> = query.load(connection).await?;
    let all = complete(connection, catalogue, rows).await?;
    Ok(Page::cut(all, window.limit))
}

/// Approvals that nobody decided in time, the first to expire first: that is to be recorded.
pub async fn due_approvals(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<ApprovalId>, ReadError> {
    let now = diesel::dsl::sql::<diesel::sql_types::Timestamptz>("clock_timestamp()");
    let ids: Vec<Uuid> = approvals::table
        .inner_join(approval_figures::table.on(approval_figures::id.eq(approvals::id)))
        .filter(approvals::expires_at.le(now))
        .filter(diesel::dsl::not(approval_figures::ended))
        .select(approvals::id)
        .order((approvals::expires_at, approvals::id))
        .limit(MOST_DUE)
        .load(connection)
        .await?;
    Ok(ids.into_iter().map(ApprovalId).collect())
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = thresholds)]
struct ThresholdRow {
    pledge_id: Uuid,
    id: Uuid,
    action: String,
    unit: String,
    above: i64,
    approvals: i16,
    valid_from: time::Date,
    stated_by: String,
    stated_at: OffsetDateTime,
}

impl ThresholdRow {
    fn read(self, catalogue: &Catalogue) -> Result<Threshold, ReadError> {
        Ok(Threshold {
            id: ThresholdId(self.id),
            pledge: PledgeId(self.pledge_id),
            above: money(catalogue, self.above, &self.unit)?,
            limit: Limit {
                action: action(&self.action)?,
                unit: self.unit,
                above: self.above,
                approvals: self.approvals,
                valid_from: self.valid_from,
            },
            stated_by: self.stated_by,
            stated_at: self.stated_at,
        })
    }
}

/// All of a pledge's thresholds, in the order they were stated.
pub async fn all_thresholds(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    pledge: PledgeId,
) -> Result<Vec<Threshold>, ReadError> {
    let rows: Vec<ThresholdRow> = thresholds::table
        .filter(thresholds::pledge_id.eq(pledge.0))
        .order((thresholds::stated_at, thresholds::id))
        .select(ThresholdRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(|row| row.read(catalogue)).collect()
}

/// A pledge's thresholds, if it is in sight, in the order of their ids.
pub async fn list_thresholds(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
    window: Window,
) -> Result<Page<Threshold>, ReadError> {
    let mut query = thresholds::table
        .filter(thresholds::pledge_id.eq(pledge.0))
        .order(thresholds::id)
        .limit(window.limit + 1)
        .select(ThresholdRow::as_select())
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(thresholds::pledge_id.eq_any(pledges));
    }
    if let Some(after) = window.after {
        query = query.filter(thresholds::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(thresholds::id.le(until));
    }
    let rows: Vec<ThresholdRow> = query.load(connection).await?;
    let read = rows.into_iter().map(|row| row.read(catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}
