//! Making a cluster: `initdb` into a folder of its own, renamed into place when it is whole.
//!
//! A kill at any moment leaves either nothing or a cluster. What is left over of an earlier try is
//! removed by the next one; each try has a name of its own, so one that was orphaned and still
//! writes for a second can't meet its successor.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, chown};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::credentials::{Credentials, NAME};
use super::home;
use super::plan::Plan;
use super::user::{self, User};

/// `initdb` takes about two seconds; a slow disk that syncs a thousand files takes its time.
const INITDB_LIMIT: Duration = Duration::from_secs(180);

const UNFINISHED: &str = "cluster.new.";

/// Makes the cluster if there is none. The error is a phrase.
pub(super) async fn ensure(plan: &Plan) -> Result<(), String> {
    clear_unfinished(&plan.home);
    if plan.cluster().exists() {
        return Ok(());
    }
    let credentials = Credentials::read(&plan.credentials());
    let credentials = credentials.ok_or("the credentials file is missing")?;
    let folder = plan
        .home
        .join(format!("{UNFINISHED}{}", std::process::id()));
    let password_file = folder.with_extension("password");
    let said = |error: io::Error| format!("the database's folder can't be made: {error}");
    new_folder(&folder, plan.user).map_err(said)?;
    write_password(&password_file, &credentials.password, plan.user).map_err(said)?;
    let made = initdb(plan, &folder, &password_file).await;
    let _ = fs::remove_file(&password_file);
    made?;
    fs::rename(&folder, plan.cluster()).map_err(said)?;
    home::sync_folder_of(&plan.cluster()).map_err(said)
}

async fn initdb(plan: &Plan, folder: &Path, password_file: &Path) -> Result<(), String> {
    let mut initdb = user::command(&plan.bin.join("initdb"), plan.user);
    initdb
        .arg("-D")
        .arg(folder)
        .args(["-U", NAME, "--auth=scram-sha-256"]);
    initdb.arg("--pwfile").arg(password_file);
    // The C locale sorts the same on every machine and for ever: text indexes outlive upgrades.
    initdb.args([
        "--encoding=UTF8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
    ]);
    if !plan.syncs() {
        initdb.arg("--no-sync");
    }
    initdb
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = tokio::time::timeout(INITDB_LIMIT, initdb.output()).await;
    let output = output.map_err(|_| format!("initdb took longer than {INITDB_LIMIT:?}"))?;
    let output = output.map_err(|error| format!("initdb can't be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(format!("initdb ended with {}: {said}", output.status))
}

/// A private folder of the user who runs Postgres, which must not be there yet.
pub(super) fn new_folder(folder: &Path, user: Option<User>) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)?;
    match user {
        Some(user) => chown(folder, Some(user.uid), Some(user.gid)),
        None => Ok(()),
    }
}

fn write_password(file: &Path, password: &str, user: Option<User>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true).mode(0o600);
    options.open(file)?.write_all(password.as_bytes())?;
    match user {
        Some(user) => chown(file, Some(user.uid), Some(user.gid)),
        None => Ok(()),
    }
}

/// Best effort: what stays for now goes next time.
fn clear_unfinished(home: &Path) {
    let Ok(entries) = fs::read_dir(home) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_killed_try_goes_and_the_cluster_stays() {
        let home = std::env::temp_dir().join(format!("almoner-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(home.join("cluster.new.7/base")).unwrap();
        fs::create_dir_all(home.join("cluster")).unwrap();
        fs::write(home.join("cluster.new.password"), "x").unwrap();
        clear_unfinished(&home);
        let left: Vec<_> = fs::read_dir(&home).unwrap().flatten().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].file_name(), "cluster");
        fs::remove_dir_all(&home).unwrap();
    }
}
