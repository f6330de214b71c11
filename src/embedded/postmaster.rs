//! One run of `postgres`: starting it, knowing when it is ready, stopping it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::cluster;
use super::home;
use super::plan::Plan;
use super::processes::{self, Signal};
use super::user;

/// A fast shutdown writes a checkpoint of at most `max_wal_size`.
const FAST_LIMIT: Duration = Duration::from_secs(60);
/// An immediate one waits five seconds for its children.
const IMMEDIATE_LIMIT: Duration = Duration::from_secs(10);
/// The file that says `ready` is looked at this often.
const READY_POLL: Duration = Duration::from_millis(10);
/// Processes that we aren't the parent of are looked for this often.
const GONE_POLL: Duration = Duration::from_millis(50);
/// Recovery after a crash reads at most about `max_wal_size` of journal.
const READY_LIMIT: Duration = Duration::from_secs(600);
/// The log is looked at this often, and starts over beyond this size; one older file is kept.
const LOG_CHECK: Duration = Duration::from_secs(60);
const LOG_MAX_BYTES: u64 = 16 * 1024 * 1024;

/// For a ledger on one machine that other things run on too. Durability is stated although it is
/// the default: a configuration file must not be able to switch it off unseen.
const SETTINGS: [(&str, &str); 21] = [
    ("listen_addresses", ""),
    ("port", "5432"),
    ("unix_socket_permissions", "0700"),
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("max_connections", "100"),
    ("shared_buffers", "256MB"),
    ("max_wal_size", "2GB"),
    ("min_wal_size", "256MB"),
    ("checkpoint_timeout", "15min"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("password_encryption", "scram-sha-256"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_min_messages", "warning"),
    ("log_checkpoints", "off"),
    ("log_line_prefix", "%m [%p] "),
    ("restart_after_crash", "on"),
];

/// A running `postgres`, our child.
pub(super) struct Postmaster {
    child: Child,
    pid: u32,
    log: PathBuf,
    /// Where its own part of the log begins.
    log_from: u64,
}

impl Postmaster {
    /// Starts it. `ties` is what `death_ties` found.
    pub(super) fn start(plan: &Plan, ties: Option<&Path>) -> io::Result<Self> {
        let log = plan.log();
        trim_log(&log);
        let stderr = home::open_private(&log)?;
        let log_from = stderr.metadata()?.len();
        new_socket_folder(plan)?;
        let mut command = command(plan, ties);
        command.stdout(stderr.try_clone()?).stderr(stderr);
        let child = command.spawn()?;
        let pid = child
            .id()
            .ok_or_else(|| io::Error::other("postgres ended at once"))?;
        Ok(Self {
            child,
            pid,
            log,
            log_from,
        })
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until connections are taken; an error is a phrase. May be dropped at any moment.
    pub(super) async fn ready(&mut self, cluster: &Path) -> Result<(), String> {
        let deadline = Instant::now() + READY_LIMIT;
        while Instant::now() < deadline {
            if processes::read_pid_file(cluster) == Some((self.pid, true)) {
                return Ok(());
            }
            // Bounded by the deadline; Postgres tells its progress in a file only.
            if let Ok(status) = timeout(READY_POLL, self.child.wait()).await {
                return Err(self.complaint(status));
            }
        }
        Err(format!("it wasn't ready within {READY_LIMIT:?}"))
    }

    /// Waits until it ends by itself, and says how. May be dropped at any moment.
    pub(super) async fn ended(&mut self) -> String {
        loop {
            match timeout(LOG_CHECK, self.child.wait()).await {
                Ok(status) => return self.complaint(status),
                Err(_) => trim_log(&self.log),
            }
        }
    }

    /// Stops and reaps it; false if it took force.
    pub(super) async fn stop(mut self, plan: &Plan) -> bool {
        let gentle = [
            (Signal::Fast, FAST_LIMIT),
            (Signal::Immediate, IMMEDIATE_LIMIT),
        ];
        // Nobody will read a throwaway's files again.
        let steps = if plan.throwaway {
            &gentle[1..]
        } else {
            &gentle[..]
        };
        for (at, (signal, limit)) in steps.iter().enumerate() {
            if let Ok(Some(_)) = self.child.try_wait() {
                return true;
            }
            processes::send(plan, *signal, self.pid).await;
            if timeout(*limit, self.child.wait()).await.is_ok() {
                return at == 0;
            }
        }
        let _ = self.child.kill().await;
        false
    }

    /// What the log says about the end: what was fatal, else the last line.
    fn complaint(&self, status: io::Result<ExitStatus>) -> String {
        let how = match status {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let said = read_from(&self.log, self.log_from).unwrap_or_default();
        let fatal = |line: &&str| line.contains("FATAL: ") || line.contains("PANIC: ");
        let line = said.lines().find(fatal).or_else(|| said.lines().last());
        match line {
            Some(line) => format!("postgres ended with {how}: {line}"),
            None => format!("postgres ended with {how}"),
        }
    }
}

fn command(plan: &Plan, ties: Option<&Path>) -> Command {
    let postgres = plan.bin.join("postgres");
    let mut command = match ties {
        Some(setpriv) => {
            let mut command = user::command(setpriv, plan.user);
            command.args(["--pdeathsig", "INT"]).arg(postgres);
            command
        }
        None => user::command(&postgres, plan.user),
    };
    command.arg("-D").arg(plan.cluster());
    let ours = SETTINGS
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    let places = [
        (
            "cluster_name".to_string(),
            processes::cluster_name(&plan.cluster()),
        ),
        ("unix_socket_directories".to_string(), quoted(&plan.socket)),
    ];
    for (name, value) in ours.chain(places).chain(plan.settings.iter().cloned()) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
}

/// The setting is a list, so a name with anything odd in it needs its quotes.
fn quoted(folder: &Path) -> String {
    format!("\"{}\"", folder.to_string_lossy().replace('"', "\"\""))
}

/// `setpriv`, if this Linux has one that ties a child's life to its parent's: then a guard that is
/// killed takes Postgres with it (a fast shutdown), at that moment. Without it, the next guard
/// does.
pub(super) async fn death_ties(plan: &Plan) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let candidates = ["/usr/bin/setpriv", "/bin/setpriv"].map(PathBuf::from);
    let setpriv = candidates.into_iter().find(|path| path.is_file())?;
    let mut check = user::command(&setpriv, plan.user);
    check.args(["--pdeathsig", "INT", "/bin/sh", "-c", "exit 0"]);
    user::output(&mut check).await.map(|_| setpriv)
}

/// The socket's folder is private to this run, so an old socket and its lock simply go.
fn new_socket_folder(plan: &Plan) -> io::Result<()> {
    remove_socket_folder(plan)?;
    cluster::new_folder(&plan.socket, plan.user)
}

/// Takes the socket's folder away.
pub(super) fn remove_socket_folder(plan: &Plan) -> io::Result<()> {
    match fs::remove_dir_all(&plan.socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes way for a new postmaster: whatever still runs on the cluster is stopped, within bounds.
///
/// Called with the guard's lock held and no child of our own, so what is found is an orphan.
pub(super) async fn take_over(plan: &Plan) -> Result<(), String> {
    let cluster = plan.cluster();
    if let Some((pid, _)) = processes::read_pid_file(&cluster) {
        if processes::is_postmaster(pid, &cluster).await {
            stop_orphan(plan, pid).await?;
        } else if processes::children(&cluster).await.is_empty() {
            // The id may be anybody's by now, and Postgres would take it for a living server. No
            // process of the cluster is there, so nothing is protected by this file.
            let _ = fs::remove_file(cluster.join("postmaster.pid"));
        }
    }
    end_children(plan).await
}

async fn stop_orphan(plan: &Plan, pid: u32) -> Result<(), String> {
    let cluster = plan.cluster();
    let steps = [
        (Signal::Fast, FAST_LIMIT),
        (Signal::Immediate, IMMEDIATE_LIMIT),
        (Signal::Kill, IMMEDIATE_LIMIT),
    ];
    for (signal, limit) in steps {
        processes::send(plan, signal, pid).await;
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if !processes::is_postmaster(pid, &cluster).await {
                return Ok(());
            }
            // It isn't our child, so there is nothing to wait on.
            sleep(GONE_POLL).await;
        }
    }
    Err(format!(
        "an earlier postgres (process {pid}) can't be stopped"
    ))
}

/// The children of a killed postmaster go by themselves as soon as they notice. One that computes
/// doesn't, and holds the shared memory that the next postmaster needs.
async fn end_children(plan: &Plan) -> Result<(), String> {
    let cluster = plan.cluster();
    let patience = Duration::from_secs(2);
    for signal in [None, Some(Signal::Immediate), Some(Signal::Kill)] {
        let deadline = Instant::now() + patience;
        if let Some(signal) = signal {
            for pid in processes::children(&cluster).await {
                processes::send(plan, signal, pid).await;
            }
        }
        while Instant::now() < deadline {
            if processes::children(&cluster).await.is_empty() {
                return Ok(());
            }
            sleep(GONE_POLL).await;
        }
    }
    Err("processes of an earlier postgres can't be ended".to_string())
}

fn read_from(path: &Path, from: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(64 * 1024).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The file is open for appending in every process, so it can be emptied under them. A line written
/// between the copy and that is lost; it is a log.
fn trim_log(log: &Path) {
    let too_long = fs::metadata(log).is_ok_and(|meta| meta.len() > LOG_MAX_BYTES);
    if too_long && fs::copy(log, log.with_extension("log.1")).is_ok() {
        let _ = File::options()
            .write(true)
            .open(log)
            .and_then(|file| file.set_len(0));
    }
}
