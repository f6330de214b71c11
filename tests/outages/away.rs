//! The database can't be reached, or connections to it break.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;

use super::{Scene, put_off, reader};
use crate::faults::{Commit, Door, Load, rounds};
use crate::harness::{TestDatabase, World, eventually, new_key};

const ROUNDS: &str = "ALMONER_CRASH_ROUNDS";

/// Everything that needs the database is put off, and what doesn't is answered.
async fn everything_is_put_off(scene: &Scene, key: &str) {
    put_off(&scene.write(key).await);
    put_off(&scene.read().await);
    put_off(&scene.world.nobody().get("/readyz").await);
    assert_eq!(scene.status_of("/livez").await, 200);
    assert_eq!(scene.status_of("/openapi.yaml").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_everybody_is_put_off_and_it_goes_on_by_itself() {
    let mut scene = Scene::new().await;
    let key = new_key();
    scene.write(&new_key()).await.expect(201);
    scene.door.shut();
    everything_is_put_off(&scene, &key).await;
    scene.door.open();
    let opened = Instant::now();
    scene.is_back().await;
    scene.read().await.expect(200);
    let first = scene.write(&key).await;
    assert!(!first.replayed());
    let again = scene.write(&key).await;
    assert!(
        opened.elapsed() < Duration::from_secs(5),
        "{:?}",
        opened.elapsed()
    );
    assert_eq!((first.created(), again.replayed()), (again.created(), true));
    scene.finish(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_free_connection_puts_off_and_is_asked_again() {
    let mut scene = Scene::new().await;
    let key = new_key();
    scene.door.fill();
    everything_is_put_off(&scene, &key).await;
    scene.door.open();
    scene.is_back().await;
    scene.read().await.expect(200);
    scene.write(&key).await.expect(201);
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_while_idle_are_replaced_unnoticed() {
    let scene = Scene::new().await;
    for _ in 0..3 {
        // Several readers at once, so that several connections idle.
        let reads = (0..12).map(|_| scene.read());
        for answer in futures_util::future::join_all(reads).await {
            answer.expect(200);
        }
        scene.write(&new_key()).await.expect(201);
        let now = "SELECT clock_timestamp()::text AS line";
        let cut = scene.world.database.lines(now).await.remove(0);
        scene.door.cut();
        // What looks after the register connects again soon, so that those are counted that were.
        let connected = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' \
             AND application_name LIKE 'almoner %' AND backend_start < '{cut}'",
            scene.world.database.name()
        );
        let none = async || (scene.world.database.number(&connected).await == 0).then_some(());
        eventually("no connection of before is left", none).await;
        scene.read().await.expect(200);
        scene.write(&new_key()).await.expect(201);
    }
    scene.finish(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_ended_under_load_lose_and_double_nothing() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let load = Load::start(&world, &pledge, world.address(), 16).await;
    let mut connection = world.database.connect().await;
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' \
         AND application_name LIKE 'almoner %'",
        world.database.name()
    );
    let rounds = rounds(ROUNDS, 10);
    for _ in 0..rounds {
        load.gets(fastrand::usize(1..40)).await;
        connection.batch_execute(&end).await.unwrap();
    }
    load.gets(20).await;
    let tally = load.finish().await;
    let what = format!("{rounds} times every session was ended");
    tally.verify(&world, &what).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_done_on_asking_again() {
    let scene = Scene::new().await;
    let key = new_key();
    scene.door.break_next(Commit::IsLost);
    put_off(&scene.write(&key).await);
    let answer = scene.write(&key).await;
    answer.expect(201);
    assert!(!answer.replayed());
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_not_done_again() {
    let scene = Scene::new().await;
    let key = new_key();
    scene.door.break_next(Commit::LosesItsAnswer);
    put_off(&scene.write(&key).await);
    let there = async || (scene.allocations().await == 1).then_some(());
    eventually("it was committed all the same", there).await;
    let answer = scene.write(&key).await;
    answer.expect(201);
    assert!(answer.replayed());
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_readers_server_a_service_still_writes() {
    let database = TestDatabase::create().await;
    let door = Door::to(&database);
    let (url, read_url) = (database.url().to_owned(), door.url());
    let world = World::through(database, url, Some(read_url)).await;
    let mut scene = Scene::of(world, door).await;
    scene.door.shut();
    scene.write(&new_key()).await.expect(201);
    put_off(&scene.read().await);
    put_off(&scene.world.nobody().get("/readyz").await);
    scene.door.open();
    scene.is_back().await;
    scene.read().await.expect(200);
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_writers_server_a_service_still_reads_and_says_that_it_is_not_ready() {
    let database = TestDatabase::create().await;
    let door = Door::to(&database);
    let (url, read_url) = (door.url(), database.url().to_owned());
    let world = World::through(database, url, Some(read_url)).await;
    let mut scene = Scene::of(world, door).await;
    scene.door.shut();
    scene.read().await.expect(200);
    put_off(&scene.write(&new_key()).await);
    put_off(&scene.world.nobody().get("/readyz").await);
    scene.door.open();
    scene.is_back().await;
    scene.write(&new_key()).await.expect(201);
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_url_names_two_servers_the_second_one_is_found_when_the_first_one_goes() {
    let database = TestDatabase::create().await;
    let (first, second) = (Door::to(&database), Door::to(&database));
    let url = first.url_or(&second);
    let mut scene = Scene::of(World::through(database, url, None).await, first).await;
    scene.write(&new_key()).await.expect(201);
    scene.door.shut();
    scene.is_back().await;
    scene.read().await.expect(200);
    scene.write(&new_key()).await.expect(201);
    scene.finish(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_became_a_standby_is_left_for_its_successor() {
    let scene = Scene::new().await;
    let name = scene.world.database.name().to_owned();
    let mut connection = scene.world.database.connect().await;
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    connection.batch_execute(&read_only).await.unwrap();
    scene.door.cut();
    let key = new_key();
    put_off(&scene.write(&key).await);
    scene.read().await.expect(200);
    let successor = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
    let mut connection = scene.world.database.connect().await;
    let allowed = "SET default_transaction_read_only = off";
    connection.batch_execute(allowed).await.unwrap();
    connection.batch_execute(&successor).await.unwrap();
    // The connection that refused isn't kept: the address may lead to another server by now.
    scene.write(&key).await.expect(201);
    assert_eq!(reader(&scene.world).get("/v1/pledges").await.status, 200);
    scene.finish(1).await;
}
