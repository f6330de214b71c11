//! The rows of a batch, a column at a time: each table is written by one statement whose parameters
//! are arrays, so that its cost hardly depends on how many commands the batch holds.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz,
    Uuid as SqlUuid,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::audit::InsertAuditEvents;

/// A statement that inserts columns given as arrays: `INSERT … SELECT FROM unnest(…)`.
macro_rules! insert_columns {
    ($(#[$doc:meta])* $name:ident into $table:literal {
        $($column:ident: $rust:ty => $sql:ty,)+
    } $(or $otherwise:literal)?) => {
        $(#[$doc])*
        #[derive(Debug, Default, QueryId)]
        pub(super) struct $name { $($column: Vec<$rust>,)+ }

        impl $name {
            #[allow(clippy::too_many_arguments)]
            pub(super) fn push(&mut self, $($column: $rust),+) { $(self.$column.push($column);)+ }
        }

        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                let columns: &[&str] = &[$(stringify!($column)),+];
                out.push_sql(concat!("INSERT INTO ", $table, " ("));
                out.push_sql(&columns.join(", "));
                out.push_sql(") SELECT * FROM unnest(");
                let mut separator = "";
                $(
                    out.push_sql(separator);
                    out.push_bind_param::<Array<$sql>, _>(&self.$column)?;
                    separator = ", ";
                )+
                let _ = separator;
                out.push_sql(concat!(")" $(, " ", $otherwise)?));
                Ok(())
            }
        }

        impl Columns for $name {
            fn is_empty(&self) -> bool {
                [$(self.$column.is_empty()),+].contains(&true)
            }
        }
    };
}

pub(super) use insert_columns;

/// What every array statement has in common.
pub(super) trait Columns: QueryFragment<Pg> + QueryId + Send {
    /// Whether there is nothing to insert, so that the statement can be skipped.
    fn is_empty(&self) -> bool;
}

insert_columns! {
    InsertPledges into "pledges" {
        id: Uuid => SqlUuid,
        reference: String => Text,
        donor: String => Text,
        recipient: String => Text,
        purpose: String => Text,
        functional_unit: String => Text,
        total: i64 => BigInt,
        exchange_differences: &'static str => Text,
        created_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertPledgeUnits into "pledge_units" {
        pledge_id: Uuid => SqlUuid,
        unit: String => Text,
        amount: i64 => BigInt,
        position: i16 => SmallInt,
    }
}

insert_columns! {
    InsertPledgeMarkets into "pledge_markets" {
        pledge_id: Uuid => SqlUuid,
        market: String => Text,
        position: i16 => SmallInt,
    }
}

insert_columns! {
    InsertInstalments into "instalments" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        reference: String => Text,
        position: i16 => SmallInt,
        unit: String => Text,
        amount: i64 => BigInt,
        due_date: time::Date => Date,
        condition: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    InsertCreators into "creators" {
        id: Uuid => SqlUuid,
        reference: String => Text,
        market: String => Text,
        enrolled_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertLots into "lots" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        instalment_id: Uuid => SqlUuid,
        unit: String => Text,
        face: i64 => BigInt,
        kind: String => Text,
        valid_from: time::Date => Date,
        expires_at: time::Date => Date,
        issued_on: time::Date => Date,
        document_uri: Option<String> => Nullable<Text>,
        document_sha256: Option<String> => Nullable<Text>,
        scope_markets: i16 => SmallInt,
        scope_campaigns: i16 => SmallInt,
        fair_value_ppm: Option<i32> => Nullable<Integer>,
        fair_value_technique: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    InsertLotMarkets into "lot_markets" {
        pledge_id: Uuid => SqlUuid,
        lot_id: Uuid => SqlUuid,
        market: String => Text,
        position: i16 => SmallInt,
    }
}

insert_columns! {
    InsertLotCampaigns into "lot_campaigns" {
        pledge_id: Uuid => SqlUuid,
        lot_id: Uuid => SqlUuid,
        campaign: String => Text,
        position: i16 => SmallInt,
    }
}

insert_columns! {
    InsertLotEvents into "lot_events" {
        pledge_id: Uuid => SqlUuid,
        lot_id: Uuid => SqlUuid,
        number: i16 => SmallInt,
        kind: &'static str => Text,
        expires_at: time::Date => Date,
        reason: String => Text,
        document_uri: String => Text,
        document_sha256: String => Text,
        actor: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertJobRuns into "job_runs" {
        id: Uuid => SqlUuid,
        job: &'static str => Text,
        started_at: OffsetDateTime => Timestamptz,
        ended_at: OffsetDateTime => Timestamptz,
        outcome: &'static str => Text,
        found: i32 => Integer,
        done: i32 => Integer,
        refused: i32 => Integer,
        actor: String => Text,
        instance: Uuid => SqlUuid,
    }
}

insert_columns! {
    InsertAccounts into "accounts" {
        pledge_id: Uuid => SqlUuid,
        number: i32 => Integer,
        id: Uuid => SqlUuid,
        code: &'static str => Text,
        unit: String => Text,
        unit_kind: &'static str => Text,
        normal_side: &'static str => Text,
        may_overdraw: bool => Bool,
        market: Option<String> => Nullable<Text>,
        creator_id: Option<Uuid> => Nullable<SqlUuid>,
        instalment_id: Option<Uuid> => Nullable<SqlUuid>,
        lot_id: Option<Uuid> => Nullable<SqlUuid>,
        obligation_id: Option<Uuid> => Nullable<SqlUuid>,
        ad_account_id: Option<Uuid> => Nullable<SqlUuid>,
        platform: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    InsertAdAccounts into "ad_accounts" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        platform: String => Text,
        reference: String => Text,
        name: String => Text,
        unit: String => Text,
        market: String => Text,
        time_zone: String => Text,
        opened_on: time::Date => Date,
    }
}

insert_columns! {
    InsertObligations into "obligations" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        kind: &'static str => Text,
        reference: String => Text,
        unit: String => Text,
        amount: i64 => BigInt,
        creator_id: Uuid => SqlUuid,
        market: String => Text,
        deliverables: Option<String> => Nullable<Text>,
        starts_on: time::Date => Date,
        ends_on: time::Date => Date,
        ad_account_id: Option<Uuid> => Nullable<SqlUuid>,
        campaign: Option<String> => Nullable<Text>,
        code_expires_on: Option<time::Date> => Nullable<Date>,
        document_uri: Option<String> => Nullable<Text>,
        document_sha256: Option<String> => Nullable<Text>,
    }
}

insert_columns! {
    /// Holds as they are to be: taken anew, or changed.
    SetHolds into "holds" {
        pledge_id: Uuid => SqlUuid,
        subject: Uuid => SqlUuid,
        account: i32 => Integer,
        amount: i64 => BigInt,
        expires_on: Option<time::Date> => Nullable<Date>,
    } or "ON CONFLICT ON CONSTRAINT holds_pkey DO UPDATE \
          SET amount = excluded.amount, expires_on = excluded.expires_on"
}

insert_columns! {
    InsertSpendLines into "spend_lines" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        revision: i32 => Integer,
        id: Uuid => SqlUuid,
        ad_account_id: Uuid => SqlUuid,
        state: &'static str => Text,
        spend: i64 => BigInt,
        cash_spend: i64 => BigInt,
        voucher_spend: i64 => BigInt,
        suspended: i64 => BigInt,
        journal: Option<i64> => Nullable<BigInt>,
        import_id: Uuid => SqlUuid,
        line: i32 => Integer,
        lot_id: Option<Uuid> => Nullable<SqlUuid>,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertSpendUses into "spend_uses" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        revision: i32 => Integer,
        place: i16 => SmallInt,
        lot_id: Uuid => SqlUuid,
        amount: i64 => BigInt,
    }
}

insert_columns! {
    InsertSpendRefunds into "spend_refunds" {
        pledge_id: Uuid => SqlUuid,
        obligation_id: Uuid => SqlUuid,
        day: time::Date => Date,
        reference: String => Text,
        id: Uuid => SqlUuid,
        amount: i64 => BigInt,
        in_cash: bool => Bool,
    }
}

insert_columns! {
    InsertJournals into "journals" {
        pledge_id: Uuid => SqlUuid,
        number: i64 => BigInt,
        id: Uuid => SqlUuid,
        kind: &'static str => Text,
        effective_date: time::Date => Date,
        recorded_at: OffsetDateTime => Timestamptz,
        transfers: i16 => SmallInt,
        actor: String => Text,
        subject: Option<Uuid> => Nullable<SqlUuid>,
        reason: Option<String> => Nullable<Text>,
        note: Option<String> => Nullable<Text>,
        bank_reference: Option<String> => Nullable<Text>,
        document_uri: Option<String> => Nullable<Text>,
        document_sha256: Option<String> => Nullable<Text>,
        reverses: Option<i64> => Nullable<BigInt>,
        approval_id: Option<Uuid> => Nullable<SqlUuid>,
    }
}

insert_columns! {
    InsertTransfers into "transfers" {
        pledge_id: Uuid => SqlUuid,
        journal: i64 => BigInt,
        line: i16 => SmallInt,
        unit: String => Text,
        amount: i64 => BigInt,
        effective_date: time::Date => Date,
        debit_account: i32 => Integer,
        credit_account: i32 => Integer,
        debit_seq: i64 => BigInt,
        debit_balance: i64 => BigInt,
        debit_turnover: i64 => BigInt,
        credit_seq: i64 => BigInt,
        credit_balance: i64 => BigInt,
        credit_turnover: i64 => BigInt,
    }
}

insert_columns! {
    InsertKeys into "idempotency_keys" {
        key: Uuid => SqlUuid,
        fingerprint: Uuid => SqlUuid,
        answered_at: OffsetDateTime => Timestamptz,
        answer: Vec<u8> => Binary,
    }
}

/// What a batch posts, in one statement: journals, their transfers, the answers, and what goes into
/// the audit trail. Each statement costs the server an answer of its own, which is much where it is
/// busiest.
#[derive(Debug, Default, QueryId)]
pub(super) struct Post {
    pub(super) journals: InsertJournals,
    pub(super) transfers: InsertTransfers,
    pub(super) keys: InsertKeys,
    pub(super) trail: InsertAuditEvents,
}

impl QueryFragment<Pg> for Post {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH j AS (");
        self.journals.walk_ast(out.reborrow())?;
        out.push_sql("), k AS (");
        self.keys.walk_ast(out.reborrow())?;
        out.push_sql("), a AS (");
        self.trail.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.transfers.walk_ast(out)
    }
}

impl Columns for Post {
    fn is_empty(&self) -> bool {
        self.journals.is_empty()
    }
}

/// Lines of spend with the lots they stand in, in one statement: each is checked against the other
/// at its end.
#[derive(Debug, Default, QueryId)]
pub(super) struct InsertSpend {
    pub(super) lines: InsertSpendLines,
    pub(super) uses: InsertSpendUses,
}

impl QueryFragment<Pg> for InsertSpend {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH u AS (");
        self.uses.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.lines.walk_ast(out)
    }
}

impl Columns for InsertSpend {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
