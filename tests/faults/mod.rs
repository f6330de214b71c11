//! What the stories of failure have in common: clients that never give up and keep book of what
//! they were told, and a door to the database that can be shut.

mod door;
mod load;
mod serving;

pub use door::{Commit, Door};
pub use load::Load;
pub use serving::{Serving, data_folder_processes};

use std::env;
use std::fs;
use std::process::Command;

/// How often something is broken: `usual`, or as often as that variable says.
pub fn rounds(variable: &str, usual: usize) -> usize {
    env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

/// Sends a signal to processes; one that is gone already doesn't matter.
pub fn signal(name: &str, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let line = format!("kill -{name} {} 2>/dev/null", pids.join(" "));
    Command::new("sh").args(["-c", &line]).status().unwrap();
}

/// Living children of a process whose command line holds that text.
pub fn children(parent: u32, title: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let child = |entry: fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, fields) = status.rsplit_once(") ")?;
        let of_parent = fields.split(' ').nth(1)? == parent.to_string();
        let command_line = fs::read(entry.path().join("cmdline")).ok()?;
        let titled = String::from_utf8_lossy(&command_line).contains(title);
        (of_parent && titled).then_some(pid)
    };
    entries.filter_map(child).collect()
}
