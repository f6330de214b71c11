//! Clients that take their time, on purpose or not: they hold no connection to the database, and
//! others are served in time meanwhile.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::harness::{Client, Funded, Process, World, allocation, eventually, new_key, usd};

/// Whatever is waited for has come by then.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nobody else waits longer for an answer, on a machine with much else to do.
const IN_TIME: Duration = Duration::from_secs(5);

/// Somebody else, who asks like anybody.
struct Others {
    reader: Client,
    writer: Client,
    pledge: Funded,
    creator: String,
}

impl Others {
    async fn of(world: &World, address: SocketAddr) -> Self {
        Others {
            pledge: world.funded_pledge().await,
            creator: world.creator("JP").await,
            reader: world.auditor().at(address),
            writer: world.preparer().at(address),
        }
    }

    /// Reads and writes go on, each in time.
    async fn are_served(&self) {
        let summary = format!("/v1/pledges/{}/summary", self.pledge.id);
        for _ in 0..20 {
            let body = allocation(&self.pledge, &self.creator, usd("1.00"), "2024-12-02");
            let asked = Instant::now();
            self.reader.get(&summary).await.expect(200);
            self.writer.post("/v1/allocations", body).await.expect(201);
            assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
        }
    }
}

/// None of the service's connections to the database is in anybody's use.
async fn the_database_is_at_rest(world: &World) {
    let busy = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' \
         AND application_name LIKE 'almoner %' AND state <> 'idle'",
        world.database.name()
    );
    let none = async || (world.database.number(&busy).await == 0).then_some(());
    eventually("no connection is held", none).await;
}

/// Until the service says something whole or hangs up.
async fn hears(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let mut piece = [0; 4_096];
    let heard = async {
        while !said.ends_with(b"}") {
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(count) => said.extend_from_slice(&piece[..count]),
            }
        }
    };
    timeout(PATIENCE, heard).await.expect("it says something");
    String::from_utf8_lossy(&said).into_owned()
}

fn bearer(client: &Client) -> String {
    format!("Authorization: Bearer {}", client.token().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_whose_bodies_trickle_hold_nothing_and_are_let_go() {
    const SLOW: usize = 120;
    let world = World::new().await;
    let others = Others::of(&world, world.address()).await;
    let head = format!(
        "POST /v1/allocations HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: {}\r\nContent-Length: 100000\r\n\r\n{{",
        bearer(&others.writer),
        new_key()
    );
    let mut slow = Vec::new();
    for _ in 0..SLOW {
        let mut stream = TcpStream::connect(world.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    the_database_is_at_rest(&world).await;
    for _ in 0..5 {
        for stream in &mut slow {
            stream.write_all(b" ").await.unwrap();
        }
        others.are_served().await;
    }
    the_database_is_at_rest(&world).await;
    for stream in &mut slow {
        let said = hears(stream).await;
        assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
        assert!(said.contains("body-too-slow"), "{said}");
    }
    world.finish().await;
}

/// Asks for the export again and again and takes none of it, until the service hangs up.
async fn asks_and_takes_nothing(address: SocketAddr, request: String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    while stream.write_all(request.as_bytes()).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_take_nothing_of_an_export_hold_nothing_and_are_let_go() {
    let world = World::new().await;
    let settings = [("ALMONER_CLIENT_TIMEOUT_S", "3")];
    let service = Process::start_with(world.database.url(), world.data_dir(), &settings).await;
    let others = Others::of(&world, service.address()).await;
    others.are_served().await; // which is also something to export
    let path = format!("/v1/pledges/{}/journal.hledger", others.pledge.id);
    let export = others.reader.get(&path).await;
    assert!(export.status == 200 && export.body.len() > 4_000);
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n",
        bearer(&others.reader)
    );
    let deaf: Vec<_> = (0..8)
        .map(|_| tokio::spawn(asks_and_takes_nothing(service.address(), request.clone())))
        .collect();
    others.are_served().await;
    for ended in deaf {
        timeout(PATIENCE, ended)
            .await
            .expect("it is let go")
            .unwrap();
    }
    the_database_is_at_rest(&world).await;
    others.are_served().await;
    drop(service);
    world.finish().await;
}

/// Asks on a connection that stays open, and hears whether the service lives.
async fn asks(stream: &mut TcpStream) -> String {
    let request = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let _ = stream.write_all(request).await; // it may have been turned away already
    hears(stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_connections_and_no_more() {
    let world = World::new().await;
    let settings = [("ALMONER_CONNECTIONS", "50:3")];
    let service = Process::start_with(world.database.url(), world.data_dir(), &settings).await;
    let connect = async || TcpStream::connect(service.address()).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect().await;
        let said = asks(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        held.push(stream);
    }
    for _ in 0..10 {
        let said = asks(&mut connect().await).await;
        let refused = said.starts_with("HTTP/1.1 429 ") && said.contains("too-many-connections");
        assert!(refused || said.is_empty(), "{said}");
    }
    // Those that are there go on, and one that ends makes room.
    for stream in &mut held {
        let said = asks(stream).await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    }
    held.pop();
    let served = async || {
        let said = asks(&mut connect().await).await;
        said.starts_with("HTTP/1.1 200 ").then_some(())
    };
    eventually("there is room again", served).await;
    drop(service);
    world.finish().await;
}
