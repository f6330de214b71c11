//! How fast the ledger is, beside what one would use instead, in one run on one machine.
//!
//! `cargo bench` starts a Postgres with default durability, measures `pgbench`'s TPC-B and a plain
//! ledger function on it (one transaction per transfer, all from one hot account), then the service
//! as a process of its own on the same server: single allocations over HTTP with token and
//! idempotency key, all from one market's purse; and bulk requests of 1,000. It prints the table
//! and the ratios; nothing is asserted. `ALMONER_BENCH_SECONDS` sets how long each row runs
//! (default 8). Load generator, service and Postgres share the machine's cores.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod instead;
mod reads;
mod report;
mod service;

use std::time::Duration;

use almoner::embedded::{Embedded, Throwaway};

use report::Report;
use service::Service;

fn seconds() -> u64 {
    std::env::var("ALMONER_BENCH_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(8)
}

#[tokio::main]
async fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return; // what `cargo test --benches` asks for
    }
    let time = Duration::from_secs(seconds());
    let server = Embedded::throwaway(Throwaway {
        guard: env!("CARGO_BIN_EXE_almoner").into(),
        parent: None,
        settings: Vec::new(),
    })
    .await
    .expect("Postgres starts");
    println!(
        "Postgres {} with default durability; {} s a row; {} cores",
        server.programs().version(),
        time.as_secs(),
        std::thread::available_parallelism().map_or(0, usize::from)
    );
    let mut report = Report::default();

    instead::tpc_b(&server, time, &mut report);
    instead::plain_function(&server, time, &mut report);
    instead::clear(&server);

    let service = Service::start(&server).await;
    report.memory("service, idle", service.resident_kib());
    let hot = service.pledge("BENCH-HOT", 1_000).await;
    client::singles(&service, &[&hot], 1, time, "single, 1 client", &mut report).await;
    client::singles(&service, &[&hot], 8, time, "single, 8 clients", &mut report).await;
    client::singles(
        &service,
        &[&hot],
        64,
        time,
        "single, 64 clients",
        &mut report,
    )
    .await;
    client::singles(
        &service,
        &[&hot],
        256,
        time,
        "single, 256 clients",
        &mut report,
    )
    .await;
    client::bulk(
        &service,
        &hot,
        1,
        time,
        "bulk of 1,000, 1 client",
        &mut report,
    )
    .await;
    client::bulk(
        &service,
        &hot,
        8,
        time,
        "bulk of 1,000, 8 clients",
        &mut report,
    )
    .await;
    let mut eight = Vec::new();
    for number in 0..8 {
        eight.push(service.pledge(&format!("BENCH-{number}"), 200).await);
    }
    let eight: Vec<_> = eight.iter().collect();
    client::singles(
        &service,
        &eight,
        64,
        time,
        "eight pledges, 64 clients",
        &mut report,
    )
    .await;
    report.memory("service, at load", service.resident_kib());
    reads::measure(&service, &server, &hot, &mut report).await;
    report.print();
    service.stop();
    server.stop().await.expect("Postgres stops");
}
