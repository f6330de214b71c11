//! The folder where a private Postgres lives, and who may enter it.
//!
//! ```text
//! <data>/postgres/            or, started as root where Postgres's user can't go, <shared>/<hash>/
//!     lock                    held by the one service that runs this database
//!     guard.lock              held by the one guard that looks after it
//!     credentials.json        0600: the password, and where to connect
//!     cluster/                the database's files, owned by the user who runs Postgres
//!     socket/                 0700: the only way in (in the temporary folder if too long a path)
//!     server.log, server.log.1
//!     programs/<version>/     only where they had to be downloaded
//! <data>/postgres.location    only where the home is elsewhere: its path
//! ```
//!
//! The location file decides once it is there, so a data folder may be moved or renamed. The lock
//! lies in the home, not beside the location file: two copies of one data folder share a database,
//! and must share its lock.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use super::error::EmbeddedError;
use super::user::{self, User};

/// Where root's databases go if the data folder is out of reach for the user who runs Postgres.
const SHARED: &str = "/var/lib/almoner";

/// The longest folder that leaves room for `/.s.PGSQL.5432` in macOS's 104 bytes of a socket
/// address (Linux has 108).
const SOCKET_FOLDER_MAX_BYTES: usize = 88;

/// A home and who Postgres runs as in it.
#[derive(Debug, Clone)]
pub(super) struct Home {
    dir: PathBuf,
    /// Set when we are root: who runs Postgres.
    pub(super) user: Option<User>,
    /// What somebody should be told about where the data is.
    pub(super) notice: Option<String>,
}

impl Home {
    /// Finds or makes the home of a data folder, which is made too where it is missing.
    pub(super) async fn of(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let root = user::is_root().await;
        make_folder(data_dir, root).map_err(EmbeddedError::folder(data_dir))?;
        let data = fs::canonicalize(data_dir).map_err(EmbeddedError::folder(data_dir))?;
        if data.to_str().is_none() {
            return Err(EmbeddedError::PathText { path: data });
        }
        let pointer = data.join("postgres.location");
        let inside = data.join("postgres");
        if let Some(dir) = read_pointer(&pointer)? {
            return Self::elsewhere(dir, &data, root).await;
        }
        let settled = inside.join("cluster").exists();
        make_folder(&inside, root).map_err(EmbeddedError::folder(&inside))?;
        let user = runs_as(&inside, root)?;
        let Some(stuck) = out_of_reach(user, &inside).await else {
            return Ok(Self {
                dir: inside,
                user,
                notice: None,
            });
        };
        if settled {
            return Err(EmbeddedError::Unreachable {
                path: inside,
                uid: stuck.uid,
            });
        }
        // Only an empty folder of ours goes; one with anything in it stays.
        let _ = fs::remove_dir(&inside);
        let dir = Path::new(SHARED).join(short_hash(&data));
        make_folder(&dir, root).map_err(EmbeddedError::folder(&dir))?;
        write_pointer(&pointer, &dir).map_err(EmbeddedError::folder(&pointer))?;
        Self::elsewhere(dir, &data, root).await
    }

    async fn elsewhere(dir: PathBuf, data: &Path, root: bool) -> Result<Self, EmbeddedError> {
        let user = runs_as(&dir, root)?;
        if let Some(stuck) = out_of_reach(user, &dir).await {
            return Err(EmbeddedError::Unreachable {
                path: dir,
                uid: stuck.uid,
            });
        }
        let notice = format!(
            "the database is kept in {}, because Postgres doesn't run as root and its user can't \
             enter {}",
            dir.display(),
            data.display()
        );
        Ok(Self {
            dir,
            user,
            notice: Some(notice),
        })
    }

    /// A new home in a temporary folder (or in `parent`), for a database that nobody keeps.
    pub(super) async fn throwaway(parent: Option<&Path>) -> Result<Self, EmbeddedError> {
        let root = user::is_root().await;
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_path_buf);
        let parent = fs::canonicalize(&parent).map_err(EmbeddedError::folder(&parent))?;
        let name = uuid::Uuid::now_v7().simple().to_string();
        let dir = parent.join(format!("almoner-throwaway-{}", &name[name.len() - 12..]));
        if dir.to_str().is_none() {
            return Err(EmbeddedError::PathText { path: dir });
        }
        make_folder(&dir, root).map_err(EmbeddedError::folder(&dir))?;
        let user = runs_as(&dir, root)?;
        if let Some(stuck) = out_of_reach(user, &dir).await {
            let _ = fs::remove_dir(&dir);
            return Err(EmbeddedError::Unreachable {
                path: dir,
                uid: stuck.uid,
            });
        }
        Ok(Self {
            dir,
            user,
            notice: None,
        })
    }

    /// A file or folder of this home.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The home itself.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The major version of the cluster, if there is one.
    pub(super) fn major(&self) -> Option<u32> {
        let text = fs::read_to_string(self.dir.join("cluster/PG_VERSION")).ok()?;
        text.trim().parse().ok()
    }

    /// Takes the service's lock; `None` if another process has it.
    pub(super) fn try_lock(&self) -> Result<Option<File>, EmbeddedError> {
        let path = self.join("lock");
        let file = open_private(&path).map_err(EmbeddedError::folder(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(EmbeddedError::Folder { path, source }),
        }
    }

    /// Where the socket goes: in the home, or in the temporary folder if that path is too long, or
    /// has a comma, which would part two hosts in a database URL. `before` is the folder used
    /// last time, so that what a killed guard left in the temporary folder is used up.
    pub(super) async fn socket(&self, before: Option<&Path>) -> PathBuf {
        let inside = self.join("socket");
        if fits_socket(&inside) {
            return inside;
        }
        if let Some(before) = before.filter(|before| fits_socket(before)) {
            return before.to_path_buf();
        }
        let name = uuid::Uuid::now_v7().simple().to_string();
        let name = format!("almoner-{}", &name[name.len() - 12..]);
        let temporary = std::env::temp_dir();
        let reached = match self.user {
            Some(user) => user::reaches(user, &temporary).await,
            None => true,
        };
        let usual = temporary.join(&name);
        if reached && fits_socket(&usual) {
            usual
        } else {
            Path::new("/tmp").join(name)
        }
    }
}

fn fits_socket(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_encoded_bytes();
    bytes.len() <= SOCKET_FOLDER_MAX_BYTES && !bytes.contains(&b',')
}

/// Who runs Postgres in this home: the cluster's owner, else the unprivileged user, else (if we
/// aren't root) ourselves.
fn runs_as(home: &Path, root: bool) -> Result<Option<User>, EmbeddedError> {
    if !root {
        return Ok(None);
    }
    let owner = fs::metadata(home.join("cluster")).ok();
    let owner = owner.map(|meta| User {
        uid: meta.uid(),
        gid: meta.gid(),
    });
    let owner = owner.filter(|owner| owner.uid != 0);
    owner
        .or_else(user::unprivileged)
        .map(Some)
        .ok_or(EmbeddedError::NoUser)
}

async fn out_of_reach(user: Option<User>, folder: &Path) -> Option<User> {
    let user = user?;
    (!user::reaches(user, folder).await).then_some(user)
}

/// Makes a folder if it is missing. Root's may be passed through by the user who runs Postgres,
/// but not listed; an ordinary user's are private.
fn make_folder(path: &Path, root: bool) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mode = if root { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(path)?;
    // The mode above is cut by the umask.
    fs::set_permissions(path, Permissions::from_mode(mode))
}

fn read_pointer(pointer: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
    let text = match fs::read_to_string(pointer) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(EmbeddedError::Folder {
                path: pointer.to_path_buf(),
                source,
            });
        }
    };
    let home = PathBuf::from(text.trim());
    if home.is_dir() {
        return Ok(Some(home));
    }
    Err(EmbeddedError::Lost {
        pointer: pointer.to_path_buf(),
        home,
    })
}

fn write_pointer(pointer: &Path, home: &Path) -> io::Result<()> {
    write_private(pointer, format!("{}\n", home.display()).as_bytes())
}

/// The first twelve digits of a path's SHA-256.
pub(super) fn short_hash(path: &Path) -> String {
    let digest = digest::digest(&digest::SHA256, path.as_os_str().as_encoded_bytes());
    digest
        .as_ref()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Opens a file that only its owner reads, for appending, making it if it is missing.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .open(path)?;
    adopt(path)?;
    Ok(file)
}

/// Replaces a file that only its owner reads: whole or not at all, and on the disk when this
/// returns.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    adopt(&fresh)?;
    fs::rename(&fresh, path)?;
    sync_folder_of(path)
}

/// Makes a rename durable.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    File::open(folder)?.sync_all()
}

/// A file made by root in an ordinary user's home belongs to that user: one start as root must not
/// lock them out of their own database.
fn adopt(path: &Path) -> io::Result<()> {
    let file = fs::metadata(path)?;
    let home = fs::metadata(path.parent().unwrap_or(Path::new("/")))?;
    if file.uid() == 0 && home.uid() != 0 {
        chown(path, Some(home.uid()), Some(home.gid()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_leaves_room_for_the_socket_and_has_no_comma() {
        assert!(fits_socket(Path::new(
            "/home/somebody/almoner/.almoner/postgres/socket"
        )));
        assert!(!fits_socket(&Path::new("/home").join("long/".repeat(20))));
        assert!(!fits_socket(Path::new("/home/a,b/socket")));
    }

    #[test]
    fn a_location_file_that_names_nothing_is_not_an_empty_database() {
        let pointer = std::env::temp_dir().join(format!("almoner-{}", uuid::Uuid::now_v7()));
        assert!(read_pointer(&pointer).unwrap().is_none());
        write_pointer(&pointer, Path::new("/no/such/home")).unwrap();
        let error = read_pointer(&pointer).unwrap_err().to_string();
        assert!(
            error.contains("/no/such/home, which isn't there"),
            "{error}"
        );
        write_pointer(&pointer, &std::env::temp_dir()).unwrap();
        assert_eq!(read_pointer(&pointer).unwrap(), Some(std::env::temp_dir()));
        fs::remove_file(&pointer).unwrap();
    }

    #[test]
    fn private_files_are_private() {
        let path = std::env::temp_dir().join(format!("almoner-{}", uuid::Uuid::now_v7()));
        write_private(&path, b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"secret");
        fs::remove_file(&path).unwrap();
    }
}
