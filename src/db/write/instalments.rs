//! Loading the instalments of pledges: all of a pledge's, in the order they were pledged.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::error::DbError;
use crate::db::rows::money;
use crate::db::schema::instalments;
use crate::domain::books::Books;
use crate::domain::pledge::Instalment;
use crate::domain::{Catalogue, Document, InstalmentId, Needs, PledgeId};

/// An instalment as its table has it; [`InstalmentRow::read`] makes it the domain's.
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
    fn read(self, catalogue: &Catalogue) -> Result<Instalment, DbError> {
        let document = self
            .condition_document_uri
            .zip(self.condition_document_sha256);
        Ok(Instalment {
            id: InstalmentId(self.id),
            pledge: PledgeId(self.pledge_id),
            reference: self.reference,
            amount: money(catalogue, self.amount, &self.unit)?,
            due_date: self.due_date,
            condition: self.condition,
            condition_met_on: self.condition_met_on,
            condition_document: document.map(|(uri, sha256)| Document { uri, sha256 }),
            received: self.received,
            written_off: self.written_off,
        })
    }
}

pub(super) async fn load_instalments(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.instalments_of.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.instalments_of.iter().map(|id| id.0).collect();
    let rows: Vec<InstalmentRow> = instalments::table
        .filter(instalments::pledge_id.eq_any(&ids))
        .order((instalments::pledge_id, instalments::position))
        .select(InstalmentRow::as_select())
        .load(&mut connection)
        .await?;
    for id in &needs.instalments_of {
        if let Some(Some(book)) = books.pledges.get_mut(id) {
            book.instalments = Some(Vec::new());
        }
    }
    for row in rows {
        let instalment = row.read(catalogue)?;
        let book = books
            .pledges
            .get_mut(&instalment.pledge)
            .and_then(Option::as_mut);
        if let Some(known) = book.and_then(|book| book.instalments.as_mut()) {
            known.push(instalment);
        }
    }
    Ok(())
}
