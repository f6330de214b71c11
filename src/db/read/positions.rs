//! What accounts came to by a cut, and what moved on accounts of some codes until then.
//!
//! Both look at the transfers of a pledge up to the cut, once: a report that goes back in time on
//! both axes costs as many as there are.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text as SqlText, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::account::AccountKey;
use crate::domain::{
    AdAccountId, Catalogue, Code, CreatorId, InstalmentId, JournalId, Kind, LotId, ObligationId,
};

/// An account by a cut, in minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The account.
    pub key: AccountKey,
    /// Cumulative debits.
    pub debits: i64,
    /// Cumulative credits.
    pub credits: i64,
}

impl Position {
    /// What it comes to on its normal side.
    pub fn balance(&self) -> i64 {
        self.key.code.side().balance(self.debits, self.credits)
    }
}

/// One side of a transfer, in minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The journal's number.
    pub number: i64,
    /// The journal.
    pub journal: JournalId,
    /// What happened.
    pub kind: Kind,
    /// Of what was taken back, what had happened; of anything else, what happened.
    pub root_kind: Kind,
    /// The number of the journal that was taken back, or of this one.
    pub root: i64,
    /// When it counts.
    pub effective_date: time::Date,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// Why; none if that is out of sight.
    pub reason: Option<String>,
    /// What the journal, or the one it takes back, is about.
    pub subject: Option<Uuid>,
    /// The account.
    pub key: AccountKey,
    /// What was debited.
    pub debit: i64,
    /// What was credited.
    pub credit: i64,
    /// The code on the other side.
    pub other: Code,
    /// At what rate one currency was taken for another, if one was: as the journal states it, or
    /// the valuation or payout that it is of; of what takes another journal back, as that one did.
    pub rate: Option<MovementRate>,
}

/// At what rate a journal took one currency for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementRate {
    /// The other currency.
    pub unit: String,
    /// So many hundred-millionths of it for one of the pledge's own.
    pub rate_e8: i64,
    /// By whose word.
    pub source: String,
    /// Of which day.
    pub day: time::Date,
}

#[derive(Debug, QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    market: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    creator_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    instalment_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    lot_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    obligation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    ad_account_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    platform: Option<String>,
}

impl KeyRow {
    fn read(self, catalogue: &Catalogue) -> Result<AccountKey, ReadError> {
        Ok(AccountKey {
            code: rows::code(&self.code)?,
            unit: rows::unit(catalogue, &self.unit)?,
            market: self.market.as_deref().map(rows::market).transpose()?,
            creator: self.creator_id.map(CreatorId),
            instalment: self.instalment_id.map(InstalmentId),
            lot: self.lot_id.map(LotId),
            obligation: self.obligation_id.map(ObligationId),
            ad_account: self.ad_account_id.map(AdAccountId),
            platform: self.platform,
        })
    }
}

/// Both sides of the transfers of pledge $1 up to journal $2 and, if one is given, day $3.
macro_rules! sides {
    () => {
        "(SELECT pledge_id, journal, line, effective_date, debit_account AS account,
        credit_account AS other, amount AS debit, 0::bigint AS credit
 FROM transfers
 WHERE pledge_id = $1 AND journal <= $2 AND ($3 IS NULL OR effective_date <= $3)
 UNION ALL
 SELECT pledge_id, journal, line, effective_date, credit_account, debit_account, 0, amount
 FROM transfers
 WHERE pledge_id = $1 AND journal <= $2 AND ($3 IS NULL OR effective_date <= $3)) AS t"
    };
}

/// Of a journal `j` that takes another back, the first of those before it that takes none back:
/// `root`, with its number, kind and subject.
macro_rules! root {
    () => {
        "LEFT JOIN LATERAL (
    WITH RECURSIVE back (number, reverses, kind, subject) AS (
        SELECT o.number, o.reverses, o.kind, o.subject FROM journals o
        WHERE o.pledge_id = j.pledge_id AND o.number = j.reverses
        UNION ALL
        SELECT o.number, o.reverses, o.kind, o.subject
        FROM back JOIN journals o ON o.pledge_id = j.pledge_id AND o.number = back.reverses)
    SELECT number, kind, subject FROM back WHERE reverses IS NULL) AS root
    ON j.reverses IS NOT NULL"
    };
}

pub(super) use {root, sides};

/// $4 markets and $5 codes in sight.
const POSITIONS: &str = concat!(
    "
SELECT a.code, a.unit, a.market, a.creator_id, a.instalment_id, a.lot_id, a.obligation_id,
       a.ad_account_id, a.platform, s.debits, s.credits
FROM (SELECT account, sum(debit)::bigint AS debits, sum(credit)::bigint AS credits
      FROM ",
    sides!(),
    " GROUP BY account) AS s
JOIN accounts a ON a.pledge_id = $1 AND a.number = s.account
WHERE ($4 IS NULL OR a.market = ANY ($4)) AND ($5 IS NULL OR a.code = ANY ($5))
ORDER BY a.unit, a.code, a.market NULLS FIRST, a.number"
);

#[derive(Debug, QueryableByName)]
struct PositionRow {
    #[diesel(embed)]
    key: KeyRow,
    #[diesel(sql_type = BigInt)]
    debits: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
}

/// The accounts in sight that anything was posted to by the cut; by unit, code and market.
pub async fn positions(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<Position>, ReadError> {
    let text: Text = Text::new(POSITIONS)
        .bind(cut.pledge.0)
        .bind(cut.known.journal)
        .bind(cut.as_of)
        .bind(sight.markets())
        .bind(sight.codes());
    let rows: Vec<PositionRow> = text.load(connection).await?;
    let read = |row: PositionRow| {
        Ok(Position {
            key: row.key.read(catalogue)?,
            debits: row.debits,
            credits: row.credits,
        })
    };
    rows.into_iter().map(read).collect()
}

/// $4 markets and $5 codes in sight, $6 the codes asked for.
const MOVEMENTS: &str = concat!(
    "
SELECT a.code, a.unit, a.market, a.creator_id, a.instalment_id, a.lot_id, a.obligation_id,
       a.ad_account_id, a.platform, j.number, j.id AS journal_id, j.kind, j.effective_date,
       j.recorded_at, j.reason, coalesce(root.number, j.number) AS root,
       coalesce(root.kind, j.kind) AS root_kind, coalesce(root.subject, j.subject) AS subject,
       t.debit, t.credit, coalesce(o.code, code_of(t.pledge_id, t.other)) AS other_code,
       r.unit AS rate_unit, r.rate_e8, r.source AS rate_source, r.day AS rate_day
FROM ",
    sides!(),
    "
JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.account AND a.code = ANY ($6)
JOIN journals j ON j.pledge_id = t.pledge_id AND j.number = t.journal
LEFT JOIN accounts o ON o.pledge_id = t.pledge_id AND o.number = t.other ",
    root!(),
    "
LEFT JOIN LATERAL (
    SELECT unit, rate_e8, source, day FROM (
        SELECT s.unit, s.rate_e8, s.source, s.day, s.journal FROM stated_rates s
        WHERE s.pledge_id = t.pledge_id AND s.journal IN (j.number, root.number)
        UNION ALL
        SELECT v.unit, v.rate_e8, v.rate_source, v.rate_day, v.journal FROM revaluations v
        WHERE v.pledge_id = t.pledge_id AND v.journal IN (j.number, root.number)
        UNION ALL
        SELECT p.unit, p.rate_e8, p.rate_source, p.rate_day, e.journal
        FROM payout_events e JOIN payouts p ON p.pledge_id = e.pledge_id AND p.id = e.payout_id
        WHERE e.pledge_id = t.pledge_id AND e.journal IN (j.number, root.number)
          AND p.rate_e8 IS NOT NULL) AS stated
    ORDER BY journal DESC, unit LIMIT 1) AS r ON true
WHERE ($4 IS NULL OR a.market = ANY ($4)) AND ($5 IS NULL OR a.code = ANY ($5))
ORDER BY j.effective_date, j.number, t.line, t.debit = 0"
);

#[derive(Debug, QueryableByName)]
struct MovementRow {
    #[diesel(embed)]
    key: KeyRow,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = SqlUuid)]
    journal_id: Uuid,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = Date)]
    effective_date: time::Date,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<SqlText>)]
    reason: Option<String>,
    #[diesel(sql_type = BigInt)]
    root: i64,
    #[diesel(sql_type = SqlText)]
    root_kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    subject: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    debit: i64,
    #[diesel(sql_type = BigInt)]
    credit: i64,
    #[diesel(sql_type = SqlText)]
    other_code: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    rate_unit: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    rate_e8: Option<i64>,
    #[diesel(sql_type = Nullable<SqlText>)]
    rate_source: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    rate_day: Option<time::Date>,
}

impl MovementRow {
    fn read(self, catalogue: &Catalogue, sight: &Sight) -> Result<Movement, ReadError> {
        let said = self.rate_unit.zip(self.rate_source);
        let rate = said.zip(self.rate_e8.zip(self.rate_day));
        Ok(Movement {
            number: self.number,
            journal: JournalId(self.journal_id),
            kind: rows::kind(&self.kind)?,
            root_kind: rows::kind(&self.root_kind)?,
            root: self.root,
            effective_date: self.effective_date,
            recorded_at: self.recorded_at,
            reason: self.reason.filter(|_| sight.shows_reasons()),
            subject: self.subject,
            key: self.key.read(catalogue)?,
            debit: self.debit,
            credit: self.credit,
            other: rows::code(&self.other_code)?,
            rate: rate.map(|((unit, source), (rate_e8, day))| MovementRate {
                unit,
                rate_e8,
                source,
                day,
            }),
        })
    }
}

/// What moved on accounts in sight of these codes by the cut, by effective date and number.
pub async fn movements(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
    codes: &[Code],
) -> Result<Vec<Movement>, ReadError> {
    let codes: Vec<String> = codes.iter().map(|it| it.as_str().to_owned()).collect();
    let text: Text = Text::new(MOVEMENTS)
        .bind(cut.pledge.0)
        .bind(cut.known.journal)
        .bind(cut.as_of)
        .bind(sight.markets())
        .bind(sight.codes())
        .bind(Some(codes));
    let rows: Vec<MovementRow> = text.load(connection).await?;
    let read = rows.into_iter().map(|row| row.read(catalogue, sight));
    read.collect()
}
