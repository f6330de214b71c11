//! Statements of several accounts: the heads of all accounts of a creator, a market, a lot or a
//! pledge, as of one journal.
//!
//! Cost: the days of those accounts, and the journals posted after the instant asked for: what they
//! brought is taken off what the days say.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date as SqlDate, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};

use super::accounts::{AccountRow, account_columns};
use super::error::ReadError;
use super::known::known;
use super::sight::Sight;
use super::statement::{StatementHead, divide};
use super::text::Text;
use crate::domain::{Catalogue, CreatorId, LotId, Market, PledgeId};

/// Whose accounts a statement is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// Of that pledge.
    pub pledge: PledgeId,
    /// Of that market.
    pub market: Option<Market>,
    /// Of that creator.
    pub creator: Option<CreatorId>,
    /// Of that lot.
    pub lot: Option<LotId>,
}

/// $1 the pledge, $2 markets and $3 codes in sight, $4 to $6 market, creator and lot, $7 and $8 the
/// days, $9 the instant, $10 how many.
const HEADS: &str = concat!(
    "WITH RECURSIVE of (pledge_id) AS (VALUES ($1::uuid)),",
    known!("of", "$9"),
    ",
late AS MATERIALIZED (
    SELECT side.account, count(*) AS entries,
           coalesce(sum(side.debit) FILTER (WHERE side.day < $7), 0) AS debits_before,
           coalesce(sum(side.credit) FILTER (WHERE side.day < $7), 0) AS credits_before,
           coalesce(sum(side.debit) FILTER (WHERE side.day <= $8), 0) AS debits,
           coalesce(sum(side.credit) FILTER (WHERE side.day <= $8), 0) AS credits
    FROM known CROSS JOIN LATERAL (
        SELECT t.debit_account AS account, t.effective_date AS day, t.amount AS debit, 0 AS credit
        FROM transfers t WHERE t.pledge_id = $1 AND t.journal > known.journal
        UNION ALL
        SELECT t.credit_account, t.effective_date, 0, t.amount
        FROM transfers t WHERE t.pledge_id = $1 AND t.journal > known.journal) AS side
    GROUP BY side.account)
SELECT ",
    account_columns!(),
    ", (f.debits - coalesce(late.debits, 0))::bigint AS debits,
       (f.credits - coalesce(late.credits, 0))::bigint AS credits,
       (a.entries - coalesce(late.entries, 0))::bigint AS entries,
       (f.debits_before - coalesce(late.debits_before, 0))::bigint AS debits_before,
       (f.credits_before - coalesce(late.credits_before, 0))::bigint AS credits_before,
       known.journal, known.at, known.future
FROM accounts a CROSS JOIN known
JOIN LATERAL (
    SELECT sum(d.debits) AS debits, sum(d.credits) AS credits,
           coalesce(sum(d.debits) FILTER (WHERE d.day < $7), 0) AS debits_before,
           coalesce(sum(d.credits) FILTER (WHERE d.day < $7), 0) AS credits_before
    FROM account_days d
    WHERE d.pledge_id = a.pledge_id AND d.account = a.number AND d.day <= $8)
    AS f ON f.debits IS NOT NULL
LEFT JOIN late ON late.account = a.number
WHERE a.pledge_id = $1 AND ($2 IS NULL OR a.market = ANY ($2)) AND ($3 IS NULL OR a.code = ANY ($3))
  AND ($4 IS NULL OR a.market = $4) AND ($5 IS NULL OR a.creator_id = $5)
  AND ($6 IS NULL OR a.lot_id = $6)
ORDER BY a.code, a.unit, a.market NULLS FIRST, a.number
LIMIT $10"
);

/// $1 the pledge, $2 the accounts, $3 and $4 the days.
const DAYS: &str = "
SELECT account, day, first_seq, last_seq FROM account_days
WHERE pledge_id = $1 AND account = ANY ($2) AND day BETWEEN $3 AND $4
ORDER BY account, day";

#[derive(Debug, QueryableByName)]
struct HeadRow {
    #[diesel(embed)]
    account: AccountRow,
    #[diesel(sql_type = BigInt)]
    debits_before: i64,
    #[diesel(sql_type = BigInt)]
    credits_before: i64,
}

/// The heads of the statements of all accounts of somebody, of those at most `limit` that have a
/// balance or moved on these days, by code and market. Call it in a snapshot: it takes two
/// statements.
pub async fn statement_heads(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    whose: Whose,
    (from, to): (Date, Date),
    known_at: Option<OffsetDateTime>,
    limit: i64,
) -> Result<Vec<StatementHead>, ReadError> {
    let text: Text = Text::new(HEADS)
        .bind(whose.pledge.0)
        .bind(sight.markets())
        .bind(sight.codes())
        .bind(whose.market.map(|it| it.as_str().to_owned()))
        .bind(whose.creator.map(|id| id.0))
        .bind(whose.lot.map(|id| id.0))
        .bind(from)
        .bind(to)
        .bind(known_at)
        .bind(limit);
    let mut heads = Vec::new();
    for row in text.load::<HeadRow>(connection).await? {
        let end = row.account.read(catalogue)?;
        let side = end.account.key.code.side();
        heads.push(StatementHead {
            from,
            to,
            known: end.known,
            opening: side.balance(row.debits_before, row.credits_before),
            total_debits: end.account.debits - row.debits_before,
            total_credits: end.account.credits - row.credits_before,
            account: end.account,
            stretches: Vec::new(),
        });
    }
    heads.retain(|it| it.opening != 0 || it.total_debits != 0 || it.total_credits != 0);
    find_lines(connection, whose.pledge, (from, to), &mut heads).await?;
    Ok(heads)
}

/// Finds out where their lines are.
async fn find_lines(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
    (from, to): (Date, Date),
    heads: &mut [StatementHead],
) -> Result<(), ReadError> {
    let moved = heads
        .iter()
        .filter(|it| it.total_debits != 0 || it.total_credits != 0);
    let numbers: Vec<i32> = moved.map(|head| head.account.number).collect();
    let text: Text<(Integer, SqlDate, BigInt, BigInt)> = Text::new(DAYS)
        .bind(pledge.0)
        .bind(numbers)
        .bind(from)
        .bind(to);
    let rows: Vec<(i32, Date, i64, i64)> = text.load(connection).await?;
    let mut days: HashMap<i32, Vec<(Date, i64, i64)>> = HashMap::new();
    for (account, day, first, last) in rows {
        days.entry(account).or_default().push((day, first, last));
    }
    for head in heads {
        let known = head.account.entries;
        let own = days.remove(&head.account.number).unwrap_or_default();
        let own = own.into_iter().filter(|(_, first, _)| *first <= known);
        let own: Vec<_> = own
            .map(|(day, first, last)| (day, first, last.min(known)))
            .collect();
        head.stretches = divide(&own);
    }
    Ok(())
}
