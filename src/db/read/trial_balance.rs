//! The trial balance: every code of the chart that something was posted to, by unit.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text as SqlText};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::Date;

use super::error::ReadError;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::chart::Side;
use crate::domain::{Catalogue, PledgeId, Unit};

/// All accounts of one code in one unit. In minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalanceRow {
    /// The code.
    pub code: String,
    /// What the chart calls it.
    pub name: String,
    /// The side on which its balance is positive.
    pub side: Side,
    /// Cumulative debits.
    pub debits: i64,
    /// Cumulative credits.
    pub credits: i64,
}

impl TrialBalanceRow {
    /// What it comes to on its normal side.
    pub fn balance(&self) -> i64 {
        self.side.balance(self.debits, self.credits)
    }
}

/// The codes of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitBalance {
    /// The unit.
    pub unit: Unit,
    /// By code.
    pub rows: Vec<TrialBalanceRow>,
}

impl UnitBalance {
    /// All debits; equal to all credits.
    pub fn debits(&self) -> i64 {
        self.rows.iter().map(|row| row.debits).sum()
    }

    /// All credits; equal to all debits.
    pub fn credits(&self) -> i64 {
        self.rows.iter().map(|row| row.credits).sum()
    }
}

/// $1 pledges and $2 markets in sight, $3 the pledge.
const NOW: &str = "
SELECT a.unit, a.code, c.name, c.normal_side, sum(a.debits)::bigint AS debits,
       sum(a.credits)::bigint AS credits
FROM accounts a JOIN chart c ON c.code = a.code
WHERE ($1 IS NULL OR a.pledge_id = ANY ($1)) AND ($2 IS NULL OR a.market = ANY ($2))
  AND ($3 IS NULL OR a.pledge_id = $3)
GROUP BY a.unit, a.code, c.name, c.normal_side ORDER BY a.unit, a.code";

/// … and $4 the day.
const AS_OF: &str = "
SELECT a.unit, a.code, c.name, c.normal_side, sum(d.debits)::bigint AS debits,
       sum(d.credits)::bigint AS credits
FROM accounts a JOIN chart c ON c.code = a.code
JOIN account_days d ON d.pledge_id = a.pledge_id AND d.account = a.number AND d.day <= $4
WHERE ($1 IS NULL OR a.pledge_id = ANY ($1)) AND ($2 IS NULL OR a.market = ANY ($2))
  AND ($3 IS NULL OR a.pledge_id = $3)
GROUP BY a.unit, a.code, c.name, c.normal_side ORDER BY a.unit, a.code";

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = SqlText)]
    name: String,
    #[diesel(sql_type = SqlText)]
    normal_side: String,
    #[diesel(sql_type = BigInt)]
    debits: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
}

/// The trial balance of a pledge, or of all in sight, now or at the end of a day. One statement.
pub async fn trial_balance(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: Option<PledgeId>,
    as_of: Option<Date>,
) -> Result<Vec<UnitBalance>, ReadError> {
    let of = |wording| {
        Text::new(wording)
            .bind(sight.pledges())
            .bind(sight.markets())
            .bind(pledge.map(|id| id.0))
    };
    let text: Text = match as_of {
        None => of(NOW),
        Some(day) => of(AS_OF).bind(day),
    };
    let mut units: Vec<UnitBalance> = Vec::new();
    for row in text.load::<Row>(connection).await? {
        if units.last().is_none_or(|last| last.unit.code() != row.unit) {
            let unit = rows::unit(catalogue, &row.unit)?;
            units.push(UnitBalance {
                unit,
                rows: Vec::new(),
            });
        }
        let side = if row.normal_side == "debit" {
            Side::Debit
        } else {
            Side::Credit
        };
        let (code, name, debits, credits) = (row.code, row.name, row.debits, row.credits);
        if let Some(last) = units.last_mut() {
            last.rows.push(TrialBalanceRow {
                code,
                name,
                side,
                debits,
                credits,
            });
        }
    }
    Ok(units)
}
