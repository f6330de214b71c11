//! Stating exchange rates: one, many, or as a source's file lists them.

use actix_web::HttpResponse;
use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use super::answer::{Done, PreviewOut};
use super::bulk::{BulkIn, BulkOut, ModeIn};
use super::exchange::{exchange_rate, rate_e8};
use super::inputs::ExchangeRateIn;
use super::post::Post;
use super::table::{Columns, Lines, malformed};
use super::upload::Upload;
use crate::domain::command::{ImportRates, RefusedRow, StateExchangeRate};
use crate::domain::exchange::StatedRate;
use crate::domain::statement::hexadecimal;
use crate::domain::{Command, ExchangeRateId, Unit};
use crate::http::access::permission::StateRates;
use crate::http::body::{Edge, Fault, Node, Object, Text, day};
use crate::http::idempotency::ClientKey;
use crate::http::problem::{Problem, Reason};
use crate::http::views::{ExchangeRateOut, RateImportOut};

/// Where exchange rates are.
const RATES: &str = "/v1/exchange-rates";

/// What a row consists of.
const COLUMNS: [&str; 5] = ["base", "quote", "rate", "source", "date"];

/// A file has at most so many lines.
const MOST_LINES: usize = 20_000;

/// A line is no longer.
const LONGEST_LINE_BYTES: usize = 4 * 1024;

/// The source of a rate. What a spreadsheet would take for a formula isn't taken from a file.
fn source(text: &str) -> Result<String, Fault> {
    let text = Text::NAME.read(text)?;
    match text.starts_with(['=', '+', '-', '@']) {
        false => Ok(text),
        true => Err(Fault::new(
            "text-is-formula",
            "a text of a file doesn't begin with =, +, - or @",
        )),
    }
}

fn read_row(line: i32, texts: [&str; 5], edge: Edge<'_>) -> Result<StateExchangeRate, RefusedRow> {
    let at = |column: &'static str| {
        move |fault: Fault| RefusedRow {
            line,
            code: fault.code,
            detail: format!("{column}: {}", fault.detail),
        }
    };
    let unit = |code: &str| -> Result<Unit, Fault> {
        let unknown = || Fault::new("unknown-unit", "there is no such unit");
        edge.catalogue.units.get(code).ok_or_else(unknown)
    };
    let [base, quote, rate, by, on] = texts;
    Ok(StateExchangeRate {
        id: ExchangeRateId(Uuid::now_v7()),
        base: unit(base).map_err(at("base"))?,
        quote: unit(quote).map_err(at("quote"))?,
        stated: StatedRate {
            rate_e8: rate_e8(rate).map_err(at("rate"))?,
            source: source(by).map_err(at("source"))?,
            day: day(on, &edge.past()).map_err(at("date"))?,
        },
    })
}

/// Reads a file. A row that can't be read is refused by its line, with the others.
fn read_file(body: &[u8], atomic: bool, edge: Edge<'_>) -> Result<Command, Problem> {
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    let (mut lines, mut record) = (Lines::new(body, 0), csv::ByteRecord::new());
    let mut columns = None;
    while let Some(line) = lines.next(&mut record)? {
        let number = i32::try_from(line.number).ok();
        let number = number.filter(|_| line.number <= MOST_LINES);
        let number = number.ok_or_else(|| {
            let detail = format!("A file of rates has at most {MOST_LINES} lines");
            Problem::unreadable("file-too-long", detail)
        })?;
        let Some(columns) = columns else {
            columns = Some(Columns::read(COLUMNS, &record)?);
            continue;
        };
        let row = if !line.is_closed {
            Err(malformed(number, "a quote is opened and not closed"))
        } else if line.bytes.len() > LONGEST_LINE_BYTES {
            let detail = format!("a line has at most {LONGEST_LINE_BYTES} bytes");
            Err(malformed(number, &detail))
        } else {
            let texts = columns.texts(number, &record);
            texts.and_then(|texts| read_row(number, texts, edge))
        };
        match row {
            Ok(row) => rows.push((number, row)),
            Err(refused) => unread.push(refused),
        }
    }
    if columns.is_none() {
        let detail = "This needs a file with a line for each rate as its body";
        return Err(Problem::unreadable("body-missing", detail));
    }
    Ok(Command::ImportRates(ImportRates {
        atomic,
        rows,
        unread,
    }))
}

/// The parameters of an import: whether all rows are taken or none, and whether nothing is written.
fn parameters(query: &str) -> Result<(ModeIn, bool), Problem> {
    let (mut mode, mut validate_only) = (ModeIn::Independent, false);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let malformed = |detail| Reason::new(name, "malformed-parameter", detail);
        let reason = match (name, value) {
            ("validate_only", "true" | "false") => {
                validate_only = value == "true";
                continue;
            }
            ("validate_only", _) => malformed("the parameter validate_only is true or false"),
            ("mode", _) => match ModeIn::read(value) {
                Ok(read) => {
                    mode = read;
                    continue;
                }
                Err(_) => malformed("the parameter mode is atomic or independent"),
            },
            _ => {
                let detail = "there is no such parameter here; there are mode and validate_only";
                Reason::new(name, "unknown-parameter", detail)
            }
        };
        return Err(Problem::invalid(vec![reason]));
    }
    Ok((mode, validate_only))
}

/// What an import asks for, as far as it tells one request from another.
fn asked(body: &[u8], mode: ModeIn) -> Node {
    let sha256 = hexadecimal(digest(&SHA256, body).as_ref());
    let atomic = Node::Bool(mode == ModeIn::Atomic);
    Node::Object(Object::from([
        ("sha256".to_owned(), Node::Text(sha256)),
        ("atomic".to_owned(), atomic),
    ]))
}

/// Takes up a file as one command: all of its rows are decided together.
async fn import(post: Post<StateRates>) -> Result<HttpResponse, Problem> {
    let (mode, validate_only) = parameters(post.request.query_string())?;
    let key = ClientKey::find(post.request.headers())?;
    if key.is_none() && !validate_only {
        return Err(ClientKey::missing());
    }
    let command = read_file(&post.body, mode == ModeIn::Atomic, post.edge())?;
    let asked = asked(&post.body, mode);
    let (submission, request) = post.submission(command, key.as_ref(), RATES, &asked);
    let engine = &post.state().engine;
    if validate_only {
        let mut previews = engine.preview(vec![submission]).await;
        let preview = previews.pop().ok_or_else(Problem::internal)??;
        return Ok(Done::Previewed(PreviewOut::new(&preview, &request)).changed());
    }
    Ok(Done::Committed(engine.submit(submission).await?).changed())
}

/// State exchange rates
///
/// One; or, as a file of at most 20,000 lines, whatever a source lists: the first line names the
/// columns base, quote, rate, source and date. A rate that is stated already with the same figure
/// changes nothing, so the same file may be sent again. A row that is refused is named by its line
/// and stops no other, unless the mode is atomic.
#[utoipa::path(post, path = "/v1/exchange-rates", tag = "exchange",
    params(("mode" = Option<ModeIn>, Query,
        description = "Of a file: whether all rows are taken or none, or each on its own, as it is \
                       if left out")),
    request_body(content((ExchangeRateIn = "application/json"), (String = "text/csv"))),
    responses((status = 201, description = "One was stated", body = ExchangeRateOut),
        (status = 200, description = "What came of the rows of a file", body = RateImportOut)))]
pub async fn state_exchange_rate(upload: Upload<StateRates>) -> Result<HttpResponse, Problem> {
    let is_file = upload.is_file();
    let post = upload.whole().await?;
    match is_file {
        true => import(post).await,
        false => Ok(post.submit(exchange_rate).await?.created(RATES)),
    }
}

/// State many exchange rates
#[utoipa::path(post, path = "/v1/exchange-rates/bulk", tag = "exchange",
    request_body = BulkIn<ExchangeRateIn>, responses(
        (status = 201, description = "Atomic: all were stated", body = BulkOut),
        (status = 207, description = "Independent: what came of each", body = BulkOut)))]
pub async fn state_exchange_rates_in_bulk(post: Post<StateRates>) -> Result<HttpResponse, Problem> {
    post.bulk(RATES, exchange_rate).await
}
