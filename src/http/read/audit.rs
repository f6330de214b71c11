//! The audit trail, for auditors.

use actix_web::HttpResponse;

use super::get::Get;
use super::lists::{page, window};
use super::views::AuditEventOut;
use crate::db::read::{self, AuditFilter};
use crate::domain::audit::OUTCOMES;
use crate::http::access::permission::ReadAuditTrail;
use crate::http::paging::ListOut;
use crate::http::problem::Problem;

fn outcome(text: &str) -> Result<&'static str, String> {
    let known = OUTCOMES.iter().find(|it| **it == text);
    known
        .copied()
        .ok_or_else(|| format!("the outcomes are {}", OUTCOMES.join(", ")))
}

fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Read the audit trail
///
/// Every write; every refusal for want of right, of funds or for the state of things; every read
/// of personal data: who, what, when, from where, by which request, and what came of it. In the
/// order of recording.
#[utoipa::path(get, path = "/v1/audit-trail", tag = "controls",
    params(
        ("outcome" = Option<String>, Query, description = "`done`, `refused` or `read`"),
        ("actor" = Option<String>, Query, description = "By the subject of that name"),
        ("identity" = Option<String>, Query, description = "By that identity"),
        ("code" = Option<String>, Query, description = "Refused with that code"),
        ("request_id" = Option<String>, Query, description = "By the request of that id"),
        ("pledge_id" = Option<String>, Query, description = "About that pledge"),
        ("journal_id" = Option<String>, Query, description = "Whose first journal that is"),
        ("creator_id" = Option<String>, Query,
            description = "By which that creator's personal data was read"),
        ("recorded_at[gte]" = Option<String>, Query, description = "Recorded then or later"),
        ("recorded_at[lt]" = Option<String>, Query, description = "Recorded before then")),
    responses((status = 200, description = "Entries", body = ListOut<AuditEventOut>)))]
pub async fn list_audit_events(get: Get<ReadAuditTrail>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let filter = AuditFilter {
        outcome: query.word("outcome", outcome),
        actor: query.word("actor", any),
        identity: query.word("identity", any),
        code: query.word("code", any),
        request_id: query.word("request_id", any),
        pledge: query.id("pledge_id"),
        journal: query.id("journal_id"),
        creator: query.id("creator_id"),
        from: query.instant("recorded_at[gte]"),
        until: query.instant("recorded_at[lt]"),
    };
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let found =
        get.consult(async |connection| read::list_audit_events(connection, &filter, window).await);
    let found = found.await?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id().0, AuditEventOut::from(it))),
    )
}
