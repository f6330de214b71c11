//! Many take back the same at once: as much as there is, and no more.

use serde_json::{Value, json};

use super::{Doors, winners};
use crate::harness::{Answer, document, usd};

fn because(amount: &str) -> Value {
    json!({"amount": usd(amount), "reason": "Entered wrongly", "document": document(),
        "effective_date": "2025-06-01"})
}

/// How many of each were done; all others were refused with one of those codes.
fn done(answers: &[Answer], codes: &[&str]) -> usize {
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status < 300);
    for lost in lost {
        let code = lost.json()["code"].as_str().unwrap().to_owned();
        assert!(
            lost.status == 409 && codes.contains(&code.as_str()),
            "{lost:?}"
        );
    }
    won.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_reversals_of_a_line_exactly_the_affordable_ones_win() {
    let doors = Doors::two().await;
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let id = world
        .allocate(&pledge, &creator, usd("25.00"), "2025-03-01")
        .await;
    let journal = id.replace("alc_", "jnl_");
    let at = format!("/v1/journals/{journal}/reversals");
    let controllers = doors.as_controllers();
    let answers = controllers.at_once(&at, vec![because("2.00"); 64]).await;
    // 2.00 each of 25.00: what is left covers none of those that were refused.
    assert_eq!(winners(&answers, "exceeds-reversible"), 12);
    let shown = format!("/v1/journals/{journal}");
    let shown = world.auditor().get(&shown).await.expect(200);
    assert_eq!(shown["transfers"][0]["left"], usd("1.00"));
    let purse = world.account(&pledge.id, "code=3130&unit=USD").await;
    assert_eq!(purse["balance"], "1.00");
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_reversal_and_a_release_of_one_allocation_at_once_exactly_one_wins() {
    let doors = Doors::two().await;
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let controllers = doors.as_controllers();
    for round in 0..12 {
        // Other allocations keep the creator's purse full, so that it isn't what decides.
        let id = world
            .allocate(&pledge, &creator, usd("10.00"), "2025-03-01")
            .await;
        let other = world.allocate(&pledge, &creator, usd("10.00"), "2025-03-01");
        other.await;
        let at = format!("/v1/journals/{}/reversals", id.replace("alc_", "jnl_"));
        let reversal = controllers.client(round).post(&at, because("10.00"));
        let client = doors.client(round + 1);
        let release = client.release(&id, usd("10.00"), "2025-06-01");
        let (reversal, release) = tokio::join!(reversal, release);
        let answers = [reversal, release];
        assert_eq!(done(&answers, &["exceeds-allocation"]), 1, "{answers:?}");
        let at = format!("/v1/allocations/{id}");
        let shown = world.auditor().get(&at).await.expect(200);
        assert_eq!(shown["remaining"], usd("0.00"));
    }
    let purse = world.account(&pledge.id, "code=3130&unit=USD").await;
    assert_eq!(purse["balance"], "120.00");
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reversals_and_their_reversals_at_once_end_with_what_the_books_say() {
    let doors = Doors::two().await;
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let id = world
        .allocate(&pledge, &creator, usd("40.00"), "2025-03-01")
        .await;
    let journal = id.replace("alc_", "jnl_");
    let at = format!("/v1/journals/{journal}/reversals");
    let controllers = doors.as_controllers();
    let first = controllers.client(0).post(&at, because("40.00")).await;
    let back = format!("/v1/journals/{}/reversals", first.created());
    let codes = [
        "exceeds-reversible",
        "exceeds-allocation",
        "insufficient-funds",
    ];
    let (taken, given) = tokio::join!(
        controllers.at_once(&at, vec![because("3.00"); 40]),
        controllers.at_once(&back, vec![because("3.00"); 40])
    );
    let (taken, given) = (done(&taken, &codes), done(&given, &codes));
    let left = 3 * (i64::try_from(given).unwrap() - i64::try_from(taken).unwrap());
    assert!(given <= 13 && left >= 0, "{given} given, {taken} taken");
    let shown = world.auditor().get(&format!("/v1/allocations/{id}")).await;
    assert_eq!(shown.expect(200)["remaining"], usd(&format!("{left}.00")));
    doors.finish().await;
}
