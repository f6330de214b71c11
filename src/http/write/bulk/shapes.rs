//! What is sent in bulk, and what is answered.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::engine::Answer;
use crate::http::body::Fault;
use crate::http::problem::{Problem, ProblemOut};
use crate::http::views::ApprovalOut;
use crate::http::write::answer::{PreviewOut, id_in};

/// Many of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bulk)]
pub struct BulkIn<T> {
    /// Whether all are taken or none, or each on its own.
    pub mode: ModeIn,
    /// What is asked for; at most 1000.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<ItemIn<T>>,
}

/// Whether all are taken or none, or each on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BulkMode)]
#[serde(rename_all = "snake_case")]
pub enum ModeIn {
    /// All or none.
    Atomic,
    /// Each on its own.
    Independent,
}

impl ModeIn {
    pub(in crate::http::write) fn read(text: &str) -> Result<Self, Fault> {
        match text {
            "atomic" => Ok(ModeIn::Atomic),
            "independent" => Ok(ModeIn::Independent),
            _ => Err(Fault::new(
                "unknown-mode",
                "the mode is atomic or independent",
            )),
        }
    }
}

/// One of them: the fields of a single request, and its key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkItem)]
pub struct ItemIn<T> {
    /// The single request.
    #[serde(flatten)]
    pub item: T,
    /// What makes this item safe to send again; another one for each item.
    #[schema(min_length = 1, max_length = 255)]
    pub idempotency_key: String,
}

/// What the items of a bulk request ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Something, that may have to wait.
    ForSomething,
    /// That something which waits is approved.
    ForApproval,
}

/// What came of many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkAnswer)]
pub struct BulkOut {
    /// What came of each, in the order they were sent.
    pub results: Vec<ResultOut>,
    /// How many were committed, or wait to be approved.
    pub succeeded: usize,
    /// How many were not.
    pub failed: usize,
}

impl BulkOut {
    pub(super) fn of(verdicts: Vec<Result<Answer, Problem>>, asks: Asks) -> Self {
        let verdicts = verdicts.into_iter().enumerate();
        let results: Vec<_> = verdicts
            .map(|(at, it)| ResultOut::of(at, it, asks))
            .collect();
        let failed = results.iter().filter(|it| it.problem.is_some()).count();
        BulkOut {
            succeeded: results.len() - failed,
            failed,
            results,
        }
    }
}

/// What came of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct ResultOut {
    /// Its place in what was sent, from 0.
    pub index: usize,
    /// The status it would have been answered with on its own.
    pub status: u16,
    /// The id of what was made, or of the approval it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemOut>,
    /// Whether it was committed by an earlier request with the same key.
    pub replayed: bool,
}

impl ResultOut {
    fn of(index: usize, result: Result<Answer, Problem>, asks: Asks) -> Self {
        match result {
            Ok(answer) => ResultOut {
                index,
                status: match asks == Asks::ForSomething && ApprovalOut::is_in(&answer.body) {
                    true => StatusCode::ACCEPTED.as_u16(),
                    false => StatusCode::CREATED.as_u16(),
                },
                id: id_in(&answer.body),
                problem: None,
                replayed: answer.replayed,
            },
            Err(problem) => ResultOut {
                index,
                status: problem.status().as_u16(),
                id: None,
                problem: Some(problem.shape(None, None)),
                replayed: false,
            },
        }
    }
}

/// What many would come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkPreview)]
pub struct BulkPreviewOut {
    /// What each would come to, in the order they were sent.
    pub results: Vec<PreviewResultOut>,
}

/// What one would come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkPreviewResult)]
pub struct PreviewResultOut {
    /// Its place in what was sent, from 0.
    pub index: usize,
    /// What it would post, and be answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewOut>,
    /// Why it would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemOut>,
}
