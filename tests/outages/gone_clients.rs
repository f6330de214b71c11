//! Clients that go away before they are answered.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Scene, reader};
use crate::harness::{eventually, new_key};

/// Sends a request as it stands on the wire and hangs up.
async fn send_and_go(scene: &Scene, head: &str, body: &str) {
    let mut stream = TcpStream::connect(scene.world.address()).await.unwrap();
    let request = format!(
        "{head}\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
}

async fn connections(scene: &Scene, further: &str) -> i64 {
    let count = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' \
         AND application_name LIKE 'almoner %' {further}",
        scene.world.database.name()
    );
    scene.world.database.number(&count).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_asked_that_went_away_is_done_once_or_not_at_all() {
    const CLIENTS: usize = 60;
    let scene = Scene::new().await;
    let keys: Vec<_> = (0..CLIENTS).map(|_| new_key()).collect();
    let body = scene.allocation().to_string();
    let user = scene.world.preparer();
    for key in &keys {
        let head = format!(
            "POST /v1/allocations HTTP/1.1\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {key}",
            user.token().unwrap()
        );
        send_and_go(&scene, &head, &body).await;
    }
    let mut found = 0;
    for key in &keys {
        let answer = scene.write(key).await;
        answer.expect(201);
        found += usize::from(answer.replayed());
    }
    println!("{CLIENTS} clients went away; {found} of their requests had been carried out");
    assert!(
        connections(&scene, "").await <= 13,
        "connections aren't leaked"
    );
    scene.finish(CLIENTS as i64).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_went_away_leave_no_transaction_open() {
    let scene = Scene::new().await;
    let mut holder = scene.world.database.connect().await;
    let lock = "BEGIN; LOCK TABLE instalments IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(lock).await.unwrap();
    let user = reader(&scene.world);
    let head = format!(
        "GET /v1/pledges/{} HTTP/1.1\r\nAuthorization: Bearer {}",
        scene.pledge.id,
        user.token().unwrap()
    );
    let mut streams = Vec::new();
    for _ in 0..6 {
        let mut stream = TcpStream::connect(scene.world.address()).await.unwrap();
        let request = format!("{head}\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.set_zero_linger().unwrap(); // closing it says that nobody listens any more
        streams.push(stream);
    }
    let waiting =
        async || (connections(&scene, "AND wait_event_type = 'Lock'").await == 6).then_some(());
    eventually("six readers wait", waiting).await;
    drop(streams);
    holder.batch_execute("COMMIT").await.unwrap();
    let released = Instant::now();
    scene.world.database.no_transaction_is_left_open().await;
    assert!(
        released.elapsed() < Duration::from_secs(3),
        "{:?}",
        released.elapsed()
    );
    scene.read().await.expect(200);
    scene.finish(0).await;
}
