//! The process between the service and Postgres.
//!
//! A service may end in ways that leave it no time to stop its database: `kill -9`, a panic, the
//! machine's memory running out. So Postgres is the child of a small process that does nothing else
//! than outlive the service by a moment. It holds the reading end of a pipe whose writing end the
//! service holds; when the service ends, however it ends, the pipe closes and the guard stops
//! Postgres, reaps it and ends. While the service lives, the guard starts Postgres again should it
//! die.
//!
//! Signals to the guard (a `pkill almoner`, a service manager that stops the whole group) are
//! ignored: the service may still be finishing work, for which it needs its database.
//!
//! One guard at a time holds the home's `guard.lock`. A guard that is started while its predecessor
//! still stops Postgres waits for it; one whose predecessor was killed finds the lock free and
//! stops what it finds.

use std::fs::{self, TryLockError};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::cluster;
use super::home;
use super::plan::{Event, Plan};
use super::postmaster::{self, Postmaster};

/// A predecessor may need a whole fast shutdown, an immediate one, and a little.
const LOCK_LIMIT: Duration = Duration::from_secs(90);
const LOCK_POLL: Duration = Duration::from_millis(20);
/// How often a first start is tried: enough for the memory of a killed predecessor to be freed,
/// and soon over where the reason is another.
const FIRST_TRIES: u32 = 4;
/// The pause before another try, doubled each time up to the most.
const PAUSE_LEAST: Duration = Duration::from_millis(100);
const PAUSE_MOST: Duration = Duration::from_secs(5);

/// How a guard may end.
enum End {
    /// The service is gone, or asked for it.
    Asked { clean: bool },
    /// Postgres can't be started.
    Failed(String),
}

/// Runs the guard until its stdin closes: what the hidden subcommand `embedded-guard` does. Its one
/// argument is written by the service. Exits 0 if Postgres stopped by itself, 1 if it took force or
/// never started.
pub fn guard(plan: &str) -> ExitCode {
    let Ok(plan) = serde_json::from_str::<Plan>(plan) else {
        eprintln!("embedded-guard is started by almoner itself, there is no use for it by hand");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = runtime.and_then(|runtime| runtime.block_on(run(&plan)));
    match done {
        Ok(code) => code,
        Err(error) => {
            report(&Event::Failed(error.to_string()));
            ExitCode::FAILURE
        }
    }
}

async fn run(plan: &Plan) -> io::Result<ExitCode> {
    let _ignored = ignore_signals()?;
    let mut service = Service::on_stdin()?;
    let lock = home::open_private(&plan.home.join("guard.lock"))?;
    let locked = tokio::select! {
        () = service.gone() => return Ok(ExitCode::SUCCESS),
        locked = wait_for(&lock) => locked,
    };
    let end = match locked {
        Ok(()) => look_after(plan, &mut service).await,
        Err(reason) => End::Failed(reason),
    };
    let clean = match &end {
        End::Asked { clean } => *clean,
        End::Failed(reason) => {
            report(&Event::Failed(reason.clone()));
            false
        }
    };
    let _ = postmaster::remove_socket_folder(plan);
    if plan.throwaway {
        service.gone().await;
        delete(plan).await;
    }
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The service's end of the pipe.
struct Service(pipe::Receiver);

impl Service {
    fn on_stdin() -> io::Result<Self> {
        let stdin = io::stdin().as_fd().try_clone_to_owned()?;
        pipe::Receiver::from_owned_fd(stdin).map(Self)
    }

    /// Returns when the pipe is closed. May be dropped at any moment.
    async fn gone(&mut self) {
        let mut bytes = [0_u8; 64];
        while let Ok(1..) = self.0.read(&mut bytes).await {}
    }
}

/// Signals that have a listener no longer end the process; nobody needs to listen.
fn ignore_signals() -> io::Result<[Signal; 4]> {
    Ok([
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
        signal(SignalKind::quit())?,
    ])
}

async fn wait_for(lock: &fs::File) -> Result<(), String> {
    let deadline = Instant::now() + LOCK_LIMIT;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                // A file lock has no asynchronous wait.
                sleep(LOCK_POLL).await;
            }
            Err(error) => return Err(format!("the guard before this one doesn't end: {error}")),
        }
    }
}

async fn look_after(plan: &Plan, service: &mut Service) -> End {
    let ties = tokio::select! {
        biased;
        () = service.gone() => return End::Asked { clean: true },
        ready = prepare(plan) => match ready {
            Ok(()) => postmaster::death_ties(plan).await,
            Err(reason) => return End::Failed(reason),
        },
    };
    let cluster = plan.cluster();
    let (mut tries, mut was_ready) = (0, false);
    loop {
        let mut server = match Postmaster::start(plan, ties.as_deref()) {
            Ok(server) => server,
            Err(error) => return End::Failed(format!("postgres can't be run: {error}")),
        };
        let reason = tokio::select! {
            biased;
            () = service.gone() => return End::Asked { clean: server.stop(plan).await },
            ready = server.ready(&cluster) => ready.err(),
        };
        let reason = match reason {
            Some(reason) => reason,
            None => {
                (tries, was_ready) = (0, true);
                report(&Event::Ready(server.pid()));
                tokio::select! {
                    biased;
                    () = service.gone() => return End::Asked { clean: server.stop(plan).await },
                    reason = server.ended() => reason,
                }
            }
        };
        // Ready or not, it has ended or never will be: nothing may be left before another try.
        server.stop(plan).await;
        tries += 1;
        if !was_ready && tries >= FIRST_TRIES {
            return End::Failed(reason);
        }
        report(&Event::Away(reason));
        tokio::select! {
            biased;
            () = service.gone() => return End::Asked { clean: true },
            () = pause(plan, tries) => {}
        }
    }
}

/// Everything that must be before Postgres can start.
async fn prepare(plan: &Plan) -> Result<(), String> {
    postmaster::take_over(plan).await?;
    cluster::ensure(plan).await
}

/// Gives what is left of a dead server time to go, and helps it.
async fn pause(plan: &Plan, tries: u32) {
    let pause = PAUSE_LEAST * 2_u32.saturating_pow(tries.saturating_sub(1).min(10));
    sleep(pause.min(PAUSE_MOST)).await;
    // Whether it worked shows at the start that follows.
    let _ = postmaster::take_over(plan).await;
}

/// Tells the service; if it is gone, that shows on the pipe as well.
fn report(event: &Event) {
    if let Ok(line) = serde_json::to_string(event) {
        let mut stdout = io::stdout().lock();
        let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    }
}

/// Deletes a throwaway home. The children of a server that was stopped at once may still write.
async fn delete(plan: &Plan) {
    for _ in 0..50 {
        match fs::remove_dir_all(&plan.home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => sleep(LOCK_POLL).await,
            _ => return,
        }
    }
}
