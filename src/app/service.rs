//! The service: built from settings and a database, bound to a port, run until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;

use crate::app::config::Config;
use crate::app::database::Opened;
use crate::app::key_watch::KeyWatch;
use crate::app::log::{LogKeeper, LogKeyError};
use crate::app::register_watch::RegisterWatch;
use crate::app::scheduler::Scheduler;
use crate::app::timestamps::Stamper;
use crate::db::read::{self, ReadError};
use crate::db::{DbError, Pool};
use crate::engine::{Engine, Lanes};
use crate::http::access::{Register, SettingsError, Verifier};
use crate::http::app::{ServerSettings, bind};
use crate::http::limits::Limits;
use crate::http::paging::CursorKey;
use crate::http::state::{Pulse, State};
use crate::jobs::Jobs;
use crate::statements::Issuer;
use crate::tlog::Log;

/// A service that listens and isn't yet polled.
pub struct Service {
    server: Server,
    address: SocketAddr,
    lanes: Lanes,
    scheduler: Option<Scheduler>,
    keeper: Option<LogKeeper>,
    stamper: Option<Stamper>,
    watch: RegisterWatch,
    keys: KeyWatch,
}

/// Why a service can't be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The database went away again.
    #[error("The database can't be used: {0}.")]
    Database(#[from] DbError),
    /// The reference data can't be read.
    #[error("The units and markets can't be read: {0}.")]
    Catalogue(#[from] ReadError),
    /// The keys can't be read.
    #[error(transparent)]
    Keys(#[from] SettingsError),
    /// The logs' key can't be read.
    #[error(transparent)]
    LogKey(#[from] LogKeyError),
    /// There is no asking the timestamp authority.
    #[error("The timestamp authority can't be asked: {0}.")]
    Authority(#[from] reqwest::Error),
    /// The address isn't free.
    #[error(
        "The service can't listen on {address}: {source}. ALMONER_LISTEN names another address."
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A database that doesn't say within this that it is there can't be worked with.
const PULSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Whether the service can do its work: readers are answered, and writes would be taken.
fn pulse(readers: &Pool, writers: Pool) -> Pulse {
    let readers = readers.clone();
    Arc::new(move || {
        let (readers, writers) = (readers.clone(), writers.clone());
        Box::pin(async move {
            let both = async { tokio::join!(readers.ping(), writers.takes_writes()) };
            match tokio::time::timeout(PULSE_TIMEOUT, both).await {
                Ok((readers, writers)) => readers.is_ok() && writers == Ok(true),
                Err(_) => false,
            }
        })
    })
}

/// The register as it is now, from where it is written: what a replica knows may be old.
async fn register(config: &Config, opened: &Opened) -> Result<Arc<Register>, BuildError> {
    let mut connection = opened.database.connect_for_watching().await?;
    let contents = read::register_contents(&mut connection).await?;
    Ok(Arc::new(Register::new(config.access.subjects, contents)))
}

/// Has checkpoints stamped, if there is an authority.
fn stamper(config: &Config, log: &Log) -> Result<Option<Stamper>, BuildError> {
    let start =
        |(url, every): &(reqwest::Url, Duration)| Stamper::start(url.clone(), log.clone(), *every);
    Ok(config.log.stamped.as_ref().map(start).transpose()?)
}

impl Service {
    /// Builds the service on an opened database and starts to listen.
    pub async fn build(config: &Config, opened: &Opened) -> Result<Self, BuildError> {
        let ring = config.access.key_ring(&config.data_dir)?;
        let keys = KeyWatch::start(&config.access.keys, &ring).await;
        let pool = opened.read_database.reading_pool()?;
        let mut connection = pool.get().await?;
        let catalogue = Arc::new(read::load_catalogue(&mut connection).await?);
        let cursors = CursorKey::derive(&read::cursor_secret(&mut connection).await?);
        drop(connection);
        let register = register(config, opened).await?;
        let (engine, lanes) = Engine::start(&opened.database, &catalogue);
        let log_keys = config.log.keys(&config.data_dir)?;
        let log = Log::new(opened.database.logging_pool()?, log_keys)
            .witnessed_by(config.log.witnesses.clone());
        let issuer = Issuer::new(pool.clone(), Arc::clone(&catalogue), log.clone());
        let grace = config.jobs.expiry_grace;
        let jobs = Jobs::new(engine.clone(), pool.clone(), issuer.clone(), grace);
        let state = Data::new(State {
            engine,
            jobs: jobs.clone(),
            catalogue,
            verifier: Verifier::new(ring, &config.access),
            register: Arc::clone(&register),
            limits: Limits::new(&config.limits),
            pulse: pulse(&pool, opened.database.watching_pool()?),
            log: log.clone(),
            issuer,
            pool,
            small_cell: config.small_cell,
            cursors,
        });
        let settings = ServerSettings {
            listen: config.listen,
            workers: None,
            origins: config.origins.clone(),
        };
        let (server, address) = bind(state, &settings).map_err(|source| BuildError::Listen {
            address: config.listen,
            source,
        })?;
        let every = config.jobs.every;
        let database = &opened.database;
        Ok(Service {
            server,
            address,
            lanes,
            keys,
            watch: RegisterWatch::start(database.clone(), register),
            stamper: stamper(config, &log)?,
            keeper: config.log.every.map(|every| LogKeeper::start(log, every)),
            scheduler: every.map(|every| Scheduler::start(database.clone(), jobs, every)),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stops it: new work is refused, what is in flight is finished.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Runs until it is stopped, and until everything that was accepted is carried out.
    pub async fn run(self) -> io::Result<()> {
        let served = self.server.await;
        if let Some(scheduler) = self.scheduler {
            scheduler.stop().await;
        }
        if let Some(stamper) = self.stamper {
            stamper.stop().await;
        }
        if let Some(keeper) = self.keeper {
            keeper.stop().await;
        }
        self.watch.stop().await;
        self.keys.stop().await;
        served?;
        self.lanes.finish().await;
        Ok(())
    }
}
