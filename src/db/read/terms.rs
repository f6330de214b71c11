//! What reports tell of instalments, obligations and lines of spend beside their figures.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text as SqlText, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{AdAccountId, Catalogue, InstalmentId, ObligationId, Unit};

/// An instalment's terms, which don't change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalmentTerms {
    /// The instalment.
    pub id: InstalmentId,
    /// What the parties call it.
    pub reference: String,
    /// What is counted.
    pub unit: Unit,
    /// What was promised, in minor digits.
    pub amount: i64,
    /// When it is due.
    pub due_date: time::Date,
}

/// A line of spend part of which stands in suspense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclearedLine {
    /// The ad account.
    pub ad_account: AdAccountId,
    /// The campaign's obligation.
    pub obligation: ObligationId,
    /// The day of the spend.
    pub day: time::Date,
    /// Which report of that day it is.
    pub revision: i64,
    /// The currency.
    pub unit: Unit,
    /// What isn't cleared, in minor digits.
    pub amount: i64,
}

#[derive(Debug, QueryableByName)]
struct InstalmentRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    reference: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Date)]
    due_date: time::Date,
}

const INSTALMENTS: &str = "
SELECT id, reference, unit, amount, due_date FROM instalments WHERE pledge_id = $1
ORDER BY position";

/// The terms of the pledge's instalments, in their order. None unless what belongs to no market is
/// in sight.
pub async fn instalment_terms(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<InstalmentTerms>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(Vec::new());
    }
    let text: Text = Text::new(INSTALMENTS).bind(cut.pledge.0);
    let rows: Vec<InstalmentRow> = text.load(connection).await?;
    let read = |row: InstalmentRow| {
        Ok(InstalmentTerms {
            id: InstalmentId(row.id),
            reference: row.reference,
            unit: rows::unit(catalogue, &row.unit)?,
            amount: row.amount,
            due_date: row.due_date,
        })
    };
    rows.into_iter().map(read).collect()
}

#[derive(Debug, QueryableByName)]
struct UnitRow {
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// The split of the pledge, in its order and in minor digits.
pub async fn split(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    cut: &Cut,
) -> Result<Vec<(Unit, i64)>, ReadError> {
    let text: Text =
        Text::new("SELECT unit, amount FROM pledge_units WHERE pledge_id = $1 ORDER BY position")
            .bind(cut.pledge.0);
    let rows: Vec<UnitRow> = text.load(connection).await?;
    let read = |row: UnitRow| Ok((rows::unit(catalogue, &row.unit)?, row.amount));
    rows.into_iter().map(read).collect()
}

#[derive(Debug, QueryableByName)]
struct MarketRow {
    #[diesel(sql_type = SqlText)]
    market: String,
}

/// The pledge's markets in sight, in its order.
pub async fn markets_of(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<crate::domain::Market>, ReadError> {
    let text: Text = Text::new(
        "SELECT market FROM pledge_markets
         WHERE pledge_id = $1 AND ($2 IS NULL OR market = ANY ($2)) ORDER BY position",
    )
    .bind(cut.pledge.0)
    .bind(sight.markets());
    let rows: Vec<MarketRow> = text.load(connection).await?;
    rows.iter().map(|row| rows::market(&row.market)).collect()
}

#[derive(Debug, QueryableByName)]
struct ReferenceRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    reference: String,
}

/// What the pledge's obligations in sight are called.
pub async fn obligation_references(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<(ObligationId, String)>, ReadError> {
    if !sight.shows_creators() {
        return Ok(Vec::new());
    }
    let text: Text = Text::new(
        "SELECT id, reference FROM obligations
         WHERE pledge_id = $1 AND ($2 IS NULL OR market = ANY ($2)) ORDER BY id",
    )
    .bind(cut.pledge.0)
    .bind(sight.markets());
    let rows: Vec<ReferenceRow> = text.load(connection).await?;
    let read = rows.into_iter();
    Ok(read
        .map(|row| (ObligationId(row.id), row.reference))
        .collect())
}

#[derive(Debug, QueryableByName)]
struct LineRow {
    #[diesel(sql_type = SqlUuid)]
    ad_account_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    obligation_id: Uuid,
    #[diesel(sql_type = Date)]
    day: time::Date,
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = Nullable<SqlText>)]
    unit: Option<String>,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// Of pledge $1, by journal $2: of each day the last report that had posted anything, and what of
/// its suspense was cleared by then.
const UNCLEARED: &str = "
SELECT l.ad_account_id, l.obligation_id, l.day, l.revision::bigint AS revision,
       u.currency AS unit, (l.suspended - cleared.amount)::bigint AS amount
FROM (SELECT DISTINCT ON (obligation_id, day) * FROM spend_lines
      WHERE pledge_id = $1 AND journal <= $2
      ORDER BY obligation_id, day, revision DESC) AS l
JOIN ad_accounts a ON a.pledge_id = l.pledge_id AND a.id = l.ad_account_id
JOIN units u ON u.code = a.unit
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.amount), 0) AS amount
    FROM spend_clearings c
    JOIN journals j ON j.id = c.id
    WHERE c.pledge_id = l.pledge_id AND c.obligation_id = l.obligation_id AND c.day = l.day
      AND c.revision = l.revision AND j.number <= $2) AS cleared
WHERE l.suspended > cleared.amount
ORDER BY l.day, l.obligation_id";

/// The lines of spend of which part stands in suspense by the journals known; none unless whole
/// pledges are in sight and what tells of creators.
pub async fn uncleared_lines(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<UnclearedLine>, ReadError> {
    if !sight.whole_pledges() || !sight.shows_creators() {
        return Ok(Vec::new());
    }
    let text: Text = Text::new(UNCLEARED)
        .bind(cut.pledge.0)
        .bind(cut.known.journal);
    let rows: Vec<LineRow> = text.load(connection).await?;
    let read = |row: LineRow| {
        Ok(UnclearedLine {
            ad_account: AdAccountId(row.ad_account_id),
            obligation: ObligationId(row.obligation_id),
            day: row.day,
            revision: row.revision,
            unit: rows::unit(catalogue, &row.unit.unwrap_or_default())?,
            amount: row.amount,
        })
    };
    rows.into_iter().map(read).collect()
}
