//! Timestamps: by an authority made with `openssl ts`, checked with `openssl ts` alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use almoner::app::timestamps::{Authority, NotStamped};
use almoner::tlog::Log;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::Story;
use crate::harness::{Folder, Process, eventually};

/// How an authority behaves.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Honest,
    /// Answers about another digest.
    Lies,
    /// Answers another question about the same digest.
    AnswersAnother,
    /// Takes the question and says nothing.
    Silent,
    /// Says that it won't.
    Declines,
    /// Has no end.
    Endless,
    Fails,
}

/// An authority on a port of its own, with a certificate of its own authority.
struct Tsa {
    manner: Manner,
    folder: Folder,
    address: SocketAddr,
    running: JoinHandle<()>,
}

fn openssl(folder: &Path, arguments: &str) -> bool {
    let mut command = Command::new("openssl");
    command.args(arguments.split(' ')).current_dir(folder);
    let output = command.output().unwrap();
    output.status.success()
}

fn is_here() -> bool {
    let is_here = Command::new("openssl").arg("version").output().is_ok();
    if !is_here {
        eprintln!("NOTE: openssl isn't here, so nothing was stamped");
    }
    is_here
}

/// The settings of `openssl ts`, and of the certificate it signs with.
const SETTINGS: &str = "[tsa]\ndefault_tsa = a\n[a]\nserial = serial\nsigner_cert = tsa.pem\n\
    signer_key = tsa.key\ncerts = tsa.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n\
    digests = sha256\ness_cert_id_alg = sha256\n";
const USES: &str = "extendedKeyUsage = critical,timeStamping\nkeyUsage = digitalSignature\n";

impl Tsa {
    async fn new(manner: Manner) -> Self {
        let folder = Folder::new();
        let at = folder.path();
        std::fs::write(at.join("tsa.cnf"), SETTINGS).unwrap();
        std::fs::write(at.join("uses.cnf"), USES).unwrap();
        for made in [
            "req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.pem -subj /CN=CA -days 2",
            "req -new -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=TSA",
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 2 \
             -extfile uses.cnf",
        ] {
            assert!(openssl(at, made), "{made}");
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = serve(listener, at.to_path_buf(), manner);
        Tsa {
            manner,
            running: tokio::spawn(serving),
            folder,
            address,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/tsa", self.address)
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Has everything stamped that isn't, and waits no longer than it has to.
    async fn stamp(&self, log: &Log) -> Result<usize, NotStamped> {
        let url = self.url().parse().unwrap();
        let patience = match self.manner {
            Manner::Silent => Duration::from_millis(500),
            _ => Duration::from_secs(30),
        };
        Authority::new(url, patience).unwrap().stamp(log).await
    }
}

impl Drop for Tsa {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn serve(listener: TcpListener, folder: PathBuf, manner: Manner) {
    let mut kept = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let asked = request(&mut stream).await;
        let answer = match manner {
            Manner::Silent => {
                kept.push(stream);
                continue;
            }
            Manner::Fails => "HTTP/1.1 503 Not now\r\ncontent-length: 0\r\n\r\n".into(),
            Manner::Declines => with_body(&[0x30, 5, 0x30, 3, 2, 1, 2]),
            Manner::Endless => with_body(&vec![0; 70_000]),
            Manner::Honest => with_body(&replied(&folder, &asked)),
            Manner::Lies | Manner::AnswersAnother => {
                let digest: String = asked[24..56].iter().map(|it| format!("{it:02x}")).collect();
                let about = match manner {
                    Manner::Lies => "-data uses.cnf".to_owned(),
                    _ => format!("-digest {digest}"),
                };
                let query = format!("ts -query {about} -sha256 -cert -out other.tsq");
                assert!(openssl(&folder, &query));
                let other = std::fs::read(folder.join("other.tsq")).unwrap();
                with_body(&replied(&folder, &other))
            }
        };
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
    }
}

/// What `openssl ts` answers to a query.
fn replied(folder: &Path, query: &[u8]) -> Vec<u8> {
    std::fs::write(folder.join("asked.tsq"), query).unwrap();
    let reply = "ts -reply -config tsa.cnf -queryfile asked.tsq -out reply.tsr";
    assert!(openssl(folder, reply));
    std::fs::read(folder.join("reply.tsr")).unwrap()
}

fn with_body(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A request's body.
async fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|it| it == b"\r\n\r\n");
        if let Some(end) = head {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            assert!(
                head.contains("content-type: application/timestamp-query"),
                "{head}"
            );
            let length = head
                .lines()
                .find_map(|it| it.strip_prefix("content-length: "));
            let length: usize = length.unwrap().trim().parse().unwrap();
            if bytes.len() >= end + 4 + length {
                return bytes[end + 4..].to_vec();
            }
        }
        let mut more = [0; 1024];
        let read = stream.read(&mut more).await.unwrap();
        assert!(read > 0, "the request broke off");
        bytes.extend(&more[..read]);
    }
}

impl Story {
    fn own_log(&self) -> Log {
        self.log_with(self.signer_before(), None, &[])
    }

    /// The last timestamp of a log, and the checkpoint it is about, as files.
    async fn stamped(&self, log: &str) -> (PathBuf, PathBuf) {
        let answer = self.auditor.get(&format!("/tlog/{log}/timestamp")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/timestamp-reply")
        );
        let size = answer.header("checkpoint-size").unwrap();
        let note = self
            .text(&format!("/tlog/{log}/checkpoint?size={size}"))
            .await;
        let lines: String = note.lines().take(3).map(|it| format!("{it}\n")).collect();
        let reply = self.folder.path().join("timestamp.tsr");
        std::fs::write(&reply, &answer.body).unwrap();
        (self.file("text", &lines), reply)
    }

    async fn count_timestamps(&self) -> i64 {
        let count = "SELECT count(*) FROM log_timestamps";
        self.world.database.number(count).await
    }
}

fn verifies(ca: &Path, text: &Path, reply: &Path) -> bool {
    let [ca, text, reply] = [ca, text, reply].map(|it| it.to_str().unwrap());
    let check = format!("ts -verify -data {text} -in {reply} -CAfile {ca}");
    openssl(Path::new("/"), &check)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_stamped_once_and_checked_with_openssl_alone() {
    if !is_here() {
        return;
    }
    let story = Story::new().await;
    let tsa = Tsa::new(Manner::Honest).await;
    let pledge = story.pledge.id.clone();
    let at = format!("/tlog/{pledge}/timestamp");
    story
        .auditor
        .get(&at)
        .await
        .expect_problem(404, "not-found");
    story.text("/tlog/heads/checkpoint").await;
    let log = story.own_log();
    assert_eq!(
        tsa.stamp(&log).await.unwrap(),
        2,
        "of the pledge and of all"
    );
    assert_eq!(tsa.stamp(&log).await.unwrap(), 0, "nothing is new");
    for which in [pledge.as_str(), "heads"] {
        let (text, reply) = story.stamped(which).await;
        assert!(verifies(&tsa.ca(), &text, &reply), "{which}");
        let altered = std::fs::read_to_string(&text)
            .unwrap()
            .replacen('\n', "x\n", 1);
        std::fs::write(&text, altered).unwrap();
        assert!(!verifies(&tsa.ca(), &text, &reply), "{which}");
    }
    // What is signed later isn't stamped yet; what was stamped stays to be had.
    story.allocate(1).await;
    let newer = story.checkpoint().await;
    let newer = newer.lines().nth(1).unwrap();
    let at = format!("/tlog/{pledge}/timestamp?size={newer}");
    story
        .auditor
        .get(&at)
        .await
        .expect_problem(404, "not-found");
    story.stamped(&pledge).await;
    assert_eq!(tsa.stamp(&log).await.unwrap(), 1);
    let answer = story.auditor.get(&at).await;
    assert_eq!(answer.header("checkpoint-size"), Some(newer));
    let (_, reply) = story.stamped(&pledge).await;
    assert_eq!(std::fs::read(reply).unwrap(), answer.body);
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_away_slow_or_lies_leaves_a_checkpoint_unstamped() {
    if !is_here() {
        return;
    }
    let story = Story::new().await;
    story.checkpoint().await;
    let log = story.own_log();
    for (manner, expected) in [
        (Manner::Lies, "isn't about what was sent"),
        (Manner::AnswersAnother, "doesn't carry the number"),
        (Manner::Silent, "gives no answer"),
        (Manner::Declines, "declined, with status 2"),
        (Manner::Endless, "more than 65536 bytes"),
        (Manner::Fails, "answers 503"),
    ] {
        let tsa = Tsa::new(manner).await;
        let failed = tsa.stamp(&log).await.unwrap_err().to_string();
        assert!(failed.contains(expected), "{manner:?}: {failed}");
        assert_eq!(story.count_timestamps().await, 0, "{manner:?}");
    }
    let away = Tsa::new(Manner::Honest).await;
    let url = away.url().parse().unwrap();
    drop(away);
    let authority = Authority::new(url, Duration::from_secs(30)).unwrap();
    assert!(authority.stamp(&log).await.is_err());
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_has_checkpoints_stamped_by_itself_and_waits_for_nobody() {
    if !is_here() {
        return;
    }
    let story = Story::new().await;
    let (honest, silent) = (
        Tsa::new(Manner::Honest).await,
        Tsa::new(Manner::Silent).await,
    );
    let (url, folder) = (story.world.database.url(), story.world.data_dir());
    let settings = [("ALMONER_TIMESTAMP_URL", silent.url())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let waiting = Process::start_with(url, folder, &settings).await;
    let there = story.auditor.at(waiting.address());
    let note = there.get(&format!("{}/checkpoint", story.log())).await;
    assert_eq!(note.status, 200, "{note:?}");
    let honest = honest.url();
    let settings = [
        ("ALMONER_TIMESTAMP_URL", honest.as_str()),
        ("ALMONER_TIMESTAMP_EVERY_S", "1"),
    ];
    let _process = Process::start_with(url, folder, &settings).await;
    eventually("the checkpoint is stamped", async || {
        (story.count_timestamps().await > 0).then_some(())
    })
    .await;
    story.finish().await;
}
