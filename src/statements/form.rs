//! The forms a statement comes in.

use super::paper::Paper;
use super::{DoesNotTie, whole};

/// How a whole statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// For spreadsheets: RFC 4180, UTF-8 with a byte order mark.
    Csv,
    /// For programs that read line by line, and for the digest.
    Ndjson,
}

impl Form {
    /// Every form there is.
    pub const ALL: &'static [Form] = &[Form::Json, Form::Csv, Form::Ndjson];

    /// The media type a client asks for.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Csv => "text/csv",
            Form::Ndjson => "application/x-ndjson",
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
        }
    }

    /// Whether it is shown (`inline`) or saved (`attachment`), for `Content-Disposition`.
    pub fn disposition(self) -> &'static str {
        match self {
            Form::Json => "inline",
            Form::Csv | Form::Ndjson => "attachment",
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
}

impl Paper {
    /// Writes it. The same paper is the same bytes, in every form.
    pub fn write(&self, form: Form) -> Result<Written, Unwritable> {
        if !self.sections.iter().all(|section| section.ties()) {
            return Err(DoesNotTie.into());
        }
        let bytes = match form {
            Form::Json => whole::json(self),
            Form::Csv => whole::csv(self),
            Form::Ndjson => whole::ndjson(self),
        };
        Ok(Written {
            bytes,
            media_type: form.content_type(),
            extension: form.extension(),
        })
    }
}
