//! Who could approve what, and whether duties were kept apart.

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::{Map, Value};
use time::{Date, Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::get::Get;
use crate::db::read::{self, Meaning, SegregationFinding};
use crate::domain::PledgeId;
use crate::domain::approval::{Action, Limit, Threshold};
use crate::http::access::permission::{ReadApprovals, ReadAuditTrail};
use crate::http::problem::{Problem, Reason};
use crate::http::views::ThresholdOut;
use crate::http::wire::{Day, Instant};

/// How many entries of a finding are told here, at most.
const MOST_ENTRIES: i64 = 100;

/// Whether duties were kept apart, as the rows say.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegregationReport)]
pub struct SegregationReportOut {
    /// The pledge it is about; all, if none is named.
    pub pledge_id: Option<PledgeId>,
    /// What was recorded from then on,
    pub from: Instant,
    /// and before then.
    pub until: Instant,
    /// How many violations there are in all: none are expected.
    pub violations: i64,
    /// Whether nothing at all was found.
    pub is_empty: bool,
    /// What was looked for, and what was found of it.
    pub findings: Vec<FindingOut>,
}

/// What was looked for, and what was found of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegregationFinding)]
pub struct FindingOut {
    /// Its stable name.
    pub name: &'static str,
    /// What was looked for.
    pub sentence: &'static str,
    /// What it means: `violation` (a control was broken), `near-miss` (every control held, and
    /// somebody should look), or `exception` (allowed, and stands out).
    pub meaning: &'static str,
    /// How many there are.
    pub count: i64,
    /// The first hundred. Amounts are in minor digits of their unit.
    #[schema(value_type = Vec<Object>)]
    pub entries: Vec<Map<String, Value>>,
}

impl From<SegregationFinding> for FindingOut {
    fn from(found: SegregationFinding) -> Self {
        FindingOut {
            name: found.name,
            sentence: found.sentence,
            meaning: found.meaning.as_str(),
            count: found.count,
            entries: found.entries,
        }
    }
}

/// Read whether duties were kept apart
///
/// Checked against the rows as they stand: who asked for, approved, paid and sent what; who was
/// refused to check their own work; what lies just below a threshold or was split below it; what
/// was posted in closed months, opened again or taken back. Violations are impossible by the
/// schema; that there are none is shown, not assumed.
#[utoipa::path(get, path = "/v1/segregation-report", tag = "controls",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("recorded_at[gte]" = Option<String>, Query, description = "Recorded then or later"),
        ("recorded_at[lt]" = Option<String>, Query, description = "Recorded before then")),
    responses((status = 200, description = "The report", body = SegregationReportOut)))]
pub async fn read_segregation_report(get: Get<ReadAuditTrail>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let pledge = query.id("pledge_id");
    let from = query.instant("recorded_at[gte]");
    let until = query.instant("recorded_at[lt]");
    query.finish()?;
    let from = from.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let until = until.unwrap_or_else(|| OffsetDateTime::now_utc() + Duration::minutes(1));
    let found = get.consult(async |connection| {
        read::segregation(connection, pledge, (from, until), MOST_ENTRIES).await
    });
    let found = found.await?;
    let violations = found.iter().filter(|it| it.meaning == Meaning::Violation);
    let report = SegregationReportOut {
        pledge_id: pledge,
        from: Instant(from),
        until: Instant(until),
        violations: violations.map(|it| it.count).sum(),
        is_empty: found.iter().all(|it| it.count == 0),
        findings: found.into_iter().map(FindingOut::from).collect(),
    };
    get.json(None, &report)
}

/// Above which amounts actions needed whose approval, on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApprovalMatrix)]
pub struct ApprovalMatrixOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The day.
    pub at: Day,
    /// Each action.
    pub actions: Vec<MatrixActionOut>,
}

/// What an action needed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApprovalMatrixAction)]
pub struct MatrixActionOut {
    /// The action.
    pub action: &'static str,
    /// Whether it always takes two people, whatever the amount.
    pub takes_two: bool,
    /// Which roles decide of it: never whoever asked.
    pub decided_by: Vec<&'static str>,
    /// The thresholds in force, by unit.
    pub thresholds: Vec<ThresholdOut>,
}

/// The thresholds of an action in force on a day, one for each unit.
pub(super) fn in_force(all: &[Threshold], action: Action, day: Date) -> Vec<&Threshold> {
    let stated: Vec<&Threshold> = all.iter().filter(|it| it.stated_at.date() <= day).collect();
    let limits: Vec<Limit> = stated.iter().map(|it| it.limit.clone()).collect();
    let mut units: Vec<&str> = limits.iter().map(|it| it.unit.as_str()).collect();
    units.sort_unstable();
    units.dedup();
    let of = |unit: &str| {
        let limit = Limit::in_force(&limits, action, unit, day)?;
        stated.iter().rfind(|it| it.limit == *limit).copied()
    };
    units.into_iter().filter_map(of).collect()
}

/// Which roles decide of an action.
pub(super) fn decided_by(action: Action) -> Vec<&'static str> {
    match action.is_of_controls() {
        true => vec!["approver", "controller"],
        false => vec!["approver"],
    }
}

/// Read who had to approve what
///
/// On a day: above which amount each action needed approval, by how many, of which roles. Today, if
/// no day is named.
#[utoipa::path(get, path = "/v1/pledges/{id}/approval-matrix", tag = "controls",
    params(("at" = Option<String>, Query, description = "A day")),
    responses((status = 200, description = "The matrix", body = ApprovalMatrixOut)))]
pub async fn read_approval_matrix(get: Get<ReadApprovals>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let day = query.day("at");
    query.finish()?;
    let today = OffsetDateTime::now_utc().date();
    let day = day.unwrap_or(today);
    if day > today {
        let detail = "who will have to approve what isn't known before the day";
        let reason = Reason::new("at", "malformed-parameter", detail);
        return Err(Problem::invalid(vec![reason]));
    }
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.snapshot(async |connection| {
        match read::pledge_version(connection, sight, id).await? {
            None => Ok(None),
            Some(_) => {
                let all = read::all_thresholds(connection, catalogue, id);
                all.await.map(Some)
            }
        }
    });
    let found = found.await?.ok_or_else(|| get.absent("pledge"))?;
    let action = |action: &Action| MatrixActionOut {
        action: action.as_str(),
        takes_two: action.takes_two(),
        decided_by: decided_by(*action),
        thresholds: in_force(&found, *action, day)
            .into_iter()
            .map(ThresholdOut::from)
            .collect(),
    };
    let matrix = ApprovalMatrixOut {
        pledge_id: id,
        at: Day(day),
        actions: Action::ALL.iter().map(action).collect(),
    };
    get.json(None, &matrix)
}
