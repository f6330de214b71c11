//! Loading what lapsed of lots that are placed in ad accounts, from which late spend wins back.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::reversibles::enter_reversibles;
use crate::db::error::DbError;
use crate::db::schema::{ad_accounts, journals};
use crate::domain::books::Books;
use crate::domain::{Catalogue, JournalId, Kind, LotId, Needs};

diesel::define_sql_function! {
    /// The day it is in a time zone.
    fn local_day(zone: Text) -> Date
}

/// Loads, where a lot lapsed of those placed in the ad accounts that are needed, the day it is
/// there and all expiries of the pledge, in order. Few pledges have any, and else nothing is asked.
pub(super) async fn load_lapses(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let mut pledges = HashSet::new();
    for (pledge, ad_account) in &needs.placed {
        let mut placed = books.placed.get(ad_account).into_iter().flatten();
        if !placed.any(|lot| lot.figures.has_lapsed) {
            continue;
        }
        let today: time::Date = ad_accounts::table
            .filter(ad_accounts::pledge_id.eq(pledge.0))
            .filter(ad_accounts::id.eq(ad_account.0))
            .select(local_day(ad_accounts::time_zone))
            .first(&mut connection)
            .await?;
        books.local_days.insert(*ad_account, today);
        pledges.insert(*pledge);
    }
    for pledge in pledges {
        let expiries: Vec<(Option<Uuid>, Uuid)> = journals::table
            .filter(journals::pledge_id.eq(pledge.0))
            .filter(journals::kind.eq(Kind::Expiry.as_str()))
            .order(journals::number)
            .select((journals::subject, journals::id))
            .load(&mut connection)
            .await?;
        let ids = expiries.iter().map(|(_, id)| JournalId(*id));
        let unknown = ids.filter(|id| !books.journals.contains_key(id)).collect();
        enter_reversibles(connection, catalogue, &unknown, books).await?;
        for (lot, id) in expiries {
            let Some(lot) = lot.map(LotId) else { continue };
            let known = books.lapses.entry(lot).or_default();
            if !known.contains(&JournalId(id)) {
                known.push(JournalId(id));
            }
        }
    }
    Ok(())
}
