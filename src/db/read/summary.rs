//! The picture of a pledge: by unit, and by market and unit. One statement over its accounts, which
//! carry their own totals, so the number of journals doesn't matter.
//!
//! | Figure | Is |
//! |---|---|
//! | pledged | the unit's part of the split |
//! | received, written off | what its instalments say; bank fees count as received |
//! | unallocated | 3110, 3210: there, and not yet given to a market |
//! | support cost | 3190 |
//! | available | 3120, 3220: what a market can still allocate |
//! | held | of the same, what is set aside: it can't be allocated |
//! | tax reserve | of what is held, the cash for tax on ad spend |
//! | allocated | 3130, 3230: what creators hold |
//! | obligated | 3140, 3240 |
//! | spent | 5110, 5210, 5220, 5230 |
//! | expired | 5910; of the whole, also what no market had yet |
//! | budgeted | what a market was given and didn't return: the six above together, held included |
//!
//! For a donor the database adds up what markets did, and withholds what comes of too few creators:
//! `donor_figures` in the migrations says by which rule.

mod donor;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;

use super::error::ReadError;
use super::known::Known;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::command::tax_reserves;
use crate::domain::{Catalogue, Market, PledgeId, Unit};

/// What a market, or all of them, have done with their budgets. In minor digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Use {
    /// Still to be allocated.
    pub available: i64,
    /// Set aside in the budget.
    pub held: i64,
    /// What of that is for tax on ad spend.
    pub tax_reserve: i64,
    /// Held by creators.
    pub allocated: i64,
    /// Bound by contracts and campaigns.
    pub obligated: i64,
    /// Gone, for what it was meant for.
    pub spent: i64,
    /// Lapsed unused.
    pub expired: i64,
}

impl Use {
    /// What was given, less what was returned.
    pub fn budgeted(&self) -> i64 {
        self.available + self.held + self.allocated + self.obligated + self.spent + self.expired
    }

    fn add(&mut self, code: &str, balance: i64, held: i64) {
        match code {
            "3120" | "3220" => {
                self.available += balance - held;
                self.held += held;
            }
            "3130" | "3230" => self.allocated += balance,
            "3140" | "3240" => self.obligated += balance,
            "5110" | "5210" | "5220" | "5230" => self.spent += balance,
            "5910" => self.expired += balance,
            _ => {}
        }
    }
}

/// What a market, or all of them, have done with their budgets, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// All of it.
    Whole(Use),
    /// What was given, less what was returned: the rest comes of too few creators.
    Withheld {
        /// In minor digits.
        budgeted: i64,
    },
}

impl Default for Told {
    fn default() -> Self {
        Told::Whole(Use::default())
    }
}

impl Told {
    /// What was given, less what was returned.
    pub fn budgeted(&self) -> i64 {
        match self {
            Told::Whole(used) => used.budgeted(),
            Told::Withheld { budgeted } => *budgeted,
        }
    }

    /// What was done with it, unless that is withheld.
    pub fn used(&self) -> Option<&Use> {
        match self {
            Told::Whole(used) => Some(used),
            Told::Withheld { .. } => None,
        }
    }

    fn add(&mut self, code: &str, balance: i64, held: i64) {
        if let Told::Whole(used) = self {
            used.add(code, balance, held);
        }
    }

    fn reserve(&mut self, held: i64) {
        if let Told::Whole(used) = self {
            used.tax_reserve += held;
        }
    }
}

/// The figures of a pledge in one unit that belong to no market. In minor digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whole {
    /// Promised.
    pub pledged: i64,
    /// Come in.
    pub received: i64,
    /// Known not to come.
    pub written_off: i64,
    /// There, and not yet given to a market.
    pub unallocated: i64,
    /// Set aside for running the programme.
    pub support_cost: i64,
    /// Lapsed before any market had it.
    pub expired_unallocated: i64,
    /// What all markets have done with their budgets.
    pub markets: Told,
}

/// The picture of a pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The pledge.
    pub pledge: PledgeId,
    /// What was taken into account.
    pub known: Known,
    /// By unit, in the order of the split. Without figures if whole pledges are out of sight.
    pub units: Vec<(Unit, Option<Whole>)>,
    /// How often its holds were changed.
    pub hold_changes: i64,
    /// By market in sight, and unit; every combination, also where nothing happened yet.
    pub markets: Vec<(Market, Unit, Told)>,
}

/// $1 the pledge, $2 pledges, $3 markets and $4 codes of accounts in sight, $5 and $6 the first and
/// last of what reserves for tax are held for. Four kinds of row: `unit` for each part of the
/// split, `market` for each market in sight, `account` for each sum over accounts alike, `tax` for
/// each reserve.
const SUMMARY: &str = "
WITH p AS (
    SELECT id, journals, hold_changes,
           coalesce(last_recorded_at, created_at - interval '1 microsecond') AS at
    FROM pledges WHERE id = $1 AND ($2 IS NULL OR id = ANY ($2)))
SELECT 'account' AS what, a.code, a.unit, a.market, 0::smallint AS position,
       sum(CASE a.normal_side WHEN 'debit' THEN a.debits - a.credits
                              ELSE a.credits - a.debits END)::bigint AS amount,
       sum(a.held)::bigint AS held,
       0::bigint AS received, 0::bigint AS written_off, p.journals, p.at, p.hold_changes
FROM p JOIN accounts a ON a.pledge_id = p.id
WHERE ($3 IS NULL OR a.market = ANY ($3)) AND ($4 IS NULL OR a.code = ANY ($4))
GROUP BY a.code, a.unit, a.market, p.journals, p.at, p.hold_changes
UNION ALL
SELECT 'tax', a.code, a.unit, a.market, 0, 0, h.amount, 0, 0, p.journals, p.at, p.hold_changes
FROM p JOIN holds h ON h.pledge_id = p.id AND h.subject BETWEEN $5 AND $6
JOIN accounts a ON a.pledge_id = h.pledge_id AND a.number = h.account
WHERE ($3 IS NULL OR a.market = ANY ($3)) AND ($4 IS NULL OR a.code = ANY ($4))
UNION ALL
SELECT 'market', '', '', m.market, m.position, 0, 0, 0, 0, p.journals, p.at, p.hold_changes
FROM p JOIN pledge_markets m ON m.pledge_id = p.id
WHERE $3 IS NULL OR m.market = ANY ($3)
UNION ALL
SELECT 'unit', '', u.unit, NULL, u.position, u.amount, 0,
       coalesce(sum(i.received), 0)::bigint, coalesce(sum(i.written_off), 0)::bigint,
       p.journals, p.at, p.hold_changes
FROM p JOIN pledge_units u ON u.pledge_id = p.id
LEFT JOIN instalments i ON i.pledge_id = u.pledge_id AND i.unit = u.unit
GROUP BY u.unit, u.position, u.amount, p.journals, p.at, p.hold_changes
ORDER BY 5, 4, 3, 2";

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlText)]
    what: String,
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = Nullable<SqlText>)]
    market: Option<String>,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    hold_changes: i64,
    #[diesel(sql_type = BigInt)]
    received: i64,
    #[diesel(sql_type = BigInt)]
    written_off: i64,
    #[diesel(sql_type = BigInt)]
    journals: i64,
    #[diesel(sql_type = Timestamptz)]
    at: OffsetDateTime,
}

/// The picture of the pledge, if it is there and in sight. One statement; two for a donor.
pub async fn summary(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
) -> Result<Option<Summary>, ReadError> {
    let [first, last] = tax_reserves();
    let text: Text = Text::new(SUMMARY)
        .bind(pledge.0)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(sight.codes())
        .bind(first)
        .bind(last);
    let rows: Vec<Row> = text.load(connection).await?;
    let [first, ..] = rows.as_slice() else {
        return Ok(None);
    };
    let known = Known {
        journal: first.journals,
        at: first.at,
    };
    let hold_changes = first.hold_changes;
    let told = match sight.shows_creators() {
        true => Vec::new(),
        false => donor::figures(connection, pledge).await?,
    };
    let (units, markets) = arrange(&rows, &told, sight.whole_pledges());
    let units = units
        .into_iter()
        .map(|(unit, whole)| Ok((rows::unit(catalogue, unit)?, whole)))
        .collect::<Result<Vec<_>, ReadError>>()?;
    let markets = markets
        .into_iter()
        .map(|(market, unit, used)| Ok((rows::market(market)?, rows::unit(catalogue, unit)?, used)))
        .collect::<Result<Vec<_>, ReadError>>()?;
    Ok(Some(Summary {
        pledge,
        known,
        hold_changes,
        units,
        markets,
    }))
}

type Units<'a> = Vec<(&'a str, Option<Whole>)>;
type Markets<'a> = Vec<(&'a str, &'a str, Told)>;

impl Whole {
    /// Adds what accounts of a code have, of a market or of none.
    fn add(&mut self, row: &Row) {
        if row.market.is_some() {
            self.markets.add(&row.code, row.amount, row.held);
        }
        match row.code.as_str() {
            "5910" if row.market.is_none() => self.expired_unallocated += row.amount,
            "3110" | "3210" => self.unallocated += row.amount,
            "3190" => self.support_cost += row.amount,
            _ => {}
        }
    }
}

/// Sorts what the rows say into units, and markets by unit. What is told of markets to a donor goes
/// before what its rows say.
fn arrange<'a>(
    rows: &'a [Row],
    told: &'a [donor::Figures],
    whole_pledges: bool,
) -> (Units<'a>, Markets<'a>) {
    let mut wholes: BTreeMap<&str, Whole> = BTreeMap::new();
    let mut uses: BTreeMap<(&str, &str), Told> = BTreeMap::new();
    let (mut units, mut markets) = (Vec::new(), Vec::new());
    for row in rows {
        let whole = wholes.entry(&row.unit).or_default();
        match (row.what.as_str(), &row.market) {
            ("unit", _) => {
                units.push(row.unit.as_str());
                whole.pledged = row.amount;
                whole.received = row.received;
                whole.written_off = row.written_off;
            }
            ("market", Some(market)) => markets.push(market.as_str()),
            ("tax", Some(market)) => {
                let used = uses.entry((market, &row.unit)).or_default();
                used.reserve(row.held);
                whole.markets.reserve(row.held);
            }
            (_, market) => {
                whole.add(row);
                if let Some(market) = market {
                    let used = uses.entry((market, &row.unit)).or_default();
                    used.add(&row.code, row.amount, row.held);
                }
            }
        }
    }
    for figures in told {
        match &figures.market {
            Some(market) => {
                uses.insert((market, &figures.unit), figures.told());
            }
            None => {
                let whole = wholes.entry(&figures.unit).or_default();
                whole.markets = figures.told();
                // Counted among what is told already.
                whole.expired_unallocated = 0;
            }
        }
    }
    let figures =
        |unit: &&str| whole_pledges.then(|| wholes.get(unit).copied().unwrap_or_default());
    let by_market = markets.iter().flat_map(|market| {
        units.iter().map(|unit| {
            (
                *market,
                *unit,
                uses.get(&(*market, *unit)).copied().unwrap_or_default(),
            )
        })
    });
    let by_market = by_market.collect();
    (
        units.iter().map(|unit| (*unit, figures(unit))).collect(),
        by_market,
    )
}
