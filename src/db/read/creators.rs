//! Creators, and what is allocated to them.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::page::{Page, Window};
use super::rows;
use super::sight::{Holdings, Sight, within_holdings};
use crate::db::schema::{allocations, creators, pledge_markets};
use crate::db::schema::{creator_bank_details, creator_erasures, creator_persons};
use crate::domain::{
    Allocation, AllocationId, BankDetails, Catalogue, Creator, CreatorId, Market, PledgeId,
};

type CreatorRow = (
    Uuid,
    String,
    String,
    OffsetDateTime,
    Option<String>,
    Option<OffsetDateTime>,
);

/// The name of a creator who was erased isn't there, and that of one out of sight isn't read.
fn read_creator(row: CreatorRow, sight: &Sight) -> Result<Creator, ReadError> {
    let (id, reference, code, enrolled_at, name, erased_at) = row;
    Ok(Creator {
        id: CreatorId(id),
        reference,
        name: name.filter(|_| sight.shows_names()),
        market: rows::market(&code)?,
        enrolled_at,
        erased_at,
    })
}

/// Creators with who they are, as far as that is still known.
#[diesel::dsl::auto_type]
fn persons() -> _ {
    creators::table
        .left_join(creator_persons::table.on(creator_persons::creator_id.eq(creators::id)))
        .left_join(creator_erasures::table.on(creator_erasures::creator_id.eq(creators::id)))
        .select((
            creators::id,
            creators::reference,
            creators::market,
            creators::enrolled_at,
            creator_persons::name.nullable(),
            creator_erasures::erased_at.nullable(),
        ))
}

/// The markets some pledges are for. Who sees a pledge sees the creators of its markets, whether or
/// not they hold any of it yet.
#[diesel::dsl::auto_type]
fn markets_of(pledges: Vec<Uuid>) -> _ {
    pledge_markets::table
        .filter(pledge_markets::pledge_id.eq_any(pledges))
        .select(pledge_markets::market)
}

/// Narrows a query of creators down to those in sight.
macro_rules! creators_in_sight {
    ($query:ident, $sight:expr) => {
        match $sight.holdings() {
            Holdings::Whole => {}
            Holdings::Nothing => $query = $query.filter(diesel::dsl::sql::<Bool>("false")),
            Holdings::Own(creator) => $query = $query.filter(creators::id.eq(creator)),
            Holdings::Of(pledges, markets) => {
                $query = $query.filter(creators::market.eq_any(markets_of(pledges)));
                if let Some(markets) = markets {
                    $query = $query.filter(creators::market.eq_any(markets));
                }
            }
        }
    };
}

/// The creator, if it is there and in sight.
pub async fn creator(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    id: CreatorId,
) -> Result<Option<Creator>, ReadError> {
    let mut query = persons().filter(creators::id.eq(id.0)).into_boxed();
    creators_in_sight!(query, sight);
    let row: Option<CreatorRow> = query.first(connection).await.optional()?;
    row.map(|row| read_creator(row, sight)).transpose()
}

/// Creators in sight, in the order of their enrolment, of one market or of all.
pub async fn list_creators(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    market: Option<Market>,
    window: Window,
) -> Result<Page<Creator>, ReadError> {
    let mut query = persons()
        .order(creators::id)
        .limit(window.limit + 1)
        .into_boxed();
    creators_in_sight!(query, sight);
    if let Some(market) = market {
        query = query.filter(creators::market.eq(market.as_str().to_owned()));
    }
    if let Some(after) = window.after {
        query = query.filter(creators::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(creators::id.le(until));
    }
    let rows: Vec<CreatorRow> = query.load(connection).await?;
    let read = rows
        .into_iter()
        .map(|row| read_creator(row, sight))
        .collect::<Result<_, _>>()?;
    Ok(Page::cut(read, window.limit))
}

/// Where the creator is paid, as it was recorded last; none if it wasn't, or was erased.
pub async fn bank_details(
    connection: &mut AsyncPgConnection,
    id: CreatorId,
) -> Result<Option<BankDetails>, ReadError> {
    type Row = (i16, String, String, Option<String>, String, OffsetDateTime);
    let row: Option<Row> = creator_bank_details::table
        .filter(creator_bank_details::creator_id.eq(id.0))
        .order(creator_bank_details::version.desc())
        .select((
            creator_bank_details::version,
            creator_bank_details::holder,
            creator_bank_details::account,
            creator_bank_details::bank,
            creator_bank_details::actor,
            creator_bank_details::recorded_at,
        ))
        .first(connection)
        .await
        .optional()?;
    let read = |(version, holder, account, bank, actor, recorded_at): Row| BankDetails {
        creator: id,
        version,
        holder,
        account,
        bank,
        actor,
        recorded_at,
    };
    Ok(row.map(read))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = allocations)]
struct AllocationRow {
    pledge_id: Uuid,
    id: Uuid,
    creator_id: Uuid,
    market: String,
    unit: String,
    amount: i64,
    released: i64,
    effective_date: time::Date,
    note: Option<String>,
}

impl AllocationRow {
    fn read(self, catalogue: &Catalogue) -> Result<Allocation, ReadError> {
        Ok(Allocation {
            id: AllocationId(self.id),
            pledge: PledgeId(self.pledge_id),
            creator: CreatorId(self.creator_id),
            market: rows::market(&self.market)?,
            amount: rows::money(catalogue, self.amount, &self.unit)?,
            released: self.released,
            effective_date: self.effective_date,
            note: self.note,
        })
    }
}

/// Which allocations are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllocationFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// To that creator.
    pub creator: Option<CreatorId>,
    /// From that market's budget.
    pub market: Option<Market>,
    /// In that unit.
    pub unit: Option<String>,
}

/// The allocation, if it is there and in sight.
pub async fn allocation(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: AllocationId,
) -> Result<Option<Allocation>, ReadError> {
    let mut query = allocations::table
        .filter(allocations::id.eq(id.0))
        .select(AllocationRow::as_select())
        .into_boxed();
    within_holdings!(query, sight, allocations);
    let row: Option<AllocationRow> = query.first(connection).await.optional()?;
    row.map(|row| row.read(catalogue)).transpose()
}

/// Allocations in sight, in the order they were asked for.
pub async fn list_allocations(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &AllocationFilter,
    window: Window,
) -> Result<Page<Allocation>, ReadError> {
    let mut query = allocations::table
        .order(allocations::id)
        .limit(window.limit + 1)
        .select(AllocationRow::as_select())
        .into_boxed();
    within_holdings!(query, sight, allocations);
    if let Some(pledge) = filter.pledge {
        query = query.filter(allocations::pledge_id.eq(pledge.0));
    }
    if let Some(creator) = filter.creator {
        query = query.filter(allocations::creator_id.eq(creator.0));
    }
    if let Some(market) = filter.market {
        query = query.filter(allocations::market.eq(market.as_str().to_owned()));
    }
    if let Some(unit) = &filter.unit {
        query = query.filter(allocations::unit.eq(unit.clone()));
    }
    if let Some(after) = window.after {
        query = query.filter(allocations::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(allocations::id.le(until));
    }
    let rows: Vec<AllocationRow> = query.load(connection).await?;
    let read = rows
        .into_iter()
        .map(|row| row.read(catalogue))
        .collect::<Result<_, _>>()?;
    Ok(Page::cut(read, window.limit))
}
