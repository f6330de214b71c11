//! Exports for other programs.
//!
//! The accounts are read first, at one instant; then the journals up to it, a stretch at a time,
//! each on a connection of its own that goes back to the pool before anything is sent: a slow
//! reader holds nothing, and an export of any length costs the memory of one stretch.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use futures_util::stream;

use super::broken_off::BrokenOff;
use super::get::{Get, look_as};
use crate::db::read::{
    self, Account, AccountFilter, AccountWindow, JournalWindow, ReadError, Sight,
};
use crate::domain::PledgeId;
use crate::exports::{Export, Form, Head};
use crate::http::accept::{CSV, negotiate};
use crate::http::access::permission::ReadProofs;
use crate::http::problem::Problem;
use crate::http::state::State;

/// How many accounts, or journals, are read at once.
const STRETCH: i64 = 1_000;

/// A pledge's whole journal for hledger
///
/// Every journal with both sides of every transfer, and at the end every account's balance as the
/// ledger keeps it: `hledger check --strict` adds up again and finds any difference.
#[utoipa::path(get, path = "/v1/pledges/{id}/journal.hledger", tag = "reports",
    responses((status = 200, description = "The journal", content_type = "text/plain",
        body = String)))]
pub async fn export_hledger(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    export(&get, Form::Hledger).await
}

/// A pledge's whole journal for beancount
///
/// Every journal with both sides of every transfer, without tolerances, and at the end every
/// account's balance as the ledger keeps it: `bean-check` adds up again and finds any difference.
/// A unit such as `ADC:TIKTOK:USD` is the commodity `ADC.TIKTOK.USD`.
#[utoipa::path(get, path = "/v1/pledges/{id}/journal.beancount", tag = "reports",
    responses((status = 200, description = "The journal", content_type = "text/plain",
        body = String)))]
pub async fn export_beancount(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    export(&get, Form::Beancount).await
}

/// A pledge's journal lines, as `GL_Detail`
///
/// The AICPA's Audit Data Standard, as CSV: a row for each side of each transfer, its amount
/// without a sign and `D` or `C` beside it. `Segment01` is the account; the others are what it is
/// kept by: market, creator, instalment, lot, obligation, ad account, platform. `Segment09` is the
/// journal's number, without gaps.
#[utoipa::path(get, path = "/v1/pledges/{id}/gl-detail.csv", tag = "reports",
    responses((status = 200, description = "The lines", content_type = "text/csv",
        body = String)))]
pub async fn export_gl_detail(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    export(&get, Form::GlDetail).await
}

/// What a pledge's accounts came to, as `Trial_Balance`
///
/// The AICPA's Audit Data Standard, as CSV: a row for each account, with its balance as the ledger
/// keeps it on the last day something counts; debits are positive. The rows of `GL_Detail` add up
/// to it. The whole of the pledge's time is one period, which began with nothing.
#[utoipa::path(get, path = "/v1/pledges/{id}/trial-balance.csv", tag = "reports",
    responses((status = 200, description = "The balances", content_type = "text/csv",
        body = String)))]
pub async fn export_trial_balance(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    export(&get, Form::TrialBalance).await
}

/// A pledge's whole journal as a French FEC
///
/// The 18 columns of article A47 A-1, tab-separated, with decimal commas; `EcritureNum` is the
/// journal's number, without gaps. Nothing is converted: `Debit` and `Credit` are in the unit of
/// the account, and where that isn't the pledge's own, `Idevise` names it.
#[utoipa::path(get, path = "/v1/pledges/{id}/fec.txt", tag = "reports",
    responses((status = 200, description = "The entries", content_type = "text/plain",
        body = String)))]
pub async fn export_fec(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    export(&get, Form::Fec).await
}

async fn export(get: &Get<ReadProofs>, form: Form) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    // As everywhere, an address that ends in `.csv` answers in CSV whatever is accepted.
    if form.media_type() != CSV {
        negotiate(get.request().headers(), &[form.media_type()])?;
    }
    get.query_in_any_form().finish()?;
    let (head, accounts) = begin(get, id).await?;
    let mut chunk = Vec::new();
    let upto = head.journals;
    let export = Export::begin(form, head, accounts, &mut chunk);
    let rest = Rest {
        state: get.state().clone(),
        sight: get.sight().clone(),
        pledge: id,
        after: 0,
        upto,
        export,
        chunk: Some(chunk),
    };
    let media_type = format!("{}; charset=utf-8", form.media_type());
    let name = format!("attachment; filename=\"{}\"", form.file_name(id));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(stream::try_unfold(Some(rest), Rest::next)))
}

/// The pledge and all its accounts, at one instant.
async fn begin(get: &Get<ReadProofs>, id: PledgeId) -> Result<(Head, Vec<Account>), Problem> {
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let reads = get.snapshot(async |connection| {
        let version = read::pledge_version(connection, sight, id).await?;
        let pledge = read::pledge(connection, catalogue, sight, id).await?;
        let mut accounts: Vec<Account> = Vec::new();
        let mut after = None;
        loop {
            let filter = AccountFilter {
                pledge: Some(id),
                ..AccountFilter::default()
            };
            let window = AccountWindow {
                after,
                limit: STRETCH,
                known_at: None,
            };
            let found = read::list_accounts(connection, catalogue, sight, &filter, window).await?;
            after = found.last;
            accounts.extend(found.page.data);
            if !found.page.has_more {
                return Ok((version.zip(pledge), accounts));
            }
        }
    });
    let (found, accounts) = reads.await?;
    let (version, pledge) = found.ok_or_else(|| get.absent("pledge"))?;
    let head = Head {
        pledge: id,
        reference: pledge.reference,
        functional_unit: pledge.total.unit().clone(),
        journals: version.journals,
    };
    Ok((head, accounts))
}

/// What of an export is still to be sent.
struct Rest {
    state: Data<State>,
    sight: Sight,
    pledge: PledgeId,
    after: i64,
    upto: i64,
    export: Export,
    chunk: Option<Vec<u8>>,
}

impl Rest {
    /// The next piece: the beginning, then a stretch of journals, then the end.
    async fn next(rest: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, BrokenOff> {
        let Some(mut rest) = rest else {
            return Ok(None);
        };
        if let Some(chunk) = rest.chunk.take() {
            return Ok(Some((Bytes::from(chunk), Some(rest))));
        }
        let mut chunk = Vec::new();
        if rest.after >= rest.upto {
            rest.export.end(&mut chunk);
            return Ok(Some((Bytes::from(chunk), None)));
        }
        match rest.stretch(&mut chunk).await {
            Ok(()) => Ok(Some((Bytes::from(chunk), Some(rest)))),
            Err(error) => Err(BrokenOff::of(
                format!("an export of {}", rest.pledge),
                error,
            )),
        }
    }

    async fn stretch(&mut self, out: &mut Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
        let window = JournalWindow {
            after: self.after,
            upto: self.upto,
            limit: STRETCH,
        };
        let (catalogue, sight) = (&self.state.catalogue, &self.sight);
        let page = look_as(&self.state, sight, async |connection| {
            read::list_journals(connection, catalogue, sight, self.pledge, window).await
        });
        let page = page.await.map_err(|error: ReadError| error.to_string())?;
        self.after = page.data.last().map_or(self.upto, |last| last.number);
        self.export.journals(&page.data, out)?;
        Ok(())
    }
}
