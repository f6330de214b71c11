//! Finding processes of a cluster, and sending signals, in safe Rust.
//!
//! A process id in a file says little: after a restart of the machine or of a container it may be
//! anybody's. So a process counts as ours by its command line: a postmaster names the cluster's
//! folder as its `-D`, and its children carry the cluster's name in their title. Linux shows
//! command lines in /proc, other systems by `ps`.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::home;
use super::plan::Plan;
use super::user;

/// `pg_ctl kill` does one system call; a loaded machine may take a while to start it.
const SIGNAL_LIMIT: Duration = Duration::from_secs(10);

/// The name this cluster's processes carry, different for every home.
pub(super) fn cluster_name(cluster: &Path) -> String {
    format!("almoner-{}", home::short_hash(cluster))
}

/// The process id in `postmaster.pid`, and whether that file says that connections are taken.
pub(super) fn read_pid_file(cluster: &Path) -> Option<(u32, bool)> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let mut lines = text.lines();
    // A server in single-user mode writes its id with a minus.
    let pid = lines.next()?.trim().parse().ok()?;
    // The eighth line is the status.
    let ready = lines.nth(6).is_some_and(|status| status.trim() == "ready");
    Some((pid, ready))
}

/// Whether `pid` is a postmaster of this cluster.
pub(super) async fn is_postmaster(pid: u32, cluster: &Path) -> bool {
    let Some(arguments) = arguments(pid).await else {
        return false;
    };
    names_folder(&arguments, &cluster.to_string_lossy())
}

/// `-D` and the folder as they stand in a command line, whose parts are set apart by blanks.
fn names_folder(arguments: &str, cluster: &str) -> bool {
    let wanted = format!(" -D {cluster}");
    arguments.match_indices(&wanted).any(|(at, _)| {
        let rest = &arguments[at + wanted.len()..];
        rest.is_empty() || rest.starts_with(' ')
    })
}

/// The command line of a living process, or nothing. A dead one that waits to be reaped has none.
async fn arguments(pid: u32) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        return proc_arguments(&pid.to_string());
    }
    let mut ps = user::command(Path::new("/bin/ps"), None);
    ps.args(["-o", "args=", "-p", &pid.to_string()]);
    user::output(&mut ps)
        .await
        .map(|text| text.trim_end().to_string())
}

fn proc_arguments(pid: &str) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
    let text = text.trim_end().to_string();
    (!text.is_empty()).then_some(text)
}

/// Children of a postmaster of this cluster, dead or alive.
pub(super) async fn children(cluster: &Path) -> Vec<u32> {
    let title = format!("postgres: {}: ", cluster_name(cluster));
    let all = all_processes().await;
    all.into_iter()
        .filter(|(_, line)| line.starts_with(&title))
        .map(|(pid, _)| pid)
        .collect()
}

async fn all_processes() -> Vec<(u32, String)> {
    if Path::new("/proc/self/cmdline").exists() {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let names = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned());
        return names
            .filter_map(|name| Some((name.parse().ok()?, proc_arguments(&name)?)))
            .collect();
    }
    let mut ps = user::command(Path::new("/bin/ps"), None);
    ps.args(["-axo", "pid=,args="]);
    let text = user::output(&mut ps).await.unwrap_or_default();
    let line = |line: &str| {
        let (pid, arguments) = line.trim_start().split_once(' ')?;
        Some((pid.parse().ok()?, arguments.trim_start().to_string()))
    };
    text.lines().filter_map(line).collect()
}

/// A signal that a Postgres process understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// To a postmaster: end all work, write a checkpoint, stop.
    Fast,
    /// To any: stop now; the next start recovers.
    Immediate,
    /// What can't be refused.
    Kill,
}

/// Sends a signal, as the user who runs Postgres: so that even a mistaken id harms nobody else.
/// std has no way to send one, Postgres's own `pg_ctl` has.
pub(super) async fn send(plan: &Plan, signal: Signal, pid: u32) {
    let name = match signal {
        Signal::Fast => "INT",
        Signal::Immediate => "QUIT",
        Signal::Kill => "KILL",
    };
    let mut kill = user::command(&plan.bin.join("pg_ctl"), plan.user);
    kill.args(["kill", name, &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    kill.kill_on_drop(true);
    // The process may have gone in the meantime; whoever sends waits for it anyway, bounded.
    let _ = tokio::time::timeout(SIGNAL_LIMIT, kill.status()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postmaster_is_known_by_its_whole_folder() {
        let line = "/usr/lib/postgresql/15/bin/postgres -D /srv/a b/cluster -c port=5432";
        assert!(names_folder(line, "/srv/a b/cluster"));
        assert!(names_folder("postgres -D /srv/cluster", "/srv/cluster"));
        assert!(!names_folder("postgres -D /srv/cluster2", "/srv/cluster"));
        assert!(!names_folder("vi /srv/cluster", "/srv/cluster"));
    }

    #[tokio::test]
    async fn this_process_is_nobodys_postmaster() {
        assert!(arguments(std::process::id()).await.is_some());
        assert!(!is_postmaster(std::process::id(), Path::new("/srv/cluster")).await);
        assert!(children(Path::new("/srv/cluster")).await.is_empty());
    }

    #[test]
    fn the_pid_file_says_who_and_whether_ready() {
        let cluster = std::env::temp_dir().join(format!("almoner-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&cluster).unwrap();
        let file = cluster.join("postmaster.pid");
        assert_eq!(read_pid_file(&cluster), None);
        fs::write(&file, "71\n/srv\n1\n5432\n/srv\n\n  1 2\nstarting\n").unwrap();
        assert_eq!(read_pid_file(&cluster), Some((71, false)));
        fs::write(&file, "71\n/srv\n1\n5432\n/srv\n\n  1 2\nready   \n").unwrap();
        assert_eq!(read_pid_file(&cluster), Some((71, true)));
        fs::write(&file, "-71\n").unwrap();
        assert_eq!(read_pid_file(&cluster), None);
        fs::remove_dir_all(&cluster).unwrap();
    }
}
