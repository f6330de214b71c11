//! The creator's story: what concerns itself, and nothing besides.

use serde_json::{Value, json};

use crate::harness::World;
use crate::operations::{Names, Need, Place, operations};

fn ids(list: &Value) -> Vec<&str> {
    let members = list["data"].as_array().unwrap().iter();
    members.map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creator_reads_itself_and_what_it_holds_is_bound_by_and_is_paid() {
    let world = World::new().await;
    let own = Place::new(&world, "OWN").await;
    Place::new(&world, "FOREIGN").await;
    let creator = world.creator_client(&own.creator);
    let itself = creator.get(&format!("/v1/creators/{}", own.creator)).await;
    assert_eq!(itself.expect(200)["name"], "山田 花子");
    let all = creator.get("/v1/creators").await.expect(200);
    assert_eq!(ids(&all), [&own.creator]);
    // The same as the auditor is told of it, but for who did what.
    for path in ["/v1/allocations", "/v1/obligations", "/v1/payouts"] {
        let narrowed = format!("{path}?creator_id={}", own.creator);
        let mut expected = world.auditor().get(&narrowed).await.expect(200);
        for member in expected["data"].as_array_mut().unwrap() {
            for by in ["proposed_by", "approved_by"] {
                member.as_object_mut().unwrap().remove(by);
            }
        }
        let found = creator.get(path).await.expect(200);
        assert!(!ids(&found).is_empty(), "{path}");
        assert_eq!(found["data"], expected["data"], "{path}");
        for member in found["data"].as_array().unwrap() {
            let one = format!("{path}/{}", member["id"].as_str().unwrap());
            assert_eq!(&creator.get(&one).await.expect(200), member, "{one}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_every_operation_a_creator_may_read_its_own_and_is_refused_the_rest() {
    let world = World::new().await;
    let own = Place::new(&world, "OWN").await;
    let foreign = Place::new(&world, "FOREIGN").await;
    let creator = world.creator_client(&own.creator);
    let before = world.database.row_counts().await;
    for operation in operations() {
        let here = operation.try_by(&creator, &own).await;
        let there = operation.try_by(&creator, &foreign).await;
        match (operation.need, operation.names) {
            (Need::Nothing | Need::Reference, _) | (Need::Holdings, Names::Nothing) => {
                assert_eq!((here.status, there.status), (200, 200), "{here:?}");
            }
            (Need::Holdings, _) => {
                assert_eq!(here.status, 200, "{here:?}");
                there.expect_problem(404, "not-found");
            }
            _ => {
                here.expect_problem(403, "forbidden");
                there.expect_problem(403, "forbidden");
            }
        }
        let asked = operation.harmless(&foreign);
        let secret = [foreign.ids(), vec![foreign.creator.as_str()]].concat();
        for id in secret.into_iter().filter(|id| !asked.contains(id)) {
            assert!(!here.text().contains(id), "{id} in {here:?}");
            assert!(!there.text().contains(id), "{id} in {there:?}");
        }
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creator_who_is_not_enrolled_sees_nothing() {
    let world = World::new().await;
    Place::new(&world, "PLACE").await;
    let stranger = world.creator_client(&format!("crt_{}", "0".repeat(32)));
    for path in [
        "/v1/creators",
        "/v1/allocations",
        "/v1/obligations",
        "/v1/payouts",
    ] {
        assert_eq!(
            stranger.get(path).await.expect(200)["data"],
            json!([]),
            "{path}"
        );
    }
    world.finish().await;
}
