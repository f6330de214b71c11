//! Has the last checkpoints of the logs stamped by a timestamp authority, now and then.
//!
//! A task of its own asks (RFC 3161, over HTTP or HTTPS), with a bound on how long an answer may
//! take and on how large it may be. Nothing that signs, posts or serves waits for it: an authority
//! that is away only leaves checkpoints unstamped, and the log says so once.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url, redirect};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::tlog::timestamp::{BadReply, LARGEST_REPLY, QUERY, Query};
use crate::tlog::{Log, LogError};

/// An answer that takes longer isn't waited for.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How many logs are stamped in a round: those that wait longest come first.
const AT_ONCE: i64 = 100;

/// An authority that is asked.
#[derive(Debug, Clone)]
pub struct Authority {
    url: Url,
    client: Client,
}

/// Why a checkpoint isn't stamped.
#[derive(Debug, thiserror::Error)]
pub enum NotStamped {
    /// The log doesn't answer.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The authority doesn't, or too slowly.
    #[error("the timestamp authority gives no answer: {0}")]
    Away(#[from] reqwest::Error),
    /// It answers something else.
    #[error("the timestamp authority answers {0}")]
    Status(reqwest::StatusCode),
    /// Its answer is too large.
    #[error("the timestamp authority's answer has more than {LARGEST_REPLY} bytes")]
    TooLarge,
    /// Its answer isn't one to what it was asked.
    #[error("the timestamp authority's answer isn't kept: {0}")]
    Bad(#[from] BadReply),
    /// There are no random numbers.
    #[error("there are no random numbers to be had")]
    NoRandom,
}

impl Authority {
    /// The authority at an address, which is given that long to answer.
    pub fn new(url: Url, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Authority { url, client })
    }

    /// Has the last checkpoint of every log stamped that isn't: how many were. Stops at the first
    /// that isn't to be had.
    pub async fn stamp(&self, log: &Log) -> Result<usize, NotStamped> {
        let mut count = 0;
        for (which, signed) in log.unstamped(AT_ONCE).await? {
            let hash = digest(&SHA256, signed.text().as_bytes());
            let hash = hash.as_ref().first_chunk().copied().unwrap_or_default();
            let mut nonce = [0; 8];
            let filled = SystemRandom::new().fill(&mut nonce);
            filled.map_err(|_| NotStamped::NoRandom)?;
            let query = Query::new(hash, nonce);
            let reply = self.ask(&query).await?;
            let at = query.time_of(&reply)?;
            log.keep_timestamp(which, signed.head.size, at, reply)
                .await?;
            count += 1;
        }
        Ok(count)
    }

    async fn ask(&self, query: &Query) -> Result<Vec<u8>, NotStamped> {
        let request = self.client.post(self.url.clone());
        let request = request.header(CONTENT_TYPE, QUERY).body(query.to_der());
        let mut answer = request.send().await?;
        if !answer.status().is_success() {
            return Err(NotStamped::Status(answer.status()));
        }
        let mut reply = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            reply.extend(chunk);
            if reply.len() > LARGEST_REPLY {
                return Err(NotStamped::TooLarge);
            }
        }
        Ok(reply)
    }
}

/// The running task.
#[derive(Debug)]
pub struct Stamper(JoinHandle<()>);

impl Stamper {
    /// Starts to have checkpoints stamped, with so much time between two rounds.
    pub fn start(url: Url, log: Log, every: Duration) -> Result<Self, reqwest::Error> {
        let authority = Authority::new(url, TIMEOUT)?;
        Ok(Stamper(tokio::spawn(async move {
            let mut said = String::new();
            loop {
                let stopped = authority.stamp(&log).await.err();
                let stopped = stopped.map(|error| error.to_string()).unwrap_or_default();
                if stopped != said && !stopped.is_empty() {
                    log::warn!("a checkpoint isn't stamped: {stopped}");
                }
                said = stopped;
                sleep(every).await;
            }
        })))
    }

    /// Stops at once. What wasn't kept, the next round asks for again.
    pub async fn stop(self) {
        self.0.abort();
        let _ = self.0.await;
    }
}
