//! Settings: production differs from the first `cargo run` by environment variables only.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::http::access::AccessSettings;
use crate::http::access::SettingsError;
use crate::http::cors::{NotAnOrigin, Origins};

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
    /// Not readable as text.
    #[error("{0} is not readable as text.")]
    NotText(&'static str),
    /// Of the access settings.
    #[error(transparent)]
    Access(#[from] SettingsError),
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
        })
    }
}
