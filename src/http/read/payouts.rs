//! Payouts, and the rules of what is withheld before.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use crate::db::read::{self, PayoutFilter};
use crate::domain::payout::PayoutState;
use crate::domain::{Payout, PayoutId};
use crate::http::access::permission::{ReadHoldings, ReadReference};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{ExchangeRateOut, PayoutOut, WithholdingRuleOut};

/// The payout as the caller sees it: partners don't learn who did what.
fn seen(get: &Get<ReadHoldings>, payout: &Payout) -> PayoutOut {
    let whole = PayoutOut::from(payout);
    match get.sight().shows_staff() {
        true => whole,
        false => PayoutOut {
            proposed_by: None,
            approved_by: None,
            ..whole
        },
    }
}

/// List payouts
///
/// In the order they were proposed.
#[utoipa::path(get, path = "/v1/payouts", tag = "payouts",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("creator_id" = Option<String>, Query, description = "To that creator"),
        ("market" = Option<String>, Query, description = "To creators of that market"),
        ("state" = Option<String>, Query, description = "In that state"),
        ("batch" = Option<String>, Query, description = "Sent together under that name")),
    responses((status = 200, description = "Payouts", body = ListOut<PayoutOut>)))]
pub async fn list_payouts(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = PayoutFilter {
        pledge: query.id("pledge_id"),
        creator: query.id("creator_id"),
        market: query.market("market"),
        state: query.word("state", |text| {
            PayoutState::parse(text).ok_or_else(|| {
                let all: Vec<&str> = PayoutState::ALL.iter().map(|it| it.as_str()).collect();
                format!("the states are {}", all.join(", "))
            })
        }),
        batch: query.word("batch", |text| Ok(text.to_owned())),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.look(async |connection| {
        read::list_payouts(connection, catalogue, sight, &filter, window).await
    });
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, seen(&get, it))),
    )
}

/// Read a payout
#[utoipa::path(get, path = "/v1/payouts/{id}", tag = "payouts",
    responses((status = 200, description = "The payout", body = PayoutOut)))]
pub async fn read_payout(get: Get<ReadHoldings>) -> Result<HttpResponse, Problem> {
    let id: PayoutId = get.id()?;
    get.query()?.finish()?;
    let found = get
        .look(async |connection| read::payout(connection, get.catalogue(), get.sight(), id).await);
    let found = found.await?.ok_or_else(|| get.absent("payout"))?;
    get.json(None, &seen(&get, &found))
}

/// List withholding rules
///
/// In the order they were stated. The one in force on a day is the one that began last.
#[utoipa::path(get, path = "/v1/withholding-rules", tag = "withholding",
    responses((status = 200, description = "Rules", body = ListOut<WithholdingRuleOut>)))]
pub async fn list_withholding_rules(get: Get<ReadReference>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let found = get.look(async |connection| read::list_withholding_rules(connection, window).await);
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, WithholdingRuleOut::from(it))),
    )
}

/// List exchange rates
///
/// In the order they were stated.
#[utoipa::path(get, path = "/v1/exchange-rates", tag = "exchange",
    params(
        ("base" = Option<String>, Query, description = "Of that currency"),
        ("quote" = Option<String>, Query, description = "In that currency")),
    responses((status = 200, description = "Rates", body = ListOut<ExchangeRateOut>)))]
pub async fn list_exchange_rates(get: Get<ReadReference>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let (base, quote) = (query.unit("base"), query.unit("quote"));
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let catalogue = get.catalogue();
    let found = get.look(async |connection| {
        read::list_exchange_rates(connection, catalogue, base, quote, window).await
    });
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, ExchangeRateOut::from(it))),
    )
}
