//! Announcing pledges, and recording that they were signed.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::inputs::{AgreementIn, PledgeIn};
use super::post::Post;
use crate::domain::command::{AnnouncePledge, NewInstalment, SignAgreement};
use crate::domain::exchange::Bearer;
use crate::domain::{Command, InstalmentId, PledgeId};
use crate::http::access::permission::RecordPledges;
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::PledgeOut;

/// Where pledges are.
const COLLECTION: &str = "/v1/pledges";

/// The most units a pledge is split into.
const MOST_UNITS: usize = 20;

/// The most markets a pledge is for: more than there are countries.
const MOST_MARKETS: usize = 300;

/// The most instalments of a pledge.
const MOST_INSTALMENTS: usize = 500;

/// Reads a pledge to be announced.
pub fn pledge(body: &mut Fields<'_>) -> Option<Command> {
    let reference = body.text("reference", Text::REFERENCE);
    let donor = party(body, "donor");
    let recipient = party(body, "recipient");
    let purpose = body.text("purpose", Text::PROSE);
    let functional_unit = body.unit("functional_unit");
    let total = body.money("total");
    let split = body.money_list("split", MOST_UNITS);
    let markets = body.markets("markets", MOST_MARKETS);
    let bearer = body.optional("exchange_differences", |body, name| {
        body.value(name, bearer)
    });
    let instalments = body.objects("instalments", MOST_INSTALMENTS, instalment);
    Some(Command::AnnouncePledge(AnnouncePledge {
        id: PledgeId(Uuid::now_v7()),
        reference: reference?,
        donor: donor?,
        recipient: recipient?,
        purpose: purpose?,
        functional_unit: functional_unit?,
        total: total?,
        split: split?,
        markets: markets?,
        exchange_differences: bearer?.unwrap_or_default(),
        instalments: instalments?,
    }))
}

fn bearer(text: &str) -> Result<Bearer, Fault> {
    let unknown = || Fault::new("bearer-malformed", "it is reserve or market");
    Bearer::parse(text).ok_or_else(unknown)
}

fn party(body: &mut Fields<'_>, name: &'static str) -> Option<String> {
    body.object(name, |party| party.text("name", Text::NAME))
}

fn instalment(body: &mut Fields<'_>) -> Option<NewInstalment> {
    let reference = body.text("reference", Text::REFERENCE);
    let amount = body.money("amount");
    let due_date = body.planned_day("due_date");
    let condition = body.optional("condition", |body, name| body.text(name, Text::PROSE));
    Some(NewInstalment {
        id: InstalmentId(Uuid::now_v7()),
        reference: reference?,
        amount: amount?,
        due_date: due_date?,
        condition: condition?,
    })
}

/// Reads that an agreement was signed.
pub fn agreement(pledge: PledgeId, body: &mut Fields<'_>) -> Option<Command> {
    let effective_date = body.effective_date();
    let document = body.document("document");
    Some(Command::SignAgreement(SignAgreement {
        pledge,
        effective_date: effective_date?,
        document: document?,
    }))
}

/// Announce a pledge
///
/// Its split adds up to its total, and its instalments to its split. Not binding: nothing
/// is posted.
#[utoipa::path(post, path = "/v1/pledges", tag = "pledges", request_body = PledgeIn,
    responses((status = 201, description = "Announced", body = PledgeOut)))]
pub async fn announce_pledge(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    Ok(post.submit(pledge).await?.created(COLLECTION))
}

/// Record that a pledge's agreement was signed
///
/// Its unconditional instalments become receivable.
#[utoipa::path(post, path = "/v1/pledges/{id}/agreement", tag = "pledges",
    request_body = AgreementIn,
    responses((status = 200, description = "Agreed", body = PledgeOut)))]
pub async fn sign_agreement(post: Post<RecordPledges>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post.submit(|body| agreement(id, body)).await?.changed())
}
