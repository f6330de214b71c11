//! Ad accounts, and what binds allocations.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::error::ReadError;
use super::page::{Page, Window};
use super::sight::{Holdings, Sight, within_holdings};
use crate::db::rows::{AdAccountRow, ObligationFigures, ObligationRow};
use crate::db::schema::{ad_accounts, obligation_figures, obligations};
use crate::domain::{
    AdAccount, AdAccountId, Catalogue, CreatorId, Market, Obligation, ObligationId, PledgeId,
};

/// Which obligations are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObligationFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// Of that creator.
    pub creator: Option<CreatorId>,
    /// From that market's budget.
    pub market: Option<Market>,
}

/// The obligation, if it is there and in sight.
pub async fn obligation(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: ObligationId,
) -> Result<Option<Obligation>, ReadError> {
    let mut query = obligations::table
        .inner_join(obligation_figures::table.on(obligation_figures::id.eq(obligations::id)))
        .filter(obligations::id.eq(id.0))
        .select((ObligationRow::as_select(), ObligationFigures::as_select()))
        .into_boxed();
    within_holdings!(query, sight, obligations);
    let row: Option<(ObligationRow, ObligationFigures)> =
        query.first(connection).await.optional()?;
    let read = row.map(|(row, figures)| row.read(figures, catalogue));
    Ok(read.transpose()?)
}

/// Obligations in sight, in the order they were opened.
pub async fn list_obligations(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &ObligationFilter,
    window: Window,
) -> Result<Page<Obligation>, ReadError> {
    let mut query = obligations::table
        .inner_join(obligation_figures::table.on(obligation_figures::id.eq(obligations::id)))
        .order(obligations::id)
        .limit(window.limit + 1)
        .select((ObligationRow::as_select(), ObligationFigures::as_select()))
        .into_boxed();
    within_holdings!(query, sight, obligations);
    if let Some(pledge) = filter.pledge {
        query = query.filter(obligations::pledge_id.eq(pledge.0));
    }
    if let Some(creator) = filter.creator {
        query = query.filter(obligations::creator_id.eq(creator.0));
    }
    if let Some(market) = filter.market {
        query = query.filter(obligations::market.eq(market.as_str().to_owned()));
    }
    if let Some(after) = window.after {
        query = query.filter(obligations::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(obligations::id.le(until));
    }
    let rows: Vec<(ObligationRow, ObligationFigures)> = query.load(connection).await?;
    let read = rows.into_iter();
    let read = read.map(|(row, figures)| row.read(figures, catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}

/// The ad account, if it is there and in sight. What is spent in one tells of single creators.
pub async fn ad_account(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: AdAccountId,
) -> Result<Option<AdAccount>, ReadError> {
    if !sight.shows_creators() {
        return Ok(None);
    }
    let mut query = ad_accounts::table
        .filter(ad_accounts::id.eq(id.0))
        .select(AdAccountRow::as_select())
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(ad_accounts::pledge_id.eq_any(pledges));
    }
    if let Some(markets) = sight.markets() {
        query = query.filter(ad_accounts::market.eq_any(markets));
    }
    let row: Option<AdAccountRow> = query.first(connection).await.optional()?;
    Ok(row.map(|row| row.read(catalogue)).transpose()?)
}

/// A pledge's ad accounts in sight, in the order they were registered.
pub async fn list_ad_accounts(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
    window: Window,
) -> Result<Page<AdAccount>, ReadError> {
    if !sight.shows_creators() {
        return Ok(Page::cut(Vec::new(), window.limit));
    }
    let mut query = ad_accounts::table
        .filter(ad_accounts::pledge_id.eq(pledge.0))
        .order(ad_accounts::id)
        .limit(window.limit + 1)
        .select(AdAccountRow::as_select())
        .into_boxed();
    if let Some(pledges) = sight.pledges() {
        query = query.filter(ad_accounts::pledge_id.eq_any(pledges));
    }
    if let Some(markets) = sight.markets() {
        query = query.filter(ad_accounts::market.eq_any(markets));
    }
    if let Some(after) = window.after {
        query = query.filter(ad_accounts::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(ad_accounts::id.le(until));
    }
    let rows: Vec<AdAccountRow> = query.load(connection).await?;
    let read = rows.into_iter().map(|row| row.read(catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}
