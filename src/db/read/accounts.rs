//! Accounts: as they stand, as they stood on a day, as they were known at an instant.
//!
//! | Asked for | Read from | Cost grows with |
//! |---|---|---|
//! | nothing | the account's row | nothing |
//! | `as_of` | the account's days | days |
//! | `known_at` | the entry it had then, found by halving | the logarithm of the entries |
//! | both | the days, and the entries of those days that were under way at that instant | days |

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::error::ReadError;
use super::known::{Known, figures_after, known};
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{
    AccountId, AccountKey, AdAccountId, Catalogue, CreatorId, InstalmentId, LotId, ObligationId,
    PledgeId,
};

/// An account with its figures at the moment it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its public id.
    pub id: AccountId,
    /// The pledge whose money it counts.
    pub pledge: PledgeId,
    /// Its number within the pledge.
    pub number: i32,
    /// What it is kept by.
    pub key: AccountKey,
    /// Cumulative debits, in minor digits.
    pub debits: i64,
    /// Cumulative credits, in minor digits.
    pub credits: i64,
    /// How many entries were known: the last one's sequence number.
    pub entries: i64,
}

impl Account {
    /// What it comes to on its normal side, in minor digits.
    pub fn balance(&self) -> i64 {
        self.key.code.side().balance(self.debits, self.credits)
    }
}

/// An account, and what was taken into account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountAt {
    /// The account.
    pub account: Account,
    /// Up to which journal.
    pub known: Known,
}

#[derive(Debug, QueryableByName)]
pub(super) struct AccountRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub(super) pledge_id: Uuid,
    #[diesel(sql_type = Integer)]
    pub(super) number: i32,
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    market: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    creator_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    instalment_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    lot_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    obligation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    ad_account_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    platform: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub(super) debits: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) credits: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) entries: i64,
    #[diesel(sql_type = BigInt)]
    journal: i64,
    #[diesel(sql_type = Timestamptz)]
    pub(super) at: OffsetDateTime,
    #[diesel(sql_type = Bool)]
    future: bool,
}

impl AccountRow {
    pub(super) fn read(self, catalogue: &Catalogue) -> Result<AccountAt, ReadError> {
        if self.future {
            return Err(ReadError::KnownAtInFuture);
        }
        let key = AccountKey {
            code: rows::code(&self.code)?,
            unit: rows::unit(catalogue, &self.unit)?,
            market: self.market.as_deref().map(rows::market).transpose()?,
            creator: self.creator_id.map(CreatorId),
            instalment: self.instalment_id.map(InstalmentId),
            lot: self.lot_id.map(LotId),
            obligation: self.obligation_id.map(ObligationId),
            ad_account: self.ad_account_id.map(AdAccountId),
            platform: self.platform,
        };
        let account = Account {
            id: AccountId(self.id),
            pledge: PledgeId(self.pledge_id),
            number: self.number,
            key,
            debits: self.debits,
            credits: self.credits,
            entries: self.entries,
        };
        Ok(AccountAt {
            account,
            known: Known {
                journal: self.journal,
                at: self.at,
            },
        })
    }
}

/// The account asked for, if in sight: $1 its id, $2 pledges and $3 markets in sight.
macro_rules! in_sight {
    () => {
        "a.id = $1 AND ($2 IS NULL OR a.pledge_id = ANY ($2))
  AND ($3 IS NULL OR a.market = ANY ($3))"
    };
}

macro_rules! account_columns {
    () => {
        "a.id, a.pledge_id, a.number, a.code, a.unit, a.market, a.creator_id, a.instalment_id,
       a.lot_id, a.obligation_id, a.ad_account_id, a.platform"
    };
}

pub(super) use account_columns;

const NOW: &str = concat!(
    "SELECT ",
    account_columns!(),
    ", a.debits, a.credits, a.entries, p.journals AS journal,
       coalesce(p.last_recorded_at, p.created_at - interval '1 microsecond') AS at,
       false AS future
FROM accounts a JOIN pledges p ON p.id = a.pledge_id WHERE ",
    in_sight!()
);

/// $4 the day.
const AS_OF: &str = concat!(
    "SELECT ",
    account_columns!(),
    ", d.debits, d.credits, a.entries, p.journals AS journal,
       coalesce(p.last_recorded_at, p.created_at - interval '1 microsecond') AS at,
       false AS future
FROM accounts a JOIN pledges p ON p.id = a.pledge_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(debits), 0)::bigint AS debits, coalesce(sum(credits), 0)::bigint AS credits
    FROM account_days WHERE pledge_id = a.pledge_id AND account = a.number AND day <= $4) AS d
WHERE ",
    in_sight!()
);

/// $4 the instant.
const KNOWN_AT: &str = concat!(
    "WITH RECURSIVE a AS (SELECT * FROM accounts a WHERE ",
    in_sight!(),
    "),",
    known!("a", "$4"),
    "
SELECT ",
    account_columns!(),
    ", f.debits, f.credits, f.entries, known.journal, known.at, known.future
FROM a CROSS JOIN known
CROSS JOIN LATERAL (",
    figures_after!("known.journal"),
    ") AS f"
);

/// $4 the instant, $5 the day. Of the days up to the one asked for, and of those after it, the side
/// is summed that has fewer entries to look at one by one; the other is the rest. Which entries
/// that is has to be settled before any is looked at: hence what is materialized.
const KNOWN_AT_AS_OF: &str = concat!(
    "WITH RECURSIVE a AS (SELECT * FROM accounts a WHERE ",
    in_sight!(),
    "),",
    known!("a", "$4"),
    ",
back_then AS (
    SELECT f.* FROM a CROSS JOIN known CROSS JOIN LATERAL (",
    figures_after!("known.journal"),
    ") AS f),
days AS MATERIALIZED (
    SELECT d.*, d.day <= $5 AS within
    FROM a JOIN account_days d ON d.pledge_id = a.pledge_id AND d.account = a.number),
under_way AS (
    SELECT d.day, d.debits, d.credits, d.within,
           back_then.entries - d.first_seq < d.last_seq - back_then.entries AS count_up,
           least(back_then.entries - d.first_seq + 1, d.last_seq - back_then.entries) AS cost,
           CASE WHEN back_then.entries - d.first_seq < d.last_seq - back_then.entries
                THEN d.first_seq ELSE back_then.entries + 1 END AS low,
           CASE WHEN back_then.entries - d.first_seq < d.last_seq - back_then.entries
                THEN back_then.entries ELSE d.last_seq END AS high
    FROM back_then CROSS JOIN days d
    WHERE d.first_seq <= back_then.entries AND d.last_seq > back_then.entries),
side AS (
    SELECT coalesce(sum(cost) FILTER (WHERE within), 0)
           <= coalesce(sum(cost) FILTER (WHERE NOT within), 0) AS within
    FROM under_way),
whole AS (
    SELECT coalesce(sum(d.debits), 0) AS debits, coalesce(sum(d.credits), 0) AS credits
    FROM back_then CROSS JOIN side JOIN days d ON d.within = side.within
    WHERE d.last_seq <= back_then.entries),
counted AS MATERIALIZED (
    SELECT u.* FROM side JOIN under_way u ON u.within = side.within),
part AS (
    SELECT coalesce(sum(CASE WHEN u.count_up THEN e.debits ELSE u.debits - e.debits END), 0)
               AS debits,
           coalesce(sum(CASE WHEN u.count_up THEN e.credits ELSE u.credits - e.credits END), 0)
               AS credits
    FROM a CROSS JOIN counted u
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(debit), 0) AS debits, coalesce(sum(credit), 0) AS credits
        FROM (
            SELECT t.amount AS debit, 0 AS credit FROM transfers t
            WHERE t.pledge_id = a.pledge_id AND t.debit_account = a.number
              AND t.debit_seq >= u.low AND t.debit_seq <= u.high
              AND t.effective_date = u.day
            UNION ALL
            SELECT 0, t.amount FROM transfers t
            WHERE t.pledge_id = a.pledge_id AND t.credit_account = a.number
              AND t.credit_seq >= u.low AND t.credit_seq <= u.high
              AND t.effective_date = u.day) AS line) AS e)
SELECT ",
    account_columns!(),
    ", (CASE WHEN side.within THEN whole.debits + part.debits
             ELSE back_then.debits - whole.debits - part.debits END)::bigint AS debits,
       (CASE WHEN side.within THEN whole.credits + part.credits
             ELSE back_then.credits - whole.credits - part.credits END)::bigint AS credits,
       back_then.entries, known.journal, known.at, known.future
FROM a CROSS JOIN known CROSS JOIN back_then CROSS JOIN side CROSS JOIN whole CROSS JOIN part"
);

/// When an account is looked at, on both axes of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// At the end of that day, by effective date; if not given, of the last day there is.
    pub as_of: Option<Date>,
    /// With what the ledger knew at that instant; if not given, with all it knows.
    pub known_at: Option<OffsetDateTime>,
}

/// The account, if it is there and in sight. One statement.
pub async fn account(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: AccountId,
    moment: Moment,
) -> Result<Option<AccountAt>, ReadError> {
    let of = |wording| {
        Text::new(wording)
            .bind(id.0)
            .bind(sight.pledges())
            .bind(sight.markets())
    };
    let text: Text = match (moment.as_of, moment.known_at) {
        (None, None) => of(NOW),
        (Some(day), None) => of(AS_OF).bind(day),
        (None, Some(instant)) => of(KNOWN_AT).bind(instant),
        (Some(day), Some(instant)) => of(KNOWN_AT_AS_OF).bind(instant).bind(day),
    };
    let row: Option<AccountRow> = text.load(connection).await?.into_iter().next();
    let found = row.map(|row| row.read(catalogue)).transpose()?;
    Ok(found.filter(|it| sight.shows_code(it.account.key.code)))
}
