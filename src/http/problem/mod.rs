//! Refusals as `application/problem+json` (RFC 9457): the one place that picks a status.
//!
//! | Status | Means |
//! |---|---|
//! | 400 | it can't be read |
//! | 401, 403 | the caller isn't known; is known, but may not |
//! | 404 | absent, or not the caller's to know |
//! | 409 | the same bytes may succeed later: funds, state, a name that is taken |
//! | 422 | never as sent |
//! | 503 | not now; the same request, with the same key, settles it |
//!
//! Where several reasons hold at once, the first of these is answered: the caller (401, 403), the
//! address (404), the query (422), the key and the form of the body (400, 413, 415), all faults of
//! the body together (422), and then the ledger's own order (see [`crate::domain::refusal`]).

mod access;
mod shape;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};

use crate::domain::command::RefusedRow;
use crate::domain::refusal::{ExchangeRefusal, Refusal, Shortage};
use crate::engine::Failure;

use shape::sentence;
pub use shape::{ProblemOut, Reason};

/// When to come back if the ledger can't take a request up.
const RETRY_AFTER_S: u32 = 1;

/// A refusal on its way to the client. Boxed: it is the rare path.
#[derive(Debug, Clone)]
pub struct Problem(Box<Body>);

#[derive(Debug, Clone)]
struct Body {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<Reason>,
    shortage: Option<Shortage>,
    missing_scope: Option<&'static str>,
    headers: Vec<(HeaderName, String)>,
    by_ledger: bool,
}

impl Problem {
    /// A refusal without a place.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Problem(Box::new(Body {
            status,
            code,
            detail: sentence(detail.into()),
            errors: Vec::new(),
            shortage: None,
            missing_scope: None,
            headers: Vec::new(),
            by_ledger: false,
        }))
    }

    /// 400: the request can't be read.
    pub fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 404: there is no such address, or nothing the caller may know of.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// 422: the request can be read and can't ever succeed, for these reasons; one at least.
    pub fn invalid(errors: Vec<Reason>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut problem = match errors.as_slice() {
            [only] => Problem::new(status, only.code, only.detail.clone()),
            several => Problem::new(
                status,
                "invalid-request",
                format!(
                    "{} reasons stand against it; they are listed in errors",
                    several.len()
                ),
            ),
        };
        problem.0.errors = errors;
        problem
    }

    /// 405: the address is known, the method isn't open to it.
    pub fn method_not_allowed(allow: &str) -> Self {
        let detail = format!("This address answers to {allow}");
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
            .with_header(header::ALLOW, allow)
    }

    /// 406: none of the formats there are is accepted.
    pub fn not_acceptable(formats: &[&str]) -> Self {
        let detail = format!("This can be had as {}", formats.join(", "));
        Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", detail)
    }

    /// 413: larger than is read here.
    pub fn too_large(limit_bytes: usize) -> Self {
        let detail = format!("A body has at most {limit_bytes} bytes here");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail)
    }

    /// 415: in a form that isn't read here.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            detail,
        )
    }

    /// Bulk, all or none: what stands against its items, each with its place. 422 if one of them
    /// can't ever succeed, the failure itself if the ledger couldn't take them up, else 409.
    pub fn bulk_refused(items: Vec<Problem>) -> Self {
        if let Some(failure) = items.iter().find(|item| item.0.status.is_server_error()) {
            return failure.clone();
        }
        let lasting = items
            .iter()
            .any(|item| item.0.status != StatusCode::CONFLICT);
        let status = match lasting {
            true => StatusCode::UNPROCESSABLE_ENTITY,
            false => StatusCode::CONFLICT,
        };
        let detail = format!("Items refused: {}; none was taken", items.len());
        let mut problem = Problem::new(status, "bulk-refused", detail);
        problem.0.errors = items.into_iter().flat_map(|item| item.0.errors).collect();
        problem
    }

    /// If every part was refused for that one reason, the whole is.
    pub fn once(self, code: &'static str) -> Self {
        let alike = self.0.errors.iter().all(|it| it.code == code);
        match self.0.errors.first().filter(|_| alike) {
            Some(first) => Problem::new(self.0.status, code, first.detail.clone()),
            None => self,
        }
    }

    /// The same refusal with a header more; one that can't be sent is left out.
    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// The same refusal with a place in the request.
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let detail = self.0.detail.clone();
        self.0.errors.push(Reason {
            pointer: pointer.into(),
            code: self.0.code,
            detail,
        });
        self
    }

    /// The same refusal of a part of a larger request.
    pub fn within(mut self, part: &str) -> Self {
        let errors = std::mem::take(&mut self.0.errors);
        self.0.errors = errors
            .into_iter()
            .map(|reason| reason.within(part))
            .collect();
        if self.0.errors.is_empty() {
            self.at(part)
        } else {
            self
        }
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Whether it is a command's, by the ledger's rules.
    pub fn is_the_ledgers(&self) -> bool {
        self.0.by_ledger
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The problem as it is written, in answer to `instance` (the path) under that request id.
    pub fn shape(&self, instance: Option<&str>, request_id: Option<&str>) -> ProblemOut {
        let body = &self.0;
        let shortage = body.shortage.as_ref();
        ProblemOut {
            kind: format!("urn:almoner:problem:{}", body.code),
            title: sentence(body.code.replace('-', " "))
                .trim_end_matches('.')
                .to_owned(),
            status: body.status.as_u16(),
            detail: body.detail.clone(),
            instance: instance.map(str::to_owned),
            code: body.code,
            request_id: request_id.map(str::to_owned),
            retryable: body.status == StatusCode::SERVICE_UNAVAILABLE
                || body.status == StatusCode::TOO_MANY_REQUESTS,
            errors: body.errors.clone(),
            account: shortage.map(ProblemOut::account),
            available: shortage.map(|it| (&it.available).into()),
            requested: shortage.map(|it| (&it.requested).into()),
            shortfall: shortage.map(|it| (&it.shortfall()).into()),
            help: shortage.map(Shortage::help),
            missing_scope: body.missing_scope,
        }
    }

    /// The whole answer.
    pub fn respond(&self, instance: Option<&str>, request_id: Option<&str>) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.0.status);
        for (name, value) in &self.0.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.insert_header((name.clone(), value));
            }
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.body(serde_json::to_vec(&self.shape(instance, request_id)).unwrap_or_default())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.respond(None, None)
    }
}

/// The status of each refusal by the ledger's rules.
fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
        Refusal::DuplicateReference { .. }
        | Refusal::WrongState { .. }
        | Refusal::ExceedsOutstanding { .. }
        | Refusal::ExceedsAllocation { .. }
        | Refusal::ExceedsLiquidated { .. }
        | Refusal::NotEmpty(_)
        | Refusal::Person(_)
        | Refusal::ExceedsReversible { .. }
        | Refusal::ExceedsLot { .. }
        | Refusal::ExceedsPurses { .. }
        | Refusal::ExceedsAdvance { .. }
        | Refusal::Approval(_)
        | Refusal::Period(_)
        | Refusal::Statement(_)
        | Refusal::SamePerson { .. }
        | Refusal::ExceedsSpend { .. }
        | Refusal::ExceedsSuspended { .. }
        | Refusal::InsufficientFunds(_)
        | Refusal::BackdatedOverdraft { .. }
        | Refusal::Constraint(_) => StatusCode::CONFLICT,
        Refusal::UnknownReference { .. }
        | Refusal::Repeated { .. }
        | Refusal::SplitNotTotal { .. }
        | Refusal::SplitCurrency { .. }
        | Refusal::InstalmentsNotSplit { .. }
        | Refusal::UnitNotPledged { .. }
        | Refusal::MarketNotPledged { .. }
        | Refusal::WrongUnit { .. }
        | Refusal::WrongUnitKind { .. }
        | Refusal::LotNeverValid { .. }
        | Refusal::NotLater { .. }
        | Refusal::EndsBeforeStart { .. }
        | Refusal::LinesDiffer
        | Refusal::WholeOnly { .. }
        | Refusal::ReversalLopsided { .. }
        | Refusal::NotReversible { .. }
        | Refusal::ExceedsPayout { .. }
        | Refusal::Lot(_)
        | Refusal::SpendNotAddingUp { .. }
        | Refusal::SpendRevisionConflict { .. }
        | Refusal::SpendAlreadyFinal { .. }
        | Refusal::BeyondRange(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Access(why) => match why.may_pass() {
            true => StatusCode::CONFLICT,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        },
        Refusal::Exchange(
            ExchangeRefusal::RateNeeded { .. }
            | ExchangeRefusal::RateNotNeeded { .. }
            | ExchangeRefusal::WorthNothing { .. }
            | ExchangeRefusal::ReturnedWhole { .. },
        ) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Exchange(
            ExchangeRefusal::MonthNotOver { .. }
            | ExchangeRefusal::RateMissing { .. }
            | ExchangeRefusal::RateAmbiguous { .. },
        ) => StatusCode::CONFLICT,
        // All or none: as sent it can only succeed if what stands against it may pass.
        Refusal::SpendRowsRefused { first, .. } => of_rows(first, "insufficient-funds"),
        Refusal::Exchange(ExchangeRefusal::RowsRefused { first, .. }) => {
            of_rows(first, "duplicate-reference")
        }
    }
}

/// The status of rows that were refused with one another.
fn of_rows(rows: &[RefusedRow], passing: &str) -> StatusCode {
    match rows.iter().all(|row| row.code == passing) {
        true => StatusCode::CONFLICT,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let mut problem = Problem::new(status(&refusal), refusal.code(), refusal.to_string());
        problem.0.by_ledger = true;
        problem.0.shortage = refusal.shortage().cloned();
        let left = refusal.open_reasons().iter();
        let left = left.map(|it| Reason::new("", refusal.code(), it.to_string()));
        problem.0.errors = left.collect();
        if let Refusal::SpendRowsRefused { first, .. } = &refusal {
            let reason = |row: &RefusedRow| {
                let pointer = format!("/rows/{}", row.line - 1);
                Reason::new(pointer, row.code, row.detail.clone())
            };
            problem.0.errors = first.iter().map(reason).collect();
        }
        if let Refusal::Exchange(ExchangeRefusal::RowsRefused { first, .. }) = &refusal {
            let at = |row: &RefusedRow| format!("/lines/{}", row.line);
            let reason = |row| Reason::new(at(row), row.code, row.detail.clone());
            problem.0.errors = first.iter().map(reason).collect();
        }
        match refusal.pointer() {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let not_now = |code| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, failure.to_string())
                .with_header(header::RETRY_AFTER, RETRY_AFTER_S.to_string())
        };
        match failure {
            Failure::Refused(refusal) => (*refusal).into(),
            Failure::KeyReused => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Problem::new(status, "idempotency-key-reused", failure.to_string())
            }
            Failure::Unavailable => not_now("unavailable"),
            Failure::Overloaded => not_now("overloaded"),
            Failure::Internal => Problem::internal(),
        }
    }
}

impl Problem {
    /// 500: a defect, logged where it was noticed; the request id is all that is said.
    pub fn internal() -> Self {
        let told = "Something went wrong here; the request id tells us what";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", told)
    }

    /// 503: the database is away; the reader may come back.
    pub fn unavailable() -> Self {
        Failure::Unavailable.into()
    }
}
