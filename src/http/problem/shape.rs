//! The JSON of a problem.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::refusal::Shortage;
use crate::http::views::AccountKeyOut;
use crate::http::wire::MoneyOut;

/// One of several reasons, each with its place in the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// Where in the request's body, as a JSON pointer; or a parameter's or header's name.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

impl Reason {
    /// A reason at a place; the detail becomes a sentence if it isn't one.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Reason {
            pointer: pointer.into(),
            code,
            detail: sentence(detail.into()),
        }
    }

    /// The same reason, in a part of a larger request.
    pub fn within(self, part: &str) -> Self {
        Reason {
            pointer: format!("{part}{}", self.pointer),
            ..self
        }
    }
}

/// `text` with a capital letter and a full stop.
pub(super) fn sentence(text: String) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemOut {
    /// Names the kind of problem; ends with the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code, in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// What is wrong, with the arithmetic behind it.
    pub detail: String,
    /// The request's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Stable, to be matched on.
    pub code: &'static str,
    /// What to name when asking about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether the very same request, sent again a little later, is likely to succeed.
    pub retryable: bool,
    /// Every reason that has a place in the request.
    pub errors: Vec<Reason>,
    /// For a lack of funds: the purse that doesn't cover it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountKeyOut>,
    /// For a lack of funds: what the purse has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<MoneyOut>,
    /// For a lack of funds: what was asked of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested: Option<MoneyOut>,
    /// For a lack of funds: what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<MoneyOut>,
    /// For a lack of funds: what would make the same request succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// For 403: the scope the token lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_scope: Option<&'static str>,
}

impl ProblemOut {
    /// The purse of a shortage, as an account.
    pub(super) fn account(shortage: &Shortage) -> AccountKeyOut {
        AccountKeyOut {
            id: shortage.account,
            ..(&shortage.key).into()
        }
    }
}
