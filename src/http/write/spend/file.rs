//! A report of spend as a file (`text/csv`), read as it comes and taken up a chunk at a time.
//!
//! Each chunk is a command of its own, so a file of any length takes the memory of a few chunks.
//! Chunks are told by their rows alone, not by how the file came over the wire, and each has a key
//! of its own made from the request's: the same file with the same key is answered the same. While
//! one is carried out, the next is read and queued. Where it breaks off, the chunks before that
//! were taken, and perhaps the one queued; sending the file again does the rest.

use std::collections::VecDeque;

use actix_web::web::{Bytes, BytesMut};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use time::Date;
use uuid::Uuid;

use super::rows::{COLUMNS, read_row};
use super::upload::Upload;
use crate::domain::command::{ImportSpend, MOST_NAMED, RefusedRow, SpendRow};
use crate::domain::{Command, PledgeId};
use crate::engine::{Answer, Failure, Key, Submission};
use crate::http::access::Permission;
use crate::http::body::{Edge, Node};
use crate::http::idempotency::ClientKey;
use crate::http::problem::Problem;
use crate::http::state::State;
use crate::http::views::{self, SpendImportOut};
use crate::http::write::post::BODY_TIMEOUT;

/// A chunk has at most so many rows.
const CHUNK: usize = 2_000;

/// A chunk of at least so many rows ends with a day: the days of a sorted file are posted apart,
/// which leaves the ledger's own check of backdating nothing to do.
const CHUNK_OF_A_DAY: usize = 500;

/// A line is no longer.
const LONGEST_LINE_BYTES: usize = 4 * 1024;

/// A file has at most so many lines.
const MOST_LINES: i32 = 20_000_000;

/// Rows that are taken up together.
#[derive(Default)]
struct Chunk {
    rows: Vec<SpendRow>,
    unread: Vec<RefusedRow>,
    bytes: Option<Context>,
}

impl Chunk {
    fn is_full(&self, next: Option<Date>) -> bool {
        let rows = self.rows.len() + self.unread.len();
        let last = self.rows.last().map(|row| row.day);
        let day_ends = rows >= CHUNK_OF_A_DAY && next.is_some() && next != last;
        rows >= CHUNK || day_ends
    }

    fn digest(&mut self, bytes: &[u8]) {
        let context = self.bytes.get_or_insert_with(|| Context::new(&SHA256));
        context.update(bytes);
    }
}

fn half(context: Context) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&context.finish().as_ref()[..16]);
    Uuid::from_bytes(bytes)
}

/// What is known while a file is read.
struct Reading {
    id: Uuid,
    pledge: PledgeId,
    key: Key,
    actor: String,
    /// How many line ends were read.
    lines: usize,
    /// Where each of [`COLUMNS`] stands in a record, once the header was read.
    places: Option<[usize; 9]>,
    chunk: Chunk,
    chunks: u64,
    total: SpendImportOut,
    replayed: bool,
    /// The chunks that were queued, in their order.
    queued: VecDeque<BoxFuture<'static, Result<Answer, Failure>>>,
}

impl Reading {
    /// The chunk as a command, with a key of its own.
    fn submission(&mut self) -> Submission {
        let Chunk {
            rows,
            unread,
            bytes,
        } = std::mem::take(&mut self.chunk);
        let mut digest = Context::new(&SHA256);
        digest.update(self.key.digest.as_bytes());
        digest.update(&self.chunks.to_be_bytes());
        self.chunks += 1;
        let mut print = Context::new(&SHA256);
        print.update(self.key.fingerprint.as_bytes());
        print.update(format!("{:?}", self.places).as_bytes());
        print.update(bytes.map_or(Uuid::nil(), half).as_bytes());
        Submission {
            command: Command::ImportSpend(ImportSpend {
                id: self.id,
                pledge: self.pledge,
                atomic: false,
                rows,
                unread,
            }),
            actor: self.actor.clone(),
            key: Key {
                digest: half(digest),
                fingerprint: half(print),
            },
            render: views::render,
        }
    }

    /// Waits for chunks until only so many are on their way.
    async fn wait_for(&mut self, left: usize) -> Result<(), Problem> {
        while self.queued.len() > left
            && let Some(first) = self.queued.pop_front()
        {
            let answer = first.await?;
            self.add(&answer.body, answer.replayed)?;
        }
        Ok(())
    }

    fn add(&mut self, body: &[u8], replayed: bool) -> Result<(), Problem> {
        let part: SpendImportOut = serde_json::from_slice(body).map_err(|_| Problem::internal())?;
        self.replayed &= replayed;
        let total = &mut self.total;
        if total.id.is_empty() {
            (total.id, total.pledge_id) = (part.id, part.pledge_id);
        }
        total.posted += part.posted;
        total.held += part.held;
        total.restated += part.restated;
        total.unchanged += part.unchanged;
        total.stale += part.stale;
        total.refused += part.refused;
        total.overspilled += part.overspilled;
        let more = MOST_NAMED - total.refusals.len();
        total.refusals.extend(part.refusals.into_iter().take(more));
        let more = MOST_NAMED - total.overspill.len();
        total
            .overspill
            .extend(part.overspill.into_iter().take(more));
        Ok(())
    }

    /// Reads the header: the columns, in any order.
    fn header(&mut self, record: &csv::ByteRecord) -> Result<(), Problem> {
        let names: Vec<&[u8]> = record.iter().collect();
        let first = names.first().copied().unwrap_or_default();
        let plain = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first);
        let place = |column: &str| {
            let mut found = names.iter().enumerate();
            found.position(|(at, name)| {
                let name = if at == 0 { plain } else { name };
                name == column.as_bytes()
            })
        };
        let places = COLUMNS.map(place);
        if names.len() != COLUMNS.len() || places.contains(&None) {
            let detail = format!("The first line names the columns {}", COLUMNS.join(", "));
            return Err(Problem::unreadable("malformed-header", detail));
        }
        self.places = Some(places.map(Option::unwrap_or_default));
        Ok(())
    }

    fn row(
        &self,
        line: i32,
        record: &csv::ByteRecord,
        edge: Edge<'_>,
    ) -> Result<SpendRow, RefusedRow> {
        let refused = |code, detail: &str| RefusedRow {
            line,
            code,
            detail: detail.to_owned(),
        };
        if record.len() != COLUMNS.len() {
            let detail = format!("{} values, where {} go", record.len(), COLUMNS.len());
            return Err(refused("malformed-row", &detail));
        }
        let mut texts = [""; 9];
        for (text, place) in texts.iter_mut().zip(self.places.unwrap_or_default()) {
            let value = record.get(place).unwrap_or_default();
            *text = std::str::from_utf8(value)
                .map_err(|_| refused("malformed-row", "it isn't UTF-8"))?;
        }
        read_row(line, texts, edge)
    }
}

/// How many lines end in `bytes`.
fn ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// The place behind the first line of `bytes`.
fn line_end(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| end + 1)
}

/// Reads the next record, if there is one.
fn next_record(
    reader: &mut csv::Reader<&[u8]>,
    record: &mut csv::ByteRecord,
) -> Result<bool, Problem> {
    reader.read_byte_record(record).map_err(|error| {
        log::error!("a record of bytes couldn't be read: {error}");
        Problem::internal()
    })
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
}

impl<P: Permission> Upload<P> {
    /// Reads the file to its end, taking its rows up on the way: what came of all, and whether all
    /// of it had been answered before.
    pub async fn import_file(self, pledge: PledgeId) -> Result<(SpendImportOut, bool), Problem> {
        let key = ClientKey::find(self.request.headers())?.ok_or_else(ClientKey::missing)?;
        let caller = self.caller.principal();
        let mut reading = Reading {
            id: Uuid::now_v7(),
            pledge,
            key: key.bind(caller, "POST", self.request.path(), &Node::Null),
            actor: caller.subject().to_owned(),
            lines: 0,
            places: None,
            chunk: Chunk::default(),
            chunks: 0,
            total: SpendImportOut::default(),
            replayed: true,
            queued: VecDeque::new(),
        };
        let (state, mut payload) = (self.state, self.payload);
        let mut rest = BytesMut::new();
        loop {
            let piece = tokio::time::timeout(BODY_TIMEOUT, payload.next());
            let piece = piece.await.map_err(|_| Problem::body_too_slow())?;
            let ended = piece.is_none();
            if let Some(piece) = piece {
                rest.extend_from_slice(&piece.map_err(|_| Problem::body_broken_off())?);
            }
            let whole = match rest.iter().rposition(|byte| *byte == b'\n') {
                _ if ended => rest.split().freeze(),
                Some(end) => rest.split_to(end + 1).freeze(),
                None => Bytes::new(),
            };
            if rest.len() > LONGEST_LINE_BYTES {
                let detail = format!("A line has at most {LONGEST_LINE_BYTES} bytes");
                return Err(Problem::unreadable("malformed-row", detail));
            }
            take_lines(&mut reading, &whole, &state).await?;
            if ended {
                break;
            }
        }
        if reading.places.is_none() {
            let detail = "This needs a file with a line for each row as its body";
            return Err(Problem::unreadable("body-missing", detail));
        }
        take_up(&mut reading, &state).await?;
        reading.wait_for(0).await?;
        Ok((reading.total, reading.replayed))
    }
}

/// Takes up whole lines. A quote that is never closed takes only its own line.
async fn take_lines(reading: &mut Reading, lines: &[u8], state: &State) -> Result<(), Problem> {
    let (mut bytes, mut record) = (lines, csv::ByteRecord::new());
    while !bytes.is_empty() {
        let mut records = reader(bytes);
        let mut at = 0;
        loop {
            if !next_record(&mut records, &mut record)? {
                return Ok(());
            }
            let end = usize::try_from(records.position().byte()).unwrap_or(bytes.len());
            let spans = record.iter().any(|value| value.contains(&b'\n'));
            // What ends the line before may still be there, and lines with nothing in them.
            let breaks = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
            let start = at + bytes[at..].iter().take_while(breaks).count();
            let end = match spans {
                true => start + line_end(&bytes[start..]),
                false => end,
            };
            let line = reading.lines + ends(&bytes[at..start]) + 1;
            reading.lines += ends(&bytes[at..end]);
            take_record(reading, line, &record, &bytes[start..end], spans, state).await?;
            at = end;
            if spans {
                break;
            }
        }
        bytes = &bytes[at..];
    }
    Ok(())
}

async fn take_record(
    reading: &mut Reading,
    line: usize,
    record: &csv::ByteRecord,
    bytes: &[u8],
    spans: bool,
    state: &State,
) -> Result<(), Problem> {
    let too_long = || {
        let detail = format!("A file has at most {MOST_LINES} lines");
        Problem::unreadable("file-too-long", detail)
    };
    let line = i32::try_from(line).ok().filter(|line| *line <= MOST_LINES);
    let line = line.ok_or_else(too_long)?;
    if reading.places.is_none() {
        return reading.header(record);
    }
    let row = match spans {
        false => reading.row(line, record, Edge::now(&state.catalogue)),
        true => Err(RefusedRow {
            line,
            code: "malformed-row",
            detail: "a quote is opened and not closed".to_owned(),
        }),
    };
    if reading.chunk.is_full(row.as_ref().ok().map(|row| row.day)) {
        take_up(reading, state).await?;
    }
    reading.chunk.digest(bytes);
    match row {
        Ok(row) => reading.chunk.rows.push(row),
        Err(refused) => reading.chunk.unread.push(refused),
    }
    Ok(())
}

/// Has the chunk imported, and waits for the one before.
async fn take_up(reading: &mut Reading, state: &State) -> Result<(), Problem> {
    let answer = state.engine.submit(reading.submission());
    reading.queued.push_back(answer.boxed());
    reading.wait_for(1).await
}
