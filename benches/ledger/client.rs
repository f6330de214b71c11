//! The load: as little client as possible, so that the cores go to the service and Postgres.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::report::{Report, Waits};
use crate::service::{Pledge, Service};

/// One connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Connection {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        }
    }

    /// Sends a request and waits for the whole answer: its status and its body.
    pub async fn exchange(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream
            .write_all(request)
            .await
            .expect("the request is sent");
        self.buffer.clear();
        let (head, length) = loop {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("an answer");
            assert!(read > 0, "the connection ended");
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break (end + 4, content_length(&self.buffer[..end]));
            }
        };
        while self.buffer.len() < head + length {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("the body");
            assert!(read > 0, "the connection ended");
        }
        let status = std::str::from_utf8(&self.buffer[9..12])
            .ok()
            .and_then(|s| s.parse().ok());
        (status.unwrap_or(0), &self.buffer[head..head + length])
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap_or_default();
    head.lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        })
        .unwrap_or(0)
}

fn request(service: &Service, path: &str, key: Option<u128>, body: &str) -> Vec<u8> {
    let key = key.map_or_else(String::new, |key| {
        format!("Idempotency-Key: {key:032x}\r\n")
    });
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n{key}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        service.preparer,
        body.len()
    )
    .into_bytes()
}

fn item(pledge: &Pledge, extra: &str) -> String {
    let creator = &pledge.creators[fastrand::usize(..pledge.creators.len())];
    format!(
        "{{\"pledge_id\":\"{}\",\"creator_id\":\"{creator}\",\
         \"amount\":{{\"amount\":\"1.00\",\"unit\":\"USD\"}}{extra}}}",
        pledge.id
    )
}

fn percentiles(latencies: &mut [Duration]) -> Option<Waits> {
    latencies.sort_unstable();
    let at = |share: usize| latencies.get(latencies.len() * share / 100).copied();
    Some((at(50)?, at(99)?))
}

/// Single allocations, each with its own key, from clients that wait for their answers.
pub async fn singles(
    service: &Service,
    pledges: &[&Pledge],
    clients: usize,
    time: Duration,
    name: &str,
    report: &mut Report,
) {
    if !report.wants(name) {
        return;
    }
    let warm_up = Instant::now() + Duration::from_millis(500);
    let end = warm_up + time;
    let loads = (0..clients).map(|number| async move {
        let pledge = pledges[number % pledges.len()];
        let mut connection = Connection::open(service.address).await;
        let mut latencies = Vec::new();
        loop {
            let body = item(pledge, "");
            let request = request(service, "/v1/allocations", Some(fastrand::u128(..)), &body);
            let sent = Instant::now();
            if sent >= end {
                return latencies;
            }
            let (status, answer) = connection.exchange(&request).await;
            assert_eq!(status, 201, "{}", String::from_utf8_lossy(answer));
            if sent >= warm_up {
                latencies.push(sent.elapsed());
            }
        }
    });
    let all = futures_util::future::join_all(loads).await;
    let mut latencies: Vec<Duration> = all.into_iter().flatten().collect();
    let rate = latencies.len() as f64 / time.as_secs_f64();
    report.rate(name, rate, percentiles(&mut latencies));
}

/// Allocates to every creator of a pledge once, so that all accounts are open, as they are in the
/// plain function's tables.
pub async fn open_accounts(service: &Service, pledge: &Pledge) {
    let mut connection = Connection::open(service.address).await;
    let creators = pledge.creators.iter();
    let items: Vec<String> = creators
        .map(|creator| {
            format!(
                "{{\"pledge_id\":\"{}\",\"creator_id\":\"{creator}\",\"amount\":\
                 {{\"amount\":\"1.00\",\"unit\":\"USD\"}},\"idempotency_key\":\"{:032x}\"}}",
                pledge.id,
                fastrand::u128(..)
            )
        })
        .collect();
    let items = items.join(",");
    let body = format!("{{\"mode\":\"independent\",\"items\":[{items}]}}");
    let request = request(service, "/v1/allocations/bulk", None, &body);
    let (status, answer) = connection.exchange(&request).await;
    assert_eq!(status, 207, "{}", String::from_utf8_lossy(answer));
}

/// Requests of 1,000 allocations, independent, each item with its own key. Rates are items.
pub async fn bulk(
    service: &Service,
    pledge: &Pledge,
    clients: usize,
    time: Duration,
    name: &str,
    report: &mut Report,
) {
    if !report.wants(name) {
        return;
    }
    let end = Instant::now() + time;
    let loads = (0..clients).map(|_| async move {
        let mut connection = Connection::open(service.address).await;
        let mut latencies = Vec::new();
        while Instant::now() < end {
            let items: Vec<String> = (0..1_000)
                .map(|_| {
                    let key = format!(",\"idempotency_key\":\"{:032x}\"", fastrand::u128(..));
                    item(pledge, &key)
                })
                .collect();
            let body = format!(
                "{{\"mode\":\"independent\",\"items\":[{}]}}",
                items.join(",")
            );
            let request = request(service, "/v1/allocations/bulk", None, &body);
            let sent = Instant::now();
            let (status, answer) = connection.exchange(&request).await;
            assert_eq!(status, 207);
            let done = find(answer, b"\"failed\":0").is_some();
            assert!(
                done,
                "{}",
                String::from_utf8_lossy(&answer[..answer.len().min(2_000)])
            );
            latencies.push(sent.elapsed());
        }
        latencies
    });
    let started = Instant::now();
    let all = futures_util::future::join_all(loads).await;
    let took = started.elapsed();
    let mut latencies: Vec<Duration> = all.into_iter().flatten().collect();
    let rate = 1_000.0 * latencies.len() as f64 / took.as_secs_f64();
    report.rate(name, rate, percentiles(&mut latencies));
}
