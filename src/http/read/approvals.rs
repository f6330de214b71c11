//! What waits for somebody else, and above what it has to.

use actix_web::HttpResponse;
use time::OffsetDateTime;

use super::get::Get;
use super::lists::{page, window};
use crate::db::read::{self, ApprovalFilter, Waiting};
use crate::domain::approval::{Action, ApprovalState};
use crate::domain::person::Person;
use crate::domain::{ApprovalId, PledgeId};
use crate::http::access::Principal;
use crate::http::access::permission::{Approve, DecideApprovals, ReadApprovals, authorize};
use crate::http::paging::ListOut;
use crate::http::problem::Problem;
use crate::http::views::{ApprovalOut, ThresholdOut};

/// What somebody may decide: approvers anything, controllers thresholds.
fn waiting_for(caller: &Principal) -> Waiting {
    let decides = authorize::<DecideApprovals>(caller).is_ok();
    let approves = authorize::<Approve>(caller).is_ok();
    let actions = match (decides, approves) {
        (true, true) => Action::ALL.to_vec(),
        (true, false) => {
            let all = Action::ALL.iter().copied();
            all.filter(|it| it.is_of_controls()).collect()
        }
        (false, _) => Vec::new(),
    };
    Waiting {
        who: Person {
            name: caller.subject().to_owned(),
            identity: Some(caller.identity()),
        },
        actions,
    }
}

fn state(text: &str) -> Result<ApprovalState, String> {
    ApprovalState::parse(text).ok_or_else(|| {
        let all: Vec<&str> = ApprovalState::ALL.iter().map(|it| it.as_str()).collect();
        format!("the states are {}", all.join(", "))
    })
}

/// List approvals
///
/// What waits, or waited, for somebody else, in the order it was asked for.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals",
    params(
        ("pledge_id" = Option<String>, Query, description = "Of that pledge"),
        ("state" = Option<String>, Query, description = "In that state"),
        ("waiting_for" = Option<String>, Query,
            description = "`me`: pending, and the caller may decide it")),
    responses((status = 200, description = "Approvals", body = ListOut<ApprovalOut>)))]
pub async fn list_approvals(get: Get<ReadApprovals>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let pledge = query.id("pledge_id");
    let state = query.word("state", state);
    let mine = query.word("waiting_for", |text| match text {
        "me" => Ok(()),
        _ => Err("waiting_for is me".to_owned()),
    });
    let paging = query.paging();
    query.finish()?;
    let filter = ApprovalFilter {
        pledge,
        state,
        waiting: mine.map(|()| waiting_for(get.principal())),
    };
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.snapshot(async |connection| {
        read::list_approvals(connection, catalogue, sight, &filter, window).await
    });
    let found = found.await?;
    let now = OffsetDateTime::now_utc();
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, ApprovalOut::at(it, now))),
    )
}

/// Read an approval
#[utoipa::path(get, path = "/v1/approvals/{id}", tag = "approvals",
    responses((status = 200, description = "The approval", body = ApprovalOut)))]
pub async fn read_approval(get: Get<ReadApprovals>) -> Result<HttpResponse, Problem> {
    let id: ApprovalId = get.id()?;
    get.query()?.finish()?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found =
        get.snapshot(async |connection| read::approval(connection, catalogue, sight, id).await);
    let found = found.await?;
    let found = found.ok_or_else(|| get.absent("approval"))?;
    get.json(None, &ApprovalOut::at(&found, OffsetDateTime::now_utc()))
}

/// List a pledge's thresholds
///
/// In the order they were stated. In force is the one of an action and unit that began last.
#[utoipa::path(get, path = "/v1/pledges/{id}/thresholds", tag = "approvals",
    responses((status = 200, description = "Thresholds", body = ListOut<ThresholdOut>)))]
pub async fn list_thresholds(get: Get<ReadApprovals>) -> Result<HttpResponse, Problem> {
    let id: PledgeId = get.id()?;
    let mut query = get.query()?;
    let paging = query.paging();
    query.finish()?;
    let window = window(&get, &paging)?;
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let found = get.snapshot(async |connection| {
        if read::pledge(connection, catalogue, sight, id)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let found = read::list_thresholds(connection, catalogue, sight, id, window);
        found.await.map(Some)
    });
    let found = found.await?;
    let found = found.ok_or_else(|| get.absent("pledge"))?;
    page(
        &get,
        &paging,
        window,
        found.map(|it| (it.id.0, ThresholdOut::from(it))),
    )
}
