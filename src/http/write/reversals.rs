//! Taking back what was posted.

use actix_web::HttpResponse;

use super::JOURNALS;
use super::inputs::ReversalIn;
use super::post::Post;
use crate::domain::command::{Portion, ReverseJournal};
use crate::domain::{Command, JournalId, Money};
use crate::http::access::permission::Reverse;
use crate::http::body::{Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::ReversalOut;

/// No journal has more lines than are read here.
const MOST_LINES: usize = 1_000;

fn line(body: &mut Fields<'_>) -> Option<(i16, Money)> {
    let line = body.place("line");
    let amount = body.money("amount");
    line.zip(amount)
}

fn portion(body: &mut Fields<'_>) -> Option<Portion> {
    let amount = body.optional("amount", Fields::money);
    let lines = body.optional("lines", |body, name| body.objects(name, MOST_LINES, line));
    match (amount?, lines?) {
        (None, None) => Some(Portion::Rest),
        (Some(amount), None) => Some(Portion::Each(amount)),
        (None, Some(lines)) => Some(Portion::Lines(lines)),
        (Some(_), Some(_)) => {
            let detail = "either an amount of every line is given, or lines with their own";
            body.note("amount", Fault::new("conflicting-fields", detail))
        }
    }
}

/// Reads a reversal.
pub fn reversal(journal: JournalId, body: &mut Fields<'_>) -> Option<Command> {
    let portion = portion(body);
    let reason = body.text("reason", Text::PROSE);
    let document = body.document("document");
    let effective_date = body.effective_date();
    Some(Command::ReverseJournal(ReverseJournal {
        journal,
        portion: portion?,
        reason: reason?,
        document: document?,
        effective_date: effective_date?,
    }))
}

/// Take a journal back
///
/// In part or whole, by a journal that moves back what it moved; without an amount, all that is
/// left. 409 with the arithmetic if less is left, or if an account no longer has the money. A
/// reversal can be reversed too, which gives back what it took.
#[utoipa::path(post, path = "/v1/journals/{id}/reversals", tag = "journals",
    request_body = ReversalIn,
    responses((status = 201, description = "Taken back", body = ReversalOut)))]
pub async fn reverse_journal(post: Post<Reverse>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(post
        .submit(|body| reversal(id, body))
        .await?
        .created(JOURNALS))
}
