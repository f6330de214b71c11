//! Loading what a batch needs, as arrays: one statement per kind of thing, whatever the number.
//!
//! These are statement types rather than strings so that each is prepared once per connection.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::accounts::{enter_accounts, find_accounts, load_days};
use super::instalments::load_instalments;
use crate::db::error::DbError;
use crate::db::schema::{allocations, creators, idempotency_keys, instalments, journals, pledges};
use crate::domain::books::{Books, PledgeBook};
use crate::domain::pledge::{Pledge, PledgeState};
use crate::domain::{
    Allocation, AllocationId, Catalogue, CreatorId, InstalmentId, Kind, Market, Money, Needs,
    PledgeId,
};

/// A row that doesn't read as what the domain knows: units and markets are loaded at start, so a
/// service older than its database can meet one.
fn unreadable(what: &str, value: &str) -> DbError {
    DbError::Declined(format!("{what} {value} is not known to this build"))
}

pub(super) fn money(catalogue: &Catalogue, minor: i64, unit: &str) -> Result<Money, DbError> {
    let unit = catalogue
        .units
        .get(unit)
        .ok_or_else(|| unreadable("unit", unit))?;
    Ok(Money::from_minor(minor, unit))
}

fn market(code: &str) -> Result<Market, DbError> {
    code.parse().map_err(|_| unreadable("market", code))
}

/// Locks pledges in the order of their ids, so that no two batches wait for each other in a circle,
/// and reads them as they are once the lock is had. Split and markets never change.
#[derive(Debug, QueryId)]
struct LockPledges {
    ids: Vec<Uuid>,
}

type PledgeRow = (
    (Uuid, String, String, String, String, String, i64, String),
    (
        Option<time::Date>,
        OffsetDateTime,
        i64,
        Option<OffsetDateTime>,
        OffsetDateTime,
    ),
    (Vec<String>, Vec<i64>, Vec<String>),
);

impl Query for LockPledges {
    type SqlType = (
        (
            diesel::sql_types::Uuid,
            Text,
            Text,
            Text,
            Text,
            Text,
            BigInt,
            Text,
        ),
        (
            Nullable<Date>,
            Timestamptz,
            BigInt,
            Nullable<Timestamptz>,
            Timestamptz,
        ),
        (Array<Text>, Array<BigInt>, Array<Text>),
    );
}

impl QueryFragment<Pg> for LockPledges {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT id, reference, donor, recipient, purpose, functional_unit, total, state, \
             agreed_on, created_at, journals, last_recorded_at, clock_timestamp(), \
             ARRAY(SELECT unit FROM pledge_units WHERE pledge_id = id ORDER BY position), \
             ARRAY(SELECT amount FROM pledge_units WHERE pledge_id = id ORDER BY position), \
             ARRAY(SELECT market FROM pledge_markets WHERE pledge_id = id ORDER BY position) \
             FROM pledges WHERE id = ANY(",
        );
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.ids)?;
        out.push_sql(") ORDER BY id FOR NO KEY UPDATE");
        Ok(())
    }
}

/// The pledges behind these ids, and the database's clock. Those that aren't there are `None`.
pub(super) type Locked = (OffsetDateTime, HashMap<PledgeId, Option<PledgeBook>>);

/// Locks the pledges and reads them.
pub(super) async fn lock_pledges(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    ids: Vec<Uuid>,
) -> Result<Locked, DbError> {
    let mut pledges: HashMap<_, _> = ids.iter().map(|id| (PledgeId(*id), None)).collect();
    let rows: Vec<PledgeRow> = LockPledges { ids }.load(&mut connection).await?;
    let mut now = None;
    for (terms, (agreed_on, created_at, journals, last_recorded_at, clock), lists) in rows {
        now = now.max(Some(clock));
        let (id, reference, donor, recipient, purpose, functional_unit, total, state) = terms;
        let (units, amounts, markets) = lists;
        let split = units
            .iter()
            .zip(amounts)
            .map(|(unit, minor)| money(catalogue, minor, unit));
        let pledge = Pledge {
            id: PledgeId(id),
            reference,
            donor,
            recipient,
            purpose,
            total: money(catalogue, total, &functional_unit)?,
            split: split.collect::<Result<_, _>>()?,
            markets: markets
                .iter()
                .map(|code| market(code))
                .collect::<Result<_, _>>()?,
            state: PledgeState::parse(&state).ok_or_else(|| unreadable("state", &state))?,
            agreed_on,
            created_at,
        };
        let book = PledgeBook::new(pledge, journals, last_recorded_at);
        pledges.insert(PledgeId(id), Some(book));
    }
    let now = match now {
        Some(now) => now,
        None => clock(connection).await?,
    };
    Ok((now, pledges))
}

async fn clock(mut connection: &AsyncPgConnection) -> Result<OffsetDateTime, DbError> {
    let clock = diesel::select(diesel::dsl::sql::<Timestamptz>("clock_timestamp()"));
    Ok(clock.get_result(&mut connection).await?)
}

/// Which pledges instalments and allocations belong to. That never changes, so no lock is needed.
pub(super) async fn locate(
    mut connection: &AsyncPgConnection,
    instalment_ids: &[Uuid],
    allocation_ids: &[Uuid],
    books: &mut Books,
) -> Result<(), DbError> {
    if !instalment_ids.is_empty() {
        let rows: Vec<(Uuid, Uuid)> = instalments::table
            .filter(instalments::id.eq_any(instalment_ids))
            .select((instalments::id, instalments::pledge_id))
            .load(&mut connection)
            .await?;
        let homes = rows
            .into_iter()
            .map(|(id, home)| (InstalmentId(id), PledgeId(home)));
        books.instalment_homes.extend(homes);
    }
    if !allocation_ids.is_empty() {
        let rows: Vec<(Uuid, Uuid)> = journals::table
            .filter(journals::id.eq_any(allocation_ids))
            .filter(journals::kind.eq(Kind::Allocation.as_str()))
            .select((journals::id, journals::pledge_id))
            .load(&mut connection)
            .await?;
        let homes = rows
            .into_iter()
            .map(|(id, home)| (AllocationId(id), PledgeId(home)));
        books.allocation_homes.extend(homes);
    }
    Ok(())
}

/// What earlier requests with these keys were: fingerprint and answer.
pub(super) async fn stored_keys(
    mut connection: &AsyncPgConnection,
    keys: &[Uuid],
) -> Result<Vec<(Uuid, Uuid, Vec<u8>)>, DbError> {
    Ok(idempotency_keys::table
        .filter(idempotency_keys::key.eq_any(keys))
        .select((
            idempotency_keys::key,
            idempotency_keys::fingerprint,
            idempotency_keys::answer,
        ))
        .load(&mut connection)
        .await?)
}

/// Loads everything needed and not yet known into the books, whose pledges have been read.
pub(super) async fn load(
    connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    load_first(connection, catalogue, &needs, books).await?;
    load_instalments(connection, catalogue, &needs, books).await?;
    let found = find_accounts(connection, &needs).await?;
    enter_accounts(connection, &needs, found, books).await?;
    load_days(connection, needs, books).await
}

/// Loads what can be looked up before the pledges' own rows were read.
pub(super) async fn load_first(
    connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    load_references(connection, needs, books).await?;
    load_creators(connection, needs, books).await?;
    load_allocations(connection, catalogue, needs, books).await
}

async fn load_references(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if !needs.pledge_references.is_empty() {
        let taken: Vec<String> = pledges::table
            .filter(pledges::reference.eq_any(&needs.pledge_references))
            .select(pledges::reference)
            .load(&mut connection)
            .await?;
        let all = needs.pledge_references.iter();
        books
            .pledge_references
            .extend(all.map(|name| (name.clone(), taken.contains(name))));
    }
    if !needs.creator_references.is_empty() {
        let taken: std::collections::HashSet<String> = creators::table
            .filter(creators::reference.eq_any(&needs.creator_references))
            .select(creators::reference)
            .load(&mut connection)
            .await?
            .into_iter()
            .collect();
        let all = needs.creator_references.iter();
        books
            .creator_references
            .extend(all.map(|name| (name.clone(), taken.contains(name))));
    }
    for (pledge, instalment, reference) in &needs.bank_references {
        let known = journals::table
            .filter(journals::pledge_id.eq(pledge.0))
            .filter(journals::subject.eq(instalment.0))
            .filter(journals::bank_reference.eq(reference));
        let taken = diesel::select(diesel::dsl::exists(known))
            .get_result(&mut connection)
            .await?;
        books
            .bank_references
            .insert((*instalment, reference.clone()), taken);
    }
    Ok(())
}

async fn load_creators(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.creators.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.creators.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String)> = creators::table
        .filter(creators::id.eq_any(&ids))
        .select((creators::id, creators::market))
        .load(&mut connection)
        .await?;
    books
        .creators
        .extend(needs.creators.iter().map(|id| (*id, None)));
    for (id, code) in rows {
        books.creators.insert(CreatorId(id), Some(market(&code)?));
    }
    Ok(())
}

async fn load_allocations(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.allocations.is_empty() {
        return Ok(());
    }
    type Row = (
        Uuid,
        Uuid,
        Uuid,
        String,
        String,
        i64,
        i64,
        time::Date,
        Option<String>,
    );
    let ids: Vec<Uuid> = needs.allocations.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = allocations::table
        .filter(allocations::id.eq_any(&ids))
        .load(&mut connection)
        .await?;
    books
        .allocations
        .extend(needs.allocations.iter().map(|id| (*id, None)));
    for (pledge, id, creator, code, unit, amount, released, effective_date, note) in rows {
        let allocation = Allocation {
            id: AllocationId(id),
            pledge: PledgeId(pledge),
            creator: CreatorId(creator),
            market: market(&code)?,
            amount: money(catalogue, amount, &unit)?,
            released,
            effective_date,
            note,
        };
        books.allocations.insert(allocation.id, Some(allocation));
    }
    Ok(())
}
