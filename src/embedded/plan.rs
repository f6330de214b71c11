//! What the service tells its guard, and what the guard tells back.
//!
//! The plan is the guard's only argument, one line of JSON. Nothing secret is in it, as any user of
//! a machine sees arguments; the password stays in the credentials file. What happens comes back as
//! lines of JSON on the guard's stdout.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::user::User;

/// One database to look after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The folder of server programs.
    pub(super) bin: PathBuf,
    /// The home that everything below lies in.
    pub(super) home: PathBuf,
    /// The folder for the socket.
    pub(super) socket: PathBuf,
    /// Who runs Postgres, if we are root.
    pub(super) user: Option<User>,
    /// Settings beyond the usual ones; the last of a name wins.
    pub(super) settings: Vec<(String, String)>,
    /// Whether the home is deleted in the end, so that nothing needs to be kept safe on the way.
    pub(super) throwaway: bool,
}

impl Plan {
    /// Whether files need to reach the disk: not if they are deleted in the end, or if the server
    /// itself is told not to care.
    pub(super) fn syncs(&self) -> bool {
        let careless = |(name, value): &(String, String)| name == "fsync" && value == "off";
        !self.throwaway && !self.settings.iter().any(careless)
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.home.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    pub(super) fn credentials(&self) -> PathBuf {
        self.home.join("credentials.json")
    }
}

/// What a guard reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    /// Postgres takes connections; the number is its process id.
    Ready(u32),
    /// Postgres ended by itself and is being started again.
    Away(String),
    /// It can't be started. The guard ends.
    Failed(String),
}
