//! Reports, as JSON, CSV and XLSX: at addresses of their own by `Accept`, and at those that end in
//! `.csv` and `.xlsx` whatever is accepted.
//!
//! Each is cut by `as_of` and `known_at`, and read in one snapshot, as far as the caller sees. One
//! handler answers at both addresses; what they have in common is described by [`describe`].

mod auditors;
mod finance;
mod partners;
mod register;
mod trace;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web;
use time::{Date, OffsetDateTime};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{
    Content, ContentBuilder, OpenApi as Description, RefOr, Required, ResponseBuilder,
};

use super::get::Get;
use super::journal_tests::test_journals;
use super::params::Params;
use super::sampling::draw_sample;
use crate::db::read::{self, Connection, Cut, ReadError};
use crate::domain::PledgeId;
use crate::http::accept::{self, negotiate};
use crate::http::access::Permission;
use crate::http::etag;
use crate::http::problem::{Problem, Reason};
use crate::http::routes::Endpoint;
use crate::reports::cell::Row;
use crate::reports::{Report, Unwritable, csv, xlsx};

pub(super) use auditors::*;
pub(super) use finance::*;
pub(super) use partners::*;
pub(super) use register::*;
pub(super) use trace::*;

/// What a handler answers.
pub(super) type Answer = Result<HttpResponse, Problem>;

const CSV_TEXT: &str = "text/csv; charset=utf-8";

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Xlsx,
}

impl Form {
    /// The form an address ends in, or else the one that is accepted.
    pub(super) fn of<P: Permission>(get: &Get<P>) -> Result<Form, Problem> {
        match get.request().match_info().get("form") {
            Some("csv") => Ok(Form::Csv),
            Some("xlsx") => Ok(Form::Xlsx),
            Some(other) => Err(Problem::not_found(format!(
                "There is no {other} of this report; there are csv and xlsx"
            ))),
            None => {
                let offers = [accept::JSON, accept::CSV, accept::XLSX];
                Ok(match negotiate(get.request().headers(), &offers)? {
                    accept::CSV => Form::Csv,
                    accept::XLSX => Form::Xlsx,
                    _ => Form::Json,
                })
            }
        }
    }
}

/// What every report of a pledge is asked with.
#[derive(Debug, Clone, Copy)]
struct Asked {
    form: Form,
    pledge: PledgeId,
    as_of: Option<Date>,
    known_at: Option<OffsetDateTime>,
}

impl Asked {
    /// What is asked, without more parameters than those of every report.
    fn read<P: Permission>(get: &Get<P>) -> Result<Self, Problem> {
        let (asked, query) = Asked::begin(get)?;
        query.finish()?;
        Ok(asked)
    }

    /// What is asked, and the query with whatever else is in it.
    fn begin<P: Permission>(get: &Get<P>) -> Result<(Self, Params<'_>), Problem> {
        let form = Form::of(get)?;
        let pledge = get.id()?;
        let mut query = get.query_in_any_form();
        let asked = Asked {
            form,
            pledge,
            as_of: query.day("as_of"),
            known_at: query.instant("known_at"),
        };
        Ok((asked, query))
    }

    /// 422 if another day or moment than this is asked for.
    fn as_it_stands(&self, detail: &str) -> Result<(), Problem> {
        let parameter = match (self.as_of, self.known_at) {
            (None, None) => return Ok(()),
            (Some(_), _) => "as_of",
            (None, Some(_)) => "known_at",
        };
        let reason = Reason::new(parameter, "malformed-parameter", detail);
        Err(Problem::invalid(vec![reason]))
    }

    /// The cut that is asked for, if the pledge is in sight.
    async fn cut<P: Permission>(
        &self,
        connection: &mut Connection,
        get: &Get<P>,
    ) -> Result<Option<Cut>, ReadError> {
        let (pledge, as_of, known_at) = (self.pledge, self.as_of, self.known_at);
        read::cut(connection, get.sight(), pledge, as_of, known_at).await
    }

    /// The report in the form that is asked for; 404 if the pledge is absent or out of sight.
    async fn answer<P: Permission, R: Row + Send + 'static>(
        &self,
        get: &Get<P>,
        report: Option<Report<R>>,
    ) -> Answer {
        let report = report.ok_or_else(|| get.absent("pledge"))?;
        written(get, self.form, report).await
    }
}

/// The report in that form.
pub(super) async fn written<P: Permission, R>(get: &Get<P>, form: Form, report: Report<R>) -> Answer
where
    R: Row + serde::Serialize + Send + 'static,
{
    if form == Form::Json {
        return get.json(None, &report);
    }
    let name = report.file_name();
    // A long table takes its time: meanwhile this thread answers others.
    let written = web::block(move || match form {
        Form::Xlsx => xlsx(&report),
        Form::Json | Form::Csv => Ok(csv(&report)),
    });
    let written = written.await.map_err(|_| Problem::unavailable())?;
    let body = written.map_err(too_long)?;
    let (media_type, ending) = match form {
        Form::Xlsx => (accept::XLSX, "xlsx"),
        Form::Json | Form::Csv => (CSV_TEXT, "csv"),
    };
    let mut response = etag::respond(get.request().headers(), None, media_type, body);
    if let Ok(name) = header::HeaderValue::from_str(&attachment(&name, ending)) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn attachment(name: &str, ending: &str) -> String {
    format!("attachment; filename=\"{name}.{ending}\"")
}

fn too_long(error: Unwritable) -> Problem {
    let detail = format!("{error}; as CSV it has no limit");
    Problem::invalid(vec![Reason::new("form", "malformed-parameter", detail)])
}

/// Registers a report at its two addresses.
macro_rules! both {
    ($endpoints:ident, $($path:literal => $handler:path;)+) => {$(
        $endpoints.push(Endpoint::get($path, $handler));
        $endpoints.push(Endpoint::get(concat!($path, ".{form}"), $handler));
    )+};
}

/// Every report.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut endpoints = vec![Endpoint::get("/v1/journals/{id}/trace", trace_journal)];
    both! { endpoints,
        "/v1/pledges/{id}/sample" => draw_sample;
        "/v1/pledges/{id}/journal-tests" => test_journals;
        "/v1/pledges/{id}/reports/trial-balance" => report_trial_balance;
        "/v1/pledges/{id}/reports/summary" => report_summary;
        "/v1/pledges/{id}/reports/receivables-ageing" => report_receivables_ageing;
        "/v1/pledges/{id}/reports/advances-ageing" => report_advances_ageing;
        "/v1/pledges/{id}/reports/lot-register" => report_lot_register;
        "/v1/pledges/{id}/reports/expiry-horizon" => report_expiry_horizon;
        "/v1/pledges/{id}/reports/spend-match" => report_spend_match;
        "/v1/pledges/{id}/reports/exchange-differences" => report_exchange_differences;
        "/v1/pledges/{id}/reports/suspense" => report_suspense;
        "/v1/pledges/{id}/reports/use-of-funds" => report_use_of_funds;
        "/v1/pledges/{id}/reports/confirmation" => report_confirmation;
        "/v1/pledges/{id}/reports/in-kind" => report_in_kind;
        "/v1/pledges/{id}/reports/journal-register" => report_journal_register;
        "/v1/pledges/{id}/reports/control-exceptions" => report_control_exceptions;
        "/v1/pledges/{id}/reports/approval-matrix" => report_approval_matrix;
    }
    endpoints
}

/// Tables of more than a report's rows as JSON, which say themselves what they are cut by.
const CUT_BY_THEMSELVES: [&str; 2] = ["/v1/pledges/{id}/sample", "/v1/pledges/{id}/journal-tests"];

/// What every report is asked with, and that it is to be had as a file too, at an address of its
/// own.
pub(super) fn describe(description: &mut Description) {
    let paths = &mut description.paths.paths;
    let reports: Vec<String> = paths
        .keys()
        .filter(|path| path.contains("/reports/") || CUT_BY_THEMSELVES.contains(&path.as_str()))
        .cloned()
        .collect();
    for path in reports {
        let Some(operation) = paths.get_mut(&path).and_then(|item| item.get.as_mut()) else {
            continue;
        };
        if !CUT_BY_THEMSELVES.contains(&path.as_str()) {
            add_cut(operation);
        }
        let file = as_file(operation);
        if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
            answer.content.extend(file_contents());
        }
        let mut item = PathItem::default();
        item.get = Some(file);
        paths.insert(format!("{path}.{{form}}"), item);
    }
}

fn add_cut(operation: &mut Operation) {
    let of = |format| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.format(Some(SchemaFormat::KnownFormat(format)))
    };
    let day = "At the end of that day, by effective date";
    let moment = "As the ledger knew it then; the answer says a `known_at` with which it stays \
                  the same";
    for (name, says, schema) in [
        ("as_of", day, of(KnownFormat::Date)),
        ("known_at", moment, of(KnownFormat::DateTime)),
    ] {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(says))
            .schema(Some(schema));
        operation
            .parameters
            .get_or_insert_default()
            .push(parameter.build().into());
    }
}

fn file_contents() -> Vec<(String, RefOr<Content>)> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let content = ContentBuilder::new().schema(Some(text())).build();
    let bytes = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    let workbook = ContentBuilder::new().schema(Some(bytes)).build();
    vec![
        (accept::CSV.to_owned(), RefOr::T(content)),
        (accept::XLSX.to_owned(), RefOr::T(workbook)),
    ]
}

/// The same operation at the address that says in which form.
fn as_file(operation: &Operation) -> Operation {
    let mut file = operation.clone();
    let id = operation.operation_id.as_deref().unwrap_or_default();
    file.operation_id = Some(format!("{id}_file"));
    let summary = operation.summary.as_deref().unwrap_or_default();
    file.summary = Some(format!("{summary}, as a file"));
    file.description = Some(
        "As `csv` or `xlsx`. The first column of a CSV says what a row is: a `line` of the report, \
         a `total` (name, value, unit) or a `note` (name, value). A workbook has them on sheets of \
         their own; beside each amount as a number is the exact amount as text."
            .to_owned(),
    );
    let mut answer = ResponseBuilder::new().description("The report").build();
    answer.content.extend(file_contents());
    file.responses
        .responses
        .insert("200".to_owned(), RefOr::T(answer));
    file
}
