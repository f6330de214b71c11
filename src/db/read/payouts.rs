//! Payouts, and the rules of what is withheld before.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::Date;
use uuid::Uuid;

use super::error::ReadError;
use super::page::{Page, Window};
use super::sight::{Holdings, Sight, within_holdings};
use crate::db::rows::{ExchangeRow, PayoutFigures, PayoutRow, WithholdingRow};
use crate::db::schema::{exchange_rates, payout_figures, payouts, withholding_rules};
use crate::domain::exchange::ExchangeRate;
use crate::domain::payout::PayoutState;
use crate::domain::{Catalogue, CreatorId, Market, Payout, PayoutId, PledgeId, WithholdingRule};

/// Which payouts are asked for; what isn't given doesn't matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayoutFilter {
    /// Of that pledge.
    pub pledge: Option<PledgeId>,
    /// To that creator.
    pub creator: Option<CreatorId>,
    /// To creators of that market.
    pub market: Option<Market>,
    /// In that state.
    pub state: Option<PayoutState>,
    /// Sent together under that name.
    pub batch: Option<String>,
}

/// The payout, if it is there and in sight.
pub async fn payout(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: PayoutId,
) -> Result<Option<Payout>, ReadError> {
    let mut query = payouts::table
        .inner_join(payout_figures::table.on(payout_figures::id.eq(payouts::id)))
        .filter(payouts::id.eq(id.0))
        .select((PayoutRow::as_select(), PayoutFigures::as_select()))
        .into_boxed();
    within_holdings!(query, sight, payouts);
    let row: Option<(PayoutRow, PayoutFigures)> = query.first(connection).await.optional()?;
    let read = row.map(|(row, figures)| row.read(figures, catalogue));
    Ok(read.transpose()?)
}

/// Payouts in sight, in the order they were proposed.
pub async fn list_payouts(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    filter: &PayoutFilter,
    window: Window,
) -> Result<Page<Payout>, ReadError> {
    let mut query = payouts::table
        .inner_join(payout_figures::table.on(payout_figures::id.eq(payouts::id)))
        .order(payouts::id)
        .limit(window.limit + 1)
        .select((PayoutRow::as_select(), PayoutFigures::as_select()))
        .into_boxed();
    within_holdings!(query, sight, payouts);
    if let Some(pledge) = filter.pledge {
        query = query.filter(payouts::pledge_id.eq(pledge.0));
    }
    if let Some(creator) = filter.creator {
        query = query.filter(payouts::creator_id.eq(creator.0));
    }
    if let Some(market) = filter.market {
        query = query.filter(payouts::market.eq(market.as_str().to_owned()));
    }
    if let Some(state) = filter.state {
        query = query.filter(payout_figures::state.eq(state.as_str()));
    }
    if let Some(batch) = &filter.batch {
        query = query.filter(payouts::batch.eq(batch.clone()));
    }
    if let Some(after) = window.after {
        query = query.filter(payouts::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(payouts::id.le(until));
    }
    let rows: Vec<(PayoutRow, PayoutFigures)> = query.load(connection).await?;
    let read = rows.into_iter();
    let read = read.map(|(row, figures)| row.read(figures, catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}

/// Payouts whose holds have run out before `today`, by their ids: they are to be expired.
pub async fn due_payouts(
    connection: &mut AsyncPgConnection,
    today: Date,
) -> Result<Vec<PayoutId>, ReadError> {
    let waiting = [PayoutState::Proposed, PayoutState::Approved].map(PayoutState::as_str);
    let ids: Vec<Uuid> = payouts::table
        .inner_join(payout_figures::table.on(payout_figures::id.eq(payouts::id)))
        .filter(payouts::hold_expires_on.lt(today))
        .filter(payout_figures::state.eq_any(waiting))
        .select(payouts::id)
        .order(payouts::id)
        .load(connection)
        .await?;
    Ok(ids.into_iter().map(PayoutId).collect())
}

/// Withholding rules, in the order they were stated.
pub async fn list_withholding_rules(
    connection: &mut AsyncPgConnection,
    window: Window,
) -> Result<Page<WithholdingRule>, ReadError> {
    let mut query = withholding_rules::table
        .order(withholding_rules::id)
        .limit(window.limit + 1)
        .select(WithholdingRow::as_select())
        .into_boxed();
    if let Some(after) = window.after {
        query = query.filter(withholding_rules::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(withholding_rules::id.le(until));
    }
    let rows: Vec<WithholdingRow> = query.load(connection).await?;
    let read = rows.into_iter().map(WithholdingRow::read);
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}

/// Exchange rates, in the order they were stated; of those two currencies, if they are given.
pub async fn list_exchange_rates(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    base: Option<String>,
    quote: Option<String>,
    window: Window,
) -> Result<Page<ExchangeRate>, ReadError> {
    let mut query = exchange_rates::table
        .order(exchange_rates::id)
        .limit(window.limit + 1)
        .select(ExchangeRow::as_select())
        .into_boxed();
    if let Some(base) = base {
        query = query.filter(exchange_rates::base.eq(base));
    }
    if let Some(quote) = quote {
        query = query.filter(exchange_rates::quote.eq(quote));
    }
    if let Some(after) = window.after {
        query = query.filter(exchange_rates::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(exchange_rates::id.le(until));
    }
    let rows: Vec<ExchangeRow> = query.load(connection).await?;
    let read = rows.into_iter().map(|row| row.read(catalogue));
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}
