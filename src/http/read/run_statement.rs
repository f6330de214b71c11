//! What a run had issued, as one statement: of a creator, a market, a lot or a pledge.
//!
//! It is made up of the statements of the run's accounts ([`read::run_statements`] says which),
//! each read again and held against its digest. Once every account in sight has its own, it is the
//! same for ever: further journals, late entries and statements that are issued again change
//! nothing in it. In the forms that name who an account is kept for, it says what they are called
//! now.

use actix_web::HttpResponse;
use actix_web::http::header;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::combined::{MOST_ACCOUNTS, Of, are_few_enough, holder, too_long_together};
use super::get::Get;
use super::issued::broken;
use super::personal::Personal;
use super::statements::paper::written;
use super::statements::{accepted, most_lines, named, named_form};
use super::views::CombinedStatementOut;
use crate::db::read::{self, Known};
use crate::domain::refusal::{Refusal, StatementRefusal};
use crate::domain::statement::{Statement, StatementRun};
use crate::domain::{Pledge, StatementRunId};
use crate::http::access::permission::ReadLedger;
use crate::http::etag;
use crate::http::problem::Problem;
use crate::http::wire::Day;
use crate::statements::{Form, Paper, Section};

/// How many statements are read at the same time.
const AT_ONCE: usize = 4;

/// The issued statement of a pledge, or of a market, a creator or a lot of it
///
/// Made up of the statements a run had issued, of all accounts in sight or of those that are asked
/// for: each under its own number, as it was signed. The same for ever, in any form there is; 409
/// as long as accounts have yet to be issued theirs.
#[utoipa::path(get, path = "/v1/statement-runs/{id}/statement", tag = "statements",
    params(
        ("market" = Option<String>, Query, description = "Of this market"),
        ("creator_id" = Option<String>, Query, description = "Of this creator"),
        ("lot_id" = Option<String>, Query, description = "Of this lot")),
    responses((status = 200, description = "The statement", content(
        (CombinedStatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_run_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = accepted(&get)?;
    answer(&get, form).await
}

/// The issued statement of several accounts, in the form its address ends in
///
/// For clients that can't send `Accept`: `statement.csv` and the like.
#[utoipa::path(get, path = "/v1/statement-runs/{id}/statement.{form}", tag = "statements",
    params(
        ("market" = Option<String>, Query, description = "Of this market"),
        ("creator_id" = Option<String>, Query, description = "Of this creator"),
        ("lot_id" = Option<String>, Query, description = "Of this lot")),
    responses((status = 200, description = "The statement", content(
        (CombinedStatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_run_statement_as(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = named_form(&get)?;
    answer(&get, form).await
}

/// What a run had issued of what is asked for, but for the lines.
struct Found {
    run: StatementRun,
    pledge: Pledge,
    statements: Vec<Statement>,
    holder: Option<String>,
}

async fn answer(get: &Get<ReadLedger>, form: Form) -> Result<HttpResponse, Problem> {
    let id: StatementRunId = get.id()?;
    let mut query = get.query_in_any_form();
    let of = Of::asked(&mut query);
    query.finish()?;
    let found = find(get, form, id, of).await?;
    are_few_enough(found.statements.len())?;
    let version = format!("{} {:?}", found.statements.len(), found.holder);
    let tag = get.tag(form.content_type(), &version);
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    let (lines, most) = (
        found.statements.iter().map(|it| it.lines).sum(),
        most_lines(get, form),
    );
    if lines > most {
        return Err(too_long_together(form, lines, most));
    }
    if let (Some(creator), Some(_)) = (of.creator, &found.holder) {
        get.reads_personal_data(Personal::Names, &[creator]).await?;
    }
    let names_nobody = found.holder.is_none();
    let (run, to) = (found.run.id, found.run.to);
    let paper = paper(get, of, found).await?;
    let mut response = written(get, paper, form, tag).await?;
    if names_nobody {
        // A name may be corrected or erased.
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, etag::FOR_EVER);
    }
    let name = format!("statement-{}-{}", StatementRunId(run), Day(to));
    named(&mut response, form, &name);
    Ok(response)
}

/// 404 if the run or its pledge is out of sight, or it is for no such account; 409 if accounts in
/// sight are left.
async fn find(
    get: &Get<ReadLedger>,
    form: Form,
    StatementRunId(id): StatementRunId,
    of: Of,
) -> Result<Found, Problem> {
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let creator = of.creator_named(get, form);
    let reads = get.snapshot(async |connection| {
        let Some(run) = read::run_in_sight(connection, sight, id).await? else {
            return Ok(None);
        };
        let Some(pledge) = read::pledge(connection, catalogue, sight, run.pledge).await? else {
            return Ok(None);
        };
        let accounts = read::run_accounts(connection, sight, &run).await?;
        let (whose, most) = (of.whose(run.pledge), MOST_ACCOUNTS + 1);
        let statements =
            read::run_statements(connection, catalogue, sight, &run, whose, most).await?;
        let holder = holder(connection, sight, creator).await?;
        let found = Found {
            run,
            pledge,
            statements,
            holder,
        };
        Ok(Some((found, accounts)))
    });
    let (found, accounts) = reads.await?.ok_or_else(|| get.absent("statement run"))?;
    if accounts.left > 0 {
        let (accounts, left) = (accounts.accounts, accounts.left);
        let unfinished = StatementRefusal::RunUnfinished { accounts, left };
        return Err(Refusal::from(unfinished).into());
    }
    if found.statements.is_empty() {
        let detail = "The run issued no statement of such an account: none of them had anything \
                      on these days that wasn't in a statement already";
        return Err(Problem::not_found(detail));
    }
    Ok(found)
}

/// All of it, each account's part as it was issued.
async fn paper(get: &Get<ReadLedger>, of: Of, found: Found) -> Result<Paper, Problem> {
    let Found {
        run,
        pledge,
        statements,
        holder,
    } = found;
    let from = statements.iter().map(|it| it.from).min().unwrap_or(run.to);
    let issuer = &get.state().issuer;
    let sections = statements
        .iter()
        .map(|statement| issuer.section(statement, holder.clone()));
    let sections: Vec<Section> = stream::iter(sections)
        .buffered(AT_ONCE)
        .try_collect()
        .await
        .map_err(|error| broken(&error))?;
    Ok(Paper {
        subject: of.subject(),
        pledge: run.pledge,
        reference: pledge.reference,
        donor: pledge.donor,
        recipient: pledge.recipient,
        from,
        to: run.to,
        known: Known {
            journal: run.known_journal,
            at: run.known_at,
        },
        sections,
        run: Some(StatementRunId(run.id)),
    })
}
