//! A report of spend as a file (`text/csv`), read as it comes and taken up a chunk at a time.
//!
//! Each chunk is a command of its own, so a file of any length takes the memory of a few chunks.
//! Chunks are told by their rows alone, not by how the file came over the wire, and each has a key
//! of its own made from the request's: the same file with the same key is answered the same. While
//! some are carried out, the next are read and queued. Where it breaks off, the chunks before that
//! were taken, and perhaps those queued; sending the file again does the rest.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::web::{Bytes, BytesMut};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use time::Date;
use uuid::Uuid;

use super::rows::{COLUMNS, read_row};
use crate::domain::audit::Origin;
use crate::domain::command::{ImportSpend, MOST_NAMED, RefusedRow, SpendRow};
use crate::domain::{Command, PledgeId, Role};
use crate::engine::{Answer, Failure, Key, Submission};
use crate::http::access::Permission;
use crate::http::body::Edge;
use crate::http::idempotency::{ClientKey, part, request_digest};
use crate::http::problem::Problem;
use crate::http::state::State;
use crate::http::trail;
use crate::http::views::{self, SpendImportOut};
use crate::http::write::post::BODY_TIMEOUT;
use crate::http::write::table::{Columns, Line, Lines, malformed};
use crate::http::write::upload::Upload;

/// A chunk has at most so many rows.
const CHUNK: usize = 2_000;

/// A chunk of at least so many rows ends with a day: the days of a sorted file are posted apart,
/// which leaves the ledger's own check of backdating nothing to do.
const CHUNK_OF_A_DAY: usize = 500;

/// So many chunks are on their way before the next is read: as many as a batch takes up, and as
/// many again that wait for it.
const AHEAD: usize = 7;

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
    identity: String,
    by_controller: bool,
    origin: Arc<Origin>,
    /// How many line ends were read.
    lines: usize,
    /// Where each of [`COLUMNS`] stands in a record, once the header was read.
    places: Option<Columns<9>>,
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
        let key = part(self.key, self.chunks);
        self.chunks += 1;
        let mut print = Context::new(&SHA256);
        print.update(self.key.fingerprint.as_bytes());
        print.update(format!("{:?}", self.places.map(Columns::places)).as_bytes());
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
            identity: self.identity.clone(),
            by_controller: self.by_controller,
            origin: Arc::clone(&self.origin),
            key: Key {
                fingerprint: half(print),
                ..key
            },
            render: views::RENDER,
            proposal: None,
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
}

impl<P: Permission> Upload<P> {
    /// Reads the file to its end, taking its rows up on the way: what came of all, and whether all
    /// of it had been answered before.
    pub async fn import_file(self, pledge: PledgeId) -> Result<(SpendImportOut, bool), Problem> {
        let key = ClientKey::find(self.request.headers())?.ok_or_else(ClientKey::missing)?;
        let caller = self.caller.principal();
        let request = request_digest("POST", self.request.path(), b"null");
        let mut reading = Reading {
            id: Uuid::now_v7(),
            pledge,
            key: key.bind(caller, request),
            actor: caller.subject().to_owned(),
            identity: caller.identity(),
            by_controller: caller.roles().contains(&Role::Controller),
            origin: trail::origin(&self.request),
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

/// Takes up whole lines.
async fn take_lines(reading: &mut Reading, bytes: &[u8], state: &State) -> Result<(), Problem> {
    let mut record = csv::ByteRecord::new();
    let mut lines = Lines::new(bytes, reading.lines);
    while let Some(line) = lines.next(&mut record)? {
        take_record(reading, line, &record, state).await?;
    }
    reading.lines = lines.ended();
    Ok(())
}

async fn take_record(
    reading: &mut Reading,
    line: Line<'_>,
    record: &csv::ByteRecord,
    state: &State,
) -> Result<(), Problem> {
    let too_long = || {
        let detail = format!("A file has at most {MOST_LINES} lines");
        Problem::unreadable("file-too-long", detail)
    };
    let number = i32::try_from(line.number);
    let number = number.ok().filter(|line| *line <= MOST_LINES);
    let number = number.ok_or_else(too_long)?;
    let Some(columns) = reading.places else {
        reading.places = Some(Columns::read(COLUMNS, record)?);
        return Ok(());
    };
    let row = match line.is_closed {
        true => columns
            .texts(number, record)
            .and_then(|texts| read_row(reading.pledge, number, texts, Edge::now(&state.catalogue))),
        false => Err(malformed(number, "a quote is opened and not closed")),
    };
    if reading.chunk.is_full(row.as_ref().ok().map(|row| row.day)) {
        take_up(reading, state).await?;
    }
    reading.chunk.digest(line.bytes);
    match row {
        Ok(row) => reading.chunk.rows.push(row),
        Err(refused) => reading.chunk.unread.push(refused),
    }
    Ok(())
}

/// Has the chunk imported, and waits if many are on their way.
async fn take_up(reading: &mut Reading, state: &State) -> Result<(), Problem> {
    let answer = state.engine.submit(reading.submission());
    reading.queued.push_back(answer.boxed());
    reading.wait_for(AHEAD).await
}
