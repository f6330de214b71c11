//! Statements that were issued, how they differ, and the runs that issue them.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::get::Get;
use super::lists::{page, window};
use super::statements::paper::written;
use super::statements::{accepted, named, named_form, too_long};
use super::views::{StatementDiffOut, StatementOut};
use crate::db::read::{self, StatementFilter};
use crate::domain::statement::Statement;
use crate::domain::{StatementId, StatementRunId};
use crate::http::access::permission::{ReadLedger, ReadProofs};
use crate::http::etag;
use crate::http::paging::ListOut;
use crate::http::problem::{Problem, Reason};
use crate::http::views::{IssuedStatementOut, StatementRunOut};
use crate::statements::{Form, IssueError};

/// A longer one isn't answered whole: its account's statement has no such limit as CSV.
const MOST_LINES: i64 = 200_000;

/// List statements that were issued
///
/// Of all accounts in sight, in the order they were issued; those that a later one stands in for
/// too. Without their lines.
#[utoipa::path(get, path = "/v1/statements", tag = "statements",
    params(
        ("account_id" = Option<String>, Query, description = "Of this account only"),
        ("pledge_id" = Option<String>, Query, description = "Of this pledge only"),
        ("run_id" = Option<String>, Query, description = "Issued by this run only"),
        ("to" = Option<String>, Query, description = "With this last day only")),
    responses((status = 200, description = "Statements", body = ListOut<IssuedStatementOut>)))]
pub async fn list_statements(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = StatementFilter {
        account: query.id("account_id"),
        pledge: query.id("pledge_id"),
        run: query.id("run_id").map(|StatementRunId(id)| id),
        to: query.day("to"),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.look(async |connection| {
        read::list_statements(connection, catalogue, sight, filter, window).await
    });
    let found = found.await?;
    let shown = found.map(|it| (it.id.0, IssuedStatementOut::from(it)));
    page(&get, &paging, window, shown)
}

/// The statement in the path, if its account is in sight.
async fn issued(get: &Get<ReadLedger>, id: StatementId) -> Result<Statement, Problem> {
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found =
        get.look(async |connection| read::issued_statement(connection, catalogue, sight, id).await);
    found
        .await?
        .ok_or_else(|| Problem::not_found(format!("There is no statement {id}")))
}

/// A statement that was issued
///
/// With its lines, in any form there is, as it was issued: it is the same for ever. `digest` is the
/// SHA-256 of its NDJSON, which the ledger's key has signed.
#[utoipa::path(get, path = "/v1/statements/{id}", tag = "statements",
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_issued_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = accepted(&get)?;
    answer(&get, form).await
}

/// A statement that was issued, in the form its address ends in
///
/// For clients that can't send `Accept`: `statement.csv` and the like.
#[utoipa::path(get, path = "/v1/statements/{id}/statement.{form}", tag = "statements",
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_issued_statement_as(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = named_form(&get)?;
    answer(&get, form).await
}

async fn answer(get: &Get<ReadLedger>, form: Form) -> Result<HttpResponse, Problem> {
    get.query_in_any_form().finish()?;
    let id: StatementId = get.id()?;
    let statement = issued(get, id).await?;
    let tag = get.tag(form.media_type(), &statement.digest_text());
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    let own = form.most_lines().and_then(|most| i64::try_from(most).ok());
    let most = own.unwrap_or(MOST_LINES).min(MOST_LINES);
    if statement.lines > most {
        return Err(too_long(form, statement.lines, most));
    }
    let paper = get.state().issuer.paper(&statement, None).await;
    let paper = paper.map_err(|error| broken(&error))?;
    let mut response = written(get, paper, form, tag).await?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, etag::FOR_EVER);
    named(&mut response, form, &id.to_string());
    Ok(response)
}

/// What was read isn't what was issued, or nothing could be read.
pub(super) fn broken(error: &IssueError) -> Problem {
    log::error!("a statement that was issued can't be shown: {error}");
    match error {
        IssueError::Read(_) | IssueError::Log(_) => Problem::unavailable(),
        IssueError::Absent(_) | IssueError::DoesNotTie(..) => Problem::internal(),
    }
}

/// How two statements of an account for the same days differ
///
/// Which entries the later one knows of and the earlier one didn't: those on these days, and those
/// before them that changed the opening balance; who posted them, and when. The earlier one is
/// named first.
#[utoipa::path(get, path = "/v1/statements/{id}/diff/{other}", tag = "statements",
    responses((status = 200, description = "What differs", body = StatementDiffOut)))]
pub async fn diff_statements(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    get.query()?.finish()?;
    let other = get.request().match_info().get("other").unwrap_or_default();
    let other: StatementId = other
        .parse()
        .map_err(|_| Problem::not_found(format!("There is no statement {other}")))?;
    let (earlier, later) = (issued(&get, get.id()?).await?, issued(&get, other).await?);
    let comparable = earlier.account_id == later.account_id
        && (earlier.from, earlier.to) == (later.from, later.to)
        && earlier.known_journal <= later.known_journal;
    if !comparable {
        let detail = "statements are compared that are of one account and the same days, the one \
                      that knew less first";
        let reason = Reason::new("other", "not-comparable", detail);
        return Err(Problem::invalid(vec![reason]));
    }
    let sight = get.sight();
    let late = get
        .snapshot(async |connection| read::late_entries(connection, sight, &earlier, &later).await);
    let shown = StatementDiffOut::new(&earlier, &later, &late.await?);
    get.json(None, &shown)
}

/// How far statements for all accounts of a pledge have come
#[utoipa::path(get, path = "/v1/statement-runs/{id}", tag = "statements",
    responses((status = 200, description = "The run", body = StatementRunOut)))]
pub async fn read_statement_run(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let StatementRunId(id) = get.id()?;
    get.query()?.finish()?;
    let found = get.snapshot(async |connection| read::statement_run(connection, id).await);
    let (run, progress) = found.await?.ok_or_else(|| get.absent("statement run"))?;
    get.json(None, &StatementRunOut::new(&run, progress))
}
