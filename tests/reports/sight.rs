//! Who sees what of reports: partners their markets, donors nothing of single creators, and those
//! of auditors nobody but whoever sees everything.

use serde_json::{Value, json};

use super::{ALL, report, row, rows};
use crate::harness::World;
use crate::operations::Place;

const OF_AUDITORS: &[&str] = &["journal-register", "control-exceptions", "approval-matrix"];

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_of_one_market_sees_that_market_s_rows_alone() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let partner = world.partner(&[&place.pledge], &["JP"]);
    let auditor = world.auditor();
    for name in ["summary", "use-of-funds", "trial-balance"] {
        let seen = report(&partner, &place.pledge, name).await;
        assert!(!rows(&seen).is_empty(), "{name}");
        assert!(
            rows(&seen).iter().all(|it| it["market"] == "JP"),
            "{name}: {seen}"
        );
        let whole = report(&auditor, &place.pledge, name).await;
        let own: Vec<&Value> = rows(&whole)
            .iter()
            .filter(|it| it["market"] == "JP")
            .collect();
        assert_eq!(rows(&seen).iter().collect::<Vec<_>>(), own, "{name}");
    }
    // What belongs to no market is out of its sight.
    for name in [
        "receivables-ageing",
        "lot-register",
        "expiry-horizon",
        "confirmation",
        "in-kind",
    ] {
        let seen = report(&partner, &place.pledge, name).await;
        assert_eq!(seen["rows"], json!([]), "{name}");
    }
    let advances = report(&partner, &place.pledge, "advances-ageing").await;
    assert_eq!(rows(&advances).len(), 1, "{advances}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grantee_of_the_whole_pledge_is_told_what_an_auditor_is_told() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let grantee = world.partner(&[&place.pledge], &["*"]);
    let own = ALL.iter().filter(|it| !OF_AUDITORS.contains(it));
    for name in own {
        let seen = report(&grantee, &place.pledge, name).await;
        let whole = report(&world.auditor(), &place.pledge, name).await;
        assert_eq!(seen, whole, "{name}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_donor_is_told_of_the_whole_and_of_no_creator_and_of_no_earlier_moment() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let donor = world.donor(&[&place.pledge], &["*"]);
    let auditor = world.auditor();
    let own = ALL.iter().filter(|it| !OF_AUDITORS.contains(it));
    for name in own {
        let seen = report(&donor, &place.pledge, name).await.to_string();
        for secret in [
            &place.creator,
            &place.obligation,
            &place.advanced,
            &place.ad_account,
        ] {
            assert!(
                !seen.contains(secret.as_str()),
                "{secret} in {name}: {seen}"
            );
        }
        assert!(!seen.contains("petra"), "{name}");
    }
    // One creator is too few to be told of.
    let funds = report(&donor, &place.pledge, "use-of-funds").await;
    let japan = row(&funds, &[("unit", "USD"), ("market", "JP")]);
    assert!(
        japan["withheld"] == true && japan["used"].is_null(),
        "{japan}"
    );
    assert_eq!(japan["given"], "149997.00");
    let whole = row(&funds, &[("unit", "USD"), ("market", "null")]);
    assert_eq!(whole["given"], "700000.00");
    let confirmed = report(&donor, &place.pledge, "confirmation").await;
    let audited = report(&auditor, &place.pledge, "confirmation").await;
    for name in [
        "pledged",
        "received",
        "written_off",
        "receivable",
        "due_to_donor",
    ] {
        let of = |report: &Value| row(report, &[("unit", "USD")])[name].clone();
        assert_eq!(of(&confirmed), of(&audited), "{name}");
    }
    let lots = report(&donor, &place.pledge, "lot-register").await;
    assert!(rows(&lots)[0]["spent"].is_null(), "{lots}");
    for name in ["summary", "use-of-funds"] {
        for query in ["as_of=2025-01-31", "known_at=2026-01-31T00:00:00Z"] {
            let at = format!("/v1/pledges/{}/reports/{name}?{query}", place.pledge);
            donor
                .get(&at)
                .await
                .expect_problem(422, "malformed-parameter");
        }
    }
    // What it confirms at an earlier day has nothing in it of what markets had done by then.
    let name = "confirmation?as_of=2024-12-31";
    let earlier = report(&donor, &place.pledge, name).await;
    assert!(
        rows(&earlier).iter().all(|it| it["left"].is_null()),
        "{earlier}"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_of_auditors_and_foreign_pledges_are_for_nobody_else() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let partner = world.partner(&[&place.announced], &["*"]);
    for name in ALL {
        for ending in ["", ".csv", ".xlsx"] {
            let at = format!("/v1/pledges/{}/reports/{name}{ending}", place.pledge);
            let answer = partner.get(&at).await;
            match OF_AUDITORS.contains(name) {
                true => answer.expect_problem(403, "forbidden"),
                false => answer.expect_problem(404, "not-found"),
            };
            world
                .admin()
                .get(&at)
                .await
                .expect_problem(403, "forbidden");
        }
    }
    world.finish().await;
}
