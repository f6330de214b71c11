//! A statement as PDF: to be read, printed, filed for decades, and heard.
//!
//! PDF/A-3 at its highest level (A: the structure is told) and PDF/UA-1, with the figures attached
//! as files. It is laid out first and painted then, as each page says how many there are. Nothing
//! in it is of the moment or by chance, so the same paper is the same bytes.

mod close;
mod face;
mod layout;
mod ledger;
mod paint;
mod sheet;
mod words;

use super::paper::{Paper, Subject};
use face::Fonts;
use layout::Layout;
use paint::{About, paint};

/// How many lines a statement may have as PDF: about a thousand pages.
pub const MOST_LINES: usize = 20_000;

/// A file attached to the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is saved as.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What it is, for people.
    pub description: &'static str,
    /// Whether the document was made from it; else it says the same in another way.
    pub is_source: bool,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// It can't be written as PDF: a defect, as what it may say is all that can be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the statement can't be printed: {0}")]
pub struct NotPrinted(pub(super) String);

/// The statement as PDF.
pub fn pdf(paper: &Paper, attachments: &[Attachment]) -> Result<Vec<u8>, NotPrinted> {
    let fonts = Fonts::get().ok_or_else(|| NotPrinted("a font can't be read".to_owned()))?;
    let sheets = Layout::of(paper, fonts);
    paint(fonts, &sheets, &about(paper), attachments)
}

fn about(paper: &Paper) -> About {
    let (from, to) = (words::day(paper.from), words::day(paper.to));
    let of = match paper.sections.as_slice() {
        [section] => section.head.account.id.to_string(),
        _ => paper.pledge.to_string(),
    };
    let standing = match (paper.issue(), paper.is_issued()) {
        (Some(issue), _) => format!("No. {}", issue.number),
        (None, true) => "issued".to_owned(),
        (None, false) => "draft".to_owned(),
    };
    let title = words::title(paper);
    // What it is of: two markets' statements of the same days are two documents.
    let own = match (&paper.subject, paper.run) {
        (Subject::Account, _) | (_, None) => String::new(),
        (subject, Some(run)) => format!(" {run} {subject:?}"),
    };
    About {
        title: format!(
            "{title}, {}, {from} \u{2013} {to}, {standing}",
            paper.reference
        ),
        subject: format!("{of}, as known at {}", words::moment(paper.known.at)),
        author: paper.recipient.clone(),
        id: format!("{of} {from} {to} {} {standing}{own}", paper.known.journal),
        made_at: paper.made_at(),
    }
}

#[cfg(test)]
mod tests;
