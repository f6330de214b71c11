//! What is owed in other currencies at a month's end, the rates in force, and what came of both.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Date, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::post::Rows;
use crate::db::error::DbError;
use crate::db::rows::{market, unit, unreadable};
use crate::db::schema::exchange_rates;
use crate::domain::books::Books;
use crate::domain::exchange::StatedRate;
use crate::domain::revaluation::{OpenDebt, Valued};
use crate::domain::{AccountKey, Catalogue, Code, CreatorId, Needs};

insert_columns! {
    InsertRevaluations into "revaluations" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        unit: String => Text,
        account: i32 => diesel::sql_types::Integer,
        month_end: time::Date => Date,
        revision: i16 => SmallInt,
        owed: i64 => BigInt,
        carried: i64 => BigInt,
        valued: i64 => BigInt,
        difference: i64 => BigInt,
        rate_e8: i64 => BigInt,
        rate_source: String => Text,
        rate_day: time::Date => Date,
        journal: Option<i64> => Nullable<BigInt>,
        actor: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

impl Rows {
    /// Accounts that were valued anew.
    pub(super) fn revalue(&mut self, books: &Books) {
        for (id, it, actor, now) in &books.changes.revaluations {
            let book = books.pledges.get(&it.pledge).and_then(Option::as_ref);
            let Some(account) = book.and_then(|book| book.account(&it.key)) else {
                continue;
            };
            self.revaluations.push(
                it.pledge.0,
                *id,
                it.key.unit.to_string(),
                account.number,
                it.month_end,
                it.figures.revision,
                it.figures.owed,
                it.figures.carried,
                it.figures.valued,
                it.difference(),
                it.rate.rate_e8,
                it.rate.source.clone(),
                it.rate.day,
                it.journal,
                actor.clone(),
                *now,
            );
        }
    }
}

/// What a pledge owes in other currencies as of a day, and what that was last valued at.
#[derive(Debug, QueryId)]
struct OpenDebts {
    pledge: Uuid,
    day: time::Date,
}

type DebtRow = (
    (String, String, String, Option<Uuid>),
    (i64, i64),
    (Option<i16>, Option<i64>, Option<i64>, Option<i64>),
);

impl Query for OpenDebts {
    type SqlType = (
        (Text, Text, Text, Nullable<SqlUuid>),
        (BigInt, BigInt),
        (
            Nullable<SmallInt>,
            Nullable<BigInt>,
            Nullable<BigInt>,
            Nullable<BigInt>,
        ),
    );
}

impl QueryFragment<Pg> for OpenDebts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH asked AS (SELECT id AS pledge, functional_unit AS own, day \
             FROM pledges, (SELECT ",
        );
        out.push_bind_param::<Date, _>(&self.day)?;
        out.push_sql(" AS day) AS of WHERE id = ");
        out.push_bind_param::<SqlUuid, _>(&self.pledge)?;
        out.push_sql(
            ") SELECT a.code, a.unit, a.market, a.creator_id, \
             coalesce((SELECT sum(d.credits - d.debits) FROM account_days d \
                       WHERE d.pledge_id = a.pledge_id AND d.account = a.number \
                         AND d.day <= asked.day), 0)::bigint, \
             carried_on(a.pledge_id, a.number, asked.day), \
             last.revision, last.owed, last.carried, last.valued \
             FROM asked JOIN accounts a ON a.pledge_id = asked.pledge \
                  AND a.code IN ('2120', '2210') AND a.unit <> asked.own \
             LEFT JOIN LATERAL ( \
                 SELECT r.revision, r.owed, r.carried, r.valued FROM revaluations r \
                 WHERE r.pledge_id = a.pledge_id AND r.unit = a.unit AND r.account = a.number \
                   AND r.month_end = asked.day \
                 ORDER BY r.revision DESC LIMIT 1) AS last ON true \
             ORDER BY a.number",
        );
        Ok(())
    }
}

/// Revaluations are few and asked for by few, so a statement each.
pub(super) async fn load_revaluables(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, day) in &needs.open_debts {
        let (pledge_id, day) = (pledge.0, *day);
        let query = OpenDebts {
            pledge: pledge_id,
            day,
        };
        let rows: Vec<DebtRow> = query.load(&mut connection).await?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let debt = read_debt(catalogue, row)?;
            if debt.owed != 0 || debt.carried != 0 || debt.last.is_some() {
                open.push(debt);
            }
        }
        books.open_debts.insert((*pledge, day), open);
    }
    for wanted in &needs.rates_in_force {
        let (base, quote, day, source) = wanted;
        let mut query = exchange_rates::table
            .filter(exchange_rates::base.eq(base.to_string()))
            .filter(exchange_rates::quote.eq(quote.to_string()))
            .filter(exchange_rates::day.le(*day))
            .order((exchange_rates::day.desc(), exchange_rates::source))
            .select((
                exchange_rates::rate_e8,
                exchange_rates::source,
                exchange_rates::day,
            ))
            .limit(MOST_SOURCES)
            .into_boxed();
        if let Some(source) = source {
            query = query.filter(exchange_rates::source.eq(source.clone()));
        }
        let rows: Vec<(i64, String, time::Date)> = query.load(&mut connection).await?;
        let latest = rows.iter().map(|(_, _, day)| *day).max();
        let rates = rows.into_iter().filter(|(_, _, day)| Some(*day) == latest);
        let rates = rates.map(|(rate_e8, source, day)| StatedRate {
            rate_e8,
            source,
            day,
        });
        let rates = rates.collect();
        books.rates_in_force.insert(wanted.clone(), rates);
    }
    Ok(())
}

/// So many sources of one day are told apart; which there are is said of no more.
const MOST_SOURCES: i64 = 20;

fn read_debt(catalogue: &Catalogue, row: DebtRow) -> Result<OpenDebt, DbError> {
    let ((code, unit_code, market_code, creator), (owed, carried), last) = row;
    let unit = unit(catalogue, &unit_code)?;
    let market = market(&market_code)?;
    let code = Code::parse(&code).ok_or_else(|| unreadable("account code", &code))?;
    let key = match creator {
        Some(creator) => AccountKey::creator(code, &unit, market, CreatorId(creator)),
        None => AccountKey::market(code, &unit, market),
    };
    let last = match last {
        (Some(revision), Some(owed), Some(carried), Some(valued)) => Some(Valued {
            revision,
            owed,
            carried,
            valued,
        }),
        _ => None,
    };
    Ok(OpenDebt {
        key,
        owed,
        carried,
        last,
    })
}
