//! Keys that their issuer publishes, or that stand in a file.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use almoner::http::access::now_s;
use jsonwebtoken::Algorithm;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::harness::{Answer, Client, Folder, Process, TestDatabase, eventually};
use crate::tokens::Issuer;

/// A server of an issuer, which publishes what it is told to.
struct Publisher {
    address: SocketAddr,
    answer: Arc<Mutex<String>>,
    asked: Arc<Mutex<u32>>,
    running: JoinHandle<()>,
}

impl Publisher {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(String::new()));
        let asked = Arc::new(Mutex::new(0));
        let (says, counts) = (Arc::clone(&answer), Arc::clone(&asked));
        let running = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 4_096];
                let _ = stream.read(&mut head).await;
                *counts.lock().unwrap() += 1;
                let text = says.lock().unwrap().clone();
                let _ = stream.write_all(text.as_bytes()).await;
            }
        });
        Publisher {
            address,
            answer,
            asked,
            running,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    fn publish(&self, issuers: &[&Issuer]) {
        let keys: Vec<_> = issuers.iter().map(|it| it.jwk()).collect();
        self.say("200 OK", "", &json!({ "keys": keys }).to_string());
    }

    fn say(&self, status: &str, header: &str, body: &str) {
        *self.answer.lock().unwrap() = format!(
            "HTTP/1.1 {status}\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }
}

async fn service(database: &TestDatabase, folder: &Folder, keys: &str) -> (Process, Client) {
    // What isn't known yet is tried again and again.
    let settings = [
        ("ALMONER_JWT_JWKS", keys),
        ("ALMONER_FAILED_ATTEMPTS", "100000"),
    ];
    let service = Process::start_with(database.url(), folder.path(), &settings).await;
    let client = Client::new(reqwest::Client::new(), service.address(), None);
    (service, client)
}

async fn shown(client: &Client, issuer: &Issuer) -> Answer {
    let token = issuer.good(now_s());
    client.with_token(&token).get("/v1/units").await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_published_are_followed_as_they_change() {
    let [one, two, three] =
        [Algorithm::EdDSA, Algorithm::ES256, Algorithm::EdDSA].map(Issuer::generate);
    let publisher = Publisher::start().await;
    publisher.publish(&[&one]);
    let (database, folder) = (TestDatabase::create().await, Folder::new());
    let (service, client) = service(&database, &folder, &publisher.url()).await;
    let held = client.with_token(&one.good(now_s()));
    held.get("/v1/units").await.expect(200);
    assert_eq!(
        publisher.asked(),
        1,
        "asked at start, and not for what is known"
    );

    // Another key is published: the first token with it has the issuer asked.
    publisher.publish(&[&one, &two]);
    let first = shown(&client, &two).await;
    assert!(first.header("retry-after").is_some());
    first.expect_problem(503, "token-key-wanted");
    let known = async || (shown(&client, &two).await.status == 200).then_some(());
    eventually("the new key is known", known).await;
    held.get("/v1/units").await.expect(200);
    // Unknown keys don't have it asked again and again.
    for _ in 0..20 {
        let answer = shown(&client, &three).await;
        answer.expect_problem(401, "token-unknown-key");
    }
    assert_eq!(publisher.asked(), 2);

    // The issuer goes away: what is known goes on.
    publisher.running.abort();
    for issuer in [&one, &two] {
        shown(&client, issuer).await.expect(200);
    }
    drop(service);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_issuer_answers_badly_lets_nobody_in() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    let elsewhere = Publisher::start().await;
    elsewhere.publish(&[&issuer]);
    let good = json!({"keys": [issuer.jwk()]}).to_string();
    let huge = format!("{good}{}", " ".repeat(300 * 1024));
    // Another name of the same machine is another host.
    let away = format!(
        "Location: http://localhost:{}/\r\n",
        elsewhere.address.port()
    );
    for (status, header, body) in [
        ("500 Internal Server Error", "", good.as_str()),
        ("200 OK", "", "{\"keys\": []}"),
        ("200 OK", "", "<html>Sign in</html>"),
        ("200 OK", "", huge.as_str()),
        ("302 Found", away.as_str(), ""),
    ] {
        let publisher = Publisher::start().await;
        publisher.say(status, header, body);
        let (database, folder) = (TestDatabase::create().await, Folder::new());
        let (service, client) = service(&database, &folder, &publisher.url()).await;
        let answer = shown(&client, &issuer).await;
        answer.expect_problem(503, "keys-unavailable");
        drop(service);
        database.drop().await;
    }
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_keys_is_read_again_when_it_has_changed() {
    let [one, two] = [Algorithm::EdDSA, Algorithm::ES256].map(Issuer::generate);
    let (database, folder) = (TestDatabase::create().await, Folder::new());
    let file = folder.path().join("jwks.json");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write(&json!({"keys": [one.jwk()]}).to_string());
    let (service, client) = service(&database, &folder, file.to_str().unwrap()).await;
    let held = client.with_token(&one.good(now_s()));
    held.get("/v1/units").await.expect(200);
    write(&json!({"keys": [two.jwk()]}).to_string());
    let known = async || (shown(&client, &two).await.status == 200).then_some(());
    eventually("the new key is known", known).await;
    // A token that was good by a key that is gone is good no more.
    held.get("/v1/units")
        .await
        .expect_problem(401, "token-unknown-key");
    write("half a fi");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    shown(&client, &two).await.expect(200);
    drop(service);
    database.drop().await;
}
