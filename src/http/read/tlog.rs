//! The logs, as the standards have them served (C2SP tlog-tiles), and proofs as files.
//!
//! Asking for a checkpoint or a proof brings the log up to date first, so that what was posted a
//! moment ago is in it. A client that reads tiles reads them of a checkpoint it has.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::Get;
use crate::domain::JournalId;
use crate::http::accept::negotiate;
use crate::http::access::Permission;
use crate::http::access::permission::ReadProofs;
use crate::http::etag;
use crate::http::problem::Problem;
use crate::tlog::proof::{ConsistencyProof, HeadProof, JournalProof};
use crate::tlog::tile::{TilePath, WIDTH};
use crate::tlog::{Log, LogError, LogId, Served};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// What never changes may be kept by who asked.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// A proof that a journal is in its pledge's log: a file for `almoner verify`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalProof)]
pub struct JournalProofOut {
    /// `almoner-journal-proof/1`.
    pub format: String,
    /// The journal.
    pub journal: String,
    /// Its leaf, to the byte: JSON in the canonical form of RFC 8785.
    pub leaf: String,
    /// The leaf's place, from 0.
    pub index: u64,
    /// The hashes beside the way from the leaf to the root, in base64.
    pub inclusion: Vec<String>,
    /// The signed checkpoint of the pledge's log.
    pub checkpoint: String,
    /// That this checkpoint is in the log over all logs.
    pub heads: Option<HeadProofOut>,
}

/// A proof that a checkpoint is in the log over all logs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeadProof)]
pub struct HeadProofOut {
    /// The checkpoint's place, from 0.
    pub index: u64,
    /// The hashes beside the way to the root, in base64.
    pub inclusion: Vec<String>,
    /// The signed checkpoint of the log over all logs.
    pub checkpoint: String,
}

/// A proof that a log begins with all of an earlier state of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsistencyProof)]
pub struct ConsistencyProofOut {
    /// `almoner-consistency-proof/1`.
    pub format: String,
    /// How many leaves there were.
    pub older_size: u64,
    /// The hashes that lead from the older root to the newer, in base64.
    pub consistency: Vec<String>,
    /// The signed checkpoint of the newer state.
    pub checkpoint: String,
}

impl From<JournalProof> for JournalProofOut {
    fn from(proof: JournalProof) -> Self {
        let head = |HeadProof {
                        index,
                        inclusion,
                        checkpoint,
                    }| HeadProofOut {
            index,
            inclusion,
            checkpoint,
        };
        JournalProofOut {
            format: proof.format,
            journal: proof.journal,
            leaf: proof.leaf,
            index: proof.index,
            inclusion: proof.inclusion,
            checkpoint: proof.checkpoint,
            heads: proof.heads.map(head),
        }
    }
}

impl From<ConsistencyProof> for ConsistencyProofOut {
    fn from(proof: ConsistencyProof) -> Self {
        ConsistencyProofOut {
            format: proof.format,
            older_size: proof.older_size,
            consistency: proof.consistency,
            checkpoint: proof.checkpoint,
        }
    }
}

/// The refusal of what the log couldn't answer. A log that isn't what was signed is never papered
/// over: it answers nothing until somebody has looked.
fn failed(error: LogError) -> Problem {
    match error {
        LogError::Read(error) => {
            log::error!("the log gave no answer: {error}");
            Problem::unavailable()
        }
        error @ (LogError::LastCheckpoint { .. } | LogError::Broken { .. }) => {
            log::error!("{error}");
            Problem::internal()
        }
    }
}

fn log_of<P: Permission>(get: &Get<P>) -> &Log {
    &get.state().log
}

/// The log in the path; 404 if it is absent or out of sight.
async fn which<P: Permission>(get: &Get<P>) -> Result<LogId, Problem> {
    let which: LogId = get.id()?;
    let seen = log_of(get).is_in_sight(which, get.sight()).await;
    match seen.map_err(failed)? {
        true => Ok(which),
        false => Err(get.absent("log")),
    }
}

/// Read the logs' public key
///
/// What checkpoints are checked with: a name, the key's id and the key, as C2SP signed-note writes
/// it. The logs of pledges sign with the same key, under their own names.
#[utoipa::path(get, path = "/tlog/key", tag = "proofs",
    responses((status = 200, description = "The key", content_type = "text/plain", body = String)))]
pub async fn read_log_key(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[TEXT])?;
    get.query_in_any_form().finish()?;
    let key = format!("{}\n", log_of(&get).verifier());
    Ok(etag::respond(
        get.request().headers(),
        None,
        TEXT,
        key.into_bytes(),
    ))
}

/// Read a log's checkpoint
///
/// How far the log of a pledge has come, signed; with `heads` for the id, that of the log over the
/// checkpoints of all pledges. Whoever keeps it notices whatever is altered before it.
#[utoipa::path(get, path = "/tlog/{id}/checkpoint", tag = "proofs",
    responses((status = 200, description = "A signed note", content_type = "text/plain",
        body = String)))]
pub async fn read_log_checkpoint(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[TEXT])?;
    get.query_in_any_form().finish()?;
    let which = which(&get).await?;
    if which == LogId::Heads {
        log_of(&get).catch_up_all().await.map_err(failed)?;
    }
    let signed = log_of(&get).catch_up(which).await.map_err(failed)?;
    let note = signed.note.into_bytes();
    Ok(etag::respond(get.request().headers(), None, TEXT, note))
}

/// Read a tile of a log
///
/// `LEVEL/NUMBER` for hashes and `entries/NUMBER` for leaves, with `.p/WIDTH` behind it for part
/// of a tile; numbers as C2SP tlog-tiles writes them (`x001/234`).
#[utoipa::path(get, path = "/tlog/{id}/tile/{tile}", tag = "proofs",
    responses((status = 200, description = "The tile", content_type = "application/octet-stream",
        body = Vec<u8>)))]
pub async fn read_log_tile(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[BYTES])?;
    get.query_in_any_form().finish()?;
    let which = which(&get).await?;
    let path = get.request().match_info().get("tile").unwrap_or_default();
    let absent = || Problem::not_found(format!("The log {which} has no tile {path}"));
    let tile = TilePath::parse(path).ok_or_else(absent)?;
    let bytes = match log_of(&get).tile(which, tile).await.map_err(failed)? {
        Served::Bytes(bytes) => bytes,
        Served::Absent => return Err(absent()),
        Served::TooLong => {
            let detail = "A leaf of this tile is longer than its entry may be: take its proof";
            return Err(Problem::not_found(detail));
        }
    };
    let mut response = etag::respond(get.request().headers(), None, BYTES, bytes);
    if let TilePath::Hashes(_, WIDTH) | TilePath::Entries(_, WIDTH) = tile {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, FOR_EVER);
    }
    Ok(response)
}

/// Prove a log consistent with an earlier state of itself
///
/// That it begins with exactly what was in it when it had `older` leaves. `newer` is the size of a
/// signed checkpoint; the last, if it isn't said.
#[utoipa::path(get, path = "/tlog/{id}/consistency", tag = "proofs",
    params(("older" = u64, Query, description = "How many leaves there were"),
        ("newer" = Option<u64>, Query, description = "The size of the later checkpoint")),
    responses((status = 200, description = "The proof", body = ConsistencyProofOut)))]
pub async fn prove_log_consistency(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let mut query = get.query()?;
    let older = query.required_count("older");
    let newer = query.count("newer");
    query.finish()?;
    let which = which(&get).await?;
    let older = older.ok_or_else(Problem::internal)?;
    let proof = log_of(&get).prove_consistency(which, older, newer).await;
    let none = || Problem::not_found(format!("The log {which} has no checkpoint of that size"));
    let proof = proof.map_err(failed)?.ok_or_else(none)?;
    get.json(None, &ConsistencyProofOut::from(proof))
}

/// Prove a journal
///
/// The journal's leaf, that it is in its pledge's log, and that log's checkpoint: a file that
/// `almoner verify` checks offline. `size` is that of an earlier checkpoint to prove it against.
#[utoipa::path(get, path = "/v1/journals/{id}/proof", tag = "proofs",
    params(("size" = Option<u64>, Query, description = "The size of a signed checkpoint")),
    responses((status = 200, description = "The proof", body = JournalProofOut)))]
pub async fn prove_journal(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let id: JournalId = get.id()?;
    let mut query = get.query()?;
    let size = query.count("size");
    query.finish()?;
    let sight = get.sight();
    let seen = get
        .look(async |connection| {
            crate::db::read::journal(connection, get.catalogue(), sight, id).await
        })
        .await?;
    seen.ok_or_else(|| get.absent("journal"))?;
    let proof = log_of(&get).prove_journal(id, size).await.map_err(failed)?;
    let none = || Problem::not_found("There is no checkpoint of that size that the journal is in");
    get.json(None, &JournalProofOut::from(proof.ok_or_else(none)?))
}
