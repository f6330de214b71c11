//! Writes that wait for somebody else, and above what they have to.

use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::approval::{ApprovalState, Decided, Threshold};
use crate::domain::{Approval, ApprovalId, JournalId, PledgeId, ThresholdId};
use crate::http::wire::{Day, Instant, MoneyOut};

/// How every answer begins that says a write waits.
const WAITS: &[u8] = b"{\"id\":\"apr_";

/// A write that waits for somebody else, or waited.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalOut {
    /// Its id.
    pub id: ApprovalId,
    /// The pledge whose money would move.
    pub pledge_id: PledgeId,
    /// `pending`, `approved`, `rejected`, `withdrawn` or `expired`.
    pub state: &'static str,
    /// What would be done, by which thresholds are stated.
    pub action: &'static str,
    /// How much of what is above its threshold; none for what moves nothing.
    pub amount: Option<MoneyOut>,
    /// Who asked for it.
    pub maker: String,
    /// What it would post, in words.
    pub summary: String,
    /// The journals it would post, in order.
    #[schema(value_type = Vec<Object>)]
    pub postings: Option<Box<RawValue>>,
    /// SHA-256 over the request and what it would post: who approves names it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// The request.
    pub request: RequestOut,
    /// How many people besides the maker have to approve it.
    pub approvals_needed: i16,
    /// How many have.
    pub approvals: i16,
    /// Whether what it takes is held for it while it waits.
    pub reserved: bool,
    /// When it was asked for.
    pub proposed_at: Instant,
    /// From when on it can't be approved any more.
    pub expires_at: Instant,
    /// What was decided of it, in order.
    pub decisions: Vec<DecisionOut>,
    /// The first journal that was posted by it.
    pub journal_id: Option<JournalId>,
    /// What its maker would have been answered, had it been done at once; once it is posted.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Box<RawValue>>,
}

/// A request as it was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalRequest)]
pub struct RequestOut {
    /// Its address.
    pub path: String,
    /// Its body, with the members of objects in the order of their names.
    #[schema(value_type = Object)]
    pub body: Option<Box<RawValue>>,
    /// When it was read: days that it leaves out are those of this moment.
    pub asked_at: Instant,
}

/// What somebody decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApprovalDecision)]
pub struct DecisionOut {
    /// `approved`, `rejected`, `withdrawn` or `expired`.
    pub verdict: &'static str,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Instant,
    /// Why, if it ended without being posted.
    pub reason: Option<String>,
}

impl From<&Decided> for DecisionOut {
    fn from(decided: &Decided) -> Self {
        DecisionOut {
            verdict: decided.verdict.as_str(),
            actor: decided.by.name.clone(),
            at: Instant(decided.at),
            reason: decided.reason.clone(),
        }
    }
}

impl ApprovalOut {
    /// The approval as it stands at a moment.
    pub fn at(approval: &Approval, now: OffsetDateTime) -> Self {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
        let told = approval.ended().and_then(|it| it.result.as_deref());
        ApprovalOut {
            id: approval.id,
            pledge_id: approval.pledge,
            state: approval.state(now).as_str(),
            action: approval.action.as_str(),
            amount: approval.amount.as_ref().map(MoneyOut::from),
            maker: approval.maker.name.clone(),
            summary: approval.summary.clone(),
            postings: raw(&approval.shown.posting),
            digest: approval.shown.digest.clone(),
            request: RequestOut {
                path: approval.request.path.clone(),
                body: raw(&approval.request.body),
                asked_at: Instant(approval.request.asked_at),
            },
            approvals_needed: approval.needed,
            approvals: approval.approvals(),
            reserved: approval.reserved && approval.state(now) == ApprovalState::Pending,
            proposed_at: Instant(approval.proposed_at),
            expires_at: Instant(approval.expires_at),
            decisions: approval.decisions.iter().map(DecisionOut::from).collect(),
            journal_id: approval.journal,
            result: told.and_then(raw),
        }
    }

    /// Whether what a write was answered says that it waits.
    pub fn is_in(body: &[u8]) -> bool {
        body.starts_with(WAITS)
    }
}

/// Above which amount an action needs approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Threshold)]
pub struct ThresholdOut {
    /// Its id.
    pub id: ThresholdId,
    /// The pledge whose money it is about.
    pub pledge_id: PledgeId,
    /// The action.
    pub action: &'static str,
    /// What is more than this needs approval.
    pub above: MoneyOut,
    /// By how many people besides the maker.
    pub approvals: i16,
    /// Its first day; it holds until a later one does, and from its approval at the earliest.
    pub valid_from: Day,
    /// Who stated it.
    pub stated_by: String,
    /// When it was approved.
    pub stated_at: Instant,
}

impl From<&Threshold> for ThresholdOut {
    fn from(threshold: &Threshold) -> Self {
        ThresholdOut {
            id: threshold.id,
            pledge_id: threshold.pledge,
            action: threshold.limit.action.as_str(),
            above: MoneyOut::from(&threshold.above),
            approvals: threshold.limit.approvals,
            valid_from: Day(threshold.limit.valid_from),
            stated_by: threshold.stated_by.clone(),
            stated_at: Instant(threshold.stated_at),
        }
    }
}
