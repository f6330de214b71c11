//! The logs, as the standards have them served (C2SP tlog-tiles), and proofs as files.
//!
//! Asking for a checkpoint or a proof brings the log up to date first, so that what was posted a
//! moment ago is in it. A client that reads tiles reads them of a checkpoint it has.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::Get;
use super::params::Params;
use crate::db::read;
use crate::domain::JournalId;
use crate::http::accept::negotiate;
use crate::http::access::Permission;
use crate::http::access::permission::ReadProofs;
use crate::http::etag;
use crate::http::problem::Problem;
use crate::http::wire::Instant;
use crate::tlog::keys::KnownKey;
use crate::tlog::proof::{ConsistencyProof, HeadProof, JournalProof};
use crate::tlog::tile::{TilePath, WIDTH};
use crate::tlog::timestamp::REPLY;
use crate::tlog::{Against, Log, LogError, LogId, Served};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// Which checkpoint a timestamp is about.
const CHECKPOINT_SIZE: HeaderName = HeaderName::from_static("checkpoint-size");

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
impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
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
}

/// Whether what a witness has seen is asked for.
fn cosigned(query: &mut Params<'_>) -> bool {
    let said = query.word("cosigned", |text| {
        text.parse()
            .map_err(|_| "true or false is asked for here".to_owned())
    });
    said.unwrap_or(false)
}

fn log_of<P: Permission>(get: &Get<P>) -> &Log {
    &get.state().log
}

/// The log in the path; 404 if it is absent or out of sight.
async fn which<P: Permission>(get: &Get<P>) -> Result<LogId, Problem> {
    let which: LogId = get.id()?;
    let seen = log_of(get).is_in_sight(which, get.sight()).await;
    match seen? {
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

/// A key of the logs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogKey)]
pub struct LogKeyOut {
    /// Its public half: a name, the key's id and the key, as C2SP signed-note writes it.
    pub key: String,
    /// `current`; `outgoing`: it signs as well, until everybody knows the current one; or
    /// `retired`: what it signed holds.
    pub state: &'static str,
    /// When it was first noted that it signs; null before its first signature.
    pub since: Option<Instant>,
    /// When it was noted that it no longer does.
    pub until: Option<Instant>,
}

/// The keys of the logs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogKeys)]
pub struct LogKeysOut {
    /// The current one first.
    pub data: Vec<LogKeyOut>,
}

/// List the logs' public keys
///
/// The one that signs, the one before it while it is handed over, and those that signed once: old
/// checkpoints and proofs are checked with the key of their time.
#[utoipa::path(get, path = "/tlog/keys", tag = "proofs",
    responses((status = 200, description = "The keys", body = LogKeysOut)))]
pub async fn list_log_keys(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    get.query()?.finish()?;
    let known = log_of(&get).known_keys().await?;
    let key = |known: KnownKey| LogKeyOut {
        key: known.key.to_string(),
        state: known.state.name(),
        since: known.since.map(Instant),
        until: known.until.map(Instant),
    };
    let data = known.into_iter().map(key).collect();
    get.json(None, &LogKeysOut { data })
}

/// Read a log's checkpoint
///
/// How far the log of a pledge has come, signed; with `heads` for the id, that of the log over the
/// checkpoints of all pledges. Whoever keeps it notices whatever is altered before it. Witnesses
/// who saw it have their lines under it; with `cosigned`, the last that one saw.
#[utoipa::path(get, path = "/tlog/{id}/checkpoint", tag = "proofs",
    params(("cosigned" = Option<bool>, Query,
            description = "The last that a witness saw, instead of the last"),
        ("size" = Option<u64>, Query, description = "The one that was signed at that size")),
    responses((status = 200, description = "A signed note", content_type = "text/plain",
        body = String)))]
pub async fn read_log_checkpoint(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[TEXT])?;
    let mut query = get.query_in_any_form();
    let against = Against::of(query.count("size"), cosigned(&mut query));
    query.finish()?;
    let which = which(&get).await?;
    if which == LogId::Heads && against == Against::Last {
        log_of(&get).catch_up_all().await?;
    }
    let signed = log_of(&get).checkpoint(which, against).await?;
    let none = || Problem::not_found(format!("There is no such checkpoint of {which}"));
    let note = signed.ok_or_else(none)?.note.into_bytes();
    Ok(etag::respond(get.request().headers(), None, TEXT, note))
}

/// Read a log's timestamp
///
/// What a timestamp authority answered about the last checkpoint that it stamped, or about the one
/// of a size (RFC 3161): that the SHA-256 of the checkpoint's first three lines was there at a
/// time. The checkpoint's size is in `Checkpoint-Size`.
///
/// ```sh
/// head -n 3 checkpoint.txt > text
/// openssl ts -verify -data text -in timestamp.tsr -CAfile authority.pem
/// ```
#[utoipa::path(get, path = "/tlog/{id}/timestamp", tag = "proofs",
    params(("size" = Option<u64>, Query, description = "The size of a signed checkpoint")),
    responses((status = 200, description = "The reply, to the byte",
        content_type = "application/timestamp-reply", body = Vec<u8>)))]
pub async fn read_log_timestamp(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[REPLY])?;
    let mut query = get.query_in_any_form();
    let size = query.count("size");
    query.finish()?;
    let which = which(&get).await?;
    let found = log_of(&get).timestamp(which, size).await?;
    let none = || Problem::not_found(format!("No such checkpoint of {which} was stamped"));
    let found = found.ok_or_else(none)?;
    let mut response = etag::respond(get.request().headers(), None, REPLY, found.reply);
    let size = HeaderValue::from(found.size);
    response.headers_mut().insert(CHECKPOINT_SIZE, size);
    Ok(response)
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
    let bytes = match log_of(&get).tile(which, tile).await? {
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
            .insert(header::CACHE_CONTROL, etag::FOR_EVER);
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
    let proof = proof?.ok_or_else(none)?;
    get.json(None, &ConsistencyProofOut::from(proof))
}

/// Prove a journal
///
/// The journal's leaf, that it is in its pledge's log, and that log's checkpoint: a file that
/// `almoner verify` checks offline. `size` is that of an earlier checkpoint to prove it against;
/// with `cosigned`, it is proved against what a witness has seen.
#[utoipa::path(get, path = "/v1/journals/{id}/proof", tag = "proofs",
    params(("size" = Option<u64>, Query, description = "The size of a signed checkpoint"),
        ("cosigned" = Option<bool>, Query, description = "Against the last that a witness saw")),
    responses((status = 200, description = "The proof", body = JournalProofOut)))]
pub async fn prove_journal(get: Get<ReadProofs>) -> Result<HttpResponse, Problem> {
    let id: JournalId = get.id()?;
    let mut query = get.query()?;
    let size = query.count("size");
    let cosigned = cosigned(&mut query);
    query.finish()?;
    let against = Against::of(size, cosigned);
    let sight = get.sight();
    let place = get
        .look(async |connection| read::place_of_journal(connection, sight, id).await)
        .await?
        .ok_or_else(|| get.absent("journal"))?;
    let proof = log_of(&get).prove_journal(place, against).await?;
    let none = || Problem::not_found("There is no checkpoint of that size that the journal is in");
    get.json(None, &JournalProofOut::from(proof.ok_or_else(none)?))
}
