//! Loading what a batch needs, as arrays: one statement per kind of thing, whatever the number.
//!
//! These are statement types rather than strings so that each is prepared once per connection.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Array;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::accounts::{enter_accounts, find_accounts, load_days, load_standing};
use super::approvals::load_approvals;
use super::identities::load_register;
use super::instalments::load_instalments;
use super::lots::load_lots;
use super::obligations::{load_ad_accounts, load_holds, load_obligations, load_own_references};
use super::payouts::{load_exchange, load_payouts, load_withholding};
use super::periods::load_month_ends;
use super::persons::load_persons;
use super::revaluations::load_revaluables;
use super::reversibles::{is_reversed, load_reversibles};
use super::spend::{load_campaigns, load_spend};
use super::statements::load_statements;
use crate::db::error::DbError;
use crate::db::rows::{market, money};
use crate::db::schema::{allocations, creators, idempotency_keys, journals, pledges};
use crate::domain::books::Books;
use crate::domain::command::Thing;
use crate::domain::{Allocation, AllocationId, Catalogue, CreatorId, Needs, PledgeId};

/// Which pledges things belong to: where each kind of thing is found by its id alone.
#[derive(Debug)]
struct Locate {
    thing: Thing,
    ids: Vec<Uuid>,
}

impl QueryId for Locate {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false; // cached by wording, of which there is one per kind
}

impl Query for Locate {
    type SqlType = (diesel::sql_types::Uuid, diesel::sql_types::Uuid);
}

impl QueryFragment<Pg> for Locate {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT id, pledge_id FROM ");
        out.push_sql(match self.thing {
            Thing::Instalment => "instalments WHERE ",
            Thing::Allocation => "journals WHERE kind = 'allocation' AND ",
            Thing::Journal => "journals WHERE ",
            Thing::Lot => "lots WHERE ",
            Thing::Obligation => "obligations WHERE ",
            Thing::AdAccount => "ad_accounts WHERE ",
            Thing::Payout => "payouts WHERE ",
            Thing::SpendLine => "spend_lines WHERE ",
            Thing::Approval => "approvals WHERE ",
        });
        out.push_sql("id = ANY(");
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.ids)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Which pledges things of a kind belong to. That never changes, so no lock is needed.
pub(super) async fn locate(
    mut connection: &AsyncPgConnection,
    thing: Thing,
    ids: Vec<Uuid>,
    books: &mut Books,
) -> Result<(), DbError> {
    let found: Vec<(Uuid, Uuid)> = Locate { thing, ids }.load(&mut connection).await?;
    let homes = found.into_iter();
    books
        .homes
        .extend(homes.map(|(id, home)| ((thing, id), PledgeId(home))));
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
    load_standing(connection, catalogue, &needs, books).await?;
    load_month_ends(connection, catalogue, &needs, books).await?;
    load_statements(connection, &needs, books).await?;
    load_spend(connection, catalogue, &needs, books).await?;
    let found = find_accounts(connection, &needs).await?;
    enter_accounts(connection, &needs, found, books).await?;
    load_holds(connection, &needs, books).await?;
    load_exchange(connection, catalogue, &needs, books).await?;
    load_revaluables(connection, catalogue, &needs, books).await?;
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
    load_persons(connection, catalogue, needs, books).await?;
    load_allocations(connection, catalogue, needs, books).await?;
    load_ad_accounts(connection, catalogue, needs, books).await?;
    load_lots(connection, catalogue, needs, books).await?;
    load_campaigns(connection, catalogue, needs, books).await?;
    load_obligations(connection, catalogue, needs, books).await?;
    load_reversibles(connection, catalogue, needs, books).await?;
    load_payouts(connection, catalogue, needs, books).await?;
    load_approvals(connection, catalogue, needs, books).await?;
    load_withholding(connection, needs, books).await?;
    load_register(connection, needs, books).await
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
    load_own_references(connection, needs, books).await?;
    for (pledge, subject, reference) in &needs.bank_references {
        let known = journals::table
            .filter(journals::pledge_id.eq(pledge.0))
            .filter(journals::subject.eq(subject))
            .filter(journals::bank_reference.eq(reference))
            .filter(diesel::dsl::not(is_reversed(
                journals::pledge_id,
                journals::number,
            )));
        let taken = diesel::select(diesel::dsl::exists(known))
            .get_result(&mut connection)
            .await?;
        books
            .bank_references
            .insert((*subject, reference.clone()), taken);
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
