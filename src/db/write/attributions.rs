//! Rows of which lots the platform says lines of spend stand in.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, SmallInt, Uuid as SqlUuid};
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::post::place;
use crate::domain::{JournalId, SpendLine};

insert_columns! {
    Attributions into "spend_attributions" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        revision: i32 => Integer,
        number: i16 => SmallInt,
        id: Uuid => SqlUuid,
    }
}

insert_columns! {
    Uses into "spend_uses" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        revision: i32 => Integer,
        place: i16 => SmallInt,
        lot_id: Uuid => SqlUuid,
        amount: i64 => BigInt,
        attribution: i16 => SmallInt,
    }
}

/// Attributions with their uses, in one statement: each is checked against the other at its end.
#[derive(Debug, Default, QueryId)]
pub(super) struct InsertAttributions {
    attributions: Attributions,
    uses: Uses,
}

impl InsertAttributions {
    pub(super) fn of(attributed: &[(JournalId, SpendLine)]) -> Self {
        let mut rows = Self::default();
        for (journal, line) in attributed {
            rows.push(*journal, line);
        }
        rows
    }

    fn push(&mut self, journal: JournalId, line: &SpendLine) {
        let (pledge, obligation, day) = (line.pledge.0, line.obligation.0, line.day);
        let number = line.attributions;
        for (index, it) in line.uses.iter().enumerate() {
            self.uses.push(
                pledge,
                obligation,
                day,
                line.revision,
                place(index),
                it.lot.0,
                it.amount,
                number,
            );
        }
        self.attributions
            .push(pledge, obligation, day, line.revision, number, journal.0);
    }
}

impl QueryFragment<Pg> for InsertAttributions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH u AS (");
        self.uses.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.attributions.walk_ast(out)
    }
}

impl Columns for InsertAttributions {
    fn is_empty(&self) -> bool {
        self.attributions.is_empty()
    }
}
