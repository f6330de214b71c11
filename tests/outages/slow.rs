//! The database answers late, or not at all.

use std::time::{Duration, Instant};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::join_all;

use super::{Scene, put_off};
use crate::harness::new_key;

async fn hold(scene: &Scene, lock: &str) -> AsyncPgConnection {
    let mut holder = scene.world.database.connect().await;
    let hold = format!("BEGIN; {lock}");
    holder.batch_execute(&hold).await.unwrap();
    holder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_that_stays_locked_is_put_off_and_settled_by_the_same_key() {
    let scene = Scene::new().await;
    let mut holder = hold(&scene, "SELECT 1 FROM pledges FOR UPDATE").await;
    let keys: Vec<_> = (0..6).map(|_| new_key()).collect();
    let asked = Instant::now();
    let answers = join_all(keys.iter().map(|key| scene.write(key))).await;
    answers.iter().for_each(put_off);
    assert!(
        asked.elapsed() < Duration::from_secs(15),
        "{:?}",
        asked.elapsed()
    );
    scene.read().await.expect(200);
    assert_eq!(scene.allocations().await, 0);
    holder.batch_execute("COMMIT").await.unwrap();
    for key in &keys {
        let answer = scene.write(key).await;
        answer.expect(201);
        assert!(!answer.replayed());
    }
    scene.finish(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_find_every_connection_taken_are_put_off() {
    let scene = Scene::new().await;
    let mut holder = hold(&scene, "LOCK TABLE pledges IN ACCESS EXCLUSIVE MODE").await;
    let asked = Instant::now();
    let answers = join_all((0..20).map(|_| scene.read())).await;
    answers.iter().for_each(put_off);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(scene.status_of("/livez").await, 200);
    holder.batch_execute("COMMIT").await.unwrap();
    scene.read().await.expect(200);
    scene.write(&new_key()).await.expect(201);
    scene.finish(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_given_up_and_found_again() {
    let mut scene = Scene::new().await;
    scene.write(&new_key()).await.expect(201);
    scene.read().await.expect(200);
    let (held, key) = (Instant::now(), new_key());
    scene.door.hang();
    let (write, ready) = tokio::join!(scene.write(&key), scene.status_of("/readyz"));
    put_off(&write);
    assert_eq!(ready, 503);
    assert!(
        held.elapsed() < Duration::from_secs(40),
        "{:?}",
        held.elapsed()
    );
    assert_eq!(scene.status_of("/livez").await, 200);
    put_off(&scene.read().await);
    // Connections of before stay silent for ever: none of them is handed out again.
    scene.door.forget_who_is_in();
    scene.door.open();
    scene.is_back().await;
    for _ in 0..10 {
        scene.read().await.expect(200);
    }
    scene.write(&key).await.expect(201);
    scene.finish(2).await;
}
