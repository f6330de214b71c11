//! The logs over the journals: their key, and the task that keeps them up to date.
//!
//! Every instance looks for itself whether something was posted that isn't in a log yet, and adds
//! it; the log's own lock has one do it at a time. What is behind is behind by `every` at most, and
//! by nothing once a checkpoint or a proof is asked for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::http::access::{KeyError, key_file};
use crate::tlog::Log;
use crate::tlog::keys::{ForeignKey, Keys};
use crate::tlog::note::{Signer, SignerError, Verifier};

/// The key's file in the data folder.
const FILE_NAME: &str = "log-key.pem";

/// What the logs of a ledger are called if nothing is said: a name that leads nowhere else.
const DEFAULT_ORIGIN: &str = "almoner.localhost";

/// How the logs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// What the ledger's logs are called: `ALMONER_LOG_ORIGIN`.
    pub origin: String,
    /// A PEM file with the key that signs: `ALMONER_LOG_KEY`; one in the data folder if there is
    /// none, made on first start.
    pub key: Option<PathBuf>,
    /// A PEM file with the key before it, which signs as well: `ALMONER_LOG_OUTGOING_KEY`.
    pub outgoing: Option<PathBuf>,
    /// The public halves of keys that no longer sign: `ALMONER_LOG_RETIRED_KEYS`.
    pub retired: Vec<Verifier>,
    /// Whose cosignatures are kept and served: `ALMONER_WITNESS_KEYS`.
    pub witnesses: Vec<Verifier>,
    /// The timestamp authority that stamps checkpoints, and how much time there is between two
    /// rounds of it: `ALMONER_TIMESTAMP_URL`.
    pub stamped: Option<(Url, Duration)>,
    /// How much time there is between two looks for what is new; none are taken if there is none.
    pub every: Option<Duration>,
}

/// Why the logs can't be signed.
#[derive(Debug, thiserror::Error)]
pub enum LogKeyError {
    /// The file in the data folder.
    #[error(transparent)]
    Local(#[from] KeyError),
    /// The file that was named.
    #[error("{name} names {}: {source}.", path.display())]
    File {
        /// Which setting names it.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is in it, or the name.
    #[error("The logs can't be signed: {0}.")]
    Signer(#[from] SignerError),
    /// Keys of other logs among those that are set.
    #[error("The logs can't be signed: {0}.")]
    Foreign(#[from] ForeignKey),
}

/// The key in a PEM file that a setting names.
fn pem(name: &'static str, path: &Path) -> Result<String, LogKeyError> {
    std::fs::read_to_string(path).map_err(|source| LogKeyError::File {
        name,
        path: path.to_path_buf(),
        source,
    })
}

impl LogSettings {
    /// Logs under the default name, with the key of the data folder, brought up to date when asked.
    pub fn quiet() -> Self {
        LogSettings {
            origin: DEFAULT_ORIGIN.to_owned(),
            key: None,
            outgoing: None,
            retired: Vec::new(),
            witnesses: Vec::new(),
            stamped: None,
            every: None,
        }
    }

    /// The keys: the one that signs is made on first start unless one is named.
    pub fn keys(&self, data_dir: &Path) -> Result<Keys, LogKeyError> {
        let current = match &self.key {
            None => key_file(data_dir, FILE_NAME)?,
            Some(path) => pem("ALMONER_LOG_KEY", path)?,
        };
        let current = Signer::from_pem(&self.origin, &current)?;
        let outgoing = self.outgoing.as_deref().map(|path| {
            let pem = pem("ALMONER_LOG_OUTGOING_KEY", path)?;
            Ok::<_, LogKeyError>(Signer::from_pem(&self.origin, &pem)?)
        });
        Ok(Keys::new(
            current,
            outgoing.transpose()?,
            self.retired.clone(),
        )?)
    }

    /// The keys, if there is one that signs already.
    pub fn known_keys(&self, data_dir: &Path) -> Result<Option<Keys>, LogKeyError> {
        match self.key.is_some() || data_dir.join(FILE_NAME).exists() {
            true => self.keys(data_dir).map(Some),
            false => Ok(None),
        }
    }
}

/// The running task.
#[derive(Debug)]
pub struct LogKeeper(JoinHandle<()>);

impl LogKeeper {
    /// Starts to keep the logs up to date, with so much time between two looks.
    pub fn start(log: Log, every: Duration) -> Self {
        LogKeeper(tokio::spawn(async move {
            let mut said = String::new();
            loop {
                let stopped = log.catch_up_all().await.err();
                let stopped = stopped.map(|error| error.to_string()).unwrap_or_default();
                if stopped != said && !stopped.is_empty() {
                    log::warn!("a log can't be brought up to date: {stopped}");
                }
                said = stopped;
                sleep(every).await;
            }
        }))
    }

    /// Stops at once. What wasn't committed is undone, and the next look finds it.
    pub async fn stop(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}
