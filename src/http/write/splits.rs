//! Allocating one amount to many creators by weights, so that it comes out even to the last digit.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{id_in, json, mark_replayed};
use super::bulk::{Item, MOST_ITEMS, PreviewResultOut};
use super::inputs::AllocationSplitIn;
use super::post::Post;
use crate::domain::command::AllocateToCreator;
use crate::domain::split::{Share, split};
use crate::domain::{AllocationId, Command, CreatorId, Money, PledgeId};
use crate::http::access::permission::MoveMoney;
use crate::http::body::{Fault, Fields, Text};
use crate::http::idempotency::part;
use crate::http::problem::Problem;
use crate::http::wire::MoneyOut;

/// Where amounts are split.
const PATH: &str = "/v1/allocations/split";

/// The largest weight.
const MOST_WEIGHT: i64 = 1_000_000_000;

/// What one creator gets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationShare)]
pub struct ShareOut {
    /// Who.
    pub creator_id: CreatorId,
    /// By what weight.
    pub weight: u32,
    /// How much.
    pub amount: MoneyOut,
    /// Whether the last digit of it is one that rounding left over: the odd cent. It goes to whom
    /// rounding took most from, and among equals to who stands first.
    pub odd_unit: bool,
    /// The allocation that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation_id: Option<String>,
}

/// An amount that was allocated by weights.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationSplit)]
pub struct AllocationSplitOut {
    /// The amount, which the shares add up to.
    pub amount: MoneyOut,
    /// The shares, in the order they were asked for.
    pub shares: Vec<ShareOut>,
}

/// What a split would come to. Nothing was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllocationSplitPreview)]
pub struct AllocationSplitPreviewOut {
    /// The amount, which the shares add up to.
    pub amount: MoneyOut,
    /// The shares, in the order they were asked for.
    pub shares: Vec<ShareOut>,
    /// What would come of each.
    pub results: Vec<PreviewResultOut>,
}

/// A split as it was read: who gets what, by what weight.
struct Split {
    amount: Money,
    shares: Vec<(CreatorId, u32, Share)>,
    commands: Vec<Command>,
}

impl Split {
    fn shares(&self, mut made: impl FnMut(usize) -> Option<String>) -> Vec<ShareOut> {
        let shares = self.shares.iter().enumerate();
        let share = |(at, (creator, weight, share)): (usize, &(CreatorId, u32, Share))| ShareOut {
            creator_id: *creator,
            weight: *weight,
            amount: MoneyOut::of_minor(share.minor, self.amount.unit()),
            odd_unit: share.odd,
            allocation_id: made(at),
        };
        shares.map(share).collect()
    }
}

/// Reads what is to be split, and splits it.
fn read(body: &mut Fields<'_>) -> Option<Split> {
    let pledge: Option<PledgeId> = body.id("pledge_id");
    let amount = body.money("amount");
    let effective_date = body.effective_date();
    let note = body.optional("note", |body, name| body.text(name, Text::PROSE));
    let shares = body.objects("shares", MOST_ITEMS, |share| {
        let creator = share.id::<CreatorId>("creator_id");
        let weight = share.whole("weight", MOST_WEIGHT, "not-a-weight");
        Some((creator?, u32::try_from(weight?).ok()?))
    });
    let (pledge, amount, shares) = (pledge?, amount?, shares?);
    let (effective_date, note) = (effective_date?, note?);
    let mut creators: Vec<CreatorId> = shares.iter().map(|(creator, _)| *creator).collect();
    creators.sort_unstable();
    if creators.windows(2).any(|pair| pair[0] == pair[1]) {
        let fault = Fault::new("repeated", "a creator stands here twice");
        return body.note("shares", fault);
    }
    let weights: Vec<u32> = shares.iter().map(|(_, weight)| *weight).collect();
    let parts = split(amount.minor(), &weights);
    if let Some(at) = parts.iter().position(|part| part.minor == 0) {
        let detail = "of this amount, such a weight comes to nothing: give more, or to fewer";
        let fault = Fault::new("share-of-nothing", detail);
        return body.note_item("shares", at, "weight", fault);
    }
    let shares = shares.into_iter().zip(parts);
    let shares: Vec<_> = shares
        .map(|((who, weight), part)| (who, weight, part))
        .collect();
    let command = |(creator, _, part): &(CreatorId, u32, Share)| {
        Command::AllocateToCreator(AllocateToCreator {
            id: AllocationId(Uuid::now_v7()),
            pledge,
            creator: *creator,
            amount: Money::from_minor(part.minor, amount.unit().clone()),
            effective_date,
            note: note.clone(),
        })
    };
    Some(Split {
        commands: shares.iter().map(command).collect(),
        amount: amount.clone(),
        shares,
    })
}

/// Allocate by weights
///
/// Divides an amount among creators, exactly: each gets what the weight comes to,
/// rounded down, and the digits left over go to the largest remainders. The answer says who got
/// them. All allocations are made, or none: 409 with the arithmetic if the budget doesn't cover the
/// amount.
#[utoipa::path(post, path = "/v1/allocations/split", tag = "allocations",
    request_body = AllocationSplitIn,
    responses((status = 201, description = "Allocated", body = AllocationSplitOut)))]
pub async fn allocate_by_weights(post: Post<MoveMoney>) -> Result<HttpResponse, Problem> {
    let validate_only = post.validate_only()?;
    let key = post.key(validate_only)?;
    let body = post.json()?;
    let mut split = Fields::read(&body, "", post.edge(), read).map_err(Problem::invalid)?;
    let commands = std::mem::take(&mut split.commands).into_iter().enumerate();
    let items = commands.map(|(at, command)| {
        let (mut submission, request) = post.submission(command, key.as_ref(), PATH, &body);
        submission.key = part(submission.key, at as u64);
        Ok(Item::new(submission, request))
    });
    let items = items.collect();
    let amount = MoneyOut::from(&split.amount);
    if validate_only {
        let results = post.foresee(items, "shares").await;
        let shares = split.shares(|_| None);
        let preview = AllocationSplitPreviewOut {
            amount,
            shares,
            results,
        };
        return Ok(json(StatusCode::OK, &preview));
    }
    let answers = post.commit_all(items, "shares").await;
    let answers = answers.map_err(|problem| problem.once("idempotency-key-reused"))?;
    let shares = split.shares(|at| id_in(&answers.get(at)?.body));
    let mut response = json(StatusCode::CREATED, &AllocationSplitOut { amount, shares });
    if answers.iter().all(|answer| answer.replayed) {
        mark_replayed(&mut response);
    }
    Ok(response)
}

/// The first allocation of a split, which has all that is asked for.
#[cfg(test)]
pub(super) fn first(body: &mut Fields<'_>) -> Option<Command> {
    read(body)?.commands.into_iter().next()
}
