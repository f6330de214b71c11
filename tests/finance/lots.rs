//! Lots from issue to end: what each is for, a later end, and what the platform takes back.

use almoner::http::access::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, World, agreed, credits, document};

/// A lot of 500,000, and the pledge it belongs to.
pub(super) struct Issued {
    pub(super) pledge: String,
    pub(super) lot: String,
}

/// A lot as it is issued on the demonstration's first instalment of credits.
pub(super) fn lot(valid_from: &str, expires_at: &str) -> Value {
    json!({"face": credits("500000.00"), "kind": "free", "valid_from": valid_from,
        "expires_at": expires_at, "effective_date": "2024-11-01", "document": document()})
}

/// Issues a lot with one thing changed.
pub(super) async fn issued(world: &World, change: impl FnOnce(&mut Value)) -> Issued {
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let mut lot = lot("2024-11-01", "2025-04-30");
    change(&mut lot);
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    Issued {
        lot: preparer.post(&at, lot).await.created(),
        pledge: pledge.id,
    }
}

/// A credit budget for a market.
pub(super) async fn budget(world: &World, pledge: &str, market: &str, amount: &str) {
    let at = format!("/v1/pledges/{pledge}/budgets");
    let budget = json!({"market": market, "amount": credits(amount),
        "effective_date": "2024-11-04"});
    world.preparer().post(&at, budget).await.expect(201);
}

pub(super) async fn read(world: &World, lot: &str) -> Value {
    world
        .auditor()
        .get(&format!("/v1/lots/{lot}"))
        .await
        .expect(200)
}

pub(super) async fn extend(client: &Client, lot: &str, expires_at: &str) -> Answer {
    let at = format!("/v1/lots/{lot}/extensions");
    let extension = json!({"expires_at": expires_at, "reason": "Campaigns started late",
        "document": document()});
    client.post(&at, extension).await
}

async fn revoke(client: &Client, lot: &str, amount: &str) -> Answer {
    let at = format!("/v1/lots/{lot}/revocations");
    let revocation = json!({"amount": credits(amount), "reason": "Part of the offer ended",
        "document": document(), "effective_date": "2025-03-03"});
    client.post(&at, revocation).await
}

/// What an account has.
pub(super) async fn balance(world: &World, pledge: &str, filters: &str) -> String {
    let found = world.account(pledge, filters).await;
    found["balance"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_says_what_it_is_for_and_what_it_is_worth() {
    let world = World::new().await;
    let value = json!({"rate_percent": "85.5", "technique": "Market approach, quoted prices"});
    let it = issued(&world, |lot| {
        lot["kind"] = json!("assignable");
        lot["markets"] = json!(["US", "JP"]);
        lot["campaigns"] = json!(["1790000000000001"]);
        lot["fair_value"] = value.clone();
    })
    .await;
    let lot = read(&world, &it.lot).await;
    assert_eq!(lot["markets"], json!(["US", "JP"]));
    assert_eq!(lot["campaigns"], json!(["1790000000000001"]));
    assert_eq!(lot["fair_value"]["rate_percent"], "85.5000");
    assert_eq!(lot["fair_value"]["technique"], value["technique"]);
    assert_eq!(
        (&lot["state"], &lot["remaining"]),
        (&json!("issued"), &credits("500000.00"))
    );
    assert_eq!(
        (&lot["in_pool"], &lot["placed"]),
        (&credits("500000.00"), &credits("0.00"))
    );
    let listed = world
        .auditor()
        .get(&format!("/v1/pledges/{}/lots", it.pledge))
        .await;
    assert_eq!(listed.expect(200)["data"], json!([lot]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_is_for_markets_of_its_pledge_named_once_and_worth_up_to_its_face() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = agreed(&preparer).await;
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    for (change, code) in [
        (json!({"markets": ["DE"]}), "unknown-market"),
        (json!({"markets": ["JP", "JP"]}), "repeated"),
        (json!({"campaigns": ["A", "A"]}), "repeated"),
        (json!({"campaigns": []}), "list-length"),
        (json!({"campaigns": [1]}), "wrong-type"),
        (
            json!({"fair_value": {"rate_percent": "0", "technique": "X"}}),
            "rate-out-of-range",
        ),
        (
            json!({"fair_value": {"rate_percent": "100.1", "technique": "X"}}),
            "rate-out-of-range",
        ),
        (
            json!({"fair_value": {"rate_percent": "85"}}),
            "missing-field",
        ),
    ] {
        let mut lot = lot("2024-11-01", "2025-04-30");
        for (name, value) in change.as_object().unwrap() {
            lot[name] = value.clone();
        }
        let answer = preparer.post(&at, lot).await;
        assert_eq!(answer.status, 422, "{change}: {answer:?}");
        assert_eq!(answer.json()["code"], code, "{change}");
    }
    assert_eq!(world.database.row_counts().await["lots"], 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_is_recorded_with_its_document_and_goes_later_alone() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    let controller = world.controller();
    let lot = extend(&controller, &it.lot, "2025-05-30").await.expect(200);
    assert_eq!(lot["expires_at"], "2025-05-30");
    extend(&controller, &it.lot, "2025-05-30")
        .await
        .expect_problem(422, "not-later");
    extend(&controller, &it.lot, "2025-06-30").await.expect(200);
    let lot = read(&world, &it.lot).await;
    assert_eq!(
        (&lot["expires_at"], &lot["issued_until"]),
        (&json!("2025-06-30"), &json!("2025-04-30"))
    );
    assert_eq!(lot["extensions"].as_array().unwrap().len(), 2);
    assert_eq!(lot["extensions"][0]["document"], document());
    let kept = "SELECT concat_ws(' ', number, kind, actor, expires_at) AS line FROM lot_events \
        ORDER BY number";
    assert_eq!(
        world.database.lines(kept).await,
        [
            "1 extension carlos 2025-05-30",
            "2 extension carlos 2025-06-30"
        ]
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_takes_back_is_lost_by_whom_it_was_promised_least() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    budget(&world, &it.pledge, "JP", "300000.00").await;
    budget(&world, &it.pledge, "US", "150000.00").await;
    let creator = world.creator("JP").await;
    let allocation = json!({"pledge_id": it.pledge, "creator_id": creator,
        "amount": credits("200000.00"), "effective_date": "2024-12-02"});
    world
        .preparer()
        .post("/v1/allocations", allocation)
        .await
        .created();
    // Unallocated 50,000; US 150,000; JP 100,000, of which 1 goes.
    let revoked = revoke(&world.controller(), &it.lot, "200001.00")
        .await
        .expect(201);
    assert_eq!(revoked["amount"], credits("200001.00"));
    assert_eq!(revoked["lot"]["revoked"], credits("200001.00"));
    assert_eq!(revoked["lot"]["remaining"], credits("299999.00"));
    for (filters, amount) in [
        ("code=3210", "0.00"),
        ("code=3220&market=US", "0.00"),
        ("code=3220&market=JP", "99999.00"),
        ("code=3230", "200000.00"),
        ("code=5910&market=US", "150000.00"),
        ("code=5910&market=JP", "1.00"),
        ("code=4930", "200001.00"),
        ("code=1310", "299999.00"),
    ] {
        assert_eq!(
            balance(&world, &it.pledge, filters).await,
            amount,
            "{filters}"
        );
    }
    let journal = revoked["journal_id"].as_str().unwrap();
    let journal = world
        .auditor()
        .get(&format!("/v1/journals/{journal}"))
        .await
        .expect(200);
    assert_eq!(
        (&journal["kind"], &journal["subject_id"]),
        (&json!("revocation"), &json!(it.lot))
    );
    assert_eq!(journal["document"], document());

    let over = revoke(&world.controller(), &it.lot, "299999.01").await;
    over.expect_problem(409, "exceeds-lot");
    revoke(&world.controller(), &it.lot, "299999.00")
        .await
        .expect(201);
    let lot = read(&world, &it.lot).await;
    assert_eq!(
        (&lot["state"], &lot["lapsed"]),
        (&json!("revoked"), &credits("0.00"))
    );
    extend(&world.controller(), &it.lot, "2026-05-30")
        .await
        .expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_the_lot_is_not_for_loses_nothing_of_it() {
    let world = World::new().await;
    let it = issued(&world, |lot| lot["markets"] = json!(["US"])).await;
    budget(&world, &it.pledge, "JP", "499000.00").await;
    let refused = revoke(&world.controller(), &it.lot, "1000.01").await;
    refused.expect_problem(409, "exceeds-purses");
    revoke(&world.controller(), &it.lot, "1000.00")
        .await
        .expect(201);
    assert_eq!(
        balance(&world, &it.pledge, "code=3220&market=JP").await,
        "499000.00"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_revocations_at_the_same_moment_exactly_the_covered_ones_win() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    let controller = world.controller();
    let all = (0..8).map(|_| revoke(&controller, &it.lot, "200000.00"));
    let answers = futures_util::future::join_all(all).await;
    let (won, lost): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 2);
    for answer in lost {
        answer.expect_problem(409, "exceeds-lot");
    }
    assert_eq!(read(&world, &it.lot).await["revoked"], credits("400000.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_a_controller_ends_or_prolongs_a_lot() {
    let world = World::new().await;
    let it = issued(&world, |_| {}).await;
    for role in [Role::Preparer, Role::Approver, Role::Auditor, Role::Admin] {
        let user = world.user(role, "somebody");
        extend(&user, &it.lot, "2026-05-30")
            .await
            .expect_problem(403, "forbidden");
        revoke(&user, &it.lot, "1.00")
            .await
            .expect_problem(403, "forbidden");
    }
    let absent = it.lot.replace(&it.lot[8..12], "ffff");
    extend(&world.controller(), &absent, "2026-05-30")
        .await
        .expect_problem(404, "not-found");
    world.finish().await;
}
