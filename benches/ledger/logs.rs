//! The logs over the journals: what keeping them costs those who post, and what a proof costs in a
//! log of 10,000,000 leaves.

use std::time::{Duration, Instant};

use almoner::db::log::{self, CompleteTile, LeafRun, NewCheckpoint};
use almoner::db::{Database, read};
use almoner::domain::PledgeId;
use almoner::embedded::Embedded;
use almoner::tlog::checkpoint::Checkpoint;
use almoner::tlog::leaf;
use almoner::tlog::note::Signer;
use almoner::tlog::tile::{Edge, Tile};
use almoner::tlog::tree::{Hash, Head, leaf_hash};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use serde_json::Value;
use uuid::Uuid;

use crate::client;
use crate::report::Report;
use crate::service::{Pledge, Service, setting};

/// How many leaves the large log has: `ALMONER_BENCH_LEAVES`.
const LEAVES: u64 = 10_000_000;

/// How many proofs are asked for.
const PROOFS: usize = 200;

/// Single allocations of one pledge with the log off, then with it on and up to date for all, a
/// service each.
pub async fn throughput(
    server: &Embedded,
    (hot, all): (&Pledge, &[&Pledge]),
    rounds: u64,
    time: Duration,
    report: &mut Report,
) {
    for _ in 0..rounds {
        for (every_s, name) in [("0", "log off, 64 clients"), ("1", "log on, 64 clients")] {
            let service = Service::start_with(server, &[("ALMONER_LOG_EVERY_S", every_s)]).await;
            if every_s != "0" {
                for pledge in all {
                    service
                        .get(&format!("/tlog/{}/checkpoint", pledge.id))
                        .await;
                }
            }
            client::singles(&service, &[hot], 64, time, name, report).await;
            service.halt();
        }
    }
}

/// Proofs of single journals over HTTP, in a log that is made to have so many leaves.
pub async fn proofs(service: &Service, server: &Embedded, report: &mut Report) {
    let pledge = service.pledge("BENCH-LOG", 10).await;
    let path = format!("/v1/journals?pledge_id={}", pledge.id);
    let journals: Value = serde_json::from_slice(&service.get(&path).await).expect("JSON");
    let journals = journals["data"].as_array().expect("journals");
    let id = journals[1]["id"].as_str().expect("an id");
    let path = format!("/v1/journals/{id}/proof");
    let leaves = setting("ALMONER_BENCH_LEAVES", LEAVES);
    fill(service, server, &pledge, leaves).await;
    let proof: Value = serde_json::from_slice(&service.get(&path).await).expect("JSON");
    let hashes = proof["inclusion"].as_array().map_or(0, Vec::len);
    let mut waits: Vec<Duration> = Vec::new();
    for _ in 0..PROOFS {
        let asked = Instant::now();
        service.get(&path).await;
        waits.push(asked.elapsed());
    }
    waits.sort();
    report.note(format!(
        "proof of a journal among {leaves}, over HTTP ({hashes} hashes, and those of the log over \
         all): {:.2} ms p50, {:.2} ms p99",
        waits[PROOFS / 2].as_secs_f64() * 1e3,
        waits[PROOFS * 99 / 100].as_secs_f64() * 1e3,
    ));
}

/// Writes tiles as if so many journals had been posted: the real ones first, then others' hashes.
async fn fill(service: &Service, server: &Embedded, pledge: &Pledge, leaves: u64) {
    let PledgeId(log) = pledge.id.parse().expect("an id");
    let database = Database::at(server.url());
    let mut connection = database.connect_as_owner().await.expect("a connection");
    let off = "SET session_replication_role = replica";
    connection.batch_execute(off).await.expect("no triggers");
    let real = read::logged_journals(&mut connection, log, 0, 1_000).await;
    let real: Vec<Hash> = real.expect("journals").iter().map(leaf::hash).collect();
    let (mut edge, mut tiles, mut last) = (Edge::default(), Vec::new(), Vec::new());
    for index in 0..leaves {
        let at = usize::try_from(index).expect("an index");
        let hash = real.get(at).copied();
        let hash = hash.unwrap_or_else(|| leaf_hash(&index.to_be_bytes()));
        last.push(hash);
        for tile in edge.push(hash) {
            last.clear();
            tiles.push(stored(log, &tile));
        }
        if tiles.len() >= 256 {
            write(&mut connection, log, &mut tiles, &[], 0).await;
        }
    }
    let first = leaves - last.len() as u64;
    write(&mut connection, log, &mut tiles, &last, first).await;
    let head = Head {
        size: leaves,
        root: edge.root(),
    };
    let origin = format!("almoner.localhost/{}", pledge.id);
    let text = Checkpoint {
        origin: origin.clone(),
        head,
    };
    let pem = std::fs::read_to_string(service.data_dir().join("log-key.pem")).expect("the key");
    let signer = Signer::from_pem("almoner.localhost", &pem).expect("the key");
    let checkpoint = NewCheckpoint {
        log,
        size: i64::try_from(leaves).expect("a size"),
        root: head.root.0.to_vec(),
        note: signer.sign(&origin, &text.to_string()).expect("a note"),
    };
    let signed = log::turn(&mut connection, log, async |connection| {
        log::sign(connection, checkpoint).await
    });
    signed.await.expect("it is signed");
}

fn stored(log: Uuid, tile: &Tile) -> CompleteTile {
    CompleteTile {
        log,
        level: i16::from(tile.at.level),
        number: i64::try_from(tile.at.number).expect("a number"),
        hashes: Hash::join(&tile.hashes),
        root: tile.root.0.to_vec(),
    }
}

async fn write(
    connection: &mut AsyncPgConnection,
    log: Uuid,
    tiles: &mut Vec<CompleteTile>,
    last: &[Hash],
    first: u64,
) {
    let run = LeafRun {
        log,
        first: i64::try_from(first).expect("an index"),
        hashes: Hash::join(last),
    };
    let runs = if last.is_empty() { vec![] } else { vec![run] };
    log::append(connection, &runs, tiles)
        .await
        .expect("it is added");
    tiles.clear();
}
