//! Pledges, their instalments and their lots.
//!
//! A reader who sees some markets only sees a pledge's terms, narrowed to those markets, and none
//! of its instalments and lots: what was received belongs to no market.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::db::lots::{LotFiguresRow, LotRow, read_lots};
use crate::db::schema::{instalments, lot_figures, lots};
use crate::domain::exchange::Bearer;
use crate::domain::pledge::PledgeState;
use crate::domain::{Catalogue, Instalment, InstalmentId, Lot, LotId, Pledge, PledgeId};

#[derive(Debug, QueryableByName)]
struct PledgeRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    reference: String,
    #[diesel(sql_type = SqlText)]
    donor: String,
    #[diesel(sql_type = SqlText)]
    recipient: String,
    #[diesel(sql_type = SqlText)]
    purpose: String,
    #[diesel(sql_type = SqlText)]
    functional_unit: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = SqlText)]
    exchange_differences: String,
    #[diesel(sql_type = SqlText)]
    state: String,
    #[diesel(sql_type = Nullable<Date>)]
    agreed_on: Option<time::Date>,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
    #[diesel(sql_type = Array<SqlText>)]
    split_units: Vec<String>,
    #[diesel(sql_type = Array<BigInt>)]
    split_amounts: Vec<i64>,
    #[diesel(sql_type = Array<SqlText>)]
    markets: Vec<String>,
}

impl PledgeRow {
    fn read(self, catalogue: &Catalogue) -> Result<Pledge, ReadError> {
        let parts = self.split_units.iter().zip(&self.split_amounts);
        let split = parts.map(|(unit, minor)| rows::money(catalogue, *minor, unit));
        Ok(Pledge {
            id: PledgeId(self.id),
            reference: self.reference,
            donor: self.donor,
            recipient: self.recipient,
            purpose: self.purpose,
            total: rows::money(catalogue, self.total, &self.functional_unit)?,
            split: split.collect::<Result<_, _>>()?,
            markets: self
                .markets
                .iter()
                .map(|code| rows::market(code))
                .collect::<Result<_, _>>()?,
            exchange_differences: Bearer::parse(&self.exchange_differences)
                .ok_or_else(|| unreadable("bearer", &self.exchange_differences))?,
            state: PledgeState::parse(&self.state)
                .ok_or_else(|| unreadable("pledge state", &self.state))?,
            agreed_on: self.agreed_on,
            created_at: self.created_at,
        })
    }
}

/// $1 pledges and $2 markets in sight, $3 the pledge asked for, $4 and $5 the window, $6 the limit.
const PLEDGES: &str = "
SELECT p.id, p.reference, p.donor, p.recipient, p.purpose, p.functional_unit, p.total,
       p.exchange_differences, p.state, p.agreed_on, p.created_at,
       ARRAY(SELECT unit FROM pledge_units WHERE pledge_id = p.id ORDER BY position)
           AS split_units,
       ARRAY(SELECT amount FROM pledge_units WHERE pledge_id = p.id ORDER BY position)
           AS split_amounts,
       ARRAY(SELECT market FROM pledge_markets
             WHERE pledge_id = p.id AND ($2 IS NULL OR market = ANY ($2))
             ORDER BY position) AS markets
FROM pledges p
WHERE ($1 IS NULL OR p.id = ANY ($1))
  AND ($3 IS NULL OR p.id = $3) AND ($4 IS NULL OR p.id > $4) AND ($5 IS NULL OR p.id <= $5)
ORDER BY p.id LIMIT $6";

async fn load_pledges(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    only: Option<Uuid>,
    window: Window,
) -> Result<Vec<Pledge>, ReadError> {
    let text: Text = Text::new(PLEDGES)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(only)
        .bind(window.after)
        .bind(window.until)
        .bind(window.limit + 1);
    let rows: Vec<PledgeRow> = text.load(connection).await?;
    rows.into_iter().map(|row| row.read(catalogue)).collect()
}

/// The pledge, if it is there and in sight.
pub async fn pledge(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: PledgeId,
) -> Result<Option<Pledge>, ReadError> {
    let window = Window {
        after: None,
        until: None,
        limit: 1,
    };
    Ok(
        load_pledges(connection, catalogue, sight, Some(id.0), window)
            .await?
            .pop(),
    )
}

/// Pledges in sight, in the order they were announced.
pub async fn list_pledges(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    window: Window,
) -> Result<Page<Pledge>, ReadError> {
    let pledges = load_pledges(connection, catalogue, sight, None, window).await?;
    Ok(Page::cut(pledges, window.limit))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = instalments)]
struct InstalmentRow {
    pledge_id: Uuid,
    id: Uuid,
    reference: String,
    unit: String,
    amount: i64,
    due_date: time::Date,
    condition: Option<String>,
    condition_met_on: Option<time::Date>,
    condition_document_uri: Option<String>,
    condition_document_sha256: Option<String>,
    received: i64,
    written_off: i64,
}

impl InstalmentRow {
    fn read(self, catalogue: &Catalogue) -> Result<Instalment, ReadError> {
        Ok(Instalment {
            id: InstalmentId(self.id),
            pledge: PledgeId(self.pledge_id),
            reference: self.reference,
            amount: rows::money(catalogue, self.amount, &self.unit)?,
            due_date: self.due_date,
            condition: self.condition,
            condition_met_on: self.condition_met_on,
            condition_document: rows::document(
                self.condition_document_uri,
                self.condition_document_sha256,
            ),
            received: self.received,
            written_off: self.written_off,
        })
    }
}

/// The instalments of some pledges, in the order they were pledged; none unless whole pledges are
/// in sight.
pub async fn instalments_of(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledges: &[PledgeId],
) -> Result<Vec<Instalment>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = pledges.iter().map(|id| id.0).collect();
    let mut query = instalments::table
        .filter(instalments::pledge_id.eq_any(ids))
        .order((instalments::pledge_id, instalments::position))
        .select(InstalmentRow::as_select())
        .into_boxed();
    if let Some(seen) = sight.pledges() {
        query = query.filter(instalments::pledge_id.eq_any(seen));
    }
    let rows: Vec<InstalmentRow> = query.load(connection).await?;
    rows.into_iter().map(|row| row.read(catalogue)).collect()
}

/// The instalment, if it is there and in sight.
pub async fn instalment(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: InstalmentId,
) -> Result<Option<Instalment>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(None);
    }
    let mut query = instalments::table
        .filter(instalments::id.eq(id.0))
        .select(InstalmentRow::as_select())
        .into_boxed();
    if let Some(seen) = sight.pledges() {
        query = query.filter(instalments::pledge_id.eq_any(seen));
    }
    let row: Option<InstalmentRow> = query.first(connection).await.optional()?;
    row.map(|row| row.read(catalogue)).transpose()
}

/// The lots of a pledge, in the order they were issued; none unless whole pledges are in sight.
pub async fn list_lots(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
    window: Window,
) -> Result<Page<Lot>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(Page {
            data: Vec::new(),
            has_more: false,
        });
    }
    let mut query = lots::table
        .inner_join(lot_figures::table.on(lot_figures::id.eq(lots::id)))
        .filter(lots::pledge_id.eq(pledge.0))
        .order(lots::id)
        .limit(window.limit + 1)
        .select((LotRow::as_select(), LotFiguresRow::as_select()))
        .into_boxed();
    if let Some(seen) = sight.pledges() {
        query = query.filter(lots::pledge_id.eq_any(seen));
    }
    if let Some(after) = window.after {
        query = query.filter(lots::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(lots::id.le(until));
    }
    let rows: Vec<(LotRow, LotFiguresRow)> = query.load(connection).await?;
    let lots = read_lots(connection, catalogue, rows).await?;
    Ok(Page::cut(lots, window.limit))
}

/// The lot, if it is there and in sight.
pub async fn lot(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: LotId,
) -> Result<Option<Lot>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(None);
    }
    let mut query = lots::table
        .inner_join(lot_figures::table.on(lot_figures::id.eq(lots::id)))
        .filter(lots::id.eq(id.0))
        .select((LotRow::as_select(), LotFiguresRow::as_select()))
        .into_boxed();
    if let Some(seen) = sight.pledges() {
        query = query.filter(lots::pledge_id.eq_any(seen));
    }
    let row: Option<(LotRow, LotFiguresRow)> = query.first(connection).await.optional()?;
    let row = row.into_iter().collect();
    Ok(read_lots(connection, catalogue, row).await?.pop())
}
