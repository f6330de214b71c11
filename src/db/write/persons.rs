//! Who creators are: rows of their own, outside the ledger.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::order::in_order;
use crate::db::error::DbError;
use crate::db::rows::{market, money, unreadable};
use crate::domain::books::Books;
use crate::domain::creator::{BankDetails, Erasure, Person};
use crate::domain::refusal::OpenReason;
use crate::domain::{Catalogue, Code, Creator, CreatorId, Needs};

insert_columns! {
    InsertPersons into "creator_persons" {
        creator_id: Uuid => SqlUuid,
        name: String => Text,
    }
}

insert_columns! {
    InsertBankDetails into "creator_bank_details" {
        creator_id: Uuid => SqlUuid,
        version: i16 => SmallInt,
        holder: String => Text,
        account: String => Text,
        bank: Option<String> => Nullable<Text>,
        actor: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    /// That creators are erased: inserting it is what erases them.
    InsertErasures into "creator_erasures" {
        creator_id: Uuid => SqlUuid,
        erased_at: OffsetDateTime => Timestamptz,
        actor: String => Text,
        reason: String => Text,
        document_uri: String => Text,
        document_sha256: String => Text,
    }
}

impl InsertPersons {
    pub(super) fn of(creators: &[Creator]) -> Self {
        let mut rows = Self::default();
        for creator in creators {
            if let Some(name) = &creator.name {
                rows.push(creator.id.0, name.clone());
            }
        }
        rows
    }
}

impl InsertBankDetails {
    pub(super) fn of(details: &[BankDetails]) -> Self {
        let mut rows = Self::default();
        for it in in_order(details, |it| (it.creator.0, it.version)) {
            rows.push(
                it.creator.0,
                it.version,
                it.holder.clone(),
                it.account.clone(),
                it.bank.clone(),
                it.actor.clone(),
                it.recorded_at,
            );
        }
        rows
    }
}

impl InsertErasures {
    pub(super) fn of(erasures: &[Erasure]) -> Self {
        let mut rows = Self::default();
        for it in in_order(erasures, |it| it.creator.0) {
            rows.push(
                it.creator.0,
                it.erased_at,
                it.actor.clone(),
                it.reason.clone(),
                it.document.uri.clone(),
                it.document.sha256.clone(),
            );
        }
        rows
    }
}

/// Creators as far as their persons are concerned, with what is owed to them and by them.
#[derive(Debug, QueryId)]
struct LoadPersons {
    ids: Vec<Uuid>,
}

type PersonRow = (
    (
        Uuid,
        String,
        String,
        OffsetDateTime,
        Option<OffsetDateTime>,
        i16,
    ),
    (Vec<String>, Vec<String>, Vec<i64>),
);

impl Query for LoadPersons {
    type SqlType = (
        (
            SqlUuid,
            Text,
            Text,
            Timestamptz,
            Nullable<Timestamptz>,
            SmallInt,
        ),
        (Array<Text>, Array<Text>, Array<BigInt>),
    );
}

impl QueryFragment<Pg> for LoadPersons {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT c.id, c.reference, c.market, c.enrolled_at, e.erased_at, \
             coalesce((SELECT max(b.version) FROM creator_bank_details b \
                       WHERE b.creator_id = c.id), 0::smallint), \
             ARRAY(SELECT code FROM creator_debts(c.id)), \
             ARRAY(SELECT unit FROM creator_debts(c.id)), \
             ARRAY(SELECT amount FROM creator_debts(c.id)) \
             FROM creators c LEFT JOIN creator_erasures e ON e.creator_id = c.id \
             WHERE c.id = ANY(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

pub(super) async fn load_persons(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.persons.is_empty() {
        return Ok(());
    }
    let ids = needs.persons.iter().map(|id| id.0).collect();
    let rows: Vec<PersonRow> = LoadPersons { ids }.load(&mut connection).await?;
    let asked = needs.persons.iter();
    books.persons.extend(asked.map(|id| (*id, None)));
    for ((id, reference, place, enrolled_at, erased_at, bank_versions), debts) in rows {
        let market = market(&place)?;
        let (codes, units, amounts) = debts;
        let debts = codes.iter().zip(&units).zip(amounts);
        let debts = debts.map(|((code, unit), amount)| {
            Ok(OpenReason {
                code: Code::parse(code).ok_or_else(|| unreadable("account code", code))?,
                market: Some(market),
                amount: money(catalogue, amount, unit)?,
            })
        });
        let person = Person {
            creator: Creator {
                id: CreatorId(id),
                reference,
                name: None,
                market,
                enrolled_at,
                erased_at,
            },
            bank_versions,
            debts: debts.collect::<Result<_, DbError>>()?,
        };
        books.persons.insert(CreatorId(id), Some(person));
    }
    Ok(())
}
