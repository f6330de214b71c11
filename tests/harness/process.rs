//! A service in a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use tokio::sync::oneshot;

/// `almoner serve`, killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts it on that database, with the keys in that folder, and waits until it listens.
    pub async fn start(database_url: &str, data_dir: &Path) -> Self {
        Self::start_with_jobs(database_url, data_dir, 0).await
    }

    /// The same, doing its jobs with so many seconds between, and none if there are none. What was
    /// recorded after its end lapses at once.
    pub async fn start_with_jobs(database_url: &str, data_dir: &Path, every_s: u32) -> Self {
        let every_s = every_s.to_string();
        let settings = [
            ("ALMONER_JOBS_EVERY_S", every_s.as_str()),
            ("ALMONER_EXPIRY_GRACE_S", "0"),
        ];
        Self::start_with(database_url, data_dir, &settings).await
    }

    /// The same, with settings of its own.
    pub async fn start_with(
        database_url: &str,
        data_dir: &Path,
        settings: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_almoner"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ALMONER_") {
                command.env_remove(name);
            }
        }
        command
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env_remove("READ_DATABASE_URL")
            .env("ALMONER_LISTEN", "127.0.0.1:0")
            .env("ALMONER_DATA_DIR", data_dir)
            // Stories ask as fast as they can, from one address.
            .env("ALMONER_RATE_LIMIT", "100000:200000")
            .env("ALMONER_LOG_EVERY_S", "0")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = oneshot::channel();
        // Reads to the end, so that the process can always go on to print.
        thread::spawn(move || {
            let mut tell = Some(tell);
            for line in stdout.lines().map_while(Result::ok) {
                let address = line
                    .split_once("listening on http://")
                    .map(|(_, rest)| rest);
                if let (Some(address), true) = (address, tell.is_some()) {
                    let _ = tell.take().unwrap().send(address.parse().unwrap());
                }
            }
        });
        let address = told.await.expect("the process says where it listens");
        Process { child, address }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, without waiting for what comes of it.
    pub fn terminate(&self) {
        let line = format!("kill -TERM {}", self.pid());
        let told = Command::new("sh").args(["-c", &line]).status();
        assert!(told.unwrap().success());
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
