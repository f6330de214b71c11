//! Lots of credits by a cut: their terms, and what went in and out of them, added up.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text as SqlText, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::cut::Cut;
use super::error::ReadError;
use super::horizon::BURN_DAYS;
use super::positions::{root, sides};
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{Catalogue, Code, Kind, LotId, Market, Unit};

/// A lot's terms, as they were known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotTerms {
    /// The lot.
    pub id: LotId,
    /// What its instalment is called.
    pub instalment: String,
    /// What is counted.
    pub unit: Unit,
    /// What it was issued with, in minor digits.
    pub face: i64,
    /// Free, assignable or conditional.
    pub kind: String,
    /// When it was issued.
    pub issued_on: time::Date,
    /// Its first day.
    pub valid_from: time::Date,
    /// Its last day, extensions known by then included.
    pub expires_at: time::Date,
    /// Millionths of its face value that it is worth by the pledge's books, if that was stated.
    pub fair_value_ppm: Option<i32>,
    /// How that was arrived at.
    pub technique: Option<String>,
    /// Where the donor's document is.
    pub document: Option<String>,
}

/// What went in and out of a lot against accounts of one code and market, in minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotSum {
    /// The lot.
    pub lot: LotId,
    /// In the platform's pool, or in an ad account.
    pub code: Code,
    /// The code on the other side.
    pub other: Code,
    /// The market on the other side, if it has one.
    pub market: Option<Market>,
    /// What happened, or had happened where it was taken back.
    pub root_kind: Kind,
    /// What went in, less what went out.
    pub net: i64,
    /// The same of the last days that count.
    pub recent: i64,
}

#[derive(Debug, QueryableByName)]
struct TermsRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    instalment: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    face: i64,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = Date)]
    issued_on: time::Date,
    #[diesel(sql_type = Date)]
    valid_from: time::Date,
    #[diesel(sql_type = Date)]
    expires_at: time::Date,
    #[diesel(sql_type = Nullable<Integer>)]
    fair_value_ppm: Option<i32>,
    #[diesel(sql_type = Nullable<SqlText>)]
    technique: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document: Option<String>,
}

/// Of pledge $1, the lots that were issued by journal $2 and, if one is given, day $3; as known at
/// the moment $4.
const TERMS: &str = "
SELECT l.id, i.reference AS instalment, l.unit, l.face, l.kind, l.issued_on, l.valid_from,
       greatest(l.expires_at, (
           SELECT max(e.expires_at) FROM lot_events e
           WHERE e.pledge_id = l.pledge_id AND e.lot_id = l.id AND e.recorded_at <= $4))
           AS expires_at,
       l.fair_value_ppm, l.fair_value_technique AS technique, l.document_uri AS document
FROM lots l
JOIN instalments i ON i.pledge_id = l.pledge_id AND i.id = l.instalment_id
WHERE l.pledge_id = $1 AND EXISTS (
    SELECT FROM accounts a
    JOIN transfers t ON t.pledge_id = a.pledge_id AND t.debit_account = a.number
    WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id AND a.code = '1310'
      AND t.journal <= $2 AND ($3 IS NULL OR t.effective_date <= $3))
ORDER BY l.issued_on, l.id";

#[derive(Debug, QueryableByName)]
struct SumRow {
    #[diesel(sql_type = SqlUuid)]
    lot_id: Uuid,
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = SqlText)]
    other_code: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    market: Option<String>,
    #[diesel(sql_type = SqlText)]
    root_kind: String,
    #[diesel(sql_type = BigInt)]
    net: i64,
    #[diesel(sql_type = BigInt)]
    recent: i64,
}

/// $4 the day before the last that count.
const SUMS: &str = concat!(
    "
SELECT a.lot_id, a.code, o.code AS other_code, o.market, coalesce(root.kind, j.kind) AS root_kind,
       sum(t.debit - t.credit)::bigint AS net,
       coalesce(sum(t.debit - t.credit) FILTER (WHERE t.effective_date > $4), 0)::bigint AS recent
FROM ",
    sides!(),
    "
JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.account AND a.lot_id IS NOT NULL
JOIN accounts o ON o.pledge_id = t.pledge_id AND o.number = t.other
JOIN journals j ON j.pledge_id = t.pledge_id AND j.number = t.journal ",
    root!(),
    "
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4 NULLS FIRST, 5"
);

/// The lots of the pledge by the cut, in the order they were issued. None unless what belongs to no
/// market is in sight.
pub async fn lot_terms(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<LotTerms>, ReadError> {
    if !sight.whole_pledges() {
        return Ok(Vec::new());
    }
    let text: Text = Text::new(TERMS)
        .bind(cut.pledge.0)
        .bind(cut.known.journal)
        .bind(cut.as_of)
        .bind(cut.known.at);
    let rows: Vec<TermsRow> = text.load(connection).await?;
    let read = |row: TermsRow| {
        Ok(LotTerms {
            id: LotId(row.id),
            instalment: row.instalment,
            unit: rows::unit(catalogue, &row.unit)?,
            face: row.face,
            kind: row.kind,
            issued_on: row.issued_on,
            valid_from: row.valid_from,
            expires_at: row.expires_at,
            fair_value_ppm: row.fair_value_ppm,
            technique: row.technique,
            document: row.document,
        })
    };
    rows.into_iter().map(read).collect()
}

/// What went in and out of the pledge's lots by the cut. None unless whole pledges are in sight,
/// and what tells of single creators, as the use of a lot may.
pub async fn lot_sums(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    cut: &Cut,
) -> Result<Vec<LotSum>, ReadError> {
    if !sight.whole_pledges() || !sight.shows_creators() {
        return Ok(Vec::new());
    }
    let before = cut.day() - time::Duration::days(i64::from(BURN_DAYS));
    let text: Text = Text::new(SUMS)
        .bind(cut.pledge.0)
        .bind(cut.known.journal)
        .bind(cut.as_of)
        .bind(before);
    let rows: Vec<SumRow> = text.load(connection).await?;
    let read = |row: SumRow| {
        Ok(LotSum {
            lot: LotId(row.lot_id),
            code: rows::code(&row.code)?,
            other: rows::code(&row.other_code)?,
            market: row.market.as_deref().map(rows::market).transpose()?,
            root_kind: rows::kind(&row.root_kind)?,
            net: row.net,
            recent: row.recent,
        })
    };
    rows.into_iter().map(read).collect()
}
