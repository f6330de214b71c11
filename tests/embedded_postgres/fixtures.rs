//! What the stories of the private Postgres need: data folders, processes, and a service to kill.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::{Embedded, EmbeddedError, Throwaway};
use diesel::sql_query;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

pub(super) const GUARD: &str = env!("CARGO_BIN_EXE_almoner");

/// Names the data folder for [`a_service_in_a_process_of_its_own`].
const SERVICE_FOLDER: &str = "ALMONER_TEST_SERVICE_FOLDER";

/// What a test waits for happens in a second; a loaded machine may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder that goes with the test.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        Self::named("")
    }

    pub(super) fn named(rest: &str) -> Self {
        let name = format!("almoner-test-{:08x}{rest}", fastrand::u32(..));
        Self(std::env::temp_dir().join(name))
    }

    pub(super) fn home(&self) -> PathBuf {
        self.0.join("postgres")
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A killed process takes nothing from the system's cache, so no test needs the disk to sync.
fn without_sync() -> Vec<(String, String)> {
    vec![("fsync".to_string(), "off".to_string())]
}

pub(super) async fn try_open(folder: &Path) -> Result<Embedded, EmbeddedError> {
    Embedded::open_guarded(folder, Path::new(GUARD), without_sync()).await
}

pub(super) async fn open(folder: &Path) -> Embedded {
    try_open(folder).await.unwrap()
}

pub(super) async fn throwaway() -> Embedded {
    let wanted = Throwaway {
        guard: PathBuf::from(GUARD),
        parent: None,
        settings: without_sync(),
    };
    Embedded::throwaway(wanted).await.unwrap()
}

pub(super) async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap()
}

pub(super) async fn note(url: &str, text: &str) {
    let mut connection = connect(url).await;
    connection
        .batch_execute("CREATE TABLE IF NOT EXISTS notes (note text)")
        .await
        .unwrap();
    let insert = sql_query("INSERT INTO notes VALUES ($1)");
    insert
        .bind::<diesel::sql_types::Text, _>(text)
        .execute(&mut connection)
        .await
        .unwrap();
}

#[derive(diesel::QueryableByName)]
pub(super) struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub(super) line: String,
}

pub(super) async fn lines(url: &str, query: &str) -> Vec<String> {
    let found: Vec<Line> = sql_query(query)
        .load(&mut connect(url).await)
        .await
        .unwrap();
    found.into_iter().map(|found| found.line).collect()
}

pub(super) async fn notes(url: &str) -> Vec<String> {
    lines(url, "SELECT note AS line FROM notes ORDER BY note").await
}

/// Processes of others tell nobody when they end, so they are looked at again and again.
pub(super) async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("this didn't happen within {PATIENCE:?}: {what}");
}

pub(super) async fn gone(pid: u32) {
    eventually("the process ends", || (!alive(pid)).then_some(())).await;
}

/// Field 3 and 4 of a process's status: its state, and its parent.
pub(super) fn state_and_parent(pid: u32) -> Option<(String, u32)> {
    let text = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(text) => text.rsplit_once(") ")?.1.to_string(),
        Err(_) if cfg!(target_os = "linux") => return None,
        Err(_) => {
            let columns = ["-o", "stat=,ppid=", "-p", &pid.to_string()];
            let output = Command::new("ps").args(columns).output().ok()?;
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    };
    let mut fields = text.split_whitespace();
    Some((fields.next()?.to_string(), fields.next()?.parse().ok()?))
}

/// A dead process that nobody has reaped yet doesn't count.
pub(super) fn alive(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| !state.starts_with('Z'))
}

pub(super) fn parent(pid: u32) -> u32 {
    state_and_parent(pid).unwrap().1
}

pub(super) fn kill(pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let line = format!("kill -9 {}", pids.join(" "));
    assert!(
        Command::new("sh")
            .args(["-c", &line])
            .status()
            .unwrap()
            .success()
    );
}

/// A process that opens a data folder and keeps it open until its stdin closes.
pub(super) struct Service {
    pub(super) process: Child,
    /// Held to the end, as the process goes on to print.
    stdout: Option<Lines<BufReader<ChildStdout>>>,
}

impl Service {
    pub(super) fn start(folder: &Path) -> Self {
        let name = "embedded_postgres::fixtures::a_service_in_a_process_of_its_own";
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([name, "--exact", "--ignored", "--nocapture"])
            .env(SERVICE_FOLDER, folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdout = process.stdout.take().unwrap();
        let stdout = Some(BufReader::new(stdout).lines());
        Self { process, stdout }
    }

    /// The database's URL and the postmaster.
    pub(super) async fn ready(&mut self) -> (String, u32) {
        let mut stdout = self.stdout.take().unwrap();
        let listen = tokio::task::spawn_blocking(move || {
            let told = stdout.find_map(|line| {
                let line = line.unwrap();
                Some(line.split_once("service: ")?.1.to_string())
            });
            (told.unwrap(), stdout)
        });
        let (told, stdout) = listen.await.unwrap();
        self.stdout = Some(stdout);
        let (url, pid) = told.split_once(' ').unwrap();
        (url.to_string(), pid.parse().unwrap())
    }

    pub(super) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(super) fn end(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "other tests start it, to have a service that they can kill"]
async fn a_service_in_a_process_of_its_own() {
    let Some(folder) = std::env::var_os(SERVICE_FOLDER) else {
        return;
    };
    let embedded = open(Path::new(&folder)).await;
    println!(
        "service: {} {}",
        embedded.url(),
        embedded.postmaster_pid().unwrap()
    );
    let wait = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    tokio::task::spawn_blocking(wait).await.unwrap().unwrap();
    embedded.stop().await.unwrap();
}
