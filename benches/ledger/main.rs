//! How fast the ledger is, beside what one would use instead, in one run on one machine.
//!
//! `cargo bench` starts a Postgres with default durability and measures on it, in turns, a plain
//! ledger function (one transaction per transfer, all from one hot account), the service as a
//! process of its own (single allocations over HTTP with token and idempotency key, all from one
//! market's purse, and bulk requests of 1,000), and `pgbench`'s TPC-B. Then it measures reads,
//! beside `psql` and `COPY`, of accounts of 10,000 entries and of 10,000,000
//! (`ALMONER_BENCH_ENTRIES`); the import of a file of spend of 1,000,000 rows
//! (`ALMONER_BENCH_ROWS`), beside `COPY` into a bare table; the proof of a journal among 10,000,000
//! (`ALMONER_BENCH_LEAVES`), and allocations with the log off and on. It prints medians, and the
//! ratios of what was measured in the same round; nothing is asserted. Load generator, service and
//! Postgres share the machine's cores, and on a machine that is shared itself only the ratios mean
//! much.
//!
//! `ALMONER_BENCH_SECONDS` sets how long each row runs in a round (default 5),
//! `ALMONER_BENCH_ROUNDS` how many rounds there are (default 3). `cargo bench -- single plain`
//! measures only the rows whose names contain one of the words; `reads` are one of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod filled;
mod imports;
mod instead;
mod logs;
mod reads;
mod report;
mod service;

use std::time::Duration;

use almoner::embedded::{Embedded, Throwaway};

use report::Report;
use service::{Pledge, Service, setting};

/// One client alone, then more at once than there are cores; 64 is what the ratios are about.
const CLIENTS: [usize; 4] = [64, 256, 8, 1];

/// Everything that writes, once.
async fn round(
    server: &Embedded,
    service: &Service,
    hot: &Pledge,
    eight: &[&Pledge],
    time: Duration,
    report: &mut Report,
) {
    instead::plain_function(server, time, report);
    for clients in CLIENTS {
        let plural = if clients == 1 { "" } else { "s" };
        let name = format!("single, {clients} client{plural}");
        client::singles(service, &[hot], clients, time, &name, report).await;
    }
    let name = "eight pledges, 64 clients";
    client::singles(service, eight, 64, time, name, report).await;
    for (clients, name) in [
        (1, "bulk of 1,000, 1 client"),
        (8, "bulk of 1,000, 8 clients"),
    ] {
        client::bulk(service, hot, clients, time, name, report).await;
    }
    // Last, as its tables are far larger than Postgres's buffers, which it leaves full of changes.
    instead::tpc_b(server, time, report);
    instead::settle(server);
}

#[tokio::main]
async fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--list") {
        return; // what `cargo test --benches` asks for
    }
    words.retain(|word| !word.starts_with("--")); // `cargo bench` adds `--bench`
    let time = Duration::from_secs(setting("ALMONER_BENCH_SECONDS", 5));
    let rounds = setting("ALMONER_BENCH_ROUNDS", 3);
    let server = Embedded::throwaway(Throwaway {
        guard: env!("CARGO_BIN_EXE_almoner").into(),
        parent: None,
        settings: Vec::new(),
    })
    .await
    .expect("Postgres starts");
    println!(
        "Postgres {} with default durability; {rounds} rounds of {} s a row; {} cores",
        server.programs().version(),
        time.as_secs(),
        std::thread::available_parallelism().map_or(0, usize::from)
    );
    let mut report = Report::of(words);
    instead::prepare(&server, &mut report);
    let service = Service::start(&server).await;
    report.memory("service, idle", service.resident_kib());
    let hot = service.pledge("BENCH-HOT", 1_000).await;
    let mut eight = Vec::new();
    for number in 0..8 {
        eight.push(service.pledge(&format!("BENCH-{number}"), 200).await);
    }
    let eight: Vec<_> = eight.iter().collect();
    for pledge in eight.iter().copied().chain([&hot]) {
        client::open_accounts(&service, pledge).await;
    }
    for number in 1..=rounds {
        println!("round {number} of {rounds}");
        round(&server, &service, &hot, &eight, time, &mut report).await;
    }
    report.memory("service, after load", service.resident_kib());
    let service = match report.wants("log off, 64 clients") {
        false => service,
        true => {
            service.halt();
            let all: Vec<_> = eight.iter().copied().chain([&hot]).collect();
            logs::throughput(&server, (&hot, &all), rounds, time, &mut report).await;
            Service::start(&server).await
        }
    };
    if report.wants("reads") {
        reads::measure(&service, &server, &mut report).await;
    }
    if report.wants("reads, backdated") {
        reads::backdated(&service, &server, &mut report).await;
    }
    if report.wants("spend import") {
        imports::measure(&service, &server, &mut report).await;
    }
    if report.wants("log, proof") {
        logs::proofs(&service, &server, &mut report).await;
    }
    service.stop();
    report.print();
    server.stop().await.expect("Postgres stops");
}
