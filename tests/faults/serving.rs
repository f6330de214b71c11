//! `almoner` as a newcomer starts it: on a data folder, with a Postgres of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use super::signal;
use crate::harness::eventually;

/// A process of the real program.
pub struct Serving {
    child: Child,
    said: Arc<Mutex<String>>,
    complained: Arc<Mutex<String>>,
}

fn collect(stream: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let shared = Arc::clone(&text);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut text = shared.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}

impl Serving {
    /// The program with these arguments and settings, in that data folder.
    pub fn start(arguments: &[&str], data_dir: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("ALMONER_") || name.ends_with("DATABASE_URL") {
                command.env_remove(&*name);
            }
        }
        command
            .args(arguments)
            .env("ALMONER_LISTEN", "127.0.0.1:0")
            .env("ALMONER_DATA_DIR", data_dir)
            .env("ALMONER_JOBS_EVERY_S", "0")
            .env("ALMONER_RATE_LIMIT", "100000:200000")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Serving {
            said: collect(child.stdout.take().unwrap()),
            complained: collect(child.stderr.take().unwrap()),
            child,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// What it printed to stderr so far.
    pub fn complained(&self) -> String {
        self.complained.lock().unwrap().clone()
    }

    /// Waits until it printed something that holds `wanted`.
    pub async fn says(&self, wanted: &str) -> String {
        let what = format!("it says {wanted:?}");
        let look = async || Some(self.said()).filter(|said| said.contains(wanted));
        eventually(&what, look).await
    }

    /// Waits until it complained with `wanted` in it.
    pub async fn complains(&self, wanted: &str) -> String {
        let what = format!("it complains {wanted:?}");
        let look = async || Some(self.complained()).filter(|said| said.contains(wanted));
        eventually(&what, look).await
    }

    /// Where it listens, once it does.
    pub async fn address(&self) -> SocketAddr {
        // The whole greeting: what comes last in it is the call to try.
        let said = self.says("/v1/pledges").await;
        let (_, rest) = said.split_once("listening on http://").unwrap();
        rest.lines().next().unwrap().parse().unwrap()
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        signal("TERM", &[self.pid()]);
        self.ends().await
    }

    /// How it ends. The longest of what is waited for is the demonstration, which an unoptimised
    /// build takes a minute for when nothing else runs, and tests run beside each other.
    pub async fn ends(&mut self) -> ExitStatus {
        let child = &mut self.child;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(300);
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            assert!(std::time::Instant::now() < deadline, "it doesn't end");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Living processes that name the folder: the server, its guard, and whatever else was started.
pub fn data_folder_processes(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let command_line = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
    };
    let lines = entries.filter_map(command_line);
    lines.filter(|line| line.contains(&*folder)).collect()
}
