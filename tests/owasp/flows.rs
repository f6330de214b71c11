//! API6, 7 and 10: flows that are worth abusing, requests the service might make for somebody, and
//! what it is answered when it does make one.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use almoner::http::access::{Role, now_s};
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::issuer;
use crate::harness::{Client, Folder, Process, TestDatabase, World, allocation, usd};
use crate::operations::{Place, writes};
use crate::tokens::Issuer;

#[tokio::test(flavor = "multi_thread")]
async fn api6_a_captured_request_posts_nothing_more_however_often_it_is_sent() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let body = allocation(&pledge, &creator, usd("10.00"), "2024-12-02");
    let preparer = world.preparer();
    let send = || preparer.post_with_key("/v1/allocations", "captured", &body);
    let first = send().await;
    first.expect(201);
    let posted = world.database.row_counts().await;
    for again in futures_util::future::join_all((0..20).map(|_| send())).await {
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert!(again.replayed());
    }
    // Whoever caught it and has a token of their own isn't told the answer to it.
    let caught = world.user(Role::Preparer, "mallory");
    let theirs = caught
        .post_with_key("/v1/allocations", "captured", &body)
        .await;
    assert_ne!(theirs.expect(201)["id"], first.json()["id"]);
    let after = world.database.row_counts().await;
    assert_eq!(after["allocations"], posted["allocations"] + 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api6_one_person_with_every_role_pays_nobody_alone() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let as_role = |role| world.user(role, "everybody");
    let rows = writes();
    let proposal = rows.iter().find(|it| it.path == "/v1/payouts").unwrap();
    let body = proposal.body.unwrap()(&place);
    let proposed = as_role(Role::Preparer).post("/v1/payouts", body).await;
    let id = proposed.created();
    let at = format!("/v1/payouts/{id}/approve");
    let alone = as_role(Role::Approver).post(&at, json!({})).await;
    alone.expect_problem(409, "same-person");
    world.approver().post(&at, json!({})).await.expect(200);
    let at = format!("/v1/payouts/{id}/send");
    for alone in ["everybody", "aiko"] {
        let sender = world.user(Role::Preparer, alone);
        let answer = sender.post(&at, json!({})).await;
        answer.expect_problem(409, "same-person");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api6_creators_can_t_be_guessed_one_after_the_other() {
    let world = World::new().await;
    let settings = [("ALMONER_RATE_LIMIT", "1:30")];
    let (url, folder) = (world.database.url(), world.data_dir());
    let service = Process::start_with(url, folder, &settings).await;
    let mut known = Vec::new();
    for _ in 0..8 {
        known.push(world.creator("JP").await);
    }
    // What comes after the moment in an id is drawn, and is none of its neighbour's plus one.
    let drawn = |id: &String| u64::from_str_radix(&id[id.len() - 15..], 16).unwrap();
    for pair in known.windows(2) {
        assert!(
            drawn(&pair[0]).abs_diff(drawn(&pair[1])) > 1 << 20,
            "{pair:?}"
        );
    }
    let curious = world.creator_client(&known[0]).at(service.address());
    let mut told = Vec::new();
    for digit in 0..60 {
        let guess = format!("{}{digit:02x}", &known[1][..34]);
        if guess == known[1] {
            continue;
        }
        told.push(curious.get(&format!("/v1/creators/{guess}")).await.status);
    }
    assert!(
        told.iter().all(|status| [404, 429].contains(status)),
        "{told:?}"
    );
    assert!(told[40..].contains(&429), "{told:?}");
    drop(service);
    world.finish().await;
}

/// Somebody who waits to be called.
struct Listener(TcpListener);

impl Listener {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Listener(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    fn was_called(&self) -> bool {
        match self.0.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn api7_no_address_in_a_request_makes_the_service_connect_to_it() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let listener = Listener::new();
    let host = listener.address().to_string();
    let mut with_address = 0;
    for operation in writes() {
        let client = operation.need.client(&world);
        let mut body = operation.body.unwrap()(&place);
        if body.get("document").is_some() {
            body["document"]["uri"] = json!(format!("https://{host}/agreement.pdf"));
            with_address += 1;
        }
        let request = client
            .request(Method::POST, &operation.harmless(&place))
            .header("Idempotency-Key", crate::harness::new_key())
            .header("Host", &host)
            .header("X-Forwarded-Host", &host)
            .header("X-Forwarded-For", &host)
            .header("Forwarded", format!("for={host};host={host};proto=http"))
            .header("Referer", format!("http://{host}/"))
            .header("X-Original-URL", format!("http://{host}/"));
        let answer = client.send(request.json(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert!(with_address > 5, "{with_address}");
    let us = issuer(&world);
    for (member, value) in [
        ("jku", json!(format!("http://{host}/jwks.json"))),
        ("x5u", json!(format!("http://{host}/cert.pem"))),
        ("kid", json!(format!("http://{host}/jwks.json"))),
    ] {
        let token = us.with_header(now_s(), member, value);
        let answer = world.nobody().with_token(&token).get("/v1/units").await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let issued = us.with_claim(now_s(), "iss", json!(format!("http://{host}/")));
    let answer = world.nobody().with_token(&issued).get("/v1/units").await;
    answer.expect_problem(401, "token-wrong-issuer");
    // Nor is it anybody's proxy.
    for line in [
        format!("GET http://{host}/ HTTP/1.1"),
        format!("CONNECT {host} HTTP/1.1"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(world.address())
            .await
            .unwrap();
        let request = format!("{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(!listener.was_called());
    TcpStream::connect(&host).unwrap();
    assert!(listener.was_called(), "a call would have been noticed");
    world.finish().await;
}

/// An issuer that answers every request with that, and then with what never ends.
async fn hostile(first: &'static str, rest: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4_096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(first.as_bytes()).await;
            while !rest.is_empty() && stream.write_all(rest).await.is_ok() {
                counted.fetch_add(rest.len(), Ordering::Relaxed);
            }
            if rest.is_empty() {
                // Says nothing more, and doesn't hang up.
                let _ = stream.read(&mut head).await;
            }
        }
    });
    (url, sent)
}

async fn serve(url: &str) -> (TestDatabase, Folder, Process, Client) {
    let (database, folder) = (TestDatabase::create().await, Folder::new());
    let settings = [("ALMONER_JWT_JWKS", url)];
    let service = Process::start_with(database.url(), folder.path(), &settings).await;
    let client = Client::new(reqwest::Client::new(), service.address(), None);
    (database, folder, service, client)
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn api10_an_issuer_that_never_ends_or_says_nothing_takes_neither_memory_nor_time() {
    const ENDLESS: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"keys\": [";
    let started = Instant::now();
    let one = Issuer::generate(Algorithm::EdDSA);
    let token = one.good(now_s());
    for (first, rest) in [(ENDLESS, &[b' '; 65_536][..]), ("", &[])] {
        let (url, sent) = hostile(first, rest).await;
        let (database, _folder, service, client) = serve(&url).await;
        let answer = client.with_token(&token).get("/v1/units").await;
        answer.expect_problem(503, "keys-unavailable");
        client.get("/livez").await.expect(200);
        // What the systems hold between the two is all that went beyond the limit.
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < 32 * 1024 * 1024, "{sent}");
        drop(service);
        database.drop().await;
    }
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn api10_keys_of_another_kind_than_an_issuer_publishes_open_nothing() {
    let real = Issuer::generate(Algorithm::EdDSA);
    let secret = "a secret that everybody can read where it is published";
    let k = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, secret);
    let symmetric = json!({"kty": "oct", "kid": "sym", "alg": "HS256", "use": "sig", "k": k});
    let mut to_encrypt = Issuer::generate(Algorithm::ES256).jwk();
    to_encrypt["use"] = json!("enc");
    let keys = json!({"keys": [symmetric, real.jwk(), to_encrypt]}).to_string();
    let text = format!(
        "{HEAD}Content-Length: {}\r\nConnection: close\r\n\r\n{keys}",
        keys.len()
    );
    let (url, _) = hostile(Box::leak(text.into_boxed_str()), &[]).await;
    let (database, _folder, service, client) = serve(&url).await;
    let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": "sym"}).to_string();
    let encoded = |text: &str| {
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text)
    };
    let claims = real.claims(now_s()).to_string();
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    let key = EncodingKey::from_secret(secret.as_bytes());
    let seal = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    let forged = client.with_token(&format!("{signed}.{seal}"));
    let answer = forged.get("/v1/units").await;
    // Whoever publishes a secret isn't one to trust in anything.
    answer.expect_problem(503, "keys-unavailable");
    drop(service);
    database.drop().await;
}
