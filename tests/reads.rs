//! Reads against the tables they are read from: what the fast paths answer is what adding up every
//! entry comes to.
//!
//! Each story takes a connection, as the owner, to a migrated database of its own.

use almoner::db::read;
use almoner::domain::Catalogue;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::harness::TestDatabase;

pub mod accounts;
pub mod proofs;
pub mod sight;
pub mod statements;

/// Makes ids that can be guessed: kind and number.
pub(crate) fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | kind << 96 | number)
}

/// A small pledge, and a function that posts one journal with figures taken from the accounts.
pub(crate) const BOOKS: &str = include_str!("reads/books.sql");

pub(crate) async fn books(connection: &mut AsyncPgConnection) -> Catalogue {
    connection.batch_execute(BOOKS).await.unwrap();
    read::load_catalogue(connection).await.unwrap()
}

#[derive(QueryableByName, Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Sums {
    #[diesel(sql_type = BigInt)]
    pub(crate) debits: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) credits: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) entries: i64,
}

/// What adding up every entry comes to.
pub(crate) async fn added_up(
    connection: &mut AsyncPgConnection,
    account: i32,
    day: time::Date,
    journal: i64,
) -> Sums {
    let sql = "SELECT coalesce(sum(debit), 0)::bigint AS debits,
                      coalesce(sum(credit), 0)::bigint AS credits, count(*) AS entries
               FROM entries WHERE account = $1 AND effective_date <= $2 AND journal <= $3";
    diesel::sql_query(sql)
        .bind::<diesel::sql_types::Integer, _>(account)
        .bind::<Date, _>(day)
        .bind::<BigInt, _>(journal)
        .get_result(connection)
        .await
        .unwrap()
}

#[derive(QueryableByName, Debug, Clone)]
pub(crate) struct Posted {
    #[diesel(sql_type = BigInt)]
    pub(crate) number: i64,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub(crate) id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub(crate) recorded_at: OffsetDateTime,
    #[diesel(sql_type = Date)]
    pub(crate) effective_date: time::Date,
}

pub(crate) async fn posted(connection: &mut AsyncPgConnection) -> Vec<Posted> {
    let sql = "SELECT number, id, recorded_at, effective_date FROM journals ORDER BY number";
    diesel::sql_query(sql).load(connection).await.unwrap()
}

#[derive(QueryableByName, Debug, Clone, Copy)]
pub(crate) struct Opened {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub(crate) number: i32,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub(crate) id: Uuid,
}

pub(crate) async fn opened(connection: &mut AsyncPgConnection) -> Vec<Opened> {
    let sql = "SELECT number, id FROM accounts ORDER BY number";
    diesel::sql_query(sql).load(connection).await.unwrap()
}

pub(crate) const FOREVER: time::Date = time::macros::date!(9999 - 12 - 31);

macro_rules! stories {
    ($($module:ident :: $name:ident,)+) => {$(
        #[tokio::test]
        async fn $name() {
            let database = TestDatabase::create().await;
            let mut connection = database.connect().await;
            $module::$name(&mut connection).await;
            drop(connection);
            database.drop().await;
        }
    )+};
}

stories! {
    accounts::accounts_on_both_axes_are_what_their_entries_come_to,
    accounts::an_instant_knows_the_last_journal_recorded_by_then,
    accounts::pages_of_accounts_show_one_instant,
    statements::statements_tie_on_both_axes_of_time,
    statements::entries_page_through_an_account_without_a_gap,
    sight::what_is_out_of_sight_is_absent,
    proofs::the_books_are_proved_and_the_summary_agrees,
    proofs::a_broken_proof_shows_what_breaks_it,
}
