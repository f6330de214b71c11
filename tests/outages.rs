//! The database is away, slow, full or hangs: a clear 503 with `Retry-After`, nothing half written,
//! and recovery by itself.

mod away;
mod gone_clients;
mod slow;

use serde_json::{Value, json};

use crate::faults::Door;
use crate::harness::{Answer, Client, Funded, TestDatabase, World, allocation, eventually, usd};

/// A service behind a door, with something to allocate.
struct Scene {
    world: World,
    door: Door,
    pledge: Funded,
    creator: String,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let door = Door::to(&database);
        let url = door.url();
        Self::of(World::through(database, url, None).await, door).await
    }

    async fn of(world: World, door: Door) -> Self {
        let pledge = world.funded_pledge().await;
        let creator = world.creator("JP").await;
        Scene {
            world,
            door,
            pledge,
            creator,
        }
    }

    fn allocation(&self) -> Value {
        allocation(&self.pledge, &self.creator, usd("1.00"), "2024-12-02")
    }

    async fn write(&self, key: &str) -> Answer {
        let body = self.allocation();
        let user = self.world.preparer();
        user.post_with_key("/v1/allocations", key, body).await
    }

    async fn read(&self) -> Answer {
        self.world.auditor().get("/v1/pledges").await
    }

    async fn status_of(&self, path: &str) -> u16 {
        self.world.nobody().get(path).await.status
    }

    async fn is_back(&self) {
        let ready = async || (self.status_of("/readyz").await == 200).then_some(());
        eventually("the service is ready again", ready).await;
    }

    async fn allocations(&self) -> i64 {
        self.world.database.row_counts().await["allocations"]
    }

    /// Service and books are as they should be; that many allocations are there.
    async fn finish(self, allocations: i64) {
        assert_eq!(self.allocations().await, allocations);
        self.world.finish().await;
    }
}

/// 503 as clients know what to do with it.
#[track_caller]
fn put_off(answer: &Answer) {
    let problem = answer.expect_problem(503, "unavailable");
    assert_eq!(problem["retryable"], json!(true));
    let after = answer.header("retry-after").expect("when to come back");
    assert!((1..=60).contains(&after.parse().unwrap()), "{after}");
}

/// Somebody who may read everything.
fn reader(world: &World) -> Client {
    world.auditor()
}
