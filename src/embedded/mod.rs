//! A private, stock Postgres for a machine where nothing is set up.
//!
//! [`Embedded::open`] finds or fetches the server programs, makes a cluster in the data folder if
//! there is none, starts it, and hands out a URL like that of any other server.
//!
//! # Guarantees
//!
//! * **Durable.** `fsync`, `synchronous_commit`, full page writes and data checksums are on. A kill
//!   at any moment, of either side, during the first start or later, leaves a database that starts
//!   again with everything that was committed.
//! * **Nothing is left running.** Postgres is the child of a guard process that stops it when this
//!   process ends, however it ends (see `guard`). If both are killed at once, Linux's `setpriv` has
//!   Postgres stop by itself where it is installed; elsewhere the next start takes it over.
//! * **It comes back.** A Postgres that dies is started again by its guard, a guard that dies by
//!   this process. Until then connections fail; nobody has to do anything.
//! * **One at a time.** A file lock says which process runs the database of a data folder. A second
//!   one joins: it uses the same server, and doesn't stop it.
//! * **Private.** Postgres listens on a Unix socket in a folder of its own, and asks for a password
//!   (SCRAM) that lies in a file only its owner reads.
//! * **Root is no obstacle.** Then the programs run as `postgres` or `nobody` (see `user`, `home`).
//!
//! # Bounds
//!
//! A cluster takes about two seconds to make and a fifth of a second to start; after a kill of the
//! server itself a few seconds, in which it syncs its files. A start waits at most fifteen minutes
//! (a crash may have left a long journal to read), a join one minute, a stop 80 seconds, a download
//! four and a half minutes, or half a minute if the network isn't there. Connections: 100.
//!
//! # Order of a start
//!
//! lock → programs → credentials on disk → guard (lock, take over what still runs, `initdb`,
//! `postgres`) → ready → database `almoner`. Each step can be repeated, so a start that was cut
//! short anywhere is simply done again.
//!
//! The processes are started with std and tokio alone. A crate of command builders for Postgres'
//! programs would name the arguments, but the work here is in users, groups, pipes and waiting.

#[cfg(not(unix))]
compile_error!("almoner keeps its private Postgres on Linux and macOS only; build it there");

mod cluster;
mod credentials;
mod download;
mod error;
mod guard;
mod guarded;
mod home;
mod plan;
mod postmaster;
mod processes;
mod programs;
mod user;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::{OptionalExtension, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tokio::time::{Instant, sleep, timeout};

use credentials::{Credentials, MAINTENANCE, NAME};
use download::Limits;
use guarded::{Guarded, State};
use home::Home;
use plan::Plan;
use programs::Search;

pub use error::EmbeddedError;
pub use guard::guard;
pub use programs::{OLDEST, Programs, Version};

/// What a guard does at most before it says how it went: a predecessor's end, `initdb`, recovery.
const START_LIMIT: Duration = Duration::from_secs(900);
/// Whoever waits longer than this is told so, again and again.
const START_NEWS: Duration = Duration::from_secs(5);
/// How long a second process waits for the first one's database.
const JOIN_LIMIT: Duration = Duration::from_secs(60);
/// Another process's progress shows only in whether it lets us in.
const JOIN_POLL: Duration = Duration::from_millis(100);
/// A local server that is ready answers in milliseconds.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The guard's own limits for stopping, and a little.
const STOP_LIMIT: Duration = Duration::from_secs(80);

/// A private Postgres, running for as long as this value lives.
///
/// Call [`Embedded::stop`] to wait for its end; dropping it only sets that off.
pub struct Embedded {
    url: String,
    programs: Programs,
    home: Home,
    log: PathBuf,
    /// `None` if another process runs the database.
    holding: Option<Holding>,
}

/// What the one process has that runs the database.
struct Holding {
    guarded: Guarded,
    /// Released when dropped; last, after the guard was let go.
    _lock: File,
}

/// Without the URL, which has the password in it.
impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Embedded");
        shown
            .field("home", &self.home.dir())
            .field("programs", &self.programs);
        shown
            .field("joined", &self.joined())
            .finish_non_exhaustive()
    }
}

/// A database that nobody keeps: for tests and measurements.
#[derive(Debug, Clone)]
pub struct Throwaway {
    /// A program that calls [`guard`] when it is given `embedded-guard` and one argument.
    pub guard: PathBuf,
    /// The folder to make its own folder in; the system's temporary one if `None`. As root it must
    /// be one that any user may enter.
    pub parent: Option<PathBuf>,
    /// Settings beyond the usual ones, such as `("fsync", "off")`.
    pub settings: Vec<(String, String)>,
}

impl Embedded {
    /// Starts the database of a data folder, or joins the process that already runs it.
    ///
    /// # Errors
    /// A sentence that says what would help.
    pub async fn open(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let path = PathBuf::from("almoner");
        let program = std::env::current_exe();
        let program = program.map_err(|source| EmbeddedError::Guard { path, source })?;
        Self::open_guarded(data_dir, &program, Vec::new()).await
    }

    /// Like [`Embedded::open`], with a guard program of the caller's: for a caller that is not
    /// almoner. `settings` go beyond the usual ones; with `("fsync", "off")` nothing is safe from a
    /// power cut, which is for tests only.
    ///
    /// # Errors
    /// As for [`Embedded::open`].
    pub async fn open_guarded(
        data_dir: &Path,
        guard: &Path,
        settings: Vec<(String, String)>,
    ) -> Result<Self, EmbeddedError> {
        let home = Home::of(data_dir).await?;
        let deadline = Instant::now() + JOIN_LIMIT;
        loop {
            // The holder may also end while we wait: then it is our turn.
            if let Some(lock) = home.try_lock()? {
                return Self::start(home, lock, guard, settings, false).await;
            }
            if let Some(joined) = Self::join(&home).await {
                return Ok(joined);
            }
            if Instant::now() > deadline {
                let lock = home.join("lock");
                return Err(EmbeddedError::Held {
                    lock,
                    seconds: JOIN_LIMIT.as_secs(),
                });
            }
            sleep(JOIN_POLL).await;
        }
    }

    /// Starts a new, empty database that goes when this process does, folder and all.
    ///
    /// # Errors
    /// As for [`Embedded::open`].
    pub async fn throwaway(settings: Throwaway) -> Result<Self, EmbeddedError> {
        let home = Home::throwaway(settings.parent.as_deref()).await?;
        let path = home.join("lock");
        let lock = home.try_lock()?.ok_or(EmbeddedError::Held {
            lock: path,
            seconds: 0,
        })?;
        let dir = home.dir().to_path_buf();
        let started = Self::start(home, lock, &settings.guard, settings.settings, true).await;
        if started.is_err() {
            // A guard does this as well, if one was there.
            let _ = std::fs::remove_dir_all(dir);
        }
        started
    }

    /// For tokio-postgres, diesel-async and libpq's programs alike.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether another process runs the database, and will stop it.
    pub fn joined(&self) -> bool {
        self.holding.is_none()
    }

    /// The server programs in use.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The server's process id, unless it is away at the moment.
    pub fn postmaster_pid(&self) -> Option<u32> {
        match &self.holding {
            Some(holding) => match *holding.guarded.state().borrow() {
                State::Ready(pid) => Some(pid),
                _ => None,
            },
            None => processes::read_pid_file(&self.home.join("cluster")).map(|(pid, _)| pid),
        }
    }

    /// What somebody at the terminal should know: where the data is, if not in the data folder.
    pub fn notice(&self) -> Option<&str> {
        self.home.notice.as_deref()
    }

    /// The server's own log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Stops the database and waits until it has; a joined one is left running.
    ///
    /// # Errors
    /// If it took force.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let Some(holding) = &self.holding else {
            return Ok(());
        };
        let mut state = holding.guarded.state();
        holding.guarded.let_go();
        let over = |state: &State| matches!(state, State::Ended(_) | State::Failed(_));
        let ended = timeout(STOP_LIMIT, state.wait_for(over)).await;
        match ended {
            Ok(Ok(state)) if *state == State::Ended(true) => Ok(()),
            _ => Err(EmbeddedError::Stop),
        }
    }

    async fn start(
        home: Home,
        lock: File,
        guard: &Path,
        settings: Vec<(String, String)>,
        throwaway: bool,
    ) -> Result<Self, EmbeddedError> {
        let (programs, credentials) = Self::prepare(&home).await?;
        let plan = Plan {
            bin: programs.bin().to_path_buf(),
            home: home.dir().to_path_buf(),
            socket: credentials.socket.clone(),
            user: home.user,
            settings,
            throwaway,
        };
        let log = plan.log();
        let guarded = Guarded::start(guard.to_path_buf(), plan)?;
        wait_until_ready(&guarded, &log).await?;
        make_database(&credentials, &log).await?;
        let url = credentials.url(NAME);
        let holding = Some(Holding {
            guarded,
            _lock: lock,
        });
        Ok(Self {
            url,
            programs,
            home,
            log,
            holding,
        })
    }

    /// Finds the programs and has the credentials on disk before there is a cluster that needs
    /// them.
    async fn prepare(home: &Home) -> Result<(Programs, Credentials), EmbeddedError> {
        let search = Search {
            machine: programs::on_this_machine().await,
            downloads: home.join("programs"),
            user: home.user,
            major: home.major(),
        };
        let programs = search.find(Limits::USUAL).await?;
        let path = home.join("credentials.json");
        let before = Credentials::read(&path);
        let cluster = home.join("cluster");
        if before.is_none() && cluster.exists() {
            return Err(EmbeddedError::Credentials { path, cluster });
        }
        let socket = home
            .socket(before.as_ref().map(|before| before.socket.as_path()))
            .await;
        let known = before
            .map(|before| before.password)
            .or_else(credentials::new_password);
        let password = known.ok_or_else(|| EmbeddedError::Start {
            reason: "the system has no random numbers for a password".to_string(),
            log: home.join("server.log"),
        })?;
        let bin = programs.bin().to_path_buf();
        let credentials = Credentials {
            password,
            socket,
            bin,
        };
        credentials
            .write(&path)
            .map_err(EmbeddedError::folder(&path))?;
        Ok((programs, credentials))
    }

    /// Joins the server that another process runs; `None` if it doesn't let us in (yet).
    async fn join(home: &Home) -> Option<Self> {
        let credentials = Credentials::read(&home.join("credentials.json"))?;
        let url = credentials.url(NAME);
        timeout(CONNECT_LIMIT, AsyncPgConnection::establish(&url))
            .await
            .ok()?
            .ok()?;
        let programs = Programs::probe(&credentials.bin, home.user).await?;
        let log = home.join("server.log");
        Some(Self {
            url,
            programs,
            home: home.clone(),
            log,
            holding: None,
        })
    }
}

async fn wait_until_ready(guarded: &Guarded, log: &Path) -> Result<(), EmbeddedError> {
    let failed = |reason: String| EmbeddedError::Start {
        reason,
        log: log.to_path_buf(),
    };
    let mut state = guarded.state();
    let deadline = Instant::now() + START_LIMIT;
    while Instant::now() < deadline {
        let started = state.wait_for(|state| !matches!(state, State::Starting));
        match timeout(START_NEWS, started).await {
            Ok(Ok(state)) => match &*state {
                State::Failed(reason) => return Err(failed(reason.clone())),
                State::Starting | State::Ready(_) | State::Away | State::Ended(_) => return Ok(()),
            },
            Ok(Err(_)) => return Err(failed("its guard is gone".to_string())),
            Err(_) => log::info!(
                "the database is still starting; its log is {}",
                log.display()
            ),
        }
    }
    Err(failed(format!("it wasn't ready within {START_LIMIT:?}")))
}

#[derive(diesel::QueryableByName)]
struct Present {
    #[diesel(sql_type = sql_types::Integer)]
    #[allow(dead_code)]
    one: i32,
}

/// Makes the database if it isn't there. Not part of making the cluster, as it needs a server.
async fn make_database(credentials: &Credentials, log: &Path) -> Result<(), EmbeddedError> {
    let failed = |reason: String| EmbeddedError::Connect {
        reason,
        log: log.to_path_buf(),
    };
    let url = credentials.url(MAINTENANCE);
    let connection = timeout(CONNECT_LIMIT, AsyncPgConnection::establish(&url)).await;
    let connection = connection.map_err(|_| failed(format!("no answer in {CONNECT_LIMIT:?}")))?;
    let mut connection = connection.map_err(|error| failed(error.to_string()))?;
    let present = sql_query("SELECT 1 AS one FROM pg_database WHERE datname = $1")
        .bind::<sql_types::Text, _>(NAME)
        .get_result::<Present>(&mut connection);
    let present = present
        .await
        .optional()
        .map_err(|error| failed(error.to_string()))?;
    if present.is_none() {
        let create = format!("CREATE DATABASE {NAME}");
        let created = sql_query(create).execute(&mut connection).await;
        created.map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}
