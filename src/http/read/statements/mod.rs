//! Statements of accounts, in every form.
//!
//! The head decides the tag, so a reader who has the statement is told so before a line is read.
//! CSV and NDJSON are written while they are read, to any length, and JSON in the same way. Whoever
//! reads JSON holds the whole document, though, and the other forms are held here: of those a
//! statement has only so many lines (`ALMONER_STATEMENT_LINES`, and as PDF at most 20,000).

pub mod paper;
mod streamed;
#[cfg(test)]
mod tests;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use time::OffsetDateTime;

use super::get::Get;
use super::views::StatementOut;
use crate::db::read::{self, StatementHead};
use crate::domain::AccountId;
use crate::http::accept::negotiate;
use crate::http::access::Permission;
use crate::http::access::permission::ReadLedger;
use crate::http::problem::{Problem, Reason};
use crate::http::wire::Day;
use crate::statements::{Form, Format};

/// An account's statement
///
/// Over some days, both included: as JSON; as CSV or a workbook for a spreadsheet; as NDJSON, line
/// by line; as PDF, to be filed; as ISO 20022 camt.053 for accounting programs. The same `known_at`
/// gives the same figures for ever. The PDF, the workbook and the camt.053 name the account's
/// creator to whoever may know the name, and say what is available now, if the last day is yet to
/// end and no `known_at` is asked for.
#[utoipa::path(get, path = "/v1/accounts/{id}/statement", tag = "accounts",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf"), (String = "application/xml")))))]
pub async fn read_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = accepted(&get)?;
    statement(get, form).await
}

/// The form of a statement that is accepted; 406 if none is.
pub fn accepted<P: Permission>(get: &Get<P>) -> Result<Form, Problem> {
    let offers: Vec<&'static str> = Form::ALL.iter().map(|form| form.media_type()).collect();
    let chosen = negotiate(get.request().headers(), &offers)?;
    let form = Form::ALL.iter().find(|form| form.media_type() == chosen);
    Ok(form.copied().unwrap_or(Form::Json))
}

/// The form that an address ends in; 404 if there is none of that name.
pub fn named_form<P: Permission>(get: &Get<P>) -> Result<Form, Problem> {
    let wanted = get.request().match_info().get("form").unwrap_or_default();
    let form = Form::ALL.iter().find(|form| form.extension() == wanted);
    form.copied().ok_or_else(|| {
        let all: Vec<&str> = Form::ALL.iter().map(|form| form.extension()).collect();
        Problem::not_found(format!("A statement comes as {}", all.join(", ")))
    })
}

/// How many lines a statement that is held whole may have in that form.
pub fn most_lines<P: Permission>(get: &Get<P>, form: Form) -> i64 {
    let own = form.most_lines().and_then(|most| i64::try_from(most).ok());
    let most = get.state().limits.statement_lines();
    most.min(own.unwrap_or(i64::MAX))
}

/// An account's statement, in the form its address ends in
///
/// For clients that can't send `Accept`. `csv`, `ndjson` (a JSON object on each line: what it is,
/// its lines, what they come to) and `json`; `xlsx`, with numbers, each beside it as exact text,
/// and a cell that adds up again; `pdf`, which is PDF/A-3 and PDF/UA-1 with the JSON and the
/// camt.053 attached, of at most 20,000 lines; `xml`, which is ISO 20022 camt.053.001.08: `CRDT` is
/// what raises the balance, and of ad credits `Ccy` is the currency they are denominated in, and
/// `Acct/Tp/Prtry` the unit's own code.
#[utoipa::path(get, path = "/v1/accounts/{id}/statement.{form}", tag = "accounts",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf"), (String = "application/xml")))))]
pub async fn read_statement_as(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = named_form(&get)?;
    statement(get, form).await
}

/// Which days, as known when.
type Range = ((time::Date, time::Date), Option<OffsetDateTime>);

/// Which days, as known when.
fn range(get: &Get<ReadLedger>) -> Result<Range, Problem> {
    let mut query = get.query_in_any_form();
    let days = query.days();
    let known_at = query.instant("known_at");
    query.finish()?;
    // Both are there, or finishing would have told.
    days.map(|days| (days, known_at))
        .ok_or_else(Problem::internal)
}

/// How a form is written while it is read, if it can be.
fn streamed_as(form: Form) -> Option<Format> {
    match form {
        Form::Json => Some(Format::Json),
        Form::Csv => Some(Format::Csv),
        Form::Ndjson => Some(Format::Ndjson),
        Form::Xlsx | Form::Pdf | Form::Camt => None,
    }
}

async fn statement(get: Get<ReadLedger>, form: Form) -> Result<HttpResponse, Problem> {
    let id: AccountId = get.id()?;
    let range = range(&get)?;
    let mut response = match streamed_as(form) {
        Some(format) => {
            let (catalogue, sight) = (get.catalogue(), get.sight());
            let head = get.snapshot(async |connection| {
                read::statement_head(connection, catalogue, sight, id, range.0, range.1).await
            });
            let head = head.await?.ok_or_else(|| get.absent("account"))?;
            let tag = get.tag(form.content_type(), &head.known.journal.to_string());
            if get.has(&tag) {
                return Ok(tag.not_modified());
            }
            if form == Form::Json {
                is_short_enough(&get, &head, form).await?;
            }
            streamed::stream(&get, (form, format), tag, head).await?
        }
        None => paper::draft(&get, form, id, range).await?,
    };
    let name = format!("statement-{id}-{}-{}", Day(range.0.0), Day(range.0.1));
    named(&mut response, form, &name);
    Ok(response)
}

/// What the file is called when it is saved.
pub fn named(response: &mut HttpResponse, form: Form, name: &str) {
    let (place, extension) = (form.disposition(), form.extension());
    let value = format!("{place}; filename=\"{name}.{extension}\"");
    if let Ok(value) = HeaderValue::from_str(&value) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

/// 422, if it has more lines than it may in that form.
async fn is_short_enough(
    get: &Get<ReadLedger>,
    head: &StatementHead,
    form: Form,
) -> Result<(), Problem> {
    let most = most_lines(get, form);
    if head.most_lines() <= most {
        return Ok(());
    }
    let lines = get.look(async |connection| read::count_lines(connection, head).await);
    let lines = lines.await?;
    match lines <= most {
        true => Ok(()),
        false => Err(too_long(form, lines, most)),
    }
}

/// 422: a statement has only so many lines in that form.
pub fn too_long(form: Form, lines: i64, most: i64) -> Problem {
    let form = match form {
        Form::Json => "JSON",
        Form::Csv => "CSV",
        Form::Ndjson => "NDJSON",
        Form::Xlsx => "a workbook",
        Form::Pdf => "PDF",
        Form::Camt => "camt.053",
    };
    let detail = format!(
        "the statement has {lines} lines, and as {form} at most {most} are answered: ask for fewer \
         days, or for CSV (statement.csv, or Accept: text/csv) or NDJSON (statement.ndjson), which \
         have no limit"
    );
    Problem::invalid(vec![Reason::new("to", "statement-too-long", detail)])
}
