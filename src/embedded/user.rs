//! Who we are, and who Postgres runs as.
//!
//! Postgres refuses to run as root. Started as root, its programs run as `postgres` where that
//! user exists, else as `nobody`; whoever owns an existing cluster goes first. Everybody else runs
//! it as themselves. Everything here is safe Rust: identities are read from the system's files, and
//! std's `uid` drops root's supplementary groups when it changes the user.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// What a program started for Postgres may see of our environment. Keys and database URLs stay
/// with the service; `PG…` variables would change what the programs do.
const ENVIRONMENT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];

/// A check of a folder or a program's version takes milliseconds; a hung network mount must not
/// hang the start.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

/// The user that Postgres runs as, when we are root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Whether this process may change users.
pub(super) async fn is_root() -> bool {
    // Linux says it in a file; `id` is what POSIX promises elsewhere.
    if let Ok(status) = fs::read_to_string("/proc/self/status") {
        return effective_uid(&status) == Some(0);
    }
    let mut id = Command::new("id");
    id.arg("-u").stdin(Stdio::null());
    output(&mut id).await.is_some_and(|text| text.trim() == "0")
}

/// The second figure of the `Uid:` line (real, effective, saved, file system).
fn effective_uid(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// `postgres`, else `nobody`.
pub(super) fn unprivileged() -> Option<User> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| look_up(&passwd, name))
}

fn look_up(passwd: &str, name: &str) -> Option<User> {
    let mut fields = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let entry = fields.find(|fields| fields.first() == Some(&name))?;
    // macOS writes nobody's ids as -2, which is the 32-bit number below.
    let id = |text: &str| text.parse::<i64>().ok().map(|id| id as u32);
    let user = User {
        uid: id(entry.get(2)?)?,
        gid: id(entry.get(3)?)?,
    };
    (user.uid != 0).then_some(user)
}

/// A command with a small environment, nothing on stdin, in a folder anybody may be in, run as
/// `user` when one is given.
pub(super) fn command(program: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir("/").stdin(Stdio::null());
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("LC_ALL", "C").env("TZ", "UTC");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// What a short command prints, if it ends well and in time.
pub(super) async fn output(command: &mut Command) -> Option<String> {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(CHECK_LIMIT, command.output())
        .await
        .ok()?
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether `user` may enter `folder`: asked of the system itself, as modes alone don't know about
/// access lists and network mounts.
pub(super) async fn reaches(user: User, folder: &Path) -> bool {
    let mut test = command(Path::new("/bin/sh"), Some(user));
    test.args(["-c", "test -d \"$1\" && test -x \"$1\"", "sh"])
        .arg(folder);
    output(&mut test).await.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n\
        nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false\n\
        postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn users_are_read_from_the_passwd_file() {
        assert_eq!(
            look_up(PASSWD, "postgres"),
            Some(User { uid: 101, gid: 104 })
        );
        assert_eq!(
            look_up(PASSWD, "nobody"),
            Some(User {
                uid: 4294967294,
                gid: 4294967294
            })
        );
        assert_eq!(look_up(PASSWD, "post"), None);
    }

    #[test]
    fn root_under_another_name_is_refused() {
        assert_eq!(look_up("postgres:x:0:0::/:/bin/sh", "postgres"), None);
    }

    #[test]
    fn the_effective_user_counts() {
        assert_eq!(effective_uid("Name:\tx\nUid:\t1000\t0\t0\t0\n"), Some(0));
        assert_eq!(effective_uid("Name:\tx\n"), None);
    }
}
