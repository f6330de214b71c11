//! Loading obligations, the ad accounts campaigns run in, and what is held for them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::error::DbError;
use crate::db::rows::{AdAccountRow, ObligationFigures, ObligationRow};
use crate::db::schema::{accounts, ad_accounts, holds, obligation_figures, obligations, payouts};
use crate::domain::books::Books;
use crate::domain::command::Thing;
use crate::domain::{Catalogue, Hold, Needs};

pub(super) async fn load_obligations(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.obligations.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.obligations.iter().map(|id| id.0).collect();
    let rows: Vec<(ObligationRow, ObligationFigures)> = obligations::table
        .inner_join(obligation_figures::table.on(obligation_figures::id.eq(obligations::id)))
        .filter(obligations::id.eq_any(ids))
        .select((ObligationRow::as_select(), ObligationFigures::as_select()))
        .load(&mut connection)
        .await?;
    let absent = needs.obligations.iter().map(|id| (*id, None));
    books.obligations.extend(absent);
    for (row, figures) in rows {
        let obligation = row.read(figures, catalogue)?;
        books.obligations.insert(obligation.id, Some(obligation));
    }
    Ok(())
}

pub(super) async fn load_ad_accounts(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.ad_accounts.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.ad_accounts.iter().map(|id| id.0).collect();
    let rows: Vec<AdAccountRow> = ad_accounts::table
        .filter(ad_accounts::id.eq_any(ids))
        .select(AdAccountRow::as_select())
        .load(&mut connection)
        .await?;
    let absent = needs.ad_accounts.iter().map(|id| (*id, None));
    books.ad_accounts.extend(absent);
    for row in rows {
        let account = row.read(catalogue)?;
        books.ad_accounts.insert(account.id, Some(account));
    }
    Ok(())
}

pub(super) async fn load_own_references(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, thing, reference) in &needs.own_references {
        let taken: bool = match thing {
            Thing::Obligation => {
                let known = obligations::table
                    .filter(obligations::pledge_id.eq(pledge.0))
                    .filter(obligations::reference.eq(reference));
                let exists = diesel::select(diesel::dsl::exists(known));
                exists.get_result(&mut connection).await?
            }
            Thing::AdAccount => {
                let known = ad_accounts::table
                    .filter(ad_accounts::pledge_id.eq(pledge.0))
                    .filter(ad_accounts::reference.eq(reference));
                let exists = diesel::select(diesel::dsl::exists(known));
                exists.get_result(&mut connection).await?
            }
            Thing::Payout => {
                let known = payouts::table
                    .filter(payouts::pledge_id.eq(pledge.0))
                    .filter(payouts::reference.eq(reference));
                let exists = diesel::select(diesel::dsl::exists(known));
                exists.get_result(&mut connection).await?
            }
            // These have no reference that is looked up.
            Thing::Instalment
            | Thing::Allocation
            | Thing::Lot
            | Thing::Journal
            | Thing::SpendLine
            | Thing::Approval => false,
        };
        let name = (*pledge, *thing, reference.clone());
        books.own_references.insert(name, taken);
    }
    Ok(())
}

/// Loads what is held for subjects, on whatever account.
pub(super) async fn load_holds(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, subject) in &needs.holds {
        let own = holds::pledge_id
            .eq(pledge.0)
            .and(holds::subject.eq(subject));
        let account = accounts::pledge_id
            .eq(holds::pledge_id)
            .and(accounts::number.eq(holds::account));
        let rows: Vec<(String, i64, Option<time::Date>)> = holds::table
            .inner_join(accounts::table.on(account))
            .filter(own)
            .select((accounts::address, holds::amount, holds::expires_on))
            .load(&mut connection)
            .await?;
        let Some(Some(book)) = books.pledges.get_mut(pledge) else {
            continue;
        };
        let found = rows.into_iter().map(|(address, amount, expires_on)| Hold {
            address,
            amount,
            expires_on,
        });
        book.holds.insert(*subject, found.collect());
    }
    Ok(())
}
