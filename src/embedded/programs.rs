//! Where Postgres's server programs are.
//!
//! Looked for on the machine, the newest first: the PATH, what `pg_config` names, and the folders
//! that distributions use. Then among those downloaded earlier. Only where none of them will do is
//! anything downloaded (see `download`). A program counts if the user who is to run it can: each
//! candidate is asked for its version as that user.
//!
//! A cluster belongs to one major version for life, so once there is one only that version counts:
//! an upgrade of the machine must not leave a ledger that can't be opened without saying why.

use std::collections::HashSet;
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::download::{self, Limits};
use super::error::EmbeddedError;
use super::user::{self, User};

/// The oldest major version that will do.
pub const OLDEST: u32 = 15;

/// What must be there to make and run a cluster.
const NEEDED: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

/// Folders whose sub-folders are one installed version each, and the path to the programs in those.
const INSTALLED: [(&str, &str, &str); 10] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr/lib", "postgresql", "bin"),          // openSUSE, Alpine
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/usr", "pgsql-", "bin"),                  // PostgreSQL's own RPMs
    ("/usr/local", "pgsql", "bin"),             // built from source
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/Library/PostgreSQL", "", "bin"), // EnterpriseDB's installer
];

/// A Postgres version, as its programs state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// What decides whether a cluster's files can be read.
    pub major: u32,
    /// Fixes only.
    pub minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A folder of server programs that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    bin: PathBuf,
    version: Version,
}

impl Programs {
    /// The folder.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The version of `postgres` in it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Another program of that folder (`psql`, `pg_dump`, `pgbench`), if it is installed there.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let path = self.bin.join(name);
        path.is_file().then_some(path)
    }

    /// The programs in `bin`, if they are complete, new enough and `user` can run them.
    pub(super) async fn probe(bin: &Path, user: Option<User>) -> Option<Self> {
        let complete = |bin: &Path| NEEDED.iter().all(|name| bin.join(name).is_file());
        // Package managers link single programs into the PATH; their siblings lie with the
        // original.
        let original = fs::canonicalize(bin.join("postgres")).ok()?;
        let original = original.parent().filter(|original| complete(original));
        let bin = original.unwrap_or(bin).to_path_buf();
        if !complete(&bin) {
            return None;
        }
        let mut ask = user::command(&bin.join("postgres"), user);
        ask.arg("--version");
        let version = parse_version(&user::output(&mut ask).await?)?;
        (version.major >= OLDEST).then_some(Self { bin, version })
    }
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian …)`, `… 18beta1`, `… 19devel`.
fn parse_version(text: &str) -> Option<Version> {
    let number = text.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits = |text: &str| -> Option<u32> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text[..end].parse().ok()
    };
    let major = digits(number)?;
    let minor = number
        .split_once('.')
        .and_then(|(_, rest)| digits(rest))
        .unwrap_or(0);
    Some(Version { major, minor })
}

/// Where to look, and what counts.
#[derive(Debug)]
pub(super) struct Search {
    /// Folders on the machine, in no particular order.
    pub(super) machine: Vec<PathBuf>,
    /// Where downloads are kept, one folder for each version.
    pub(super) downloads: PathBuf,
    /// Who is to run the programs.
    pub(super) user: Option<User>,
    /// The major version of the cluster, if there is one.
    pub(super) major: Option<u32>,
}

impl Search {
    /// The newest programs on the machine, else downloaded earlier, else downloaded now.
    pub(super) async fn find(&self, limits: Limits) -> Result<Programs, EmbeddedError> {
        if let Some(found) = self.newest(&self.machine).await {
            return Ok(found);
        }
        let earlier = sub_folders(&self.downloads, "", "bin");
        if let Some(found) = self.newest(&earlier).await {
            return Ok(found);
        }
        let reason = match download::fetch(&self.downloads, self.major, limits).await {
            Ok(bin) => match Programs::probe(&bin, self.user).await {
                Some(programs) => return Ok(programs),
                None => "what was downloaded doesn't run on this machine".to_string(),
            },
            Err(reason) => reason,
        };
        Err(self.nothing(reason))
    }

    async fn newest(&self, folders: &[PathBuf]) -> Option<Programs> {
        let mut best: Option<Programs> = None;
        let mut seen = HashSet::new();
        for folder in folders {
            let Ok(folder) = fs::canonicalize(folder) else {
                continue;
            };
            if !seen.insert(folder.clone()) {
                continue;
            }
            let Some(found) = Programs::probe(&folder, self.user).await else {
                continue;
            };
            let fits = self.major.is_none_or(|major| found.version.major == major);
            if fits
                && best
                    .as_ref()
                    .is_none_or(|best| found.version > best.version)
            {
                best = Some(found);
            }
        }
        best
    }

    fn nothing(&self, reason: String) -> EmbeddedError {
        let (wanted, install) = match self.major {
            Some(major) => (
                format!("version {major}, which made the database that is there"),
                format!(
                    "`apt-get install postgresql-{major}` or `brew install postgresql@{major}`"
                ),
            ),
            None => (
                format!("version {OLDEST} or later"),
                "`apt-get install postgresql`, `dnf install postgresql-server` or \
                 `brew install postgresql@17`"
                    .to_string(),
            ),
        };
        EmbeddedError::NoPrograms {
            wanted,
            reason,
            install,
        }
    }
}

/// Every folder of this machine that may hold server programs.
pub(super) async fn on_this_machine() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = path_folders(&path);
    let config = folders
        .iter()
        .map(|folder| folder.join("pg_config"))
        .find(|path| path.is_file());
    if let Some(config) = config {
        let mut ask = user::command(&config, None);
        ask.arg("--bindir");
        folders.extend(
            user::output(&mut ask)
                .await
                .map(|bin| PathBuf::from(bin.trim())),
        );
    }
    for (parent, prefix, rest) in INSTALLED {
        folders.extend(sub_folders(Path::new(parent), prefix, rest));
    }
    folders
}

/// Relative entries are left out: what runs must not hang on where we were started.
fn path_folders(path: &OsStr) -> Vec<PathBuf> {
    env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .collect()
}

/// `parent/prefix…/rest` for everything there that begins with `prefix`. Hidden folders are left
/// out: a download that was cut short is one.
fn sub_folders(parent: &Path, prefix: &str, rest: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let counts = |name: &str| name.starts_with(prefix) && !name.starts_with('.');
    let entries = entries
        .flatten()
        .filter(|entry| counts(&entry.file_name().to_string_lossy()));
    entries.map(|entry| entry.path().join(rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        let read = |text| parse_version(text).map(|version| version.to_string());
        let debian = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n";
        assert_eq!(read(debian).as_deref(), Some("15.14"));
        assert_eq!(
            read("postgres (PostgreSQL) 18beta1\n").as_deref(),
            Some("18.0")
        );
        assert_eq!(
            read("postgres (PostgreSQL) 19devel\n").as_deref(),
            Some("19.0")
        );
        assert_eq!(read("something else 15.1"), None);
    }

    #[test]
    fn newer_is_compared_as_numbers() {
        assert!(
            Version {
                major: 15,
                minor: 10
            } > Version {
                major: 15,
                minor: 9
            }
        );
        assert!(
            Version {
                major: 16,
                minor: 0
            } > Version {
                major: 15,
                minor: 14
            }
        );
    }

    fn nowhere(major: Option<u32>) -> Search {
        let downloads = env::temp_dir().join("almoner-no-such-folder");
        Search {
            machine: Vec::new(),
            downloads,
            user: None,
            major,
        }
    }

    #[tokio::test]
    async fn without_programs_and_without_a_download_one_sentence_says_what_to_install() {
        // No time at all stands for a network that can't be reached, on any machine.
        let limits = Limits {
            reach: Duration::ZERO,
            whole: Duration::ZERO,
        };
        let error = nowhere(None).find(limits).await.unwrap_err().to_string();
        assert!(error.contains("(version 15 or later)"), "{error}");
        assert!(error.contains("apt-get install postgresql"), "{error}");
        assert!(error.contains("DATABASE_URL"), "{error}");
        assert!(!error.contains('\n'), "{error}");
        let error = nowhere(Some(16))
            .find(limits)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("(version 16, which made the database that is there)"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn nothing_is_downloaded_when_programs_are_on_the_machine() {
        let machine = on_this_machine().await;
        let search = Search {
            machine,
            ..nowhere(None)
        };
        // The limits of zero would make any download fail.
        let limits = Limits {
            reach: Duration::ZERO,
            whole: Duration::ZERO,
        };
        let Some(expected) = search.newest(&search.machine).await else {
            return;
        };
        assert_eq!(search.find(limits).await.unwrap(), expected);
        assert!(!search.downloads.exists());
    }

    #[tokio::test]
    async fn an_incomplete_folder_does_not_count() {
        assert_eq!(Programs::probe(Path::new("/etc"), None).await, None);
        assert_eq!(
            Programs::probe(Path::new("/no/such/folder"), None).await,
            None
        );
    }
}
