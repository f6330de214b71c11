//! Approvals and thresholds: loading them, and their rows.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::post::Rows;
use super::reversibles::KeyRow;
use crate::db::approvals::{action, by_ids};
use crate::db::error::DbError;
use crate::db::rows::unreadable;
use crate::db::schema::{accounts, holds, thresholds};
use crate::domain::approval::{ApprovalState, Limit};
use crate::domain::books::{Books, Changes, Reserved};
use crate::domain::{AccountKey, Catalogue, Needs};

insert_columns! {
    InsertApprovals into "approvals" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        action: &'static str => Text,
        unit: Option<String> => Nullable<Text>,
        amount: Option<i64> => Nullable<BigInt>,
        maker: String => Text,
        path: String => Text,
        body: String => Text,
        asked_at: OffsetDateTime => Timestamptz,
        posting: String => Text,
        digest: String => Text,
        summary: String => Text,
        needed: i16 => SmallInt,
        reserved: bool => Bool,
        proposed_at: OffsetDateTime => Timestamptz,
        expires_at: OffsetDateTime => Timestamptz,
        maker_identity: Option<String> => Nullable<Text>,
        by_controller: bool => Bool,
    }
}

insert_columns! {
    InsertApprovalDecisions into "approval_decisions" {
        pledge_id: Uuid => SqlUuid,
        approval_id: Uuid => SqlUuid,
        seq: i16 => SmallInt,
        verdict: &'static str => Text,
        actor: String => Text,
        at: OffsetDateTime => Timestamptz,
        digest: Option<String> => Nullable<Text>,
        reason: Option<String> => Nullable<Text>,
        result: Option<String> => Nullable<Text>,
        identity: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    InsertThresholds into "thresholds" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        action: &'static str => Text,
        unit: String => Text,
        above: i64 => BigInt,
        approvals: i16 => SmallInt,
        valid_from: time::Date => Date,
        stated_by: String => Text,
        stated_at: OffsetDateTime => Timestamptz,
        approval_id: Option<Uuid> => Nullable<SqlUuid>,
    }
}

impl Rows {
    /// What waits, what was decided of it, and above what something has to.
    pub(super) fn approve(&mut self, books: &Books) {
        let changes: &Changes = &books.changes;
        for it in &changes.approvals {
            let amount = it.amount.as_ref();
            self.approvals.push(
                it.pledge.0,
                it.id.0,
                it.action.as_str(),
                amount.map(|amount| amount.unit().to_string()),
                amount.map(|amount| amount.minor()),
                it.maker.name.clone(),
                it.request.path.clone(),
                it.request.body.clone(),
                it.request.asked_at,
                it.shown.posting.clone(),
                it.shown.digest.clone(),
                it.summary.clone(),
                it.needed,
                it.reserved,
                it.proposed_at,
                it.expires_at,
                it.maker.identity.clone(),
                it.by_controller,
            );
        }
        for (pledge, id, decided) in &changes.decided {
            let approved = decided.verdict == ApprovalState::Approved;
            let known = books.approvals.get(id).and_then(Option::as_ref);
            let digest = known.map(|it| it.approval.shown.digest.clone());
            self.decisions.push(
                pledge.0,
                id.0,
                decided.seq,
                decided.verdict.as_str(),
                decided.by.name.clone(),
                decided.at,
                digest.filter(|_| approved),
                decided.reason.clone(),
                decided.result.clone(),
                decided.by.identity.clone(),
            );
        }
        for (threshold, approval) in &changes.thresholds {
            let limit = &threshold.limit;
            self.thresholds.push(
                threshold.pledge.0,
                threshold.id.0,
                limit.action.as_str(),
                limit.unit.clone(),
                limit.above,
                limit.approvals,
                limit.valid_from,
                threshold.stated_by.clone(),
                threshold.stated_at,
                approval.map(|id| id.0),
            );
        }
    }
}

/// Approvals that are needed, with the accounts on which something is held for them.
pub(super) async fn load_approvals(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.approvals.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.approvals.iter().map(|id| id.0).collect();
    let found = by_ids(connection, catalogue, &ids).await?;
    let absent = needs.approvals.iter().map(|id| (*id, None));
    books.approvals.extend(absent);
    for approval in found {
        let account = accounts::pledge_id
            .eq(holds::pledge_id)
            .and(accounts::number.eq(holds::account));
        let rows: Vec<KeyRow> = match approval.reserved {
            false => Vec::new(),
            true => {
                holds::table
                    .inner_join(accounts::table.on(account))
                    .filter(holds::pledge_id.eq(approval.pledge.0))
                    .filter(holds::subject.eq(approval.id.0))
                    .filter(holds::amount.gt(0))
                    .select(KeyRow::as_select())
                    .load(&mut connection)
                    .await?
            }
        };
        let keys: Result<Vec<AccountKey>, DbError> =
            rows.into_iter().map(|row| row.read(catalogue)).collect();
        let reserved = Reserved {
            keys: keys?,
            approval,
        };
        books.approvals.insert(reserved.approval.id, Some(reserved));
    }
    Ok(())
}

/// The limits of a pledge in the order they were stated, each in a line, as the statement that
/// locks the pledge reads them.
pub(super) const LIMITS: &str = "ARRAY(SELECT concat_ws(' ', action, unit, above, approvals, \
     valid_from) FROM thresholds WHERE pledge_id = pledges.id ORDER BY stated_at, id)";

/// Reads such lines.
pub(super) fn limits(lines: &[String]) -> Result<Vec<Limit>, DbError> {
    let day = time::macros::format_description!("[year]-[month]-[day]");
    let read = |line: &String| {
        let parts: Vec<&str> = line.split(' ').collect();
        let [name, unit, above, approvals, valid_from] = parts.as_slice() else {
            return None;
        };
        Some(Limit {
            action: action(name).ok()?,
            unit: (*unit).to_owned(),
            above: above.parse().ok()?,
            approvals: approvals.parse().ok()?,
            valid_from: time::Date::parse(valid_from, &day).ok()?,
        })
    };
    lines
        .iter()
        .map(|line| read(line).ok_or_else(|| unreadable("threshold", line)))
        .collect()
}

/// The limits of a pledge as of now: asked for once more if one was stated while its lock was
/// waited for, as what is read besides the locked row itself is as it was before.
pub(super) async fn limits_now(
    mut connection: &AsyncPgConnection,
    pledge: Uuid,
) -> Result<Vec<Limit>, DbError> {
    type Row = (String, String, i64, i16, time::Date);
    let rows: Vec<Row> = thresholds::table
        .filter(thresholds::pledge_id.eq(pledge))
        .order((thresholds::stated_at, thresholds::id))
        .select((
            thresholds::action,
            thresholds::unit,
            thresholds::above,
            thresholds::approvals,
            thresholds::valid_from,
        ))
        .load(&mut connection)
        .await?;
    let read = |(name, unit, above, approvals, valid_from): Row| {
        Ok(Limit {
            action: action(&name)?,
            unit,
            above,
            approvals,
            valid_from,
        })
    };
    rows.into_iter().map(read).collect()
}
