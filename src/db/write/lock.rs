//! Locking pledges, and reading what stands in their own rows.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::approvals::{LIMITS, limits, limits_now};
use crate::db::error::DbError;
use crate::db::rows::{market, money, unreadable};
use crate::domain::books::PledgeBook;
use crate::domain::exchange::Bearer;
use crate::domain::period::Closed;
use crate::domain::pledge::{Pledge, PledgeState};
use crate::domain::{Catalogue, PledgeId};

/// Locks pledges in the order of their ids, so that no two batches wait for each other in a circle,
/// and reads them as they are once the lock is had. Split and markets never change.
#[derive(Debug, QueryId)]
struct LockPledges {
    ids: Vec<Uuid>,
}

type PledgeRow = (
    (
        Uuid,
        String,
        String,
        String,
        String,
        String,
        i64,
        String,
        String,
    ),
    (
        Option<time::Date>,
        OffsetDateTime,
        i64,
        Option<OffsetDateTime>,
        i64,
        OffsetDateTime,
    ),
    (Vec<String>, Vec<i64>, Vec<String>),
    (i32, Vec<String>),
    (Option<time::Date>, Option<time::Date>),
);

impl Query for LockPledges {
    type SqlType = (
        (
            diesel::sql_types::Uuid,
            Text,
            Text,
            Text,
            Text,
            Text,
            BigInt,
            Text,
            Text,
        ),
        (
            Nullable<Date>,
            Timestamptz,
            BigInt,
            Nullable<Timestamptz>,
            BigInt,
            Timestamptz,
        ),
        (Array<Text>, Array<BigInt>, Array<Text>),
        (Integer, Array<Text>),
        (Nullable<Date>, Nullable<Date>),
    );
}

impl QueryFragment<Pg> for LockPledges {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT id, reference, donor, recipient, purpose, functional_unit, total, state, \
             exchange_differences, agreed_on, created_at, journals, last_recorded_at, \
             hold_changes, clock_timestamp(), \
             ARRAY(SELECT unit FROM pledge_units WHERE pledge_id = id ORDER BY position), \
             ARRAY(SELECT amount FROM pledge_units WHERE pledge_id = id ORDER BY position), \
             ARRAY(SELECT market FROM pledge_markets WHERE pledge_id = id ORDER BY position), \
             thresholds, CASE WHEN thresholds > 0 THEN ",
        );
        out.push_sql(LIMITS);
        out.push_sql(
            " ELSE ARRAY[]::text[] END, soft_closed_until, closed_until \
             FROM pledges WHERE id = ANY(",
        );
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.ids)?;
        out.push_sql(") ORDER BY id FOR NO KEY UPDATE");
        Ok(())
    }
}

/// The pledges behind these ids, and the database's clock. Those that aren't there are `None`.
pub(super) type Locked = (OffsetDateTime, HashMap<PledgeId, Option<PledgeBook>>);

/// Locks the pledges and reads them.
pub(super) async fn lock_pledges(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    ids: Vec<Uuid>,
) -> Result<Locked, DbError> {
    let mut pledges: HashMap<_, _> = ids.iter().map(|id| (PledgeId(*id), None)).collect();
    let rows: Vec<PledgeRow> = LockPledges { ids }.load(&mut connection).await?;
    let mut now = None;
    for (terms, progress, lists, (thresholds, lines), (soft_until, hard_until)) in rows {
        let (agreed_on, created_at, journals, last_recorded_at, hold_changes, clock) = progress;
        now = now.max(Some(clock));
        let (id, reference, donor, recipient, purpose, functional_unit, total, state, bearer) =
            terms;
        let (units, amounts, markets) = lists;
        let split = units
            .iter()
            .zip(amounts)
            .map(|(unit, minor)| money(catalogue, minor, unit));
        let pledge = Pledge {
            id: PledgeId(id),
            reference,
            donor,
            recipient,
            purpose,
            total: money(catalogue, total, &functional_unit)?,
            split: split.collect::<Result<_, _>>()?,
            markets: markets
                .iter()
                .map(|code| market(code))
                .collect::<Result<_, _>>()?,
            exchange_differences: Bearer::parse(&bearer)
                .ok_or_else(|| unreadable("bearer", &bearer))?,
            state: PledgeState::parse(&state).ok_or_else(|| unreadable("state", &state))?,
            agreed_on,
            created_at,
        };
        let mut own_limits = limits(&lines)?;
        if usize::try_from(thresholds) != Ok(own_limits.len()) {
            own_limits = limits_now(connection, id).await?;
        }
        let book = PledgeBook {
            limits: own_limits,
            closed: Closed {
                soft_until,
                hard_until,
            },
            hold_changes,
            ..PledgeBook::new(pledge, journals, last_recorded_at)
        };
        pledges.insert(PledgeId(id), Some(book));
    }
    let now = match now {
        Some(now) => now,
        None => clock(connection).await?,
    };
    Ok((now, pledges))
}

async fn clock(mut connection: &AsyncPgConnection) -> Result<OffsetDateTime, DbError> {
    let clock = diesel::select(diesel::dsl::sql::<Timestamptz>("clock_timestamp()"));
    Ok(clock.get_result(&mut connection).await?)
}
