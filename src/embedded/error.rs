//! What can go wrong with the private Postgres, each as one sentence that says what would help.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private Postgres can't be had.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// A folder or file of ours can't be made, read or written.
    #[error(
        "the data folder can't be used ({}: {source}): make it writable for the user who runs \
         almoner, or name another folder in ALMONER_DATA_DIR",
        path.display()
    )]
    Folder {
        /// The folder or file that was touched.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The path isn't valid UTF-8, so it can't be part of a database URL.
    #[error(
        "the data folder's path {path:?} isn't valid UTF-8, which a database URL needs: name \
         another folder in ALMONER_DATA_DIR"
    )]
    PathText {
        /// The offending path.
        path: PathBuf,
    },
    /// Nothing was found on the machine, and the download didn't work either.
    #[error(
        "no PostgreSQL server programs ({wanted}) were found on this machine and they couldn't be \
         downloaded ({reason}): install PostgreSQL with the system's package manager, for example \
         {install}, and start almoner again, or name a running server in DATABASE_URL"
    )]
    NoPrograms {
        /// Which versions would do.
        wanted: String,
        /// Why the download failed.
        reason: String,
        /// Commands that would help.
        install: String,
    },
    /// Started as root where no unprivileged user can take over.
    #[error(
        "almoner runs as root, which Postgres refuses for itself, and neither the user `postgres` \
         nor `nobody` exists to run it: create one of them, start almoner as an ordinary user, or \
         name a running server in DATABASE_URL"
    )]
    NoUser,
    /// The cluster lies where its user can't go any more.
    #[error(
        "the user with id {uid}, who runs Postgres, can't enter {}: let it pass through every \
         folder on the way (chmod o+x), or move the data folder",
        path.display()
    )]
    Unreachable {
        /// The folder that can't be entered.
        path: PathBuf,
        /// The user that Postgres runs as.
        uid: u32,
    },
    /// The pointer file names a folder that is gone.
    #[error(
        "{} says that the database is kept in {}, which isn't there: bring that folder back, or \
         delete the file to begin with an empty database",
        pointer.display(), home.display()
    )]
    Lost {
        /// The file in the data folder.
        pointer: PathBuf,
        /// The folder it names.
        home: PathBuf,
    },
    /// The cluster exists, its password doesn't.
    #[error(
        "a database is there but {}, which holds its password, is missing or damaged: bring the \
         file back from a copy, or move the folder {} away to begin with an empty database",
        path.display(), cluster.display()
    )]
    Credentials {
        /// The credentials file.
        path: PathBuf,
        /// The cluster it belongs to.
        cluster: PathBuf,
    },
    /// The guard process couldn't be started.
    #[error(
        "the process that looks after Postgres ({}) can't be started ({source}): check that the \
         program file is still in place and executable",
        path.display()
    )]
    Guard {
        /// The program that should have been run.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// Postgres was started and refused.
    #[error("Postgres didn't start: {reason} (its log is {})", log.display())]
    Start {
        /// What Postgres or initdb said.
        reason: String,
        /// Where there is more to read.
        log: PathBuf,
    },
    /// Postgres is up but doesn't let us in.
    #[error("Postgres is running but doesn't take a connection: {reason} (its log is {})",
        log.display())]
    Connect {
        /// What the connection attempt answered.
        reason: String,
        /// Where there is more to read.
        log: PathBuf,
    },
    /// Somebody else holds the lock, and no database answers.
    #[error(
        "another almoner holds {} but its database hasn't answered for {seconds} s: wait for that \
         process or end it, then start again",
        lock.display()
    )]
    Held {
        /// The lock file.
        lock: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// Postgres had to be ended the hard way.
    #[error(
        "Postgres didn't stop in time and was ended without a final checkpoint: nothing committed \
         is lost, the next start reads its journal first and may take longer"
    )]
    Stop,
}

impl EmbeddedError {
    /// For `map_err` on file operations.
    pub(super) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Folder {
            path: path.to_path_buf(),
            source,
        }
    }
}
