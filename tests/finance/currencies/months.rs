//! Months' ends that the service values by itself.

use super::revaluations::{owing, state};
use crate::harness::{Process, World, eventually};

/// Waits until that number is there.
async fn counted(world: &World, what: &str, sql: &str, expected: i64) {
    let look = async || (world.database.number(sql).await >= expected).then_some(());
    eventually(what, look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_clock_a_month_that_was_entered_late_waits_and_then_every_one_is_made_up_for() {
    let world = World::new().await;
    let _desk = owing(&world).await;
    state(&world, "149", "ECB", "2025-01-15").await;
    let runs = "SELECT count(*) FROM job_runs WHERE job = 'revaluation' AND actor = 'scheduler'";
    let valued = "SELECT count(DISTINCT month_end) FROM revaluations WHERE actor = 'scheduler'";
    let patient = Process::start_with(
        world.database.url(),
        world.data_dir(),
        &[
            ("ALMONER_JOBS_EVERY_S", "1"),
            ("ALMONER_EXPIRY_GRACE_S", "86400"),
        ],
    )
    .await;
    counted(&world, "two runs", runs, 2).await;
    assert_eq!(world.database.number(valued).await, 0);
    drop(patient);
    // From January 2025 to the month before this one.
    let over = "SELECT 12 * (extract(year FROM now() AT TIME ZONE 'UTC')::bigint - 2025) \
        + extract(month FROM now() AT TIME ZONE 'UTC')::bigint - 1 AS count";
    let over = world.database.number(over).await;
    let at_once = world.second_process_with_jobs(1).await;
    counted(&world, "every month's end", valued, over).await;
    assert_eq!(world.database.number(valued).await, over);
    drop(at_once);
    world.finish().await;
}
