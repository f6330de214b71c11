//! Requests that break off, are no HTTP, or are far too large: over a bare connection.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Scene, bodies};
use crate::harness::{Client, new_key};
use crate::operations::{Operation, writes};

/// Whatever comes, comes soon.
const SOON: Duration = Duration::from_secs(30);

async fn connect(scene: &Scene) -> TcpStream {
    TcpStream::connect(scene.world.address()).await.unwrap()
}

/// The head of a POST, with the headers that say how the body comes.
fn head(path: &str, client: &Client, body: &str) -> String {
    let (token, key) = (client.token().unwrap(), new_key());
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\n{body}\r\n\r\n"
    )
}

/// What is answered until the service closes the connection or has said a whole problem.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = async {
        let mut piece = [0; 4096];
        loop {
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(count) => text.extend_from_slice(&piece[..count]),
            }
            let so_far = String::from_utf8_lossy(&text);
            if so_far
                .split_once("\r\n\r\n")
                .is_some_and(|(_, body)| body.ends_with('}'))
            {
                break;
            }
        }
    };
    timeout(SOON, read)
        .await
        .expect("it is answered, or closed, soon");
    String::from_utf8_lossy(&text).into_owned()
}

/// A problem, whole, with that status and code.
#[track_caller]
fn is_problem(answer: &str, status: u16, code: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_lowercase()
            .contains("content-type: application/problem+json"),
        "{answer}"
    );
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["code"], code, "{answer}");
    assert!(problem["request_id"].is_string(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_sent_in_half_does_nothing() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        let path = operation.path(&scene.place);
        let client = scene.client(&operation);
        let body = body.to_string();
        let whole = head(&path, &client, &format!("Content-Length: {}", body.len())) + &body;
        let start_of_body = whole.len() - body.len();
        for cut in [
            1,
            20,
            start_of_body / 2,
            start_of_body,
            start_of_body + 1,
            whole.len() - 1,
        ] {
            let mut stream = connect(&scene).await;
            stream.write_all(&whole.as_bytes()[..cut]).await.unwrap();
            stream.shutdown().await.unwrap();
            let answer = answer(&mut stream).await;
            let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
            assert!(refused, "cut at {cut}: {answer}");
            // And the same without so much as a goodbye.
            let mut stream = connect(&scene).await;
            stream.write_all(&whole.as_bytes()[..cut]).await.unwrap();
            drop(stream);
        }
        let chunked = head(&path, &client, "Transfer-Encoding: chunked");
        let mut stream = connect(&scene).await;
        let chunk = format!("{chunked}{:x}\r\n{body}\r\n", body.len()); // and no last chunk
        stream.write_all(chunk.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_announced_as_too_large_is_refused_unread() {
    let scene = Scene::new().await;
    for operation in writes() {
        let path = operation.path(&scene.place);
        let client = scene.client(&operation);
        for length in ["104857600", "9223372036854775807"] {
            let mut stream = connect(&scene).await;
            let head = head(&path, &client, &format!("Content-Length: {length}"));
            stream.write_all(head.as_bytes()).await.unwrap(); // and not a byte of the body
            is_problem(&answer(&mut stream).await, 413, "body-too-large");
        }
    }
    scene.finish().await;
}

/// The answer to a body of 100 MB in chunks that never comes to its end.
async fn flood(scene: &Scene, operation: &Operation) -> String {
    const MEGABYTE: usize = 1024 * 1024;
    let stream = connect(scene).await;
    let (mut reading, mut writing) = stream.into_split();
    let path = operation.path(&scene.place);
    let head = head(
        &path,
        &scene.client(operation),
        "Transfer-Encoding: chunked",
    );
    writing.write_all(head.as_bytes()).await.unwrap();
    let flood = async {
        let chunk = [b"100000\r\n", &vec![b' '; MEGABYTE][..], b"\r\n"].concat();
        for _ in 0..100 {
            if writing.write_all(&chunk).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let answer = async {
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        while !text.ends_with(b"}") {
            match reading.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(count) => text.extend_from_slice(&piece[..count]),
            }
        }
        String::from_utf8_lossy(&text).into_owned()
    };
    let said = timeout(SOON, async {
        tokio::select! { said = answer => said, () = flood => String::new() }
    });
    said.await.expect("it is answered soon")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_turns_out_too_large_is_refused_before_it_is_read_to_its_end() {
    let scene = Scene::new().await;
    for operation in writes().into_iter().filter(|it| !it.path.contains("{id}")) {
        let said = flood(&scene, &operation).await;
        is_problem(&said, 413, "body-too-large");
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_refused_and_the_next_caller_is_served() {
    let scene = Scene::new().await;
    let auditor = scene.world.auditor();
    let token = auditor.token().unwrap();
    for (what, bytes) in [
        (
            "another protocol",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}".to_owned(),
        ),
        ("no request line", "\r\n\r\n\r\n".to_owned()),
        ("nonsense", "nonsense\r\n\r\n".to_owned()),
        ("no version", "GET /v1/units\r\n\r\n".to_owned()),
        (
            "a version to come",
            "GET /v1/units HTTP/9.9\r\n\r\n".to_owned(),
        ),
        (
            "a header without a name",
            "GET /v1/units HTTP/1.1\r\n: x\r\n\r\n".to_owned(),
        ),
        (
            "a header without a colon",
            "GET /v1/units HTTP/1.1\r\nHost\r\n\r\n".to_owned(),
        ),
        (
            "a NUL in a header",
            "GET /v1/units HTTP/1.1\r\nHost: a\0b\r\n\r\n".to_owned(),
        ),
        (
            "two lengths",
            "POST /v1/creators HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}".into(),
        ),
        (
            "a length and chunks",
            "POST /v1/creators HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                .into(),
        ),
        (
            "a length below zero",
            "POST /v1/creators HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}".to_owned(),
        ),
        (
            "a head without end",
            format!(
                "GET /v1/units HTTP/1.1\r\nX: {}\r\n\r\n",
                "x".repeat(1024 * 1024)
            ),
        ),
        (
            "a thousand headers",
            format!(
                "GET /v1/units HTTP/1.1\r\nAuthorization: Bearer {token}\r\n{}\r\n",
                "X: y\r\n".repeat(1000)
            ),
        ),
    ] {
        let mut stream = connect(&scene).await;
        let _ = stream.write_all(bytes.as_bytes()).await; // it may have had enough already
        let _ = stream.shutdown().await;
        let answer = answer(&mut stream).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{what}: {answer}");
        auditor.get("/v1/units").await.expect(200);
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_never_finishes_its_head_is_let_go() {
    let scene = Scene::new().await;
    let mut stream = connect(&scene).await;
    stream
        .write_all(b"GET /v1/units HTTP/1.1\r\nHost: ")
        .await
        .unwrap();
    // Nothing is sent any more, and the connection isn't closed from here.
    let answer = answer(&mut stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
    scene.finish().await;
}
