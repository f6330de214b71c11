//! The file that lets a service, or another process on the same data folder, into the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::home;

/// The one role and the one database.
pub(super) const NAME: &str = "almoner";

/// A database server that can be started before there is a database of ours.
pub(super) const MAINTENANCE: &str = "postgres";

/// What `credentials.json` holds. The password belongs to the cluster for life; the rest is
/// rewritten at every start.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Credentials {
    pub(super) password: String,
    pub(super) socket: PathBuf,
    pub(super) bin: PathBuf,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// `None` if there is no such file, or it isn't one of ours.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Replaces the file, durably.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        home::write_private(path, &serde_json::to_vec_pretty(self)?)
    }

    /// The URL of a database of this server, for tokio-postgres and libpq alike: the socket's
    /// folder is a parameter, as the host's place in a URL has no room for a path.
    pub(super) fn url(&self, database: &str) -> String {
        let socket = encode(&self.socket.to_string_lossy());
        format!(
            "postgres://{NAME}:{}@/{database}?host={socket}",
            self.password
        )
    }
}

/// 192 bits that need no escaping anywhere. `None` if the system has no randomness to give.
pub(super) fn new_password() -> Option<String> {
    let mut bytes = [0_u8; 24];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte as char);
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_keeps_any_path_whole() {
        let credentials = Credentials {
            password: "ab12".to_string(),
            socket: PathBuf::from("/srv/größe & co/socket"),
            bin: PathBuf::new(),
        };
        let expected = "postgres://almoner:ab12@/almoner?host=%2Fsrv%2Fgr%C3%B6%C3%9Fe%20%26%20co\
            %2Fsocket";
        assert_eq!(credentials.url("almoner"), expected);
        assert!(!format!("{credentials:?}").contains("ab12"));
    }

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let (one, two) = (new_password().unwrap(), new_password().unwrap());
        assert_eq!(one.len(), 48);
        assert_ne!(one, two);
    }
}
