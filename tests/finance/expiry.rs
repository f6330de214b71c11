//! Credits that nobody used in time: they lapse once, from the right day on, whoever has it done
//! and however late.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::lots::{balance, budget, extend, issued, read};
use crate::harness::{Client, World, credits};

/// Has what has ended lapse, now.
pub(super) async fn expire(controller: &Client) -> Value {
    controller
        .post("/v1/jobs/expiry/runs", json!({}))
        .await
        .expect(200)
}

async fn journals(world: &World, kind: &str) -> i64 {
    world
        .database
        .number(&format!(
            "SELECT count(*) FROM journals WHERE kind = '{kind}'"
        ))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_lapse_from_the_day_after_the_last_one_however_late_it_is_noticed() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    budget(&world, &it.pledge, "JP", "150000.00").await;
    let run = expire(&world.controller()).await;
    assert_eq!(
        (&run["found"], &run["done"], &run["refused"]),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(
        (&run["outcome"], &run["actor"]),
        (&json!("done"), &json!("carlos"))
    );
    let dated = "SELECT concat_ws(' ', kind, effective_date, actor) AS line FROM journals \
        WHERE kind = 'expiry'";
    assert_eq!(
        world.database.lines(dated).await,
        ["expiry 2025-05-01 carlos"]
    );
    let lot = read(&world, &it.lot).await;
    assert_eq!(
        (&lot["state"], &lot["lapsed"]),
        (&json!("expired"), &credits("500000.00"))
    );
    assert_eq!(
        balance(&world, &it.pledge, "code=5910&market=JP").await,
        "150000.00"
    );
    assert_eq!(balance(&world, &it.pledge, "code=4930").await, "500000.00");
    extend(&world.controller(), &it.lot, "2027-05-30")
        .await
        .expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_lapse_once_over_many_runs_and_two_services_at_once() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    let second = world.second_process().await;
    let doors = [world.controller(), world.controller().at(second.address())];
    let runs = join_all((0..12).map(|turn| expire(&doors[turn % 2]))).await;
    let done: i64 = runs.iter().map(|run| run["done"].as_i64().unwrap()).sum();
    assert_eq!(done, 1);
    assert!(
        runs.iter()
            .all(|run| run["outcome"] == "done" && run["refused"] == 0)
    );
    assert_eq!(journals(&world, "expiry").await, 1);
    assert_eq!(read(&world, &it.lot).await["lapsed"], credits("500000.00"));
    let listed = world
        .auditor()
        .get("/v1/jobs/expiry/runs")
        .await
        .expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 12);
    drop(second);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extended_lot_does_not_lapse_before_its_new_end() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    extend(&world.controller(), &it.lot, "2090-12-31")
        .await
        .expect(200);
    let run = expire(&world.controller()).await;
    assert_eq!((&run["found"], &run["done"]), (&json!(0), &json!(0)));
    assert_eq!(read(&world, &it.lot).await["state"], "issued");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_that_were_moved_since_lapse_from_the_first_day_that_holds() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    // All of it was Japan's from 10 May to 19 May, so nothing unallocated could lapse before.
    let preparer = world.preparer();
    let at = format!("/v1/pledges/{}/budgets", it.pledge);
    let all = json!({"market": "JP", "amount": credits("500000.00"),
        "effective_date": "2025-05-10"});
    preparer.post(&at, all).await.expect(201);
    let back = json!({"market": "JP", "amount": credits("500000.00"), "reason": "Not needed",
        "effective_date": "2025-05-20"});
    preparer
        .post(&format!("{at}/returns"), back)
        .await
        .expect(201);
    expire(&world.controller()).await;
    let dated = "SELECT effective_date::text AS line FROM journals WHERE kind = 'expiry'";
    assert_eq!(world.database.lines(dated).await, ["2025-05-20"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_to_markets_the_lot_is_not_for_waits_for_somebody() {
    let world = World::new().await;
    let it = issued(&world, |lot| lot["markets"] = json!(["US"])).await;
    budget(&world, &it.pledge, "JP", "400000.00").await;
    let run = expire(&world.controller()).await;
    assert_eq!((&run["done"], &run["refused"]), (&json!(1), &json!(1)));
    assert_eq!(
        read(&world, &it.lot).await["remaining"],
        credits("400000.00")
    );
    let back = json!({"market": "JP", "amount": credits("400000.00"), "reason": "Lapsed",
        "effective_date": "2025-06-02"});
    let at = format!("/v1/pledges/{}/budgets/returns", it.pledge);
    world.preparer().post(&at, back).await.expect(201);
    let run = expire(&world.controller()).await;
    assert_eq!((&run["done"], &run["refused"]), (&json!(1), &json!(0)));
    assert_eq!(read(&world, &it.lot).await["remaining"], credits("0.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn early_credits_whose_condition_is_not_met_wait_for_it() {
    let world = World::new().await;
    let preparer = world.preparer();
    let mut pledge = crate::harness::demonstration();
    pledge["instalments"][3]["condition"] = json!("Interim report accepted");
    let pledge = preparer.post("/v1/pledges", pledge).await.expect(201);
    let signed = json!({"effective_date": "2024-09-26", "document": crate::harness::document()});
    let at = format!("/v1/pledges/{}/agreement", pledge["id"].as_str().unwrap());
    preparer.post(&at, signed).await.expect(200);
    let instalment = pledge["instalments"][3]["id"].as_str().unwrap();
    let at = format!("/v1/instalments/{instalment}/lots");
    preparer
        .post(&at, super::lots::lot("2024-11-01", "2025-04-30"))
        .await
        .created();
    assert_eq!(expire(&world.controller()).await["found"], 0);
    let met = json!({"met_on": "2025-09-12", "document": crate::harness::document()});
    let at = format!("/v1/instalments/{instalment}/condition");
    preparer.post(&at, met).await.expect(200);
    // Only from that day on was it in a purse that could lose it.
    assert_eq!(expire(&world.controller()).await["done"], 1);
    let dated = "SELECT effective_date::text AS line FROM journals WHERE kind = 'expiry'";
    assert_eq!(world.database.lines(dated).await, ["2025-09-12"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapse_and_claims_at_the_same_moment_share_out_exactly_what_there_is() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    let preparer = world.preparer();
    budget(&world, &it.pledge, "JP", "500000.00").await;
    let creator = world.creator("JP").await;
    let claims = (0..40).map(async |_| {
        let allocation = json!({"pledge_id": it.pledge, "creator_id": creator,
            "amount": credits("1000.00"), "effective_date": "2025-05-01"});
        preparer.post("/v1/allocations", allocation).await.status
    });
    let back = async {
        let back = json!({"market": "JP", "amount": credits("100000.00"), "reason": "Not needed",
            "effective_date": "2025-05-01"});
        let at = format!("/v1/pledges/{}/budgets/returns", it.pledge);
        preparer.post(&at, back).await.status
    };
    let controller = world.controller();
    let lapses = join_all((0..3).map(|_| expire(&controller)));
    let (statuses, returned, _) = tokio::join!(join_all(claims), back, lapses);
    assert!(
        statuses.iter().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
    assert!([201, 409].contains(&returned));
    // Whoever came first had it, and the lot lost all of it.
    let lot = read(&world, &it.lot).await;
    assert_eq!(
        (&lot["remaining"], &lot["lapsed"]),
        (&credits("0.00"), &credits("500000.00"))
    );
    let left = world
        .database
        .number(
            "SELECT coalesce(sum(credits - debits), 0) FROM accounts WHERE code LIKE '32%' \
                 AND code <> '3200'",
        )
        .await;
    assert_eq!(left, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_horizon_tells_which_credits_are_going_to_lapse_and_which_are_unassigned() {
    let world = World::new().await;
    let it = issued(&world, |lot| {
        lot["kind"] = json!("assignable");
        lot["expires_at"] = json!("2090-12-31");
    })
    .await;
    let at = format!("/v1/pledges/{}/expiry-horizon", it.pledge);
    let horizon = world.auditor().get(&at).await.expect(200);
    let lot = &horizon["lots"][0];
    assert_eq!(
        (&lot["lot_id"], &lot["band"]),
        (&json!(it.lot), &json!("later"))
    );
    assert_eq!(
        (&lot["unassigned"], &lot["spent"]),
        (&json!(true), &credits("0.00"))
    );
    assert_eq!(lot["forecast_loss"], credits("500000.00"));
    assert_eq!(horizon["bands"][0]["remaining"], credits("500000.00"));
    // Of a market alone, what belongs to no market isn't to be seen.
    let partner = world
        .partner(&[&it.pledge], &["JP"])
        .get(&at)
        .await
        .expect(200);
    assert_eq!(partner["lots"], json!([]));
    let nobody_s = world.partner(&[], &["*"]).get(&at).await;
    nobody_s.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapse_and_an_extension_at_the_same_moment_do_not_both_happen() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    let (controller, other) = (world.controller(), world.controller());
    let (_, extended) = tokio::join!(
        join_all((0..4).map(|_| expire(&controller))),
        extend(&other, &it.lot, "2090-12-31"),
    );
    let lot = read(&world, &it.lot).await;
    match extended.status {
        200 => assert_eq!(lot["lapsed"], credits("0.00")),
        _ => {
            extended.expect_problem(409, "wrong-state");
            assert_eq!(lot["lapsed"], credits("500000.00"));
        }
    }
    world.finish().await;
}
