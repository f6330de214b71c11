//! What was cleared of suspense: its rows, and what they leave there of lines that are loaded.

use std::collections::HashSet;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use crate::db::error::DbError;
use crate::db::schema::{journals, spend_clearings};
use crate::domain::books::Books;
use crate::domain::command::Cleared;
use crate::domain::{JournalId, Needs, ObligationId};

insert_columns! {
    InsertClearings into "spend_clearings" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        revision: i32 => Integer,
        id: Uuid => SqlUuid,
        amount: i64 => BigInt,
    }
}

impl InsertClearings {
    pub(super) fn of(clearings: &[(JournalId, Cleared)]) -> Self {
        let mut rows = Self::default();
        for (journal, cleared) in clearings {
            let line = &cleared.line;
            rows.push(
                line.pledge.0,
                line.obligation.0,
                line.day,
                line.revision,
                journal.0,
                cleared.amount,
            );
        }
        rows
    }
}

/// Loads what was cleared of the lines just loaded that spent cash, which few do.
pub(super) async fn load_clearings(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let mut asked = HashSet::new();
    let (mut pledges, mut campaigns, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for (pledge, obligation, day) in &needs.spend {
        let at = (*obligation, *day);
        let line = books.spend.get(&at).and_then(Option::as_ref);
        if line.is_some_and(|line| line.cash > 0) {
            pledges.push(pledge.0);
            campaigns.push(obligation.0);
            days.push(*day);
            books.cleared.remove(&at);
            asked.insert(at);
        }
    }
    if days.is_empty() {
        return Ok(());
    }
    let rows: Vec<(Uuid, time::Date, i32, i64, time::Date)> = spend_clearings::table
        .inner_join(journals::table.on(journals::id.eq(spend_clearings::id)))
        .filter(spend_clearings::pledge_id.eq_any(pledges))
        .filter(spend_clearings::obligation_id.eq_any(campaigns))
        .filter(spend_clearings::day.eq_any(days))
        .select((
            spend_clearings::obligation_id,
            spend_clearings::day,
            spend_clearings::revision,
            spend_clearings::amount,
            journals::effective_date,
        ))
        .load(&mut connection)
        .await?;
    for (obligation, day, revision, amount, on) in rows {
        let at = (ObligationId(obligation), day);
        if !asked.contains(&at) {
            continue; // another day of one of the campaigns
        }
        books.note_cleared(at, amount, on);
        if let Some(Some(line)) = books.spend.get_mut(&at)
            && line.revision == revision
        {
            line.suspended -= amount;
        }
    }
    Ok(())
}
