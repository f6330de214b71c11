//! Loading lots with what their end depends on: the accounts that hold their credits, the purses
//! that may lose them, and the days it is where they are.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::error::DbError;
use crate::db::lots::{LotFiguresRow, LotRow, read_lots};
use crate::db::rows::{market, unreadable};
use crate::db::schema::{lot_figures, lots};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::command::MOST_PURSES;
use crate::domain::lot::LotStanding;
use crate::domain::{AdAccountId, Catalogue, Code, CreatorId, Lot, LotId, Needs, ObligationId};

/// The accounts a lot has credits in, each with the day it is there; and the day it is in the pool.
#[derive(Debug, QueryId)]
struct PartsOfLot {
    pledge: Uuid,
    lot: Uuid,
}

impl Query for PartsOfLot {
    type SqlType = (Text, Nullable<SqlUuid>, Date);
}

impl QueryFragment<Pg> for PartsOfLot {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT a.code, a.ad_account_id, local_day(coalesce(p.time_zone, 'UTC')) \
             FROM accounts a LEFT JOIN ad_accounts p \
             ON p.pledge_id = a.pledge_id AND p.id = a.ad_account_id \
             WHERE a.pledge_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.pledge)?;
        out.push_sql(" AND a.lot_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.lot)?;
        Ok(())
    }
}

/// The purses that have something credits of a lot may be taken from, in the order they lose it.
#[derive(Debug, QueryId)]
struct PursesOfLot {
    pledge: Uuid,
    lot: Uuid,
    unit: String,
    most: i64,
}

impl Query for PursesOfLot {
    type SqlType = (Text, Nullable<Text>, Nullable<SqlUuid>, Nullable<SqlUuid>);
}

impl QueryFragment<Pg> for PursesOfLot {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT a.code, a.market, a.creator_id, a.obligation_id FROM accounts a \
             LEFT JOIN pledge_markets m ON m.pledge_id = a.pledge_id AND m.market = a.market \
             JOIN lot_figures l ON l.pledge_id = a.pledge_id AND l.id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.lot)?;
        out.push_sql(" WHERE a.pledge_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.pledge)?;
        out.push_sql(" AND a.unit = ");
        out.push_bind_param::<Text, _>(&self.unit)?;
        out.push_sql(
            " AND a.code IN ('3210', '3220', '3230', '3240') AND a.credits - a.debits > a.held \
             AND (a.market IS NULL OR l.markets = '{}' OR a.market = ANY (l.markets)) \
             ORDER BY a.code, m.position, a.creator_id, a.obligation_id LIMIT ",
        );
        out.push_bind_param::<BigInt, _>(&self.most)
    }
}

pub(super) async fn load_lots(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.lots.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.lots.iter().map(|id| id.0).collect();
    let rows: Vec<(LotRow, LotFiguresRow)> = lots::table
        .inner_join(lot_figures::table.on(lot_figures::id.eq(lots::id)))
        .filter(lots::id.eq_any(ids))
        .select((LotRow::as_select(), LotFiguresRow::as_select()))
        .load(&mut connection)
        .await?;
    let absent: Vec<(LotId, Option<LotStanding>)> =
        needs.lots.iter().map(|id| (*id, None)).collect();
    books.lots.extend(absent);
    for lot in read_lots(connection, catalogue, rows).await? {
        let standing = standing(connection, lot).await?;
        books.lots.insert(standing.lot.id, Some(standing));
    }
    Ok(())
}

async fn standing(mut connection: &AsyncPgConnection, lot: Lot) -> Result<LotStanding, DbError> {
    let (pledge, id) = (lot.pledge.0, lot.id.0);
    let unit = lot.face.unit();
    let code = |text: &str| Code::parse(text).ok_or_else(|| unreadable("account code", text));
    let query = PartsOfLot { pledge, lot: id };
    let rows: Vec<(String, Option<Uuid>, time::Date)> = query.load(&mut connection).await?;
    let mut days = HashMap::new();
    let mut parts = Vec::with_capacity(rows.len());
    for (text, ad_account, day) in rows {
        let ad_account = ad_account.map(AdAccountId);
        days.insert(ad_account, day);
        parts.push(AccountKey {
            ad_account,
            ..AccountKey::lot(code(&text)?, unit, lot.id)
        });
    }
    let query = PursesOfLot {
        pledge,
        lot: id,
        unit: unit.to_string(),
        most: i64::try_from(MOST_PURSES).unwrap_or(i64::MAX),
    };
    type Purse = (String, Option<String>, Option<Uuid>, Option<Uuid>);
    let rows: Vec<Purse> = query.load(&mut connection).await?;
    let mut purses = Vec::with_capacity(rows.len());
    for (text, of_market, creator, obligation) in rows {
        purses.push(AccountKey {
            market: of_market.as_deref().map(market).transpose()?,
            creator: creator.map(CreatorId),
            obligation: obligation.map(ObligationId),
            ..AccountKey::plain(code(&text)?, unit)
        });
    }
    Ok(LotStanding {
        lot,
        parts,
        purses,
        days,
    })
}
