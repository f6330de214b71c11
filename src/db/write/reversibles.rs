//! Loading journals that are to be reversed, with all that they reverse themselves.

use foldhash::{HashMap, HashSet};

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::error::DbError;
use crate::db::rows::{market, unit, unreadable};
use crate::db::schema::{accounts, transfers};
use crate::domain::books::Books;
use crate::domain::{
    AccountKey, AdAccountId, Catalogue, Code, CreatorId, InstalmentId, JournalId, Kind, LotId,
    Needs, ObligationId, PledgeId, Reversible, ReversibleLine,
};

diesel::define_sql_function! {
    /// How much of a line was taken back.
    fn reversed_of(pledge: SqlUuid, journal: BigInt, line: SmallInt) -> BigInt
}

diesel::define_sql_function! {
    /// Whether nothing is left of a journal.
    fn is_reversed(pledge: SqlUuid, journal: BigInt) -> Bool
}

/// Journals, the ones they reverse, the ones those reverse, and so on.
#[derive(Debug, QueryId)]
struct Chains {
    ids: Vec<Uuid>,
}

type ChainRow = (
    Uuid,
    i64,
    Uuid,
    String,
    time::Date,
    Option<Uuid>,
    Option<String>,
    Option<Uuid>,
);

impl Query for Chains {
    type SqlType = (
        SqlUuid,
        BigInt,
        SqlUuid,
        Text,
        Date,
        Nullable<SqlUuid>,
        Nullable<Text>,
        Nullable<SqlUuid>,
    );
}

impl QueryFragment<Pg> for Chains {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH RECURSIVE chain AS ( \
             SELECT pledge_id, number, id, kind, effective_date, subject, bank_reference, \
             reverses FROM journals WHERE id = ANY(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(
            ") UNION SELECT j.pledge_id, j.number, j.id, j.kind, j.effective_date, j.subject, \
             j.bank_reference, j.reverses FROM chain JOIN journals j \
             ON j.pledge_id = chain.pledge_id AND j.number = chain.reverses) \
             SELECT c.pledge_id, c.number, c.id, c.kind, c.effective_date, c.subject, \
             c.bank_reference, r.id FROM chain c \
             LEFT JOIN journals r ON r.pledge_id = c.pledge_id AND r.number = c.reverses",
        );
        Ok(())
    }
}

/// What an account is kept by, as its table has it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct KeyRow {
    number: i32,
    code: String,
    unit: String,
    market: Option<String>,
    creator_id: Option<Uuid>,
    instalment_id: Option<Uuid>,
    lot_id: Option<Uuid>,
    obligation_id: Option<Uuid>,
    ad_account_id: Option<Uuid>,
    platform: Option<String>,
}

impl KeyRow {
    pub(super) fn read(self, catalogue: &Catalogue) -> Result<AccountKey, DbError> {
        let code = Code::parse(&self.code);
        Ok(AccountKey {
            code: code.ok_or_else(|| unreadable("account code", &self.code))?,
            unit: unit(catalogue, &self.unit)?,
            market: self.market.as_deref().map(market).transpose()?,
            creator: self.creator_id.map(CreatorId),
            instalment: self.instalment_id.map(InstalmentId),
            lot: self.lot_id.map(LotId),
            obligation: self.obligation_id.map(ObligationId),
            ad_account: self.ad_account_id.map(AdAccountId),
            platform: self.platform,
        })
    }
}

/// Loads the journals that are needed and all they take back: a statement for them all, and two for
/// each pledge.
pub(super) async fn load_reversibles(
    connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    match needs.journals.is_empty() {
        true => Ok(()),
        false => enter_reversibles(connection, catalogue, &needs.journals, books).await,
    }
}

/// The same of journals that others than the commands ask for.
pub(super) async fn enter_reversibles(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    journals: &HashSet<JournalId>,
    books: &mut Books,
) -> Result<(), DbError> {
    let ids = journals.iter().map(|id| id.0).collect();
    let rows: Vec<ChainRow> = Chains { ids }.load(&mut connection).await?;
    let absent = journals.iter().map(|id| (*id, None));
    books.journals.extend(absent);
    let pledges: HashSet<Uuid> = rows.iter().map(|(pledge, ..)| *pledge).collect();
    let mut lines: HashMap<(Uuid, i64), Vec<ReversibleLine>> = HashMap::default();
    for pledge in pledges {
        let own = rows.iter().filter(|(home, ..)| *home == pledge);
        let numbers: Vec<i64> = own.map(|(_, number, ..)| *number).collect();
        for (journal, line) in load_lines(connection, catalogue, pledge, numbers).await? {
            lines.entry((pledge, journal)).or_default().push(line);
        }
    }
    for (pledge, number, id, kind, effective_date, subject, bank_reference, reverses) in rows {
        let reversible = Reversible {
            id: JournalId(id),
            pledge: PledgeId(pledge),
            number,
            kind: Kind::parse(&kind).ok_or_else(|| unreadable("kind of journal", &kind))?,
            effective_date,
            subject,
            bank_reference,
            reverses: reverses.map(JournalId),
            lines: lines.remove(&(pledge, number)).unwrap_or_default(),
        };
        books.journals.insert(reversible.id, Some(reversible));
    }
    Ok(())
}

/// Lines of journals of one pledge, with the numbers of the journals.
async fn load_lines(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    pledge: Uuid,
    numbers: Vec<i64>,
) -> Result<Vec<(i64, ReversibleLine)>, DbError> {
    type Row = (i64, i16, i64, i32, i32, i64);
    let rows: Vec<Row> = transfers::table
        .filter(transfers::pledge_id.eq(pledge))
        .filter(transfers::journal.eq_any(numbers))
        .order((transfers::journal, transfers::line))
        .select((
            transfers::journal,
            transfers::line,
            transfers::amount,
            transfers::debit_account,
            transfers::credit_account,
            reversed_of(transfers::pledge_id, transfers::journal, transfers::line),
        ))
        .load(&mut connection)
        .await?;
    let touched: HashSet<i32> = rows
        .iter()
        .flat_map(|(_, _, _, debit, credit, _)| [*debit, *credit])
        .collect();
    let keys: Vec<KeyRow> = accounts::table
        .filter(accounts::pledge_id.eq(pledge))
        .filter(accounts::number.eq_any(touched))
        .select(KeyRow::as_select())
        .load(&mut connection)
        .await?;
    let mut known: HashMap<i32, AccountKey> = HashMap::default();
    for row in keys {
        known.insert(row.number, row.read(catalogue)?);
    }
    let key = |number: i32| {
        let found = known.get(&number).cloned();
        found.ok_or_else(|| unreadable("account", &number.to_string()))
    };
    let read = |(journal, line, amount, debit, credit, reversed): Row| {
        let line = ReversibleLine {
            line,
            debit: key(debit)?,
            credit: key(credit)?,
            amount,
            reversed,
        };
        Ok((journal, line))
    };
    rows.into_iter().map(read).collect()
}
