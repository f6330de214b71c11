//! What jobs have to do, and what they did.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use super::text::Text;
use crate::db::schema::job_runs;
use crate::domain::job::RunOutcome;
use crate::domain::{Job, JobRun, JobRunId, LotId};

/// No more lots are looked up at a time; a later look finds the others.
const MOST_LOTS: i64 = 1_000;

#[derive(Debug, QueryableByName)]
struct DueRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// $1 how long a lot that was recorded after its end waits, in seconds, $2 the limit. What is said
/// of the day here is said again, under the pledge's lock, when the lot is expired.
const DUE: &str = "
SELECT l.id
FROM lots l
JOIN instalments i ON i.pledge_id = l.pledge_id AND i.id = l.instalment_id
CROSS JOIN LATERAL (SELECT lot_ends(l.pledge_id, l.id) AS last_day) AS ends
WHERE (i.condition IS NULL OR i.condition_met_on IS NOT NULL)
  AND ends.last_day < (clock_timestamp() AT TIME ZONE 'Pacific/Kiritimati')::date
  AND EXISTS (
    SELECT FROM accounts a
    LEFT JOIN ad_accounts p ON p.pledge_id = a.pledge_id AND p.id = a.ad_account_id
    WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id AND a.debits - a.credits > a.held
      AND ends.last_day < local_day(coalesce(p.time_zone, 'UTC')))
  AND NOT EXISTS (
    SELECT FROM journals j
    WHERE j.pledge_id = l.pledge_id AND j.kind = 'lot-issue' AND j.subject = l.id
      AND j.recorded_at > ends.last_day + interval '1 day'
      AND j.recorded_at > clock_timestamp() - $1 * interval '1 second')
ORDER BY ends.last_day, l.id
LIMIT $2";

/// Lots of which something has ended that was neither used nor is held, the first to end first.
/// Those that were recorded after their end, and less than `grace` ago, wait.
pub async fn due_lots(
    connection: &mut AsyncPgConnection,
    grace: Duration,
) -> Result<Vec<LotId>, ReadError> {
    let seconds = i64::try_from(grace.as_secs()).unwrap_or(i64::MAX);
    let text: Text = Text::new(DUE).bind(seconds).bind(MOST_LOTS);
    let rows: Vec<DueRow> = text.load(connection).await?;
    Ok(rows.into_iter().map(|row| LotId(row.id)).collect())
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = job_runs)]
struct RunRow {
    id: Uuid,
    job: String,
    started_at: OffsetDateTime,
    ended_at: OffsetDateTime,
    outcome: String,
    found: i32,
    done: i32,
    refused: i32,
    actor: String,
    instance: Uuid,
}

impl RunRow {
    fn read(self) -> Result<JobRun, ReadError> {
        Ok(JobRun {
            id: JobRunId(self.id),
            job: Job::parse(&self.job).ok_or_else(|| unreadable("job", &self.job))?,
            started_at: self.started_at,
            ended_at: self.ended_at,
            outcome: RunOutcome::parse(&self.outcome)
                .ok_or_else(|| unreadable("outcome", &self.outcome))?,
            found: self.found,
            done: self.done,
            refused: self.refused,
            actor: self.actor,
            instance: self.instance,
        })
    }
}

/// The last time the job was done.
pub async fn last_run(
    connection: &mut AsyncPgConnection,
    job: Job,
) -> Result<Option<JobRun>, ReadError> {
    let row: Option<RunRow> = job_runs::table
        .filter(job_runs::job.eq(job.as_str()))
        .order(job_runs::id.desc())
        .select(RunRow::as_select())
        .first(connection)
        .await
        .optional()?;
    row.map(RunRow::read).transpose()
}

/// The times the job was done, in their order.
pub async fn list_runs(
    connection: &mut AsyncPgConnection,
    job: Job,
    window: Window,
) -> Result<Page<JobRun>, ReadError> {
    let mut query = job_runs::table
        .filter(job_runs::job.eq(job.as_str()))
        .order(job_runs::id)
        .limit(window.limit + 1)
        .select(RunRow::as_select())
        .into_boxed();
    if let Some(after) = window.after {
        query = query.filter(job_runs::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(job_runs::id.le(until));
    }
    let rows: Vec<RunRow> = query.load(connection).await?;
    let runs = rows.into_iter().map(RunRow::read);
    Ok(Page::cut(runs.collect::<Result<_, _>>()?, window.limit))
}
