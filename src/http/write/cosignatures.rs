//! Handing in what a witness says of a checkpoint. It is no command of the ledger: nothing is
//! posted, no key is needed, and the same note may be handed in as often as one likes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;

use super::post::Post;
use crate::http::access::permission::HandInCosignatures;
use crate::http::etag;
use crate::http::problem::Problem;
use crate::tlog::{LogId, NotCosigned};

const TEXT: &str = "text/plain; charset=utf-8";

impl From<NotCosigned> for Problem {
    fn from(error: NotCosigned) -> Self {
        let detail = error.to_string();
        let never = |code| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        match error {
            NotCosigned::Unreadable => Problem::unreadable("malformed-body", detail),
            NotCosigned::NeverSigned(_) => never("checkpoint-never-signed"),
            NotCosigned::NoWitness => never("witness-not-trusted"),
            NotCosigned::Log(error) => error.into(),
        }
    }
}

fn is_text(post: &Post<HandInCosignatures>) -> bool {
    let media_type = post.request.headers().get(header::CONTENT_TYPE);
    let name = media_type.and_then(|value| value.to_str().ok()?.split(';').next());
    name.is_some_and(|name| name.trim().eq_ignore_ascii_case("text/plain"))
}

/// Hand in a witness's cosignature
///
/// A checkpoint of that log with the witness's line under it (C2SP tlog-cosignature), as
/// `almoner witness` prints it. It is kept if this ledger signed that checkpoint and the witness is
/// one that the service was told to trust; the checkpoint is served with it from then on. Answers
/// the checkpoint with all the lines it has. Handing in again changes nothing.
#[utoipa::path(post, path = "/tlog/{id}/cosignatures", tag = "proofs",
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, description = "The checkpoint, as it is served now",
        content_type = "text/plain", body = String)))]
pub async fn hand_in_cosignature(post: Post<HandInCosignatures>) -> Result<HttpResponse, Problem> {
    let which: LogId = post.id()?;
    let state = post.state();
    // Whoever may hand in sees all logs there are.
    if !state.log.is_there(which).await? {
        return Err(Problem::not_found(format!("There is no log {which}")));
    }
    if !is_text(&post) {
        let detail = "A cosigned checkpoint is sent as text/plain";
        return Err(Problem::unsupported_media_type(detail));
    }
    let note = std::str::from_utf8(&post.body).map_err(|_| NotCosigned::Unreadable)?;
    let note = state.log.cosign(which, note).await?;
    let headers = header::HeaderMap::new();
    Ok(etag::respond(&headers, None, TEXT, note.into_bytes()))
}
