//! What a write is answered with: what was committed, or what would be.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::approval::{Shown, Witness};
use crate::domain::statement::hexadecimal;
use crate::domain::{Draft, Move};
use crate::engine::{Answer, Preview};
use crate::http::idempotency::digest;
use crate::http::views::{self, AccountKeyOut, ApprovalOut};
use crate::http::wire::{Day, MoneyOut};

/// What came of a write.
pub enum Done {
    /// It was committed, now or by an earlier request with the same key.
    Committed(Answer),
    /// Nothing was written: this is what would have been.
    Previewed(PreviewOut),
}

impl Done {
    /// 200: something that was there has changed.
    pub fn changed(self) -> HttpResponse {
        self.respond(StatusCode::OK, None)
    }

    /// 201: something new is there, in that collection.
    pub fn created(self, collection: &str) -> HttpResponse {
        self.respond(StatusCode::CREATED, Some(collection))
    }

    fn respond(self, status: StatusCode, collection: Option<&str>) -> HttpResponse {
        let answer = match self {
            Done::Committed(answer) => answer,
            Done::Previewed(preview) => return json(StatusCode::OK, &preview),
        };
        let waits = ApprovalOut::is_in(&answer.body);
        let (status, collection) = match waits {
            true => (StatusCode::ACCEPTED, Some(APPROVALS)),
            false => (status, collection),
        };
        Done::answered(answer, status, collection)
    }

    /// 200: something was decided of what waits.
    pub fn decided(self) -> HttpResponse {
        match self {
            Done::Committed(answer) => Done::answered(answer, StatusCode::OK, None),
            Done::Previewed(preview) => json(StatusCode::OK, &preview),
        }
    }

    fn answered(answer: Answer, status: StatusCode, collection: Option<&str>) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response
            .insert_header(ContentType::json())
            .insert_header((header::CACHE_CONTROL, "no-store"));
        if answer.replayed {
            response.insert_header(REPLAYED);
        }
        if let (Some(collection), Some(id)) = (collection, id_in(&answer.body)) {
            response.insert_header((header::LOCATION, format!("{collection}/{id}")));
        }
        response.body(answer.body)
    }
}

/// Where approvals are.
const APPROVALS: &str = "/v1/approvals";

/// What says that an earlier request with the same key did it.
const REPLAYED: (&str, &str) = ("Idempotent-Replayed", "true");

/// Says of an answer made here that an earlier request with the same key did it.
pub fn mark_replayed(response: &mut HttpResponse) {
    let name = header::HeaderName::from_static("idempotent-replayed");
    let value = header::HeaderValue::from_static(REPLAYED.1);
    response.headers_mut().insert(name, value);
}

/// An answer with a body made here.
pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body)
}

/// What names the thing an answer is about: its id, or that of the journal if it has none.
pub fn id_in(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
        journal_id: Option<String>,
    }
    let named: Named = serde_json::from_slice(body).ok()?;
    named.id.or(named.journal_id)
}

/// What a write would come to. Nothing was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
pub struct PreviewOut {
    /// What it would post; nothing for what moves nothing.
    pub would_post: Option<PostingOut>,
    /// What it would post after that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_also_post: Vec<PostingOut>,
    /// How many people besides the caller would have to approve it first.
    pub approvals_needed: i16,
    /// What it would be answered with; ids of what would be made are examples.
    #[schema(value_type = Object)]
    pub result: Box<RawValue>,
    /// SHA-256 over the request and what it would post: while it is the same, so is the effect.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
}

impl PreviewOut {
    /// What the engine foresees, for the request of that digest.
    pub fn new(preview: &Preview, request: &[u8; 32]) -> Self {
        let shown = show(request, &preview.drafts);
        let mut postings = preview.drafts.iter().map(PostingOut::from);
        // A shape with text names, so reading it again can't fail.
        let result = serde_json::from_slice(&preview.body).unwrap_or_default();
        PreviewOut {
            would_post: postings.next(),
            would_also_post: postings.collect(),
            approvals_needed: preview.approvals,
            result,
            digest: shown.digest,
        }
    }
}

/// How a request of that digest is shown to those who approve it.
pub fn witness(request: [u8; 32]) -> Witness {
    Witness {
        request,
        show,
        tell: views::render,
    }
}

/// What a request of that digest would post, as JSON, and a digest of both.
fn show(request: &[u8; 32], drafts: &[Draft]) -> Shown {
    let postings: Vec<PostingOut> = drafts.iter().map(PostingOut::from).collect();
    // Shapes with text names, so writing them can't fail.
    let posting = serde_json::to_string(&postings).unwrap_or_default();
    let digest = hexadecimal(&digest(&[request, posting.as_bytes()]));
    Shown { posting, digest }
}

/// A journal that would be posted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Posting)]
pub struct PostingOut {
    /// What kind of event it is.
    pub kind: &'static str,
    /// When it would count.
    pub effective_date: Day,
    /// What would move.
    pub transfers: Vec<PostingTransferOut>,
}

impl From<&Draft> for PostingOut {
    fn from(draft: &Draft) -> Self {
        PostingOut {
            kind: draft.kind.as_str(),
            effective_date: Day(draft.effective_date),
            transfers: draft.moves.iter().map(PostingTransferOut::from).collect(),
        }
    }
}

/// One amount that would move.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PostingTransfer)]
pub struct PostingTransferOut {
    /// The account debited.
    pub debit: AccountKeyOut,
    /// The account credited.
    pub credit: AccountKeyOut,
    /// How much.
    pub amount: MoneyOut,
}

impl From<&Move> for PostingTransferOut {
    fn from(movement: &Move) -> Self {
        PostingTransferOut {
            debit: (&movement.debit).into(),
            credit: (&movement.credit).into(),
            amount: MoneyOut::of_minor(movement.amount, &movement.debit.unit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::id_in;

    #[test]
    fn what_has_an_id_goes_by_it_and_else_by_its_journal() {
        let id = |body: &str| id_in(body.as_bytes());
        assert_eq!(
            id(r#"{"id":"lot_1","journal_id":"jnl_1"}"#).as_deref(),
            Some("lot_1")
        );
        assert_eq!(
            id(r#"{"journal_id":"jnl_1","x":{}}"#).as_deref(),
            Some("jnl_1")
        );
        assert_eq!(id("{}"), None);
    }
}
