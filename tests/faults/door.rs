//! A door between a service and its database: open, shut, stuck, or with somebody in it who says
//! there is no room. The server behind it goes on undisturbed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::harness::{Folder, TestDatabase};

/// The text of the statement that commits, as it is prepared.
const COMMIT: &[u8] = b"\0COMMIT\0";

/// How the server ends its answer to a commit.
const OUT_OF_TRANSACTION: &[u8] = b"Z\0\0\0\x05I";

/// Notices when a client carries out the statement it prepared for committing.
#[derive(Debug, Default)]
struct Watch {
    statement: Vec<u8>,
}

impl Watch {
    /// Whether these bytes ask for the commit. Noting the statement's name on the way: a Parse is
    /// `P`, a length, the name, the text; a Bind `B`, a length, no portal's name, the statement's.
    fn commits(&mut self, bytes: &[u8]) -> bool {
        let find = |what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
        if let Some(end) = find(COMMIT) {
            let name = bytes[..end]
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_alphanumeric());
            self.statement = [0].into_iter().chain(name.copied()).collect();
            self.statement.push(0);
            self.statement.reverse();
            return false;
        }
        if self.statement.is_empty() {
            return false;
        }
        let length = self.statement.len();
        bytes
            .windows(5 + length)
            .any(|window| window[0] == b'B' && window[5..] == self.statement)
    }
}

/// What a server says whose connections are all taken.
const TOO_MANY: (&str, &str) = ("53300", "sorry, too many clients already");

/// Where a connection breaks that commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    Passes,
    /// On the way to the server: nothing was done.
    IsLost,
    /// On the way back: everything was done.
    LosesItsAnswer,
    /// Everything is done, and nobody says so until the door is opened again.
    WaitsForItsAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manner {
    /// What comes in is passed on.
    passing: bool,
    /// Who comes is told that there are too many.
    full: bool,
    /// What becomes of the next commit.
    commit: Commit,
    /// Raised to cut off whoever is connected.
    cuts: u32,
    /// Raised to let whoever is connected wait for ever.
    silences: u32,
}

/// A socket that leads to the database, while it does.
pub struct Door {
    folder: Folder,
    database: TestDatabase,
    manner: Arc<watch::Sender<Manner>>,
    listening: Option<JoinHandle<()>>,
}

impl Door {
    /// An open door to that database.
    pub fn to(database: &TestDatabase) -> Self {
        let manner = Manner {
            passing: true,
            full: false,
            commit: Commit::Passes,
            cuts: 0,
            silences: 0,
        };
        let mut door = Door {
            folder: Folder::new(),
            database: database.clone(),
            manner: Arc::new(watch::Sender::new(manner)),
            listening: None,
        };
        door.open();
        door
    }

    /// The database's URL through this door.
    pub fn url(&self) -> String {
        let (rest, _) = self.database.url().split_once("?host=").unwrap();
        format!("{rest}?host={}", self.folder.path().display())
    }

    /// The database's URL through this door, or that other one if this one is shut.
    pub fn url_or(&self, other: &Door) -> String {
        let (rest, _) = self.database.url().split_once("?host=").unwrap();
        let (user, database) = rest.split_once("@/").unwrap();
        let host = |door: &Door| door.folder.path().display().to_string().replace('/', "%2F");
        format!("{user}@{},{}/{database}", host(self), host(other))
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// Lets everybody in again.
    pub fn open(&mut self) {
        self.manner.send_modify(|manner| {
            (manner.passing, manner.full) = (true, false);
        });
        if self.listening.is_none() {
            let listener = UnixListener::bind(self.socket()).unwrap();
            let server = socket_behind(self.database.url());
            let manner = Arc::clone(&self.manner);
            self.listening = Some(tokio::spawn(serve(listener, server, manner)));
        }
    }

    /// As if the server had gone: nobody gets in, and whoever is in is thrown out.
    pub fn shut(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
        fs::remove_file(self.socket()).unwrap();
        self.cut();
    }

    /// As if the server had restarted: whoever is in is thrown out, and may come back.
    pub fn cut(&self) {
        self.manner.send_modify(|manner| manner.cuts += 1);
    }

    /// As if the server were out of connections.
    pub fn fill(&self) {
        self.manner.send_modify(|manner| manner.full = true);
        self.cut();
    }

    /// As if the server had vanished without a word: who is in stays so, and never hears of it.
    pub fn forget_who_is_in(&self) {
        self.manner.send_modify(|manner| manner.silences += 1);
    }

    /// Breaks the next connection that commits.
    pub fn break_next(&self, commit: Commit) {
        self.manner.send_modify(|manner| manner.commit = commit);
    }

    /// As if the server or the network hung: everybody stays in, and nothing is passed on.
    pub fn hang(&self) {
        self.manner.send_modify(|manner| manner.passing = false);
    }
}

impl Manner {
    /// Whether what a connection says is passed on that was made after so many silences.
    fn passes(&self, silences: u32) -> bool {
        self.passing && self.silences == silences
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
    }
}

/// Where the server behind a URL listens.
fn socket_behind(url: &str) -> PathBuf {
    let (_, folder) = url.split_once("?host=").unwrap();
    Path::new(&folder.replace("%2F", "/")).join(".s.PGSQL.5432")
}

async fn serve(listener: UnixListener, server: PathBuf, manner: Arc<watch::Sender<Manner>>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        tokio::spawn(connection(client, server.clone(), Arc::clone(&manner)));
    }
}

async fn connection(client: UnixStream, server: PathBuf, manner: Arc<watch::Sender<Manner>>) {
    let now = *manner.borrow();
    if now.full {
        return turn_away(client).await;
    }
    let Ok(server) = UnixStream::connect(server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut until = manner.subscribe();
    let unheard = AtomicBool::new(false);
    tokio::select! {
        () = ask(from_client, to_server, &manner, now.silences, &unheard) => {}
        () = answer(from_server, to_client, manner.subscribe(), now.silences, &unheard) => {}
        _ = until.wait_for(|manner| manner.cuts != now.cuts) => {}
    }
}

/// Passes on what a client asks, and returns to have the connection broken.
async fn ask(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    manner: &watch::Sender<Manner>,
    silences: u32,
    unheard: &AtomicBool,
) {
    let mut open = manner.subscribe();
    let mut bytes = vec![0; 16 * 1024];
    let mut watch = Watch::default();
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if open
            .wait_for(|manner| manner.passes(silences))
            .await
            .is_err()
        {
            return;
        }
        let mut commit = Commit::Passes;
        if watch.commits(&bytes[..read]) {
            manner.send_modify(|manner| {
                commit = std::mem::replace(&mut manner.commit, Commit::Passes);
            });
        }
        match commit {
            Commit::Passes => {}
            Commit::IsLost => return,
            Commit::LosesItsAnswer => unheard.store(true, Ordering::Relaxed),
            Commit::WaitsForItsAnswer => {
                manner.send_modify(|manner| manner.passing = false);
            }
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

/// Passes on what the server answers, or takes it to itself and breaks the connection in the end.
async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut open: watch::Receiver<Manner>,
    silences: u32,
    unheard: &AtomicBool,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if open
            .wait_for(|manner| manner.passes(silences))
            .await
            .is_err()
        {
            return;
        }
        if unheard.load(Ordering::Relaxed) {
            match bytes[..read].ends_with(OUT_OF_TRANSACTION) {
                true => return, // it is done: only now may the server notice that nobody listens
                false => continue,
            }
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

/// Reads the client's greeting and answers with an error, as the server does.
async fn turn_away(mut client: UnixStream) {
    let mut greeting = [0; 1024];
    let _ = client.read(&mut greeting).await;
    let (code, message) = TOO_MANY;
    let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
    let mut answer = vec![b'E'];
    answer.extend_from_slice(&(4 + fields.len() as u32).to_be_bytes());
    answer.extend_from_slice(fields.as_bytes());
    let _ = client.write_all(&answer).await;
}
