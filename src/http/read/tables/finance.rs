//! Reports for finance staff; partners see of them what is theirs.

use super::{Answer, Asked, Get};
use crate::db::read;
use crate::domain::Code;
use crate::http::access::permission::ReadLedger;
use crate::reports::ageing::{AdvanceLine, ReceivableLine};
use crate::reports::balances::TrialBalanceLine;
use crate::reports::lots::LotLine;
use crate::reports::postings::{ExchangeLine, SuspenseLine};
use crate::reports::spend::SpendMatchLine;
use crate::reports::{Report, ageing, balances, lots, postings, spend};

/// Report the trial balance
///
/// By unit, code of the chart and market. Debits and credits tie by unit where every account is in
/// sight.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/trial-balance", tag = "reports",
    responses((status = 200, description = "The report", body = Report<TrialBalanceLine>)))]
pub async fn report_trial_balance(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let positions = read::positions(connection, get.catalogue(), get.sight(), &cut).await?;
        Ok(Some(balances::trial_balance(&cut, &positions)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report receivables by age
///
/// What instalments owe that were agreed and neither received nor written off, by how many days ago
/// they were due. Without `as_of`, to today.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/receivables-ageing", tag = "reports",
    responses((status = 200, description = "The report", body = Report<ReceivableLine>)))]
pub async fn report_receivables_ageing(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let (cut, catalogue, sight) = (cut.dated(), get.catalogue(), get.sight());
        let terms = read::instalment_terms(connection, catalogue, sight, &cut).await?;
        let positions = read::positions(connection, catalogue, sight, &cut).await?;
        Ok(Some(ageing::receivables(&cut, &terms, &positions)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report advances by age
///
/// What creators were paid in advance and neither accounted for nor gave back, by contract and by
/// how many days ago it was paid: what came back went to the oldest advance first. Without `as_of`,
/// to today.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/advances-ageing", tag = "reports",
    responses((status = 200, description = "The report", body = Report<AdvanceLine>)))]
pub async fn report_advances_ageing(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let (cut, catalogue, sight) = (cut.dated(), get.catalogue(), get.sight());
        let codes = [Code::Advances];
        let movements = read::movements(connection, catalogue, sight, &cut, &codes).await?;
        let references = read::obligation_references(connection, sight, &cut).await?;
        Ok(Some(ageing::advances(&cut, &movements, &references)))
    });
    asked.answer(&get, reads.await?).await
}

/// Which of the reports on lots is made of the same rows.
type OfLots = fn(&read::Cut, &[read::LotTerms], &[read::LotSum], bool) -> Report<LotLine>;

async fn of_lots(get: &Get<ReadLedger>, report: OfLots) -> Answer {
    let asked = Asked::read(get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, get).await? else {
            return Ok(None);
        };
        let (cut, sight) = (cut.dated(), get.sight());
        let terms = read::lot_terms(connection, get.catalogue(), sight, &cut).await?;
        let sums = read::lot_sums(connection, sight, &cut).await?;
        Ok(Some(report(&cut, &terms, &sums, sight.shows_creators())))
    });
    asked.answer(get, reads.await?).await
}

/// Report the register of lots
///
/// Each lot of credits: what was received, where it went, what is left, when it ends and what is
/// going to lapse if it is used as of late. Without `as_of`, to today.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/lot-register", tag = "reports",
    responses((status = 200, description = "The report", body = Report<LotLine>)))]
pub async fn report_lot_register(get: Get<ReadLedger>) -> Answer {
    of_lots(&get, lots::register).await
}

/// Report what is going to lapse
///
/// The lots of which something is left, the first to end first, with their bands' totals. Without
/// `as_of`, to today.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/expiry-horizon", tag = "reports",
    responses((status = 200, description = "The report", body = Report<LotLine>)))]
pub async fn report_expiry_horizon(get: Get<ReadLedger>) -> Answer {
    of_lots(&get, lots::horizon).await
}

/// Report spend against platforms
///
/// By ad account and month: the ledger, provisional reports, the platform's report; and the last
/// balance that each platform stated. With `as_of`, up to that day, and overdue as of it.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/spend-match", tag = "reports",
    responses((status = 200, description = "The report", body = Report<SpendMatchLine>)))]
pub async fn report_spend_match(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let (catalogue, sight) = (get.catalogue(), get.sight());
        let cut = read::with_what_was_reported(connection, cut, asked.known_at).await?;
        let found = read::spend_match(connection, catalogue, sight, &cut).await?;
        Ok(Some(spend::spend_match(&cut, &found)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report exchange differences
///
/// Each journal's, realised on what was paid and unrealised on what is owed: in which currency, at
/// what rate, and by whose word.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/exchange-differences", tag = "reports",
    responses((status = 200, description = "The report", body = Report<ExchangeLine>)))]
pub async fn report_exchange_differences(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let codes = [Code::ExchangeRealised, Code::ExchangeUnrealised];
        let (catalogue, sight) = (get.catalogue(), get.sight());
        let movements = read::movements(connection, catalogue, sight, &cut, &codes).await?;
        Ok(Some(postings::exchange_differences(&cut, &movements)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report suspense
///
/// What was put into suspense and taken out of it, and what of that is still there, by ad account
/// and age. Without `as_of`, to today.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/suspense", tag = "reports",
    responses((status = 200, description = "The report", body = Report<SuspenseLine>)))]
pub async fn report_suspense(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let (cut, catalogue, sight) = (cut.dated(), get.catalogue(), get.sight());
        let codes = [Code::Suspense];
        let movements = read::movements(connection, catalogue, sight, &cut, &codes).await?;
        Ok(Some(postings::suspense(&cut, &movements)))
    });
    asked.answer(&get, reads.await?).await
}
