//! Loading accounts and their days: by address, whatever the number, in one statement each.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::error::DbError;
use crate::db::rows::{market, unit, unreadable};
use crate::db::schema::accounts;
use crate::domain::account::{Account, AccountKey};
use crate::domain::books::{Books, Standing};
use crate::domain::{AccountId, Catalogue, Code, Needs, PledgeId};

/// Accounts by pledge and address. Compared as a row, which only the key of both can answer: asked
/// for equality of each, a plan made while there were few accounts goes through all of a pledge's.
#[derive(Debug, QueryId)]
struct AccountsByAddress {
    pledges: Vec<Uuid>,
    addresses: Vec<String>,
}

type AccountRow = (
    Uuid,
    String,
    i32,
    Uuid,
    i64,
    i64,
    i64,
    i64,
    Option<time::Date>,
);

impl Query for AccountsByAddress {
    type SqlType = (
        diesel::sql_types::Uuid,
        Text,
        Integer,
        diesel::sql_types::Uuid,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
        Nullable<Date>,
    );
}

impl QueryFragment<Pg> for AccountsByAddress {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT a.pledge_id, a.address, a.number, a.id, a.debits, a.credits, a.entries, \
             a.held, a.last_day FROM unnest(",
        );
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.pledges)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.addresses)?;
        out.push_sql(
            ") AS wanted (pledge_id, address) \
             JOIN accounts a ON (a.address, a.pledge_id) \
             BETWEEN (wanted.address, wanted.pledge_id) AND (wanted.address, wanted.pledge_id)",
        );
        Ok(())
    }
}

/// The highest account number of each pledge.
#[derive(Debug, QueryId)]
struct LastAccounts {
    pledges: Vec<Uuid>,
}

impl Query for LastAccounts {
    type SqlType = (diesel::sql_types::Uuid, Nullable<Integer>);
}

impl QueryFragment<Pg> for LastAccounts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT pledge, (SELECT max(number) FROM accounts WHERE pledge_id = pledge) \
             FROM unnest(",
        );
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.pledges)?;
        out.push_sql(") AS pledge");
        Ok(())
    }
}

/// Accounts as they were found, by pledge and address.
pub(super) type Found = HashMap<(PledgeId, String), Account>;

/// Finds the accounts that are needed.
pub(super) async fn find_accounts(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
) -> Result<Found, DbError> {
    if needs.accounts.is_empty() {
        return Ok(Found::new());
    }
    let wanted = needs.accounts.iter();
    let (pledges, addresses) = wanted.map(|(id, key)| (id.0, key.address())).unzip();
    let query = AccountsByAddress { pledges, addresses };
    let rows: Vec<AccountRow> = query.load(&mut connection).await?;
    let found = rows.into_iter();
    Ok(found
        .map(
            |(pledge, address, number, id, debits, credits, entries, held, last_day)| {
                let account = Account {
                    debits,
                    credits,
                    entries,
                    held,
                    last_day,
                    days_known_after: last_day,
                    ..Account::open(number, AccountId(id))
                };
                ((PledgeId(pledge), address), account)
            },
        )
        .collect())
}

/// Enters the accounts that were needed in their pledges' books: those not found as not opened yet,
/// in which case it asks where their numbers go on.
pub(super) async fn enter_accounts(
    connection: &AsyncPgConnection,
    needs: &Needs,
    mut found: Found,
    books: &mut Books,
) -> Result<(), DbError> {
    if found.len() < needs.accounts.len() {
        load_last_accounts(connection, needs, books).await?;
    }
    for (pledge, key) in &needs.accounts {
        if let Some(Some(book)) = books.pledges.get_mut(pledge) {
            let account = found.remove(&(*pledge, key.address()));
            book.accounts.insert(key.clone(), account);
        }
    }
    Ok(())
}

/// Where numbering goes on, for pledges in which accounts are going to be opened.
async fn load_last_accounts(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let mut pledges: Vec<Uuid> = needs.accounts.iter().map(|(pledge, _)| pledge.0).collect();
    pledges.sort_unstable();
    pledges.dedup();
    let rows: Vec<(Uuid, Option<i32>)> = LastAccounts { pledges }.load(&mut connection).await?;
    for (pledge, last) in rows {
        if let Some(Some(book)) = books.pledges.get_mut(&PledgeId(pledge)) {
            book.last_account = last.unwrap_or(0);
        }
    }
    Ok(())
}

/// Debits and credits of accounts on the days after a given one.
#[derive(Debug, QueryId)]
struct DaysAfter {
    pledges: Vec<Uuid>,
    accounts: Vec<i32>,
    days: Vec<time::Date>,
}

impl Query for DaysAfter {
    type SqlType = (diesel::sql_types::Uuid, Integer, Date, BigInt, BigInt);
}

impl QueryFragment<Pg> for DaysAfter {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT d.pledge_id, d.account, d.day, d.debits, d.credits FROM unnest(");
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.pledges)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.accounts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Date>, _>(&self.days)?;
        out.push_sql(
            ") AS wanted (pledge_id, account, day) JOIN account_days d \
             ON d.pledge_id = wanted.pledge_id AND d.account = wanted.account \
             AND d.day > wanted.day",
        );
        Ok(())
    }
}

pub(super) async fn load_days(
    mut connection: &AsyncPgConnection,
    needs: Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.days.is_empty() {
        return Ok(());
    }
    let mut earliest: HashMap<(PledgeId, AccountKey), time::Date> = HashMap::new();
    for (pledge, key, day) in needs.days {
        let first = earliest.entry((pledge, key)).or_insert(day);
        *first = day.min(*first);
    }
    let mut query = DaysAfter {
        pledges: Vec::new(),
        accounts: Vec::new(),
        days: Vec::new(),
    };
    let mut keys = HashMap::new();
    for ((pledge, key), day) in earliest {
        let Some(Some(book)) = books.pledges.get_mut(&pledge) else {
            continue;
        };
        let Some(Some(account)) = book.accounts.get_mut(&key) else {
            continue;
        };
        account.days_known_after = Some(day);
        query.pledges.push(pledge.0);
        query.accounts.push(account.number);
        query.days.push(day);
        keys.insert((pledge, account.number), key);
    }
    let rows: Vec<(Uuid, i32, time::Date, i64, i64)> = query.load(&mut connection).await?;
    for (pledge, number, day, debits, credits) in rows {
        let pledge = PledgeId(pledge);
        let Some(key) = keys.get(&(pledge, number)) else {
            continue;
        };
        let Some(Some(book)) = books.pledges.get_mut(&pledge) else {
            continue;
        };
        if let Some(Some(account)) = book.accounts.get_mut(key) {
            account.days.insert(day, (debits, credits));
        }
    }
    Ok(())
}

/// Loads every account of pledges that has something in it.
pub(super) async fn load_standing(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    type Row = (String, String, String, Option<String>, i64, i64);
    for pledge in &needs.standing_of {
        let rows: Vec<Row> = accounts::table
            .filter(accounts::pledge_id.eq(pledge.0))
            .filter(accounts::debits.ne(accounts::credits))
            .select((
                accounts::address,
                accounts::code,
                accounts::unit,
                accounts::market,
                accounts::debits,
                accounts::credits,
            ))
            .load(&mut connection)
            .await?;
        let read = rows.into_iter().map(|row| {
            let (address, code, unit_code, market_code, debits, credits) = row;
            let known = Code::parse(&code);
            let code = known.ok_or_else(|| unreadable("account code", &code))?;
            Ok(Standing {
                address,
                code,
                unit: unit(catalogue, &unit_code)?,
                market: market_code.as_deref().map(market).transpose()?,
                balance: code.side().balance(debits, credits),
            })
        });
        let standing = read.collect::<Result<Vec<_>, DbError>>()?;
        if let Some(Some(book)) = books.pledges.get_mut(pledge) {
            book.standing = Some(standing);
        }
    }
    Ok(())
}
