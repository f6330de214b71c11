//! The forms a statement comes in.

use super::paper::Paper;
use super::pdf::{Attachment, NotPrinted};
use super::xlsx::NoWorkbook;
use super::{DoesNotTie, camt, pdf, whole, xlsx};

/// How a whole statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// For spreadsheets: RFC 4180, UTF-8 with a byte order mark.
    Csv,
    /// For programs that read line by line, and for the digest.
    Ndjson,
    /// For Excel, and whatever reads its workbooks.
    Xlsx,
    /// To be read, printed and filed: PDF/A-3, with the JSON and the camt.053 attached.
    Pdf,
    /// For accounting programs: ISO 20022 camt.053.001.08.
    Camt,
}

impl Form {
    /// Every form there is.
    pub const ALL: &'static [Form] = &[
        Form::Json,
        Form::Csv,
        Form::Ndjson,
        Form::Xlsx,
        Form::Pdf,
        Form::Camt,
    ];

    /// The media type a client asks for.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Csv => "text/csv",
            Form::Ndjson => "application/x-ndjson",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Pdf => "application/pdf",
            Form::Camt => "application/xml",
        }
    }

    /// The media type as an answer has it: with its parameters, where it has some.
    pub fn content_type(self) -> &'static str {
        match self {
            Form::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        }
    }

    /// How a file of it is named, at the end.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Csv => "csv",
            Form::Ndjson => "ndjson",
            Form::Xlsx => "xlsx",
            Form::Pdf => "pdf",
            Form::Camt => "xml",
        }
    }

    /// Whether it is shown (`inline`) or saved (`attachment`), for `Content-Disposition`.
    pub fn disposition(self) -> &'static str {
        match self {
            Form::Json | Form::Pdf => "inline",
            Form::Csv | Form::Ndjson | Form::Xlsx | Form::Camt => "attachment",
        }
    }

    /// Whether it says what the creators are called that accounts are kept for.
    pub fn names_creators(self) -> bool {
        match self {
            Form::Xlsx | Form::Pdf | Form::Camt => true,
            Form::Json | Form::Csv | Form::Ndjson => false,
        }
    }

    /// How many lines a statement may have in this form; none if any number.
    pub fn most_lines(self) -> Option<usize> {
        match self {
            Form::Json | Form::Csv | Form::Ndjson | Form::Camt => None,
            Form::Xlsx => Some(xlsx::MOST_LINES),
            Form::Pdf => Some(pdf::MOST_LINES),
        }
    }
}

/// A statement written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Its media type, with its parameters.
    pub media_type: &'static str,
    /// How a file of it is named, at the end.
    pub extension: &'static str,
}

/// Why a statement can't be written in a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Its lines don't come to what it says.
    #[error(transparent)]
    DoesNotTie(#[from] DoesNotTie),
    /// It has more lines than that form may have.
    #[error("it has {lines} lines, and in that form a statement has at most {most}")]
    TooLong {
        /// How many it has.
        lines: usize,
        /// How many it may have.
        most: usize,
    },
    /// It can't be printed.
    #[error(transparent)]
    NotPrinted(#[from] NotPrinted),
    /// It can't be written as a workbook.
    #[error(transparent)]
    NoWorkbook(#[from] NoWorkbook),
}

impl Paper {
    /// Writes it. The same paper is the same bytes, in every form.
    pub fn write(&self, form: Form) -> Result<Written, Unwritable> {
        if !self.sections.iter().all(|section| section.ties()) {
            return Err(DoesNotTie.into());
        }
        let lines = self.lines();
        if let Some(most) = form.most_lines().filter(|most| lines > *most) {
            return Err(Unwritable::TooLong { lines, most });
        }
        let bytes = match form {
            Form::Json => whole::json(self),
            Form::Csv => whole::csv(self),
            Form::Ndjson => whole::ndjson(self),
            Form::Xlsx => xlsx::xlsx(self)?,
            Form::Pdf => pdf::pdf(self, &attachments(self))?,
            Form::Camt => camt::camt(self),
        };
        Ok(Written {
            bytes,
            media_type: form.content_type(),
            extension: form.extension(),
        })
    }
}

/// What goes with the printed statement: the same for programs.
fn attachments(paper: &Paper) -> [Attachment; 2] {
    [
        Attachment {
            name: "statement.json",
            media_type: Form::Json.media_type(),
            description: "The statement as JSON, from which this document was made",
            is_source: true,
            bytes: whole::json(paper),
        },
        Attachment {
            name: "camt.053.xml",
            media_type: Form::Camt.media_type(),
            description: "The statement as ISO 20022 camt.053.001.08",
            is_source: false,
            bytes: camt::camt(paper),
        },
    ]
}
