//! Approvals as rows, for both sides of the database.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::DbError;
use super::rows::{money, unreadable};
use super::schema::{approval_decisions, approvals, journals};
use crate::domain::approval::{Action, Approval, ApprovalState, Decided, Request, Shown};
use crate::domain::person::Person;
use crate::domain::{ApprovalId, Catalogue, JournalId, PledgeId};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = approvals)]
pub(super) struct ApprovalRow {
    pledge_id: Uuid,
    pub(super) id: Uuid,
    action: String,
    unit: Option<String>,
    amount: Option<i64>,
    maker: String,
    maker_identity: Option<String>,
    by_controller: bool,
    path: String,
    body: String,
    asked_at: OffsetDateTime,
    posting: String,
    digest: String,
    summary: String,
    needed: i16,
    reserved: bool,
    proposed_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = approval_decisions)]
struct DecisionRow {
    approval_id: Uuid,
    seq: i16,
    verdict: String,
    actor: String,
    identity: Option<String>,
    at: OffsetDateTime,
    reason: Option<String>,
    result: Option<String>,
}

pub(super) fn action(text: &str) -> Result<Action, DbError> {
    Action::parse(text).ok_or_else(|| unreadable("action", text))
}

impl ApprovalRow {
    fn read(self, decisions: Vec<Decided>, catalogue: &Catalogue) -> Result<Approval, DbError> {
        let amount = self.amount.zip(self.unit.as_deref());
        Ok(Approval {
            id: ApprovalId(self.id),
            pledge: PledgeId(self.pledge_id),
            action: action(&self.action)?,
            amount: amount
                .map(|(minor, unit)| money(catalogue, minor, unit))
                .transpose()?,
            maker: Person {
                name: self.maker,
                identity: self.maker_identity,
            },
            by_controller: self.by_controller,
            request: Request {
                path: self.path,
                body: self.body,
                asked_at: self.asked_at,
            },
            shown: Shown {
                posting: self.posting,
                digest: self.digest,
            },
            summary: self.summary,
            needed: self.needed,
            reserved: self.reserved,
            proposed_at: self.proposed_at,
            expires_at: self.expires_at,
            decisions,
            journal: None,
        })
    }
}

impl DecisionRow {
    fn read(self) -> Result<Decided, DbError> {
        let verdict = ApprovalState::parse(&self.verdict);
        Ok(Decided {
            seq: self.seq,
            verdict: verdict.ok_or_else(|| unreadable("verdict", &self.verdict))?,
            by: Person {
                name: self.actor,
                identity: self.identity,
            },
            at: self.at,
            reason: self.reason,
            result: self.result,
        })
    }
}

/// What these rows say, with what was decided of each: two statements, the second for what was
/// posted aside.
pub(super) async fn complete(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    rows: Vec<ApprovalRow>,
) -> Result<Vec<Approval>, DbError> {
    let (pledges, ids): (Vec<Uuid>, Vec<Uuid>) =
        rows.iter().map(|row| (row.pledge_id, row.id)).unzip();
    let decisions: Vec<DecisionRow> = approval_decisions::table
        .filter(approval_decisions::pledge_id.eq_any(&pledges))
        .filter(approval_decisions::approval_id.eq_any(&ids))
        .order((approval_decisions::approval_id, approval_decisions::seq))
        .select(DecisionRow::as_select())
        .load(&mut connection)
        .await?;
    let posted: Vec<(Option<Uuid>, Uuid)> = journals::table
        .filter(journals::pledge_id.eq_any(&pledges))
        .filter(journals::approval_id.eq_any(&ids))
        .distinct_on(journals::approval_id)
        .order((journals::approval_id, journals::number))
        .select((journals::approval_id, journals::id))
        .load(&mut connection)
        .await?;
    let mut all = rows
        .into_iter()
        .map(|row| row.read(Vec::new(), catalogue))
        .collect::<Result<Vec<_>, _>>()?;
    for row in decisions {
        if let Some(known) = all.iter_mut().find(|it| it.id.0 == row.approval_id) {
            known.decisions.push(row.read()?);
        }
    }
    for approval in &mut all {
        let mut own = posted.iter();
        let own = own.find(|(by, _)| *by == Some(approval.id.0));
        approval.journal = own.map(|(_, journal)| JournalId(*journal));
    }
    Ok(all)
}

/// The approvals of these ids that there are, in no order.
pub(super) async fn by_ids(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    ids: &[Uuid],
) -> Result<Vec<Approval>, DbError> {
    let rows: Vec<ApprovalRow> = approvals::table
        .filter(approvals::id.eq_any(ids))
        .select(ApprovalRow::as_select())
        .load(&mut connection)
        .await?;
    match rows.is_empty() {
        true => Ok(Vec::new()),
        false => complete(connection, catalogue, rows).await,
    }
}
