//! The service's side of the guard: starting it, hearing from it, starting another if it dies.
//!
//! A plain thread listens, not a task: it must outlive any one async runtime (tests have many), and
//! it only ever waits. The writing end of the guard's pipe lives here; letting go of it is what
//! stops Postgres.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::error::EmbeddedError;
use super::home;
use super::plan::{Event, Plan};

/// The pause before a guard that died is replaced, doubled each time up to the most.
const PAUSE_LEAST: Duration = Duration::from_millis(100);
const PAUSE_MOST: Duration = Duration::from_secs(5);
/// How many guards may end without a word before the first was ever ready: a program that isn't a
/// guard at all does that, and should be told soon.
const SILENT_STARTS: u32 = 3;

/// How the database is, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Not ready for the first time yet.
    Starting,
    /// Takes connections; the postmaster's process id.
    Ready(u32),
    /// Was ready, and is being brought back.
    Away,
    /// Can't be started, and why. Nobody tries any more.
    Failed(String),
    /// Stopped, as was asked; false if it took force.
    Ended(bool),
}

/// A guard, and its successors.
pub(super) struct Guarded {
    shared: Arc<Shared>,
}

struct Shared {
    program: PathBuf,
    plan: Plan,
    line: Mutex<Line>,
    /// Rung when the line is let go.
    bell: Condvar,
    state: watch::Sender<State>,
}

/// What ties the guard to us.
enum Line {
    Held {
        _pipe: ChildStdin,
    },
    /// The guard died; the next one isn't there yet.
    Broken,
    /// Let go on purpose, for good.
    Dropped,
}

impl Guarded {
    /// Starts a guard and begins to listen.
    pub(super) fn start(program: PathBuf, plan: Plan) -> Result<Self, EmbeddedError> {
        let failed = |source| EmbeddedError::Guard {
            path: program.clone(),
            source,
        };
        let line = Mutex::new(Line::Broken);
        let (state, _) = watch::channel(State::Starting);
        let program = program.clone();
        let shared = Shared {
            program,
            plan,
            line,
            bell: Condvar::new(),
            state,
        };
        let shared = Arc::new(shared);
        let child = shared.spawn().map_err(failed)?;
        let listener = Arc::clone(&shared);
        let listen = move || listener.listen(child);
        thread::Builder::new()
            .name("embedded".to_string())
            .spawn(listen)
            .map_err(failed)?;
        Ok(Self { shared })
    }

    /// Follows how the database is.
    pub(super) fn state(&self) -> watch::Receiver<State> {
        self.shared.state.subscribe()
    }

    /// Lets the guard stop Postgres; returns at once.
    pub(super) fn let_go(&self) {
        *self.shared.line() = Line::Dropped;
        self.shared.bell.notify_all();
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        // A line is replaced whole, so a panic elsewhere can't have left half of one.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a guard. Its process group is its own, so that a Ctrl-C meant for the service doesn't
    /// reach the database first.
    fn spawn(&self) -> io::Result<Child> {
        let plan = serde_json::to_string(&self.plan)?;
        let log = home::open_private(&self.plan.log())?;
        let mut command = Command::new(&self.program);
        command
            .arg("embedded-guard")
            .arg(plan)
            .process_group(0)
            .current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut line = self.line();
        if matches!(*line, Line::Dropped) {
            return Err(io::Error::other("the database was stopped in the meantime"));
        }
        let mut child = command.spawn()?;
        if let Some(stdin) = child.stdin.take() {
            *line = Line::Held { _pipe: stdin };
        }
        Ok(child)
    }

    fn listen(&self, mut guard: Child) {
        let mut pause = PAUSE_LEAST;
        let mut silent = 0;
        loop {
            if self.hear_out(&mut guard) {
                pause = PAUSE_LEAST;
            }
            let status = guard.wait();
            silent += 1;
            if silent >= SILENT_STARTS && *self.state.borrow() == State::Starting {
                let how = status
                    .as_ref()
                    .map_or_else(ToString::to_string, ToString::to_string);
                self.failed(format!("its guard ended with {how}"));
            }
            let clean = status.is_ok_and(|status| status.success());
            guard = match self.replace(clean, &mut pause) {
                Some(next) => next,
                None => return,
            };
        }
    }

    /// Hears a guard until it ends; whether its database was ever ready.
    fn hear_out(&self, guard: &mut Child) -> bool {
        let mut was_ready = false;
        let Some(stdout) = guard.stdout.take() else {
            return false;
        };
        for text in BufReader::new(stdout).lines().map_while(Result::ok) {
            match serde_json::from_str(&text) {
                Ok(Event::Ready(pid)) => {
                    was_ready = true;
                    self.state.send_replace(State::Ready(pid));
                }
                Ok(Event::Away(reason)) => {
                    log::error!("the database is away and is being started again: {reason}");
                    self.away();
                }
                Ok(Event::Failed(reason)) => self.failed(reason),
                Err(_) => log::warn!("the database's guard said something unknown: {text}"),
            }
        }
        was_ready
    }

    /// Decides what follows the end of a guard: nothing if it was asked for or hopeless, else
    /// another guard.
    fn replace(&self, clean: bool, pause: &mut Duration) -> Option<Child> {
        loop {
            let line = self.line();
            if matches!(*line, Line::Dropped) {
                if !matches!(*self.state.borrow(), State::Failed(_)) {
                    drop(line);
                    self.state.send_replace(State::Ended(clean));
                }
                return None;
            }
            match *self.state.borrow() {
                State::Failed(_) => return None,
                State::Starting => {}
                State::Ready(_) | State::Away | State::Ended(_) => {
                    log::error!("the database's guard ended unexpectedly; starting another");
                }
            }
            self.rest(line, *pause);
            self.away();
            *pause = (*pause * 2).min(PAUSE_MOST);
            match self.spawn() {
                Ok(guard) => return Some(guard),
                Err(error) => log::error!("the database's guard can't be started: {error}"),
            }
        }
    }

    /// Pauses, unless the line is let go meanwhile.
    fn rest(&self, mut line: MutexGuard<'_, Line>, pause: Duration) {
        if let Line::Held { .. } = *line {
            *line = Line::Broken;
        }
        let waiting = |line: &mut Line| !matches!(line, Line::Dropped);
        drop(self.bell.wait_timeout_while(line, pause, waiting));
    }

    /// Before the first time it is still starting, not away.
    fn away(&self) {
        self.state.send_if_modified(|state| {
            let was_ready = matches!(state, State::Ready(_));
            if was_ready {
                *state = State::Away;
            }
            was_ready
        });
    }

    /// A database that was ready once is never given up: the reason (a full disk) may pass.
    fn failed(&self, reason: String) {
        if *self.state.borrow() == State::Starting {
            self.state.send_replace(State::Failed(reason));
        } else {
            log::error!("the database can't be started at the moment: {reason}");
        }
    }
}
