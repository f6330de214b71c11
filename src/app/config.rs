//! Settings: production differs from the first `cargo run` by environment variables only.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use crate::app::log::LogSettings;
use crate::http::access::AccessSettings;
use crate::http::access::SettingsError;
use crate::http::cors::{NotAnOrigin, Origins};
use crate::http::limits::{LimitSettings, LimitsError};
use crate::tlog::note::Verifier;

/// A Postgres server to use instead of a private one.
const DATABASE_URL: &str = "DATABASE_URL";
/// A server for readers, if it isn't the same.
const READ_DATABASE_URL: &str = "READ_DATABASE_URL";
/// Where the service listens.
const LISTEN: &str = "ALMONER_LISTEN";
/// Where the private database and the local signing key are.
const DATA_DIR: &str = "ALMONER_DATA_DIR";
/// Other origins whose pages may call.
const CORS_ORIGINS: &str = "ALMONER_CORS_ORIGINS";

/// Figures that come of fewer creators aren't told to donors.
const SMALL_CELL: &str = "ALMONER_SMALL_CELL";
/// What it is if nothing is said.
pub const SMALLEST_CELL: u32 = 5;
/// How many seconds there are between two runs of a job; none are done if it is 0.
const JOBS_EVERY_S: &str = "ALMONER_JOBS_EVERY_S";
/// How many seconds a lot that was recorded after its end waits before it lapses by itself.
const EXPIRY_GRACE_S: &str = "ALMONER_EXPIRY_GRACE_S";
/// What the ledger's logs are called.
const LOG_ORIGIN: &str = "ALMONER_LOG_ORIGIN";
/// A PEM file with the key that signs them.
const LOG_KEY: &str = "ALMONER_LOG_KEY";
/// A PEM file with the key that signed them before, and still does beside the other.
const LOG_OUTGOING_KEY: &str = "ALMONER_LOG_OUTGOING_KEY";
/// The public keys that signed them once, with spaces between.
const LOG_RETIRED_KEYS: &str = "ALMONER_LOG_RETIRED_KEYS";
/// The public keys of witnesses whose cosignatures are kept, with spaces between.
const WITNESS_KEYS: &str = "ALMONER_WITNESS_KEYS";
/// Where a timestamp authority is.
const TIMESTAMP_URL: &str = "ALMONER_TIMESTAMP_URL";
/// How many seconds there are between two rounds of having checkpoints stamped.
const TIMESTAMP_EVERY_S: &str = "ALMONER_TIMESTAMP_EVERY_S";
/// How many seconds there are between two looks for what is to go into them.
const LOG_EVERY_S: &str = "ALMONER_LOG_EVERY_S";
/// No time that is set in seconds is longer.
const A_YEAR_S: u64 = 366 * 86_400;

/// What the service runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// A server to use; a private one in the data folder if there is none.
    pub database_url: Option<String>,
    /// A server for readers; the same one if there is none.
    pub read_database_url: Option<String>,
    /// Where the service listens; with port 0, on a free one.
    pub listen: SocketAddr,
    /// Where what has to survive a restart is kept.
    pub data_dir: PathBuf,
    /// Whose tokens are accepted.
    pub access: AccessSettings,
    /// Which other origins' pages may call.
    pub origins: Origins,
    /// How much one caller may ask.
    pub limits: LimitSettings,
    /// What it does by itself.
    pub jobs: JobSettings,
    /// How the logs over the journals are kept.
    pub log: LogSettings,
    /// Donors aren't told figures that come of fewer creators.
    pub small_cell: u32,
}

/// When the service does what it does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobSettings {
    /// How much time there is between two runs of a job; none are done if there is none.
    pub every: Option<Duration>,
    /// How long a lot that was recorded after its end waits before it lapses.
    pub expiry_grace: Duration,
}

impl JobSettings {
    /// Jobs are done when somebody asks for it, and at no other time.
    pub const OFF: JobSettings = JobSettings {
        every: None,
        expiry_grace: Duration::ZERO,
    };

    fn from_env() -> Result<Self, ConfigError> {
        let every = seconds(JOBS_EVERY_S, 300)?;
        Ok(JobSettings {
            every: (every > Duration::ZERO).then_some(every),
            expiry_grace: seconds(EXPIRY_GRACE_S, 86_400)?,
        })
    }
}

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not an address with a port.
    #[error("{LISTEN} is {0:?}; it is written as an address and a port, such as 127.0.0.1:8080.")]
    Listen(String),
    /// Not a URL of a Postgres server.
    #[error("{0} is written as postgres://user:password@host:port/database.")]
    DatabaseUrl(&'static str),
    /// Not a number of seconds.
    #[error("{0} is written as a whole number of seconds, at most a year's.")]
    Seconds(&'static str),
    /// Not a number of creators.
    #[error("{SMALL_CELL} is {0:?}; it is written as a whole number of creators, from 1.")]
    SmallCell(String),
    /// Not public keys of the kind.
    #[error("{name} names {word:?}; it is for public keys, name+id+key, with spaces between.")]
    PublicKeys {
        /// Which setting.
        name: &'static str,
        /// What isn't one.
        word: String,
    },
    /// Not the address of an authority.
    #[error("{TIMESTAMP_URL} is {0:?}; it is written as http://… or https://….")]
    TimestampUrl(String),
    /// Not readable as text.
    #[error("{0} is not readable as text.")]
    NotText(&'static str),
    /// Of the access settings.
    #[error(transparent)]
    Access(#[from] SettingsError),
    /// Of the limits.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// Of the origins.
    #[error("{CORS_ORIGINS}: {0}")]
    Origins(#[from] NotAnOrigin),
}

/// A variable that is set and not empty.
fn lookup(name: &'static str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(ConfigError::NotText(name)),
    }
}

fn database_url(name: &'static str) -> Result<Option<String>, ConfigError> {
    let url = lookup(name)?;
    match &url {
        Some(text) if !text.starts_with("postgres://") && !text.starts_with("postgresql://") => {
            Err(ConfigError::DatabaseUrl(name))
        }
        _ => Ok(url),
    }
}

fn seconds(name: &'static str, otherwise: u64) -> Result<Duration, ConfigError> {
    let Some(text) = lookup(name)? else {
        return Ok(Duration::from_secs(otherwise));
    };
    let read = text.parse().ok().filter(|read| *read <= A_YEAR_S);
    let read = read.ok_or(ConfigError::Seconds(name))?;
    Ok(Duration::from_secs(read))
}

fn small_cell() -> Result<u32, ConfigError> {
    let Some(text) = lookup(SMALL_CELL)? else {
        return Ok(SMALLEST_CELL);
    };
    let read = text.parse().ok().filter(|read| *read > 0);
    read.ok_or(ConfigError::SmallCell(text))
}

/// Public keys with spaces between: of witnesses, or of logs.
fn public_keys(name: &'static str, of_witnesses: bool) -> Result<Vec<Verifier>, ConfigError> {
    let text = lookup(name)?.unwrap_or_default();
    let key = |word: &str| {
        let key: Option<Verifier> = word.parse().ok();
        let key = key.filter(|key| key.is_witness() == of_witnesses);
        let word = word.to_owned();
        key.ok_or(ConfigError::PublicKeys { name, word })
    };
    text.split_whitespace().map(key).collect()
}

fn log_settings() -> Result<LogSettings, ConfigError> {
    let every = seconds(LOG_EVERY_S, 5)?;
    let quiet = LogSettings::quiet();
    Ok(LogSettings {
        origin: lookup(LOG_ORIGIN)?.unwrap_or(quiet.origin),
        key: lookup(LOG_KEY)?.map(PathBuf::from),
        outgoing: lookup(LOG_OUTGOING_KEY)?.map(PathBuf::from),
        retired: public_keys(LOG_RETIRED_KEYS, false)?,
        witnesses: public_keys(WITNESS_KEYS, true)?,
        every: (every > Duration::ZERO).then_some(every),
        stamped: stamped()?,
    })
}

/// Which authority stamps checkpoints, and how often; at least a second apart.
fn stamped() -> Result<Option<(Url, Duration)>, ConfigError> {
    let every = seconds(TIMESTAMP_EVERY_S, 3_600)?.max(Duration::from_secs(1));
    let Some(text) = lookup(TIMESTAMP_URL)? else {
        return Ok(None);
    };
    let url = Url::parse(&text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or(ConfigError::TimestampUrl(text))?;
    Ok(Some((url, every)))
}

impl Config {
    /// What the environment says, with the defaults of a first run.
    pub fn from_env() -> Result<Self, ConfigError> {
        let listen = lookup(LISTEN)?.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        Ok(Config {
            database_url: database_url(DATABASE_URL)?,
            read_database_url: database_url(READ_DATABASE_URL)?,
            listen: listen.parse().map_err(|_| ConfigError::Listen(listen))?,
            data_dir: lookup(DATA_DIR)?.map_or_else(|| PathBuf::from(".almoner"), PathBuf::from),
            access: AccessSettings::from_env()?,
            origins: Origins::parse(&lookup(CORS_ORIGINS)?.unwrap_or_default())?,
            limits: LimitSettings::from_lookup(|name| {
                env::var(name).ok().filter(|value| !value.is_empty())
            })?,
            jobs: JobSettings::from_env()?,
            log: log_settings()?,
            small_cell: small_cell()?,
        })
    }
}
