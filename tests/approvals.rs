//! Whatever people do with money waits above its threshold, and is then posted as it was shown.

use std::collections::BTreeSet;

use almoner::domain::approval::Action;
use serde_json::json;

use crate::harness::{World, credits, usd};
use crate::operations::{Place, writes};

/// The statuses a write is documented to be answered with.
fn documented(path: &str) -> BTreeSet<String> {
    let paths = almoner::http::docs::description().paths.paths;
    let write = paths[path].post.clone().unwrap();
    write.responses.responses.into_keys().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_above_its_threshold_waits_and_is_posted_as_it_was_shown() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for pledge in [&place.pledge, &place.announced, &place.ending] {
        for action in Action::ALL.iter().filter(|it| **it != Action::Threshold) {
            for nothing in [usd("0.00"), credits("0.00")] {
                if pledge != &place.ending || nothing["unit"] == "USD" {
                    world
                        .state_threshold(pledge, action.as_str(), nothing, 1)
                        .await;
                }
            }
        }
    }
    let mut waited = BTreeSet::new();
    let (mut documented_to_wait, mut waits_at) = (BTreeSet::new(), BTreeSet::new());
    for operation in writes() {
        if documented(operation.path).contains("202") {
            documented_to_wait.insert(operation.path);
        }
        // All or none is refused what would have to wait.
        if operation.path.ends_with("/bulk") || operation.path.ends_with("/split") {
            continue;
        }
        let maker = operation.need.client(&world);
        let (path, body) = (operation.path(&place), operation.body.unwrap()(&place));
        let foreseen = format!("{path}?validate_only=true");
        let foreseen = maker.post(&foreseen, &body).await.expect(200);
        let asked = maker.post(&path, &body).await;
        if asked.status != 202 {
            assert_eq!(foreseen["approvals_needed"], 0, "{path}");
            assert!(matches!(asked.status, 200 | 201), "{asked:?}");
            continue;
        }
        waits_at.insert(operation.path);
        assert_eq!(foreseen["approvals_needed"], 1, "{path}");
        let approval = asked.json();
        assert_eq!(approval["digest"], foreseen["digest"], "{path}");
        waited.insert(approval["action"].as_str().unwrap().to_owned());
        let approved = world.approver().approve(&asked.waits()).await.expect(200);
        assert_eq!(approved["state"], "approved", "{path}");
        let posts = approval["postings"] != json!([]);
        assert_eq!(approved["journal_id"].is_string(), posts, "{path}");
        assert!(approved["result"].is_object(), "{path}: {approved}");
    }
    // The line stands in its one lot already, so attributing it to that moves nothing.
    assert!(documented_to_wait.remove("/v1/spend-lines/{id}/attributions"));
    let all = Action::ALL.iter().filter(|it| **it != Action::Attribution);
    assert_eq!(waited, all.map(|it| it.as_str().to_owned()).collect());
    assert_eq!(waits_at, documented_to_wait);
    world.finish().await;
}
