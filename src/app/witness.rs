//! `almoner witness`: a second party that sees to it that a log only ever grows.
//!
//! It fetches a checkpoint, proves it consistent with the one it saw last, and adds its own line to
//! it (C2SP tlog-cosignature). What it saw it keeps in a folder of its own, before it shows it to
//! anybody. It never puts its name under two histories, whoever holds the log's key; so
//! it belongs with somebody else than whoever runs the ledger, on another machine.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;

use crate::app::verify::public_keys;
use crate::http::access::key_file;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, Signer, Verifier};
use crate::tlog::proof::{self, Trusted};

/// The key's file in the folder.
const FILE_NAME: &str = "witness-key.pem";

/// An answer that takes longer isn't waited for.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Whatever goes wrong, as one sentence.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// What a witness is told.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Where the ledger is, such as https://ledger.example.org.
    url: String,
    /// The ledger's public key, or a file of them; may be given several times: one has to have
    /// signed.
    #[arg(
        long = "key",
        value_name = "KEY",
        env = "ALMONER_LOG_PUBLIC_KEY",
        required = true
    )]
    keys: Vec<String>,
    /// A token that may read proofs, and hand in cosignatures: an auditor's.
    #[arg(long, env = "ALMONER_TOKEN", hide_env_values = true)]
    token: String,
    /// The name the witness signs under, such as witness.example.org.
    #[arg(long)]
    name: String,
    /// Which log: a pledge's id, or heads for the one over all.
    #[arg(long, default_value = "heads")]
    log: String,
    /// Hands the cosignature in, so that the ledger shows it to everybody. The ledger has to know
    /// the witness's key (ALMONER_WITNESS_KEYS).
    #[arg(long)]
    submit: bool,
    /// Where the witness keeps its key, and what it saw.
    #[arg(long, value_name = "FOLDER", default_value = ".almoner-witness")]
    dir: PathBuf,
}

/// Looks once, and prints the checkpoint with the witness's line; fails if it can't be cosigned.
pub(super) async fn witness(settings: &Settings) -> Outcome {
    let keys = public_keys(&settings.keys)?;
    let signer = Signer::witness(&settings.name, &key_file(&settings.dir, FILE_NAME)?)?;
    eprintln!("almoner: the witness's key is {}", signer.verifier());
    let note = settings.get("checkpoint").await?;
    let seen = Checkpoint::open(&note, &keys)?;
    let path = settings
        .dir
        .join(format!("{}.txt", seen.origin.replace('/', "_")));
    if let Some(last) = last(&path)? {
        let last = Checkpoint::open(&last, &keys)?;
        if !settings.begins_with(&seen, &last, &keys).await? {
            return Err(format!(
                "{} at {} doesn't begin with what was seen at {}: it was rewritten, and isn't \
                 cosigned. Keep {} as evidence.",
                seen.origin,
                seen.head.size,
                last.head.size,
                path.display()
            )
            .into());
        }
    }
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let cosigned = signer.cosign(&note, now_s)?;
    keep(&path, &cosigned)?;
    print!("{cosigned}");
    if settings.submit {
        settings.submit(cosigned).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a consistency proof leads to that very checkpoint.
fn is_about(file: &str, seen: &Checkpoint) -> bool {
    let file: Result<proof::ConsistencyProof, _> = serde_json::from_str(file);
    let note: Option<Note> = file.ok().and_then(|file| file.checkpoint.parse().ok());
    note.is_some_and(|note| note.text == seen.to_string())
}

/// What was seen last.
fn last(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps what was seen: whole, or as it was before.
fn keep(path: &Path, note: &str) -> std::io::Result<()> {
    let draft = path.with_extension("draft");
    std::fs::write(&draft, note)?;
    std::fs::File::open(&draft)?.sync_all()?;
    std::fs::rename(draft, path)
}

impl Settings {
    /// Whether a checkpoint is proved to begin with all of an earlier one.
    async fn begins_with(
        &self,
        seen: &Checkpoint,
        last: &Checkpoint,
        keys: &[Verifier],
    ) -> Result<bool, Box<dyn std::error::Error>> {
        let (older, newer) = (last.head.size, seen.head.size);
        if newer < older {
            return Ok(false);
        }
        let file = self
            .get(&format!("consistency?older={older}&newer={newer}"))
            .await?;
        let findings = proof::verify(
            &file,
            &Trusted {
                keys,
                since: Some(last),
                witnesses: &[],
            },
        )?;
        Ok(findings.iter().all(|it| it.holds) && is_about(&file, seen))
    }

    fn url(&self, what: &str) -> String {
        let url = self.url.trim_end_matches('/');
        format!("{url}/tlog/{}/{what}", self.log)
    }

    /// What the ledger answers below the log's address.
    async fn get(&self, what: &str) -> Result<String, Box<dyn std::error::Error>> {
        let url = self.url(what);
        let client = Client::builder().timeout(TIMEOUT).build()?;
        let answer = client.get(&url).bearer_auth(&self.token).send().await?;
        let status = answer.status();
        match status.is_success() {
            true => Ok(answer.text().await?),
            false => Err(format!("{url} answers {status}.").into()),
        }
    }

    /// Hands a cosigned checkpoint in.
    async fn submit(&self, cosigned: String) -> Result<(), Box<dyn std::error::Error>> {
        let url = self.url("cosignatures");
        let client = Client::builder().timeout(TIMEOUT).build()?;
        let request = client.post(&url).bearer_auth(&self.token);
        let request = request.header(CONTENT_TYPE, "text/plain; charset=utf-8");
        let answer = request.body(cosigned).send().await?;
        let status = answer.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(format!("{url} answers {status}: {}", answer.text().await?).into()),
        }
    }
}
