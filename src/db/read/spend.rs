//! Lines of spend: every report of a campaign's day, with the lots it stands in.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::Date;
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use super::rows;
use super::sight::Sight;
use crate::db::schema::{obligations, spend_clearings, spend_lines, spend_refunds, spend_uses};
use crate::domain::spend::{SpendState, Use};
use crate::domain::{
    AdAccountId, Catalogue, LotId, ObligationId, PledgeId, SpendLine, SpendLineId, Unit,
};

/// Which lines are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpendFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// Of that ad account.
    pub ad_account: Option<AdAccountId>,
    /// Of that campaign's obligation.
    pub obligation: Option<ObligationId>,
    /// Of that day or later.
    pub from: Option<Date>,
    /// Of that day or earlier.
    pub to: Option<Date>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = spend_lines)]
struct SpendLineRow {
    pledge_id: Uuid,
    obligation_id: Uuid,
    day: Date,
    revision: i32,
    id: Uuid,
    ad_account_id: Uuid,
    state: String,
    cash_spend: i64,
    voucher_spend: i64,
    suspended: i64,
    journal: Option<i64>,
    import_id: Uuid,
    line: i32,
    lot_id: Option<Uuid>,
}

/// A report of a campaign's day.
type ReportKey = (Uuid, Date, i32);

/// The lots a report stands in, with the number of the attribution that says so.
type Attributed = (i16, Vec<Use>);

/// Lines in sight, in the order they were reported, each with the unit of its credits. What was
/// refunded is told of the day, so with every report of it; what is in suspense, of each report.
pub async fn list_spend_lines(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &SpendFilter,
    window: Window,
) -> Result<Page<(SpendLine, Unit)>, ReadError> {
    if !sight.shows_creators() {
        return Ok(Page::cut(Vec::new(), window.limit));
    }
    let bound = obligations::pledge_id
        .eq(spend_lines::pledge_id)
        .and(obligations::id.eq(spend_lines::obligation_id));
    let mut query = spend_lines::table
        .inner_join(obligations::table.on(bound))
        .order(spend_lines::id)
        .limit(window.limit + 1)
        .select((SpendLineRow::as_select(), obligations::unit))
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(spend_lines::pledge_id.eq_any(pledges));
    }
    if let Some(markets) = sight.markets() {
        query = query.filter(obligations::market.eq_any(markets));
    }
    if let Some(pledge) = filter.pledge {
        query = query.filter(spend_lines::pledge_id.eq(pledge.0));
    }
    if let Some(ad_account) = filter.ad_account {
        query = query.filter(spend_lines::ad_account_id.eq(ad_account.0));
    }
    if let Some(obligation) = filter.obligation {
        query = query.filter(spend_lines::obligation_id.eq(obligation.0));
    }
    if let Some(from) = filter.from {
        query = query.filter(spend_lines::day.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(spend_lines::day.le(to));
    }
    if let Some(after) = window.after {
        query = query.filter(spend_lines::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(spend_lines::id.le(until));
    }
    let rows: Vec<(SpendLineRow, String)> = query.load(connection).await?;
    let page = Page::cut(rows, window.limit);
    let mut uses = uses_of(connection, &page.data).await?;
    let refunds = refunds_of(connection, &page.data).await?;
    let cleared = cleared_of(connection, &page.data).await?;
    let data = page.data.into_iter().map(|(mut row, code)| {
        let report = (row.obligation_id, row.day, row.revision);
        row.suspended -= cleared.get(&report).copied().unwrap_or(0);
        let uses = uses.remove(&report);
        let refunded = |in_cash| {
            let sum = refunds.get(&(row.obligation_id, row.day, in_cash));
            sum.copied().unwrap_or(0)
        };
        let figures = (refunded(false), refunded(true));
        let line = row.read(uses.unwrap_or_default(), figures)?;
        Ok((line, rows::unit(catalogue, &code)?))
    });
    Ok(Page {
        data: data.collect::<Result<_, ReadError>>()?,
        has_more: page.has_more,
    })
}

impl SpendLineRow {
    fn read(
        self,
        (attributions, mut uses): Attributed,
        refunded: (i64, i64),
    ) -> Result<SpendLine, ReadError> {
        if let (0, Some(lot)) = (attributions, self.lot_id) {
            uses.push(Use {
                lot: LotId(lot),
                amount: self.voucher_spend,
            });
        }
        let state = SpendState::parse(&self.state);
        Ok(SpendLine {
            id: SpendLineId(self.id),
            pledge: PledgeId(self.pledge_id),
            obligation: ObligationId(self.obligation_id),
            ad_account: AdAccountId(self.ad_account_id),
            day: self.day,
            revision: self.revision,
            state: state.ok_or_else(|| unreadable("state", &self.state))?,
            cash: self.cash_spend,
            voucher: self.voucher_spend,
            suspended: self.suspended,
            journal: self.journal,
            import: self.import_id,
            line: self.line,
            uses,
            attributions,
            refunded: refunded.0,
            refunded_in_cash: refunded.1,
        })
    }
}

/// The pledges, campaigns and days of rows, to narrow down what belongs to them.
fn of(rows: &[(SpendLineRow, String)]) -> (Vec<Uuid>, Vec<Uuid>, Vec<Date>) {
    let pledges = rows.iter().map(|(row, _)| row.pledge_id).collect();
    let campaigns = rows.iter().map(|(row, _)| row.obligation_id).collect();
    let days = rows.iter().map(|(row, _)| row.day).collect();
    let (mut pledges, mut campaigns, mut days): (Vec<Uuid>, Vec<Uuid>, Vec<Date>) =
        (pledges, campaigns, days);
    for ids in [&mut pledges, &mut campaigns] {
        ids.sort_unstable();
        ids.dedup();
    }
    days.sort_unstable();
    days.dedup();
    (pledges, campaigns, days)
}

async fn uses_of(
    connection: &mut AsyncPgConnection,
    rows: &[(SpendLineRow, String)],
) -> Result<HashMap<ReportKey, Attributed>, ReadError> {
    let (pledges, campaigns, days) = of(rows);
    let found: Vec<(Uuid, Date, i32, i16, Uuid, i64)> = spend_uses::table
        .filter(spend_uses::pledge_id.eq_any(pledges))
        .filter(spend_uses::obligation_id.eq_any(campaigns))
        .filter(spend_uses::day.eq_any(days))
        .order((
            spend_uses::obligation_id,
            spend_uses::day,
            spend_uses::revision,
            spend_uses::attribution,
            spend_uses::place,
        ))
        .select((
            spend_uses::obligation_id,
            spend_uses::day,
            spend_uses::revision,
            spend_uses::attribution,
            spend_uses::lot_id,
            spend_uses::amount,
        ))
        .load(connection)
        .await?;
    let mut uses: HashMap<ReportKey, Attributed> = HashMap::new();
    for (obligation, day, revision, attribution, lot, amount) in found {
        let lot = LotId(lot);
        let known = uses.entry((obligation, day, revision)).or_default();
        if known.0 < attribution {
            *known = (attribution, Vec::new()); // which wins over those before it
        }
        known.1.push(Use { lot, amount });
    }
    Ok(uses)
}

/// What was cleared of each report's suspense.
async fn cleared_of(
    connection: &mut AsyncPgConnection,
    rows: &[(SpendLineRow, String)],
) -> Result<HashMap<ReportKey, i64>, ReadError> {
    let mut sums = HashMap::new();
    if rows.iter().all(|(row, _)| row.suspended == 0) {
        return Ok(sums);
    }
    let (pledges, campaigns, days) = of(rows);
    let found: Vec<(Uuid, Date, i32, i64)> = spend_clearings::table
        .filter(spend_clearings::pledge_id.eq_any(pledges))
        .filter(spend_clearings::obligation_id.eq_any(campaigns))
        .filter(spend_clearings::day.eq_any(days))
        .select((
            spend_clearings::obligation_id,
            spend_clearings::day,
            spend_clearings::revision,
            spend_clearings::amount,
        ))
        .load(connection)
        .await?;
    for (obligation, day, revision, amount) in found {
        *sums.entry((obligation, day, revision)).or_default() += amount;
    }
    Ok(sums)
}

async fn refunds_of(
    connection: &mut AsyncPgConnection,
    rows: &[(SpendLineRow, String)],
) -> Result<HashMap<(Uuid, Date, bool), i64>, ReadError> {
    let (pledges, campaigns, days) = of(rows);
    let found: Vec<(Uuid, Date, bool, i64)> = spend_refunds::table
        .filter(spend_refunds::pledge_id.eq_any(pledges))
        .filter(spend_refunds::obligation_id.eq_any(campaigns))
        .filter(spend_refunds::day.eq_any(days))
        .select((
            spend_refunds::obligation_id,
            spend_refunds::day,
            spend_refunds::in_cash,
            spend_refunds::amount,
        ))
        .load(connection)
        .await?;
    let mut sums = HashMap::new();
    for (obligation, day, in_cash, amount) in found {
        *sums.entry((obligation, day, in_cash)).or_default() += amount;
    }
    Ok(sums)
}
