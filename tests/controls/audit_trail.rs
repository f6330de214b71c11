//! The audit trail: every write, every refusal and every read of personal data, traceable.

use almoner::http::access::Role;
use serde_json::{Value, json};

use crate::harness::{Client, World, allocation, usd};

/// The entries an auditor finds.
async fn found(auditor: &Client, filters: &str) -> Vec<Value> {
    let at = format!("/v1/audit-trail?limit=1000&{filters}");
    let list = auditor.get(&at).await.expect(200);
    assert_eq!(list["has_more"], false);
    list["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_traced_to_who_what_when_and_from_where() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "JP", usd("5000.00"), "2024-11-02")
        .await;
    let creator = world.creator("JP").await;
    let body = allocation(&pledge, &creator, usd("100.00"), "2024-11-03");
    let by = world.preparer();
    let request = by
        .request(reqwest::Method::POST, "/v1/allocations")
        .header("Idempotency-Key", "once")
        .header("Request-Id", "a-request")
        .json(&body);
    let made = by.send(request).await.expect(201);
    // Sent again it is answered again, and not written again.
    by.post_with_key("/v1/allocations", "once", &body)
        .await
        .expect(201);
    let entries = found(&world.auditor(), "actor=petra&request_id=a-request").await;
    let [entry] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    for (field, value) in [
        ("outcome", json!("done")),
        ("actor", json!("petra")),
        ("request", json!("POST /v1/allocations")),
        ("address", json!("127.0.0.1")),
        ("pledge_id", json!(pledge.id)),
        ("journal_id", made["journal_id"].clone()),
        ("code", json!(null)),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    assert!(entry["identity"].as_str().unwrap().contains("petra"));
    // Nothing was written that isn't in it: every answer is under the key of an entry.
    let untraced = "(SELECT count(*) FROM idempotency_keys k WHERE NOT EXISTS \
        (SELECT FROM audit_events e WHERE e.key = k.key AND e.outcome = 'done'))";
    assert_eq!(world.database.number(untraced).await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_want_of_right_of_funds_or_for_the_state_of_things_is_traced() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("FR").await;
    let mut body = allocation(&pledge, &creator, usd("100.00"), "2024-11-03");
    body.as_object_mut().unwrap().remove("effective_date");
    let by = world.user(Role::Preparer, "pablo");
    // Funds, alone and among many, as a whole and each on its own.
    by.post("/v1/allocations", &body)
        .await
        .expect_problem(409, "insufficient-funds");
    for mode in ["atomic", "independent"] {
        let mut item = body.clone();
        item["idempotency_key"] = json!(mode);
        let bulk = json!({"mode": mode, "items": [item]});
        by.post("/v1/allocations/bulk", bulk).await;
    }
    // A dry run is refused as well, and writes nothing, not even that.
    by.post("/v1/allocations?validate_only=true", &body)
        .await
        .expect_problem(409, "insufficient-funds");
    // State.
    let agreement = format!("/v1/pledges/{}/agreement", pledge.id);
    let signing = json!({"effective_date": "2024-09-26", "document": crate::harness::document()});
    by.post(&agreement, signing)
        .await
        .expect_problem(409, "wrong-state");
    // Right: by role, and what isn't there or isn't theirs to know.
    by.get("/v1/audit-trail")
        .await
        .expect_problem(403, "forbidden");
    let foreign = world.partner(&[], &["*"]);
    foreign
        .get(&format!("/v1/pledges/{}", pledge.id))
        .await
        .expect_problem(404, "not-found");

    let of_pablo = found(&world.auditor(), "outcome=refused&actor=pablo").await;
    let told: Vec<(&str, &str, bool)> = of_pablo
        .iter()
        .map(|it| {
            let text = |field: &str| it[field].as_str().unwrap();
            let about = it["pledge_id"] == json!(pledge.id);
            (text("code"), text("request"), about)
        })
        .collect();
    let expected = [
        ("insufficient-funds", "POST /v1/allocations", true),
        ("insufficient-funds", "POST /v1/allocations/bulk", true),
        ("insufficient-funds", "POST /v1/allocations/bulk", true),
        ("wrong-state", "POST /v1/pledges/{id}/agreement", true),
        ("forbidden", "GET /v1/audit-trail", false),
    ];
    assert_eq!(told, expected);
    assert!(
        of_pablo[0]["detail"]
            .as_str()
            .unwrap()
            .contains("100.00 USD")
    );
    let of_funds = found(&world.auditor(), "code=insufficient-funds").await;
    assert_eq!(of_funds.len(), 3);
    let unknown = found(&world.auditor(), "code=not-found").await;
    assert_eq!(unknown[0]["request"], "GET /v1/pledges/{id}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_personal_data_was_read_by_whom_is_traced_by_the_creator() {
    let world = World::new().await;
    let (read, other) = (world.creator("JP").await, world.creator("FR").await);
    let by = world.preparer();
    by.get("/v1/creators?market=JP").await.expect(200);
    by.get(&format!("/v1/creators/{read}")).await.expect(200);
    let details = json!({"holder": "Hanako Sato", "account": "00012345678"});
    let at = format!("/v1/creators/{read}/bank-details");
    by.post(&at, details).await.expect(200);
    by.get(&at).await.expect(200);
    world.auditor().get(&at).await.expect(200);
    let trail = found(&world.auditor(), &format!("creator_id={read}")).await;
    let told: Vec<(&str, &str)> = trail
        .iter()
        .map(|it| {
            assert_eq!(it["creators"], json!([read]));
            (
                it["actor"].as_str().unwrap(),
                it["personal_data"].as_str().unwrap(),
            )
        })
        .collect();
    let own = [("petra", "names"), ("petra", "names"), ("petra", "account")];
    assert_eq!(told[..3], own);
    assert_eq!((told.len(), told[3].1), (4, "bank-details"));
    let of_other = found(&world.auditor(), &format!("creator_id={other}")).await;
    assert_eq!(of_other, Vec::<Value>::new());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_paged_searched_by_time_and_only_for_auditors_and_controllers() {
    let world = World::new().await;
    world.funded_pledge().await;
    let auditor = world.auditor();
    let all = found(&auditor, "").await;
    assert!(all.len() > 5, "{}", all.len());
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let at = format!("/v1/audit-trail?limit=2{cursor}");
        let page = auditor.get(&at).await.expect(200);
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let third = all[2]["recorded_at"].as_str().unwrap();
    let later = found(&auditor, &format!("recorded_at[gte]={third}")).await;
    assert!(later.iter().any(|it| it["id"] == all[2]["id"]));
    let earlier = found(&auditor, &format!("recorded_at[lt]={third}")).await;
    assert_eq!(earlier.len() + later.len(), all.len());
    world.controller().get("/v1/audit-trail").await.expect(200);
    for refused in [world.preparer(), world.approver(), world.admin()] {
        refused
            .get("/v1/audit-trail")
            .await
            .expect_problem(403, "forbidden");
    }
    auditor
        .get("/v1/audit-trail?outcome=lost")
        .await
        .expect_problem(422, "malformed-parameter");
    world.finish().await;
}
