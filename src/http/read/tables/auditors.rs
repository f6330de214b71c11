//! Reports for auditors, who see everything.

use time::{Duration, OffsetDateTime};

use super::{Answer, Asked, Get};
use crate::db::read;
use crate::domain::approval::Action;
use crate::http::access::permission::{ReadApprovals, ReadAuditTrail};
use crate::http::read::segregation::{decided_by, in_force};
use crate::reports::Report;
use crate::reports::audit::{self, ExceptionLine, MatrixLine};

/// How many entries of one finding are told, at most: as many as there ever are.
const MOST_ENTRIES: i64 = 1_000_000;

/// Report what controls found
///
/// Late postings, reversals and overrides; violations of the segregation of duties, of which there
/// should be none; and what held and should be looked at all the same. What was recorded by
/// `known_at`; of that, what counts by `as_of`: journals on their effective dates, and decisions,
/// refusals and whatever else was done on the day it was recorded.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/control-exceptions", tag = "controls",
    responses((status = 200, description = "The report", body = Report<ExceptionLine>)))]
pub async fn report_control_exceptions(get: Get<ReadAuditTrail>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(mut cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        // Refusals and decisions are recorded between journals as well.
        cut.known.at = asked.known_at.unwrap_or(cut.now);
        let until = cut.known.at + Duration::microseconds(1);
        let stretch = (OffsetDateTime::UNIX_EPOCH, until);
        let pledge = Some(asked.pledge);
        let mut found = read::segregation(connection, pledge, stretch, MOST_ENTRIES).await?;
        if let Some(day) = asked.as_of {
            found = found.into_iter().map(|it| it.by(day)).collect();
        }
        Ok(Some(audit::exceptions(&cut, &found, get.catalogue())))
    });
    asked.answer(&get, reads.await?).await
}

/// Report who had to approve what
///
/// On a day: above which amount each action needed approval, by how many, of which roles. Today, if
/// no day is named.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/approval-matrix", tag = "controls",
    responses((status = 200, description = "The report", body = Report<MatrixLine>)))]
pub async fn report_approval_matrix(get: Get<ReadApprovals>) -> Answer {
    let asked = Asked::read(&get)?;
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        let mut cut = cut.dated();
        let mut stated = read::all_thresholds(connection, get.catalogue(), asked.pledge).await?;
        if let Some(known_at) = asked.known_at {
            stated.retain(|it| it.stated_at <= known_at);
        }
        // Thresholds are stated between journals as well.
        let last = stated.iter().map(|it| it.stated_at).max();
        cut.known.at = last.map_or(cut.known.at, |last| last.max(cut.known.at));
        let actions: Vec<_> = Action::ALL
            .iter()
            .map(|action| {
                let own = in_force(&stated, *action, cut.day());
                (*action, decided_by(*action).join(", "), own)
            })
            .collect();
        Ok(Some(audit::matrix(&cut, &actions)))
    });
    asked.answer(&get, reads.await?).await
}
