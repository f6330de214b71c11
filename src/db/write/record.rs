//! Rows of what happened to a lot besides postings, of spend, and of jobs that were done.

use time::OffsetDateTime;

use super::columns::{InsertJobRuns, InsertLotEvents, InsertLots, InsertSpend};
use super::columns::{InsertLotCampaigns, InsertLotMarkets};
use super::post::{place, split_document};
use crate::domain::{JobRun, Lot, SpendLine};

pub(super) fn push_lot(rows: &mut InsertLots, lot: &Lot) {
    let (uri, sha256) = split_document(lot.document.as_ref());
    let fair_value = lot.fair_value.as_ref();
    rows.push(
        lot.pledge.0,
        lot.id.0,
        lot.instalment.0,
        lot.face.unit().to_string(),
        lot.face.minor(),
        lot.kind.as_str().to_owned(),
        lot.valid_from,
        lot.expires_at,
        lot.issued_on,
        uri,
        sha256,
        place(lot.scope.markets.len()),
        place(lot.scope.campaigns.len()),
        fair_value.map(|it| it.rate_ppm),
        fair_value.map(|it| it.technique.clone()),
    );
}

pub(super) fn push_scope(
    markets: &mut InsertLotMarkets,
    campaigns: &mut InsertLotCampaigns,
    lot: &Lot,
) {
    for (index, market) in lot.scope.markets.iter().enumerate() {
        markets.push(lot.pledge.0, lot.id.0, market.to_string(), place(index));
    }
    for (index, campaign) in lot.scope.campaigns.iter().enumerate() {
        campaigns.push(lot.pledge.0, lot.id.0, campaign.clone(), place(index));
    }
}

/// The lot's last extension.
pub(super) fn push_extension(rows: &mut InsertLotEvents, lot: &Lot, actor: &str) {
    if let Some(extension) = lot.extensions.last() {
        rows.push(
            lot.pledge.0,
            lot.id.0,
            place(lot.extensions.len()),
            "extension",
            extension.expires_at,
            extension.reason.clone(),
            extension.document.uri.clone(),
            extension.document.sha256.clone(),
            actor.to_owned(),
            extension.recorded_at,
        );
    }
}

pub(super) fn push_run(rows: &mut InsertJobRuns, run: &JobRun) {
    rows.push(
        run.id.0,
        run.job.as_str(),
        run.started_at,
        run.ended_at,
        run.outcome.as_str(),
        run.found,
        run.done,
        run.refused,
        run.actor.clone(),
        run.instance,
    );
}

/// A line, with the lot it stands in if that is one alone, and else with those it stands in.
pub(super) fn push_spend(rows: &mut InsertSpend, line: &SpendLine, now: OffsetDateTime) {
    let (pledge, obligation) = (line.pledge.0, line.obligation.0);
    let (only, several) = match line.uses.as_slice() {
        [only] => (Some(only.lot.0), &[][..]),
        several => (None, several),
    };
    for (index, it) in several.iter().enumerate() {
        rows.uses.push(
            pledge,
            obligation,
            line.day,
            line.revision,
            place(index),
            it.lot.0,
            it.amount,
        );
    }
    rows.lines.push(
        pledge,
        obligation,
        line.day,
        line.revision,
        line.id.0,
        line.ad_account.0,
        line.state.as_str(),
        line.cash + line.voucher,
        line.cash,
        line.voucher,
        line.suspended,
        line.journal,
        line.import,
        line.line,
        only,
        now,
    );
}
