//! Issuing statements of accounts.
//!
//! A statement is drawn up before it is known whether the request is new. What stands against it is
//! carried into the command, so that a request that is sent again is answered as the first time.

use actix_web::HttpResponse;
use time::Date;

use super::inputs::{StatementIssueIn, StatementReissueIn, StatementRunIn};
use super::post::Post;
use crate::domain::command::{IssueStatements as Issue, RunStatements};
use crate::domain::{AccountId, Command, Job, PledgeId, StatementId};
use crate::http::access::permission::IssueStatements;
use crate::http::body::{Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{IssuedStatementOut, StatementRunOut};
use crate::jobs::Asked;
use crate::statements::{IssueError, Proof};

fn unavailable(error: &IssueError) -> Problem {
    log::error!("a statement couldn't be drawn up: {error}");
    match error {
        IssueError::DoesNotTie(..) => Problem::internal(),
        _ => Problem::unavailable(),
    }
}

fn issue(proof: Proof) -> Command {
    Command::IssueStatements(Issue {
        pledge: proof.pledge,
        statements: proof.statements,
        against: proof.against,
    })
}

/// Which days.
fn days(body: &mut Fields<'_>) -> Option<(Option<Date>, Date)> {
    let to = body.past_day("to");
    let from = body.optional("from", |body, name| body.past_day(name));
    Some((from?, to?))
}

/// Issue a statement of an account
///
/// It goes on where the account's last one ended, and opens with what that closed with; empty ones
/// are issued too. It is numbered, frozen and signed: read again it is the same for ever.
#[utoipa::path(post, path = "/v1/accounts/{id}/statements", tag = "statements",
    request_body = StatementIssueIn,
    responses((status = 201, description = "Issued", body = IssuedStatementOut)))]
pub async fn issue_statement(post: Post<IssueStatements>) -> Result<HttpResponse, Problem> {
    let id: AccountId = post.id()?;
    let (from, to) = post.read(days)?;
    let drawn = post.state().issuer.next(id, from, to).await;
    let drawn = drawn.map_err(|error| unavailable(&error))?;
    let command =
        issue(drawn.ok_or_else(|| Problem::not_found(format!("There is no account {id}")))?);
    let done = post.submit(|body| days(body).map(|_| command)).await?;
    Ok(done.created("/v1/statements"))
}

fn reason(body: &mut Fields<'_>) -> Option<String> {
    body.text("reason", Text::PROSE)
}

/// Issue a statement again
///
/// For the same days, as they are known now, under the account's next number: it stands in for the
/// earlier one, which stays as it is. What differs is told by `GET
/// /v1/statements/{id}/diff/{other}`.
#[utoipa::path(post, path = "/v1/statements/{id}/reissues", tag = "statements",
    request_body = StatementReissueIn,
    responses((status = 201, description = "Issued", body = IssuedStatementOut)))]
pub async fn reissue_statement(post: Post<IssueStatements>) -> Result<HttpResponse, Problem> {
    let id: StatementId = post.id()?;
    let why = post.read(reason)?;
    let drawn = post.state().issuer.again(id, why).await;
    let drawn = drawn.map_err(|error| unavailable(&error))?;
    let command =
        issue(drawn.ok_or_else(|| Problem::not_found(format!("There is no statement {id}")))?);
    let done = post.submit(|body| reason(body).map(|_| command)).await?;
    Ok(done.created("/v1/statements"))
}

/// Up to which day, and why what late entries changed is issued again.
fn run(body: &mut Fields<'_>) -> Option<(Date, Option<String>)> {
    let to = body.past_day("to");
    let reason = body.optional("reissue_reason", |body, name| body.text(name, Text::PROSE));
    Some((to?, reason?))
}

/// Issue statements for all accounts of a pledge
///
/// Of every account on which something counts by that day, each going on where its last one ended,
/// and all as known at one moment. That is a job: it is done by and by, and goes on where it broke
/// off. How far it has come is told by `GET /v1/statement-runs/{id}`.
#[utoipa::path(post, path = "/v1/pledges/{id}/statement-runs", tag = "statements",
    request_body = StatementRunIn,
    responses((status = 201, description = "It is being done", body = StatementRunOut)))]
pub async fn run_statements(post: Post<IssueStatements>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = post.id()?;
    let (to, why) = post.read(run)?;
    let (drawn, against) = post
        .state()
        .issuer
        .run(id, to, why)
        .await
        .map_err(|error| unavailable(&error))?;
    let (jobs, actor) = (
        post.state().jobs.clone(),
        post.principal().subject().to_owned(),
    );
    let command = Command::RunStatements(RunStatements {
        run: drawn,
        against,
    });
    let done = post.submit(|body| run(body).map(|_| command)).await?;
    // What it issues names the run, so that it was done is on record.
    actix_web::rt::spawn(
        async move { jobs.run(Job::StatementIssue, &actor, Asked::ByPerson).await },
    );
    Ok(done.created("/v1/statement-runs"))
}
