//! Lists of accounts, all pages as they were at one instant.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::accounts::{Account, AccountRow, account_columns};
use super::error::ReadError;
use super::known::{figures_after, known};
use super::page::Page;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{Catalogue, Code, CreatorId, Market, PledgeId};

/// Which accounts are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// Of that code.
    pub code: Option<Code>,
    /// Counting that unit.
    pub unit: Option<String>,
    /// Of that market.
    pub market: Option<Market>,
    /// Of that creator.
    pub creator: Option<CreatorId>,
}

/// Where a list of accounts goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountWindow {
    /// The last account already seen: its pledge, and its number in it.
    pub after: Option<(PledgeId, i32)>,
    /// How many are wanted, at most.
    pub limit: i64,
    /// The instant the first page showed.
    pub known_at: Option<OffsetDateTime>,
}

/// A page of accounts, all as they were at one instant.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// The accounts, by pledge and number. May be fewer than asked for although there are more.
    pub page: Page<Account>,
    /// The last account looked at, from which the next page goes on.
    pub last: Option<(PledgeId, i32)>,
    /// The instant; none if nothing was ever posted.
    pub known_at: Option<OffsetDateTime>,
}

/// $1 pledges and $2 markets in sight, $3 to $7 the filter, $8 and $9 the account before, $10 the
/// limit, $11 the codes in sight.
const LIST: &str = concat!(
    "SELECT ",
    account_columns!(),
    ", a.debits, a.credits, a.entries, p.journals AS journal,
       coalesce(p.last_recorded_at, p.created_at - interval '1 microsecond') AS at,
       false AS future
FROM accounts a JOIN pledges p ON p.id = a.pledge_id
WHERE ($1 IS NULL OR a.pledge_id = ANY ($1)) AND ($2 IS NULL OR a.market = ANY ($2))
  AND ($3 IS NULL OR a.pledge_id = $3) AND ($4 IS NULL OR a.code = $4)
  AND ($5 IS NULL OR a.unit = $5) AND ($6 IS NULL OR a.market = $6)
  AND ($7 IS NULL OR a.creator_id = $7) AND ($11 IS NULL OR a.code = ANY ($11))
  AND ($8 IS NULL OR (a.pledge_id, a.number) > ($8, $9))
ORDER BY a.pledge_id, a.number LIMIT $10"
);

/// The same accounts of pledge $1, numbered $2, as they were at the instant $3.
const FIGURES_AT: &str = concat!(
    "WITH RECURSIVE of (pledge_id) AS (VALUES ($1::uuid)),",
    known!("of", "$3"),
    "
SELECT a.number, f.entries, f.debits, f.credits
FROM accounts a CROSS JOIN known
CROSS JOIN LATERAL (",
    figures_after!("known.journal"),
    ") AS f
WHERE a.pledge_id = $1 AND a.number = ANY ($2)"
);

const LAST_RECORDED: &str = "
SELECT max(last_recorded_at) AS at FROM pledges
WHERE ($1 IS NULL OR id = ANY ($1)) AND ($2 IS NULL OR id = $2)";

#[derive(Debug, QueryableByName)]
struct LastRecorded {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<OffsetDateTime>,
}

#[derive(Debug, QueryableByName)]
struct Figures {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = BigInt)]
    entries: i64,
    #[diesel(sql_type = BigInt)]
    debits: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
}

async fn load_rows(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    filter: &AccountFilter,
    window: AccountWindow,
) -> Result<Vec<AccountRow>, ReadError> {
    let text: Text = Text::new(LIST)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(filter.pledge.map(|id| id.0))
        .bind(filter.code.map(|code| code.as_str().to_owned()))
        .bind(filter.unit.clone())
        .bind(filter.market.map(|market| market.as_str().to_owned()))
        .bind(filter.creator.map(|id| id.0))
        .bind(window.after.map(|(pledge, _)| pledge.0))
        .bind(window.after.map_or(0, |(_, number)| number))
        .bind(window.limit + 1)
        .bind(sight.codes());
    Ok(text.load(connection).await?)
}

/// Puts back the figures of accounts of pledges that went on after the instant. Accounts that had
/// no entry yet go.
async fn put_back(
    connection: &mut AsyncPgConnection,
    rows: &mut Vec<AccountRow>,
    known_at: OffsetDateTime,
) -> Result<(), ReadError> {
    let changed: HashSet<Uuid> = rows
        .iter()
        .filter(|row| row.at > known_at)
        .map(|row| row.pledge_id)
        .collect();
    for pledge in changed {
        let of_pledge = rows.iter().filter(|row| row.pledge_id == pledge);
        let numbers: Vec<i32> = of_pledge.map(|row| row.number).collect();
        let text: Text = Text::new(FIGURES_AT)
            .bind(pledge)
            .bind(numbers)
            .bind(known_at);
        let figures: Vec<Figures> = text.load(connection).await?;
        let figures: HashMap<i32, Figures> = figures
            .into_iter()
            .map(|figures| (figures.number, figures))
            .collect();
        for row in rows.iter_mut().filter(|row| row.pledge_id == pledge) {
            let then = figures.get(&row.number);
            row.entries = then.map_or(0, |then| then.entries);
            row.debits = then.map_or(0, |then| then.debits);
            row.credits = then.map_or(0, |then| then.credits);
        }
        rows.retain(|row| row.pledge_id != pledge || row.entries > 0);
    }
    Ok(())
}

/// Accounts in sight, by pledge and number. Call it in a snapshot: it takes several statements.
pub async fn list_accounts(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &AccountFilter,
    window: AccountWindow,
) -> Result<AccountPage, ReadError> {
    let page = Page::cut(
        load_rows(connection, sight, filter, window).await?,
        window.limit,
    );
    let (mut rows, has_more) = (page.data, page.has_more);
    let last = rows.last().map(|row| (PledgeId(row.pledge_id), row.number));
    let known_at = match window.known_at {
        Some(known_at) => {
            put_back(connection, &mut rows, known_at).await?;
            Some(known_at)
        }
        None => {
            let text: Text = Text::new(LAST_RECORDED)
                .bind(sight.pledges())
                .bind(filter.pledge.map(|id| id.0));
            let last: Vec<LastRecorded> = text.load(connection).await?;
            last.into_iter().find_map(|row| row.at)
        }
    };
    let read = |row: AccountRow| row.read(catalogue).map(|at| at.account);
    let data = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(AccountPage {
        page: Page { data, has_more },
        last,
        known_at,
    })
}
