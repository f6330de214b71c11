//! The register of journals, of any length.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use futures_util::stream;

use super::{Answer, Asked, CSV_TEXT, Form, Get, attachment, written};
use crate::db::read::{self, Cut, ReadError, RegisteredJournal, Sight};
use crate::http::access::permission::ReadProofs;
use crate::http::etag;
use crate::http::problem::{Problem, Reason};
use crate::http::read::broken_off::BrokenOff;
use crate::http::read::get::look_as;
use crate::http::state::State;
use crate::reports::register::{self, ControlTotals, JournalLine, Order};
use crate::reports::{Piece, Report};

/// How many journals are read at once while it is sent.
const STRETCH: i64 = 1_000;

/// How many journals may be in an answer that is made in memory.
const MOST_AT_ONCE: i64 = 250_000;

fn order(text: &str) -> Result<Order, String> {
    Order::parse(text).ok_or_else(|| {
        "it is number, effective_date, amount or kind, with - before it for the greatest first"
            .to_owned()
    })
}

/// Report the register of journals
///
/// Every journal, a line for each unit it moved: who recorded and who approved it, what it rests on
/// and why, with control totals: how many, the first and last number and the sum of all numbers,
/// and the debits and credits of each unit. As CSV, by number, it is sent as it is read, whatever
/// its length; else, of a quarter of a million journals at most.
#[utoipa::path(get, path = "/v1/pledges/{id}/reports/journal-register", tag = "reports",
    params(("sort" = Option<String>, Query, description = "`number`, `effective_date`, `amount` \
        (by unit) or `kind`; with `-` before it, the greatest first")),
    responses((status = 200, description = "The report", body = Report<JournalLine>)))]
pub async fn report_journal_register(get: Get<ReadProofs>) -> Answer {
    let (asked, mut query) = Asked::begin(&get)?;
    let order = query.word("sort", order).unwrap_or_default();
    query.finish()?;
    let may_stream = asked.form == Form::Csv && order == Order::default();
    let at_once = if may_stream { STRETCH } else { MOST_AT_ONCE };
    let reads = get.snapshot(async |connection| {
        let Some(cut) = asked.cut(connection, &get).await? else {
            return Ok(None);
        };
        if cut.known.journal > at_once {
            return Ok(Some((cut, Vec::new())));
        }
        let all = (0, cut.known.journal);
        let journals = read::journal_register(connection, get.catalogue(), &cut, all).await?;
        Ok(Some((cut, journals)))
    });
    let (cut, journals) = reads.await?.ok_or_else(|| get.absent("pledge"))?;
    match (cut.known.journal > at_once, may_stream) {
        (true, true) => return Ok(streamed(&get, cut)),
        (true, false) => return Err(too_many(cut.known.journal)),
        (false, _) => {}
    }
    written(&get, asked.form, register::register(&cut, journals, order)).await
}

fn too_many(journals: i64) -> Problem {
    let detail = format!(
        "{journals} journals are more than fit into one answer, {MOST_AT_ONCE}; as CSV, by number, \
         there is no limit"
    );
    Problem::invalid(vec![Reason::new("form", "malformed-parameter", detail)])
}

/// The register by number, sent while it is read.
fn streamed(get: &Get<ReadProofs>, cut: Cut) -> HttpResponse {
    let rest = Rest {
        state: get.state().clone(),
        sight: get.sight().clone(),
        totals: ControlTotals::default(),
        sent: Sent::Nothing,
        cut,
    };
    let name = register::ended(&rest.cut, &rest.totals).file_name();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, CSV_TEXT))
        .insert_header((header::CACHE_CONTROL, etag::CACHE_CONTROL))
        .insert_header((header::VARY, etag::VARY))
        .insert_header((header::CONTENT_DISPOSITION, attachment(&name, "csv")))
        .streaming(stream::try_unfold(rest, Rest::next))
}

/// How far it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Nothing,
    /// The journals up to that number.
    Upto(i64),
    Everything,
}

/// What of a register is still to be sent. Each stretch is read on a connection of its own, which
/// goes back before anything is sent; what is cut off by number and day never changes.
struct Rest {
    state: Data<State>,
    sight: Sight,
    cut: Cut,
    totals: ControlTotals,
    sent: Sent,
}

impl Rest {
    /// The next piece: the head, then a stretch of journals, then what they came to.
    async fn next(mut rest: Self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let mut chunk = Vec::new();
        match rest.sent {
            Sent::Nothing => {
                Piece::<JournalLine>::Head.write(&mut chunk);
                rest.sent = Sent::Upto(0);
            }
            Sent::Upto(last) if last >= rest.cut.known.journal => {
                Piece::End(&register::ended(&rest.cut, &rest.totals)).write(&mut chunk);
                rest.sent = Sent::Everything;
            }
            Sent::Upto(last) => {
                let upto = last + STRETCH;
                let journals = rest.read((last, upto)).await.map_err(|error| {
                    BrokenOff::of(format!("the register of {}", rest.cut.pledge), error)
                })?;
                rest.totals.count(&journals);
                Piece::Lines(&register::lines(&journals)).write(&mut chunk);
                rest.sent = Sent::Upto(upto);
            }
            Sent::Everything => return Ok(None),
        }
        Ok(Some((Bytes::from(chunk), rest)))
    }

    async fn read(&self, stretch: (i64, i64)) -> Result<Vec<RegisteredJournal>, ReadError> {
        let catalogue = &self.state.catalogue;
        look_as(&self.state, &self.sight, async |connection| {
            read::journal_register(connection, catalogue, &self.cut, stretch).await
        })
        .await
    }
}
