//! What reports tell of a pledge's terms beside its figures.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text as SqlText, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{Catalogue, InstalmentId, ObligationId, Unit};

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
