//! `kill -9` and SIGTERM under load: what was acknowledged is there, exactly once.
//!
//! Clients work on while the service or its Postgres is killed again and again, and ask with the
//! same key until they are answered. ALMONER_CRASH_ROUNDS says how often, beyond the few rounds of
//! an ordinary run.

use std::path::Path;
use std::time::{Duration, Instant};

use almoner::embedded::Embedded;
use diesel_async::SimpleAsyncConnection;
use reqwest::Method;

use crate::faults::{Commit, Door, Load, Serving, children, data_folder_processes, rounds, signal};
use crate::harness::{
    Client, Folder, Process, TestDatabase, World, agreed, allocation, eventually, new_key, usd,
};

const ROUNDS: &str = "ALMONER_CRASH_ROUNDS";
const CLIENTS: usize = 24;

/// How many answers there are between two blows: enough for every client to be in the middle of
/// something, and never the same.
fn until_the_next_blow() -> usize {
    fastrand::usize(20..150)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_service_loses_and_doubles_nothing() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let mut service = world.second_process().await;
    let load = Load::start(&world, &pledge, service.address(), CLIENTS).await;
    let rounds = rounds(ROUNDS, 4);
    for _ in 0..rounds {
        load.gets(until_the_next_blow()).await;
        service.kill();
        service = world.second_process().await;
        load.go_to(service.address());
    }
    load.gets(until_the_next_blow()).await;
    let tally = load.finish().await;
    let what = format!("{rounds} kills of the service");
    tally.verify(&world, &what).await;
    service.kill();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_killed_between_its_commit_and_its_answer_does_nothing_twice() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let mut door = Door::to(&world.database);
    let mut service = Process::start(&door.url(), world.data_dir()).await;
    let body = allocation(&pledge, &creator, usd("1.00"), "2024-12-02");
    let key = new_key();
    door.break_next(Commit::WaitsForItsAnswer);
    let user = world.preparer().at(service.address());
    let request = user.request(Method::POST, "/v1/allocations").json(&body);
    let request = request.header("Idempotency-Key", &key);
    let asked = tokio::spawn(request.send());
    let there = async || (world.database.row_counts().await["allocations"] == 1).then_some(());
    eventually("it is committed", there).await;
    assert!(!asked.is_finished());
    service.kill();
    assert!(asked.await.unwrap().is_err());
    door.cut();
    door.open();
    service = Process::start(&door.url(), world.data_dir()).await;
    let user = world.preparer().at(service.address());
    let answer = user.post_with_key("/v1/allocations", &key, &body).await;
    assert!(answer.replayed());
    answer.created();
    assert_eq!(world.database.row_counts().await["allocations"], 1);
    service.kill();
    world.finish().await;
}

/// A server of the test's own, as durable as in earnest.
async fn own_server(folder: &Folder) -> Embedded {
    let guard = Path::new(env!("CARGO_BIN_EXE_almoner"));
    Embedded::open_guarded(folder.path(), guard, Vec::new())
        .await
        .unwrap()
}

/// A service on a server of the test's own.
async fn own_world(server: &Embedded) -> World {
    let database = TestDatabase::at(server.url());
    World::through(database, server.url().to_owned(), None).await
}

async fn postmaster(server: &Embedded) -> u32 {
    eventually("the database runs", async || server.postmaster_pid()).await
}

/// One of the server's sessions, once there is one: answers counted last may be those of sessions
/// that outlived a server struck before.
async fn session(postmaster: u32) -> u32 {
    let first = async || {
        let sessions = children(postmaster, "almoner almoner");
        sessions.first().copied()
    };
    eventually("there is a session", first).await
}

/// Strikes at the server, each time in another way.
async fn strike(server: &Embedded, round: usize) {
    let postmaster = postmaster(server).await;
    match round % 4 {
        0 => signal("KILL", &[postmaster]),
        // One session dies, and Postgres ends all others for it.
        1 => signal("KILL", &[session(postmaster).await]),
        // Everybody at once.
        2 => {
            let mut all = children(postmaster, "");
            all.push(postmaster);
            signal("KILL", &all);
        }
        // An orderly restart: sessions are told to end.
        _ => signal("INT", &[postmaster]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_loses_and_doubles_nothing() {
    let folder = Folder::new();
    let server = own_server(&folder).await;
    let world = own_world(&server).await;
    let pledge = world.funded_pledge().await;
    let load = Load::start(&world, &pledge, world.address(), CLIENTS).await;
    let rounds = rounds(ROUNDS, 4);
    for round in 0..rounds {
        load.gets(until_the_next_blow()).await;
        strike(&server, round).await;
    }
    load.gets(until_the_next_blow()).await;
    let tally = load.finish().await;
    let what = format!("{rounds} kills of Postgres");
    tally.verify(&world, &what).await;
    world.finish().await;
    server.stop().await.unwrap();
    assert_eq!(data_folder_processes(folder.path()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_under_load_ends_well_and_loses_nothing() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let mut service = world.second_process().await;
    let load = Load::start(&world, &pledge, service.address(), CLIENTS).await;
    for _ in 0..rounds(ROUNDS, 2) {
        load.gets(until_the_next_blow()).await;
        let told = Instant::now();
        stop(&mut service).await;
        assert!(
            told.elapsed() < Duration::from_secs(10),
            "{:?}",
            told.elapsed()
        );
        service = world.second_process().await;
        load.go_to(service.address());
    }
    load.gets(until_the_next_blow()).await;
    let tally = load.finish().await;
    tally.verify(&world, "SIGTERM").await;
    service.kill();
    world.finish().await;
}

/// SIGTERM, after which it exits 0.
async fn stop(service: &mut Process) {
    service.terminate();
    ends_well(service).await;
}

async fn ends_well(service: &mut Process) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let status = loop {
        match service.ended() {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        assert!(Instant::now() < deadline, "the service doesn't end");
    };
    assert_eq!(status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_keep_idle_connections_keep_no_service_from_ending() {
    let world = World::new().await;
    let mut service = world.second_process().await;
    let idle = world.nobody().at(service.address());
    idle.get("/livez").await.expect(200);
    let told = Instant::now();
    stop(&mut service).await;
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_when_told_to_stop_is_answered() {
    const IN_FLIGHT: usize = 8;
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let mut service = world.second_process().await;
    let mut holder = world.database.connect().await;
    let hold = "BEGIN; SELECT 1 FROM pledges FOR UPDATE";
    holder.batch_execute(hold).await.unwrap();
    let user = world.preparer().at(service.address());
    let body = allocation(&pledge, &creator, usd("1.00"), "2024-12-02");
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (user, body) = (user.clone(), body.clone());
        waiting.spawn(async move { user.post("/v1/allocations", body).await });
    }
    let connected = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock'",
        world.database.name()
    );
    let waits = async || (world.database.number(&connected).await == 1).then_some(());
    eventually("a batch waits for the pledge", waits).await;
    service.terminate();
    let address = service.address();
    let deaf = async || {
        tokio::net::TcpStream::connect(address)
            .await
            .is_err()
            .then_some(())
    };
    eventually("nobody is let in any more", deaf).await;
    assert!(service.ended().is_none(), "it waits for what is in flight");
    holder.batch_execute("COMMIT").await.unwrap();
    while let Some(answer) = waiting.join_next().await {
        answer.unwrap().expect(201);
    }
    ends_well(&mut service).await;
    assert_eq!(
        world.database.row_counts().await["allocations"],
        IN_FLIGHT as i64
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_leaves_no_postgres_and_its_data_is_there_at_the_next_start() {
    let folder = Folder::new();
    let mut program = Serving::start(&["serve"], folder.path(), &[]);
    let address = program.address().await;
    assert_ne!(data_folder_processes(folder.path()), Vec::<String>::new());
    let arguments = ["token", "--role", "preparer", "--subject", "petra"];
    let mut minting = Serving::start(&arguments, folder.path(), &[]);
    let token = minting.says("\n").await.trim().to_owned();
    assert_eq!(minting.ends().await.code(), Some(0));
    let preparer = Client::new(reqwest::Client::new(), address, Some(token));
    let pledge = agreed(&preparer).await.id;
    program.kill();
    let gone = async || {
        data_folder_processes(folder.path())
            .is_empty()
            .then_some(())
    };
    eventually("no process is left", gone).await;
    let mut program = Serving::start(&["serve"], folder.path(), &[]);
    let preparer = preparer.at(program.address().await);
    let read = preparer.get(&format!("/v1/pledges/{pledge}")).await;
    assert_eq!(read.expect(200)["state"], "agreed");
    let mut check = Serving::start(&["check"], folder.path(), &[]);
    assert_eq!(check.ends().await.code(), Some(0));
    assert_eq!(program.terminate().await.code(), Some(0));
    assert_eq!(data_folder_processes(folder.path()), Vec::<String>::new());
}
