//! The journal, a row for each journal and unit: who recorded, who approved, what it rests on.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text as SqlText, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::rows;
use super::text::Text;
use crate::domain::{ApprovalId, Catalogue, JournalId, Kind, Unit};

/// What a journal moved of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredJournal {
    /// Its number within the pledge.
    pub number: i64,
    /// The journal.
    pub id: JournalId,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// When it counts.
    pub effective_date: time::Date,
    /// What happened.
    pub kind: Kind,
    /// Who asked for it.
    pub actor: String,
    /// The approval it was posted by, if it took one.
    pub approval: Option<ApprovalId>,
    /// Who approved it, in the order they did: it, or the payout it pays.
    pub approved_by: Option<String>,
    /// The number of the journal it takes back.
    pub reverses: Option<i64>,
    /// Where the document is that it rests on.
    pub document_uri: Option<String>,
    /// That document's digest.
    pub document_sha256: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What is counted.
    pub unit: Unit,
    /// How many transfers it is of.
    pub transfers: i64,
    /// What they come to, in minor digits: its debits, and as much in credits.
    pub amount: i64,
}

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
    #[diesel(sql_type = Date)]
    effective_date: time::Date,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = SqlText)]
    actor: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    approval_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    approved_by: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reverses: Option<i64>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_uri: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_sha256: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    bank_reference: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    reason: Option<String>,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    transfers: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// Of pledge $1, after journal $4 and up to $2 and, if one is given, day $3.
const REGISTER: &str = "
WITH moved AS (
    SELECT journal, unit, count(*) AS transfers, sum(amount)::bigint AS amount
    FROM transfers
    WHERE pledge_id = $1 AND journal > $4 AND journal <= $2 AND ($3 IS NULL OR effective_date <= $3)
    GROUP BY journal, unit)
SELECT j.number, j.id, j.recorded_at, j.effective_date, j.kind, j.actor, j.approval_id,
       coalesce(
           (SELECT string_agg(d.actor, '; ' ORDER BY d.seq) FROM approval_decisions d
            WHERE d.pledge_id = j.pledge_id AND d.approval_id = j.approval_id
              AND d.verdict = 'approved'),
           (SELECT string_agg(e.actor, '; ' ORDER BY e.seq) FROM payout_events e
            WHERE e.pledge_id = j.pledge_id AND e.payout_id = j.subject AND e.state = 'approved'
              AND j.kind = 'payment')) AS approved_by,
       j.reverses, j.document_uri, j.document_sha256, j.bank_reference, j.reason,
       m.unit, m.transfers, m.amount
FROM moved m JOIN journals j ON j.pledge_id = $1 AND j.number = m.journal
ORDER BY j.number, m.unit";

/// The register of a pledge's journals by the cut, by number: of those after one number and up to
/// another, for one that is read a stretch at a time. For readers who see everything.
pub async fn journal_register(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    cut: &Cut,
    (after, upto): (i64, i64),
) -> Result<Vec<RegisteredJournal>, ReadError> {
    let text: Text = Text::new(REGISTER)
        .bind(cut.pledge.0)
        .bind(upto.min(cut.known.journal))
        .bind(cut.as_of)
        .bind(after);
    let rows: Vec<Row> = text.load(connection).await?;
    let read = |row: Row| {
        Ok(RegisteredJournal {
            number: row.number,
            id: JournalId(row.id),
            recorded_at: row.recorded_at,
            effective_date: row.effective_date,
            kind: rows::kind(&row.kind)?,
            actor: row.actor,
            approval: row.approval_id.map(ApprovalId),
            approved_by: row.approved_by,
            reverses: row.reverses,
            document_uri: row.document_uri,
            document_sha256: row.document_sha256,
            bank_reference: row.bank_reference,
            reason: row.reason,
            unit: rows::unit(catalogue, &row.unit)?,
            transfers: row.transfers,
            amount: row.amount,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The journals that took journal $1 back, directly.
const REVERSALS: &str = "
SELECT j.id FROM journals j
WHERE j.pledge_id = (SELECT o.pledge_id FROM journals o WHERE o.id = $1)
  AND j.reverses = (SELECT o.number FROM journals o WHERE o.id = $1)
ORDER BY j.number";

#[derive(Debug, QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The journals by which a journal was taken back, in the order of their numbers.
pub async fn reversals_of(
    connection: &mut AsyncPgConnection,
    journal: JournalId,
) -> Result<Vec<JournalId>, ReadError> {
    let text: Text = Text::new(REVERSALS).bind(journal.0);
    let rows: Vec<IdRow> = text.load(connection).await?;
    Ok(rows.into_iter().map(|row| JournalId(row.id)).collect())
}
