//! Who may come in, what they may do, and could do on a day; and the tokens that were made here.

use actix_web::HttpResponse;
use time::{Duration, OffsetDateTime, Time};

use super::get::Get;
use super::lists::{page, window};
use super::views::{AccessListOut, AccessOut};
use crate::db::read;
use crate::domain::{IdentityId, Role};
use crate::http::access::permission::{ReadAccessList, ReadApiTokens, ReadIdentities};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{ApiTokenOut, IdentityOut, TokenRevocationOut};
use crate::http::wire::Instant;

/// List identities
///
/// In the order they were recorded.
#[utoipa::path(get, path = "/v1/identities", tag = "identities",
    responses((status = 200, description = "Identities", body = ListOut<IdentityOut>)))]
pub async fn list_identities(get: Get<ReadIdentities>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let found = get
        .consult(async |connection| read::list_identities(connection, window).await)
        .await?;
    let now = OffsetDateTime::now_utc();
    let shown = found.map(|it| (it.identity.id.0, IdentityOut::new(it, now)));
    page(&get, &paging, window, shown)
}

/// Read an identity
#[utoipa::path(get, path = "/v1/identities/{id}", tag = "identities",
    responses((status = 200, description = "The identity", body = IdentityOut)))]
pub async fn read_identity(get: Get<ReadIdentities>) -> Result<HttpResponse, Problem> {
    let id: IdentityId = get.id()?;
    get.query()?.finish()?;
    let found = get
        .consult(async |connection| read::identity(connection, id).await)
        .await?;
    let found = found.ok_or_else(|| get.absent("identity"))?;
    get.json(None, &IdentityOut::new(&found, OffsetDateTime::now_utc()))
}

/// List revocations of tokens
///
/// In the order they were made.
#[utoipa::path(get, path = "/v1/revocations", tag = "tokens",
    responses((status = 200, description = "Revocations", body = ListOut<TokenRevocationOut>)))]
pub async fn list_revocations(get: Get<ReadIdentities>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let found = get
        .consult(async |connection| read::list_revocations(connection, window).await)
        .await?;
    let shown = found.map(|it| (it.id.0, TokenRevocationOut::from(it)));
    page(&get, &paging, window, shown)
}

/// List tokens that were made here
///
/// One's own; administrators and auditors see all. No token itself is shown.
#[utoipa::path(get, path = "/v1/api-tokens", tag = "tokens",
    params(("identity_id" = Option<String>, Query, description = "Borne by that identity")),
    responses((status = 200, description = "Tokens", body = ListOut<ApiTokenOut>)))]
pub async fn list_api_tokens(get: Get<ReadApiTokens>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let named: Option<IdentityId> = query.id("identity_id");
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let caller = get.principal();
    let sees_all = [Role::Admin, Role::Auditor];
    let sees_all = sees_all.iter().any(|role| caller.roles().contains(role));
    let own = caller
        .identity_id()
        .unwrap_or(IdentityId(uuid::Uuid::nil()));
    let bearer = match (sees_all, named) {
        (true, named) => named,
        (false, None) => Some(own),
        // Of somebody else's it isn't told whether there are any.
        (false, Some(named)) if named == own => Some(own),
        (false, Some(_)) => Some(IdentityId(uuid::Uuid::nil())),
    };
    let found = get
        .consult(async |connection| read::list_api_tokens(connection, bearer, window).await)
        .await?;
    let shown = found.map(|it| {
        let out = ApiTokenOut {
            last_used_at: it.last_used_at.map(Instant),
            revoked_at: it.revoked_at.map(Instant),
            ..(&it.token).into()
        };
        (it.token.id.0, out)
    });
    page(&get, &paging, window, shown)
}

/// Read who could do what
///
/// At a moment, or at any time of a day: every identity that could come in, with the roles it held
/// and what these allow. Now, if no moment is named. Who isn't in the register isn't listed;
/// whether such subjects are let in on their issuer's word is said.
#[utoipa::path(get, path = "/v1/access-list", tag = "identities",
    params(("at" = Option<String>, Query, description = "A moment, or a day")),
    responses((status = 200, description = "Who could do what", body = AccessListOut)))]
pub async fn read_access_list(get: Get<ReadAccessList>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let is_day = get.request().query_string().len() <= "at=2026-11-24".len();
    let (from, to) = match is_day {
        true => query.day("at").map(|day| {
            let start = day.with_time(Time::MIDNIGHT).assume_utc();
            (start, start.saturating_add(Duration::DAY))
        }),
        false => query.instant("at").map(shortly),
    }
    .unwrap_or_else(|| shortly(OffsetDateTime::now_utc()));
    query.finish()?;
    let found = get
        .consult(async |connection| read::all_identities(connection).await)
        .await?;
    let able = found.iter().filter(|it| it.was_active_within(from, to));
    let list = AccessListOut {
        from: Instant(from),
        until: Instant(to),
        unregistered_subjects: get.state().register.policy().into(),
        data: able.map(|it| AccessOut::new(it, from, to)).collect(),
    };
    get.json(None, &list)
}

/// A moment, as a stretch of time that is over at once.
fn shortly(at: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    (at, at.saturating_add(Duration::MICROSECOND))
}
