//! Rows of fields, each ended by CR LF: what every table the service writes is made of.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// Writes rows to the end of a text; they are there once it is dropped.
#[derive(Debug)]
pub struct Table<'a>(csv::Writer<&'a mut Vec<u8>>);

impl<'a> Table<'a> {
    /// Fields with commas between, quoted where they have to be (RFC 4180).
    pub fn csv(out: &'a mut Vec<u8>) -> Self {
        Table(builder().from_writer(out))
    }

    /// Fields with tabs between, none of which has a tab or a line's end in it.
    pub fn tabs(out: &'a mut Vec<u8>) -> Self {
        let mut builder = builder();
        builder.delimiter(b'\t').quote_style(QuoteStyle::Never);
        Table(builder.from_writer(out))
    }

    /// Writes a row. Into memory, and with rows of any length, that can't fail.
    pub fn row(&mut self, fields: &[&str]) {
        let _ = self.0.write_record(fields);
    }
}

fn builder() -> WriterBuilder {
    let mut builder = WriterBuilder::new();
    builder.flexible(true).terminator(Terminator::CRLF);
    builder
}
