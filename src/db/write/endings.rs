//! Pledges that are wound down, closed, resumed or cancelled.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};

insert_columns! {
    InsertPledgeEvents into "pledge_events" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        state: &'static str => Text,
        effective_date: time::Date => Date,
        recorded_at: OffsetDateTime => Timestamptz,
        actor: String => Text,
        reason: String => Text,
        document_uri: Option<String> => Nullable<Text>,
        document_sha256: Option<String> => Nullable<Text>,
    }
}

/// Pledges move on after everything was posted to them: nothing is once they are closed.
#[derive(Debug, Default, QueryId)]
pub(super) struct EndPledges {
    pub(super) ids: Vec<Uuid>,
    pub(super) states: Vec<&'static str>,
}

impl QueryFragment<Pg> for EndPledges {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE pledges p SET state = e.state FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.states)?;
        out.push_sql(") AS e (id, state) WHERE p.id = e.id");
        Ok(())
    }
}

impl Columns for EndPledges {
    fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
