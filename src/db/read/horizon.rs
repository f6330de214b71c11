//! What of a pledge's credits is going to lapse, if they are used as of late.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::error::ReadError;
use super::sight::Sight;
use super::text::Text;
use crate::db::lots::{LotFiguresRow, LotRow, read_lots};
use crate::db::schema::{lot_figures, lots};
use crate::domain::{Catalogue, Lot, PledgeId};

/// Over how many days, today's included, it is counted how fast credits are used.
pub const BURN_DAYS: i32 = 28;

/// A lot of which something is left, with what was spent of it in the days before.
#[derive(Debug, Clone)]
pub struct HorizonLot {
    /// The lot.
    pub lot: Lot,
    /// What was spent in [`BURN_DAYS`] days, in minor digits.
    pub spent: i64,
}

/// The lots of a pledge of which something is left, the first to end first.
#[derive(Debug, Clone)]
pub struct Horizon {
    /// The day it is, UTC.
    pub today: time::Date,
    /// The lots.
    pub lots: Vec<HorizonLot>,
}

#[derive(Debug, QueryableByName)]
struct SpentRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    spent: i64,
}

/// What left ad accounts in the last $2 days, less what lapsed or was revoked there; of pledge $1.
const SPENT: &str = "
SELECT l.id, (coalesce((
    SELECT sum(d.credits)
    FROM accounts a
    JOIN account_days d ON d.pledge_id = a.pledge_id AND d.account = a.number
    WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id AND a.code = '1320'
      AND d.day > (clock_timestamp() AT TIME ZONE 'UTC')::date - $2), 0)
  - coalesce((
    SELECT sum(t.amount)
    FROM journals j
    JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
    JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.credit_account
    WHERE j.pledge_id = l.pledge_id AND j.subject = l.id
      AND j.kind IN ('expiry', 'revocation') AND a.code = '1320'
      AND j.effective_date > (clock_timestamp() AT TIME ZONE 'UTC')::date - $2), 0))::bigint
  AS spent
FROM lots l WHERE l.pledge_id = $1";

#[derive(Debug, QueryableByName)]
struct TodayRow {
    #[diesel(sql_type = Date)]
    today: time::Date,
}

/// The horizon of a pledge; no lots unless whole pledges are in sight, and what tells of single
/// creators, as the use of a lot may. Within one snapshot.
pub async fn horizon(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
) -> Result<Horizon, ReadError> {
    let text: Text = Text::new("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS today");
    let today: TodayRow = text.get_result(connection).await?;
    let today = today.today;
    let in_sight = sight.pledges().is_none_or(|seen| seen.contains(&pledge.0));
    if !in_sight || !sight.whole_pledges() || !sight.shows_creators() {
        let lots = Vec::new();
        return Ok(Horizon { today, lots });
    }
    let rows: Vec<(LotRow, LotFiguresRow)> = lots::table
        .inner_join(lot_figures::table.on(lot_figures::id.eq(lots::id)))
        .filter(lots::pledge_id.eq(pledge.0))
        .filter((lot_figures::in_pool + lot_figures::placed).gt(0))
        .select((LotRow::as_select(), LotFiguresRow::as_select()))
        .load(connection)
        .await?;
    let text: Text = Text::new(SPENT).bind(pledge.0).bind(BURN_DAYS);
    let spent: Vec<SpentRow> = text.load(connection).await?;
    let mut lots: Vec<HorizonLot> = read_lots(connection, catalogue, rows)
        .await?
        .into_iter()
        .map(|lot| {
            let own = spent.iter().find(|row| row.id == lot.id.0);
            let spent = own.map_or(0, |row| row.spent.max(0));
            HorizonLot { lot, spent }
        })
        .collect();
    lots.sort_by_key(|it| (it.lot.ends_on(), it.lot.id.0));
    Ok(Horizon { today, lots })
}
