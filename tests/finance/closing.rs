//! What is left goes back to the donor, and the pledge is closed.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::harness::{Client, World, document, usd};

/// A pledge of 1,000.00 in cash, of which 600.00 came.
async fn pledge(preparer: &Client) -> (String, String) {
    let pledge = json!({
        "reference": "SMALL-2026", "donor": {"name": "Donor"},
        "recipient": {"name": "Recipient"}, "purpose": "Health", "functional_unit": "USD",
        "total": usd("1000.00"), "split": [usd("1000.00")], "markets": ["JP"],
        "instalments": [{"reference": "C1", "amount": usd("1000.00"), "due_date": "2026-01-15"}]});
    let answer = preparer.post("/v1/pledges", pledge).await;
    let id = answer.created();
    let instalment = answer.json()["instalments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let signed = json!({"effective_date": "2026-01-02", "document": document()});
    let at = format!("/v1/pledges/{id}/agreement");
    preparer.post(&at, signed).await.expect(200);
    let receipt = json!({"received": usd("600.00"), "effective_date": "2026-01-15"});
    let at = format!("/v1/instalments/{instalment}/receipts");
    preparer.post(&at, receipt).await.expect(201);
    (id, instalment)
}

fn left(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().unwrap().iter();
    let mut left: Vec<String> = errors
        .map(|it| it["detail"].as_str().unwrap().to_owned())
        .collect();
    left.sort();
    left
}

const DAY: &str = "2026-03-31";

/// What is left is written off, given back and drawn, and no more than that.
async fn settle(world: &World, id: &str, instalment: &str) {
    let (preparer, controller) = (world.preparer(), world.controller());
    let at = |rest: &str| format!("/v1/pledges/{id}/{rest}");
    let day = DAY;
    let rest = json!({"amount": usd("400.00"), "reason": "Won't come", "document": document(),
        "effective_date": day});
    let write_offs = format!("/v1/instalments/{instalment}/write-offs");
    world
        .by_two(&controller, &write_offs, rest)
        .await
        .expect(201);
    for (market, amount) in [(json!(null), "487.00"), (json!("JP"), "100.00")] {
        let mut refund = json!({"amount": usd(amount), "reason": "Unspent",
            "document": document(), "effective_date": day});
        if market.is_string() {
            refund["market"] = market;
        }
        controller
            .post(&at("donor-refunds"), refund)
            .await
            .expect(201);
    }
    let draw = json!({"amount": usd("13.01"), "bank_reference": "B-1", "effective_date": day});
    let over = preparer.post(&at("support-costs/draws"), draw).await;
    assert_eq!(
        over.expect_problem(409, "insufficient-funds")["shortfall"],
        usd("0.01")
    );
    let draw = json!({"amount": usd("13.00"), "bank_reference": "B-1", "effective_date": day});
    preparer
        .post(&at("support-costs/draws"), &draw)
        .await
        .expect(201);
    let again = preparer.post(&at("support-costs/draws"), &draw).await;
    again.expect_problem(409, "duplicate-reference");
    let paid = json!({"amount": usd("587.00"), "bank_reference": "B-2", "effective_date": day});
    let over = json!({"amount": usd("587.01"), "effective_date": day});
    let over = preparer.post(&at("donor-payments"), over).await;
    over.expect_problem(409, "insufficient-funds");
    preparer.post(&at("donor-payments"), paid).await.expect(201);
}

/// Nothing moves it any more, whoever tries.
async fn nothing_more_is_open(world: &World, id: &str, instalment: &str) {
    let (preparer, controller) = (world.preparer(), world.controller());
    let at = |rest: &str| format!("/v1/pledges/{id}/{rest}");
    let (day, ending) = (DAY, ending());
    let receipt = json!({"received": usd("1.00"), "effective_date": day});
    let receipts = format!("/v1/instalments/{instalment}/receipts");
    preparer
        .post(&receipts, receipt)
        .await
        .expect_problem(409, "wrong-state");
    controller
        .post(&at("resumption"), &ending)
        .await
        .expect_problem(409, "wrong-state");
    let mut owner = world.database.connect().await;
    let posting = "INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
        transfers, actor) SELECT id, journals + 1, gen_random_uuid(), 'budget', '2026-03-31', \
        now() + interval '1 day', 1, 'owner' FROM pledges";
    let refused = owner.batch_execute(posting).await.unwrap_err();
    assert!(
        refused.to_string().contains("closed or cancelled"),
        "{refused}"
    );
}

fn ending() -> Value {
    json!({"reason": "The programme has ended", "document": document(), "effective_date": DAY})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_is_closed_only_when_every_cent_is_accounted_for() {
    let world = World::new().await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let (id, instalment) = pledge(&preparer).await;
    let at = |rest: &str| format!("/v1/pledges/{id}/{rest}");
    let (day, ending) = (DAY, ending());
    let support = json!({"gross": usd("113.00"), "rate_percent": "13", "effective_date": day});
    preparer
        .post(&at("support-costs"), support)
        .await
        .expect(201);
    let budget = json!({"market": "JP", "amount": usd("100.00"), "effective_date": day});
    preparer.post(&at("budgets"), budget).await.expect(201);

    let early = controller.post(&at("closure"), &ending).await;
    early.expect_problem(409, "wrong-state");
    preparer
        .post(&at("closing"), &ending)
        .await
        .expect_problem(403, "forbidden");
    let closing = controller.post(&at("closing"), &ending).await.expect(200);
    assert_eq!(closing["state"], "closing");

    let refused = controller.post(&at("closure"), &ending).await;
    let problem = refused.expect_problem(409, "not-empty");
    assert_eq!(
        left(&problem),
        [
            "400.00 USD is left on 1110 Pledge receivable, cash.",
            "400.00 USD is left on 3100 Purse: pledged, not yet funded, cash.",
            "100.00 USD is left on 3120 Purse: market budget, cash, JP.",
            "13.00 USD is left on 3190 Purse: programme support cost.",
            "487.00 USD is left on 3110 Purse: funded, unallocated, cash.",
            "600.00 USD is left on 1010 Bank.",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );

    settle(&world, &id, &instalment).await;
    let closed = controller.post(&at("closure"), &ending).await.expect(200);
    assert_eq!(closed["state"], "closed");
    let read = world
        .auditor()
        .get(&format!("/v1/pledges/{id}"))
        .await
        .expect(200);
    assert_eq!(read["state"], "closed");

    nothing_more_is_open(&world, &id, &instalment).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_that_was_never_signed_is_cancelled() {
    let world = World::new().await;
    let preparer = world.preparer();
    let id = preparer
        .post("/v1/pledges", crate::harness::demonstration())
        .await
        .created();
    let why = json!({"reason": "The donor withdrew"});
    let at = format!("/v1/pledges/{id}/cancellation");
    let cancelled = preparer.post(&at, &why).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    preparer
        .post(&at, &why)
        .await
        .expect_problem(409, "wrong-state");
    let signed = json!({"effective_date": "2024-09-26", "document": document()});
    let agreement = format!("/v1/pledges/{id}/agreement");
    preparer
        .post(&agreement, signed)
        .await
        .expect_problem(409, "wrong-state");
    world.finish().await;
}
