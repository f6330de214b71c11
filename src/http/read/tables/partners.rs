//! Reports that donors and grantees ask for: none has personal data of creators in it.

use super::{Answer, Asked, Get};
use crate::db::read::{self, Connection, Cut, Movement, Position, ReadError, Summary};
use crate::http::access::permission::ReadLedger;
use crate::http::problem::Problem;
use crate::reports::Report;
use crate::reports::funds::{
    self, ConfirmationLine, Figures, FundsLine, LogState, SummaryLine, TERMS_CODES,
};
use crate::reports::lots::{self, InKindLine};
use crate::tlog::LogId;

/// What a report of funds is told from.
struct Picture {
    cut: Cut,
    summary: Summary,
    positions: Vec<Position>,
    movements: Vec<Movement>,
}

/// The picture of the pledge by the cut. A donor is told of markets as they stand, as far as no
/// figure comes of too few creators, and of an earlier moment nothing of them.
async fn picture(
    connection: &mut Connection,
    get: &Get<ReadLedger>,
    asked: &Asked,
) -> Result<Option<Picture>, ReadError> {
    let Some(mut cut) = asked.cut(connection, get).await? else {
        return Ok(None);
    };
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let positions = read::positions(connection, catalogue, sight, &cut).await?;
    let movements = read::movements(connection, catalogue, sight, &cut, TERMS_CODES).await?;
    let as_it_stands = asked.as_of.is_none() && asked.known_at.is_none();
    let told = match sight.shows_creators() || !as_it_stands {
        true => None,
        false => read::summary(connection, catalogue, sight, asked.pledge).await?,
    };
    let summary = match told {
        Some(summary) => {
            cut.known = summary.known;
            summary
        }
        None => {
            let split = read::split(connection, catalogue, &cut).await?;
            let markets = read::markets_of(connection, sight, &cut).await?;
            let figures = Figures {
                positions: &positions,
                movements: &movements,
                split: &split,
                markets: &markets,
                whole: sight.whole_pledges(),
                creators: sight.shows_creators(),
            };
            figures.summary(&cut)
        }
    };
    Ok(Some(Picture {
        cut,
        summary,
        positions,
        movements,
    }))
}

/// 422 if a donor asks what markets had done at an earlier moment: the difference between two of
/// them may be a single creator's.
fn as_donors_may(get: &Get<ReadLedger>, asked: &Asked) -> Result<(), Problem> {
    match get.sight().shows_creators() {
        true => Ok(()),
        false => asked.as_it_stands("what markets did is told to a donor as it stands"),
    }
}

/// Report the summary
///
/// Pledged, received, budgeted, allocated, obligated, spent, expired and available: each unit as a
/// whole, where that is in sight, then by market.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/summary", tag = "reports",
    responses((status = 200, description = "The report", body = Report<SummaryLine>)))]
pub async fn report_summary(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    as_donors_may(&get, &asked)?;
    let reads = get.snapshot(async |connection| {
        let found = picture(connection, &get, &asked).await?;
        Ok(found.map(|it| funds::summary(&it.cut, &it.summary)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report the use of funds
///
/// What was given, used, expired and is left: each unit as a whole, where that is in sight, then by
/// market. In each line the first is the sum of the others.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/use-of-funds", tag = "reports",
    responses((status = 200, description = "The report", body = Report<FundsLine>)))]
pub async fn report_use_of_funds(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    as_donors_may(&get, &asked)?;
    let reads = get.snapshot(async |connection| {
        let found = picture(connection, &get, &asked).await?;
        Ok(found.map(|it| funds::use_of_funds(&it.cut, &it.summary, &it.positions, &it.movements)))
    });
    asked.answer(&get, reads.await?).await
}

/// Report balances to be confirmed
///
/// What a donor or a grantee confirms, by unit: pledged, received, receivable, refundable, to be
/// given back, and left. With the state of the pledge's log, which binds every journal it comes of.
/// A donor is told what is left as it stands, if it is told at all.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/confirmation", tag = "reports",
    responses((status = 200, description = "The report", body = Report<ConfirmationLine>)))]
pub async fn report_confirmation(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| picture(connection, &get, &asked).await);
    let found = reads.await?.ok_or_else(|| get.absent("pledge"))?;
    // The log is brought up to the cut first, so that the checkpoint before it is always the same.
    let log = LogId::Pledge(asked.pledge);
    let signed = get.state().log.catch_up(log).await;
    signed.map_err(|error| {
        log::error!("the log gave no answer: {error}");
        Problem::unavailable()
    })?;
    let known = found.cut.known.journal;
    let checkpoint = get
        .consult(async |connection| read::checkpoint_before(connection, log.uuid(), known).await);
    let log = checkpoint
        .await?
        .map(|(size, root)| LogState { size, root });
    let report = funds::confirmation(&found.cut, &found.summary, &found.positions, log.as_ref());
    asked.answer(&get, Some(report)).await
}

/// Report gifts in kind
///
/// Each lot of credits: what was received, what was used, expired and revoked by market, and what
/// is left, at face value and at fair value, with the basis of that.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/in-kind", tag = "reports",
    responses((status = 200, description = "The report", body = Report<InKindLine>)))]
pub async fn report_in_kind(get: Get<ReadLedger>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let sight = get.sight();
        let terms = match sight.shows_creators() {
            true => read::lot_terms(connection, get.catalogue(), sight, &cut).await?,
            false => Vec::new(),
        };
        let sums = read::lot_sums(connection, sight, &cut).await?;
        Ok(Some(lots::in_kind(&cut, &terms, &sums)))
    });
    asked.answer(&get, reads.await?).await
}
