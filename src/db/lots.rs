//! Rows of lots, which both sides of the database read: terms, scope, extensions and figures.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::error::DbError;
use super::rows::{market, money, unreadable};
use super::schema::{lot_events, lot_figures, lots};
use crate::domain::lot::{Extension, FairValue, LotFigures, LotScope};
use crate::domain::pledge::LotKind;
use crate::domain::{Catalogue, Document, InstalmentId, Kind, Lot, LotId, PledgeId};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = lots)]
pub(super) struct LotRow {
    pledge_id: Uuid,
    pub(super) id: Uuid,
    instalment_id: Uuid,
    unit: String,
    face: i64,
    kind: String,
    valid_from: Date,
    expires_at: Date,
    issued_on: Date,
    document_uri: Option<String>,
    document_sha256: Option<String>,
    fair_value_ppm: Option<i32>,
    fair_value_technique: Option<String>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = lot_figures)]
pub(super) struct LotFiguresRow {
    markets: Vec<String>,
    campaigns: Vec<String>,
    in_pool: i64,
    placed: i64,
    held: i64,
    lapsed: i64,
    revoked: i64,
    ended_by: Option<String>,
    has_lapsed: bool,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = lot_events)]
struct EventRow {
    lot_id: Uuid,
    expires_at: Date,
    reason: String,
    document_uri: String,
    document_sha256: String,
    recorded_at: OffsetDateTime,
}

fn extension(row: EventRow) -> Extension {
    Extension {
        expires_at: row.expires_at,
        reason: row.reason,
        document: Document {
            uri: row.document_uri,
            sha256: row.document_sha256,
        },
        recorded_at: row.recorded_at,
    }
}

fn figures(row: &LotFiguresRow) -> Result<LotFigures, DbError> {
    let kind = |text: &str| Kind::parse(text).ok_or_else(|| unreadable("kind of journal", text));
    Ok(LotFigures {
        in_pool: row.in_pool,
        placed: row.placed,
        held: row.held,
        lapsed: row.lapsed,
        revoked: row.revoked,
        ended_by: row.ended_by.as_deref().map(kind).transpose()?,
        has_lapsed: row.has_lapsed,
    })
}

fn lot(
    row: LotRow,
    has: LotFiguresRow,
    extensions: Vec<Extension>,
    catalogue: &Catalogue,
) -> Result<Lot, DbError> {
    let kind = [LotKind::Free, LotKind::Assignable, LotKind::Conditional]
        .into_iter()
        .find(|known| known.as_str() == row.kind)
        .ok_or_else(|| unreadable("kind of lot", &row.kind))?;
    let figures = figures(&has)?;
    let markets = has.markets.iter().map(|code| market(code));
    let document = row.document_uri.zip(row.document_sha256);
    let fair_value = row.fair_value_ppm.zip(row.fair_value_technique);
    Ok(Lot {
        id: LotId(row.id),
        pledge: PledgeId(row.pledge_id),
        instalment: InstalmentId(row.instalment_id),
        face: money(catalogue, row.face, &row.unit)?,
        kind,
        valid_from: row.valid_from,
        expires_at: row.expires_at,
        issued_on: row.issued_on,
        document: document.map(|(uri, sha256)| Document { uri, sha256 }),
        scope: LotScope {
            markets: markets.collect::<Result<_, _>>()?,
            campaigns: has.campaigns,
        },
        fair_value: fair_value.map(|(rate_ppm, technique)| FairValue {
            rate_ppm,
            technique,
        }),
        extensions,
        figures,
    })
}

/// Makes lots of their rows, in the rows' order, with the extensions of each.
pub(super) async fn read_lots(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    rows: Vec<(LotRow, LotFiguresRow)>,
) -> Result<Vec<Lot>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
    let pledges: Vec<Uuid> = rows.iter().map(|(row, _)| row.pledge_id).collect();
    let mut events: Vec<EventRow> = lot_events::table
        .filter(lot_events::pledge_id.eq_any(pledges))
        .filter(lot_events::lot_id.eq_any(ids))
        .order((lot_events::lot_id, lot_events::number))
        .select(EventRow::as_select())
        .load(&mut connection)
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for (row, has) in rows {
        let own = events.extract_if(.., |event| event.lot_id == row.id);
        let extensions = own.map(extension).collect();
        found.push(lot(row, has, extensions, catalogue)?);
    }
    Ok(found)
}
