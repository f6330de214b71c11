//! Keeps the keys that tokens are checked with up to date: a file is read again when it has
//! changed, an issuer is asked now and then, and when a token names a key that nobody knows.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::http::access::{JwksUrl, KEPT_FOR, KeyRing, KeySet, KeySource};

/// How often it is looked whether a file has changed.
const FILE_EVERY: Duration = Duration::from_secs(2);

/// How often an issuer is asked without need.
const ISSUER_EVERY: Duration = Duration::from_secs(300);

/// When an issuer that didn't answer is asked again.
const ISSUER_AGAIN: Duration = Duration::from_secs(10);

/// The running watch; nothing runs for keys that don't change.
#[derive(Debug)]
pub struct KeyWatch(Option<JoinHandle<()>>);

impl KeyWatch {
    /// Starts to look after the keys. Those of an issuer are asked for once before this returns; if
    /// it doesn't answer, nobody comes in until it does.
    pub async fn start(source: &KeySource, ring: &Arc<KeyRing>) -> Self {
        let ring = Arc::clone(ring);
        KeyWatch(match source {
            KeySource::DataFolder | KeySource::Secret(_) => None,
            KeySource::PublicKey(path) => {
                let file = File::new(path.clone(), KeySet::from_pem_file);
                Some(tokio::spawn(file.watch(ring)))
            }
            KeySource::Jwks(path) => {
                let file = File::new(path.clone(), KeySet::from_jwks_file);
                Some(tokio::spawn(file.watch(ring)))
            }
            KeySource::JwksUrl(url) => {
                let mut issuer = Asked::new(url.clone());
                issuer.ask(&ring).await;
                Some(tokio::spawn(issuer.watch(ring)))
            }
        })
    }

    /// Stops at once.
    pub async fn stop(self) {
        if let Some(watch) = self.0 {
            watch.abort();
            let _ = watch.await;
        }
    }
}

type ReadKeys = fn(&std::path::Path) -> Result<KeySet, crate::http::access::KeyError>;

/// A file of keys, and how it was when it was last read.
struct File {
    path: PathBuf,
    read: ReadKeys,
    seen: Option<(SystemTime, u64)>,
}

impl File {
    fn new(path: PathBuf, read: ReadKeys) -> Self {
        let seen = stamp(&path);
        File { path, read, seen }
    }

    async fn watch(mut self, ring: Arc<KeyRing>) {
        loop {
            sleep(FILE_EVERY).await;
            let now = stamp(&self.path);
            if now.is_none() || now == self.seen {
                continue; // it is being replaced, or is as it was
            }
            self.seen = now;
            match (self.read)(&self.path) {
                Ok(keys) => {
                    log::info!("the file of keys was read again");
                    ring.replace(Some(keys));
                }
                Err(error) => log::error!(error:% = error; "the keys stay as they were"),
            }
        }
    }
}

/// What shows that a file was written anew.
fn stamp(path: &std::path::Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// An issuer, and when it last answered.
struct Asked {
    url: JwksUrl,
    client: Option<reqwest::Client>,
    answered: Option<Instant>,
}

impl Asked {
    fn new(url: JwksUrl) -> Self {
        Asked {
            url,
            client: None,
            answered: None,
        }
    }

    async fn watch(mut self, ring: Arc<KeyRing>) {
        loop {
            let pause = match self.answered.is_some_and(|it| it.elapsed() < ISSUER_EVERY) {
                true => ISSUER_EVERY,
                false => ISSUER_AGAIN,
            };
            let _ = timeout(pause, ring.wanted()).await;
            self.ask(&ring).await;
        }
    }

    async fn ask(&mut self, ring: &KeyRing) {
        let client = match self.client.take() {
            Some(client) => Ok(client),
            None => self.url.client(),
        };
        let asked = match client {
            Ok(client) => {
                let asked = self.url.fetch(&client).await;
                self.client = Some(client);
                asked
            }
            Err(error) => Err(error),
        };
        match asked {
            Ok(keys) => {
                self.answered = Some(Instant::now());
                ring.replace(Some(keys));
            }
            Err(error) => {
                log::error!(error:% = error; "the keys stay as they were");
                let kept = self.answered.is_some_and(|it| it.elapsed() < KEPT_FOR);
                if !kept {
                    ring.replace(None);
                }
            }
        }
    }
}
