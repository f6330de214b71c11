//! Months that are over: closed softly or hard, and opened again by two.

use almoner::http::access::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Funded, World, agreed, credits, document, usd};

async fn close(by: &Client, pledge: &Funded, month: &str, firmness: &str) -> Answer {
    let closing = json!({"month": month, "firmness": firmness, "reconciliation": "done",
        "document": document()});
    let at = format!("/v1/pledges/{}/period-closings", pledge.id);
    by.post(&at, closing).await
}

async fn budget(by: &Client, pledge: &Funded, day: &str) -> Answer {
    let budget = json!({"market": "FR", "amount": usd("10.00"), "effective_date": day});
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    by.post(&at, budget).await
}

/// A pledge with a lot of credits that ended in April 2025.
async fn with_a_lot(world: &World) -> Funded {
    let pledge = agreed(&world.preparer()).await;
    let lot = json!({"face": credits("500000.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let at = format!("/v1/instalments/{}/lots", pledge.instalments[3]);
    world.preparer().post(&at, lot).await.expect(201);
    Funded {
        id: pledge.id,
        cash: pledge.instalments[0].clone(),
        credits: pledge.instalments[3].clone(),
    }
}

/// The statement of what is unallocated in a month, without the moment it was drawn.
async fn statement(world: &World, pledge: &Funded) -> Value {
    let account = world.account(&pledge.id, "code=3110&unit=USD").await;
    let at = format!(
        "/v1/accounts/{}/statement?from=2024-11-01&to=2024-11-30",
        account["id"].as_str().unwrap()
    );
    let mut drawn = world.auditor().get(&at).await.expect(200);
    let drawn = drawn.as_object_mut().unwrap();
    for known in ["known_at", "known_journal"] {
        drawn.remove(known);
    }
    // The account as it stands now is shown beside what it was.
    drawn.remove("account");
    json!(drawn)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_month_closed_softly_only_controllers_post_and_in_one_closed_hard_nobody() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (preparer, controller) = (world.preparer(), world.controller());
    budget(&preparer, &pledge, "2024-11-20").await.expect(201);
    for by in [&preparer, &world.approver(), &world.auditor()] {
        let refused = close(by, &pledge, "2024-11", "soft").await;
        refused.expect_problem(403, "forbidden");
    }
    let closed = close(&controller, &pledge, "2024-11", "soft").await;
    assert_eq!(closed.expect(200)["state"], "soft-closed");
    let refused = budget(&preparer, &pledge, "2024-11-21").await;
    let problem = refused.expect_problem(409, "period-soft-closed");
    assert!(problem["detail"].as_str().unwrap().contains("2024-11-30"));
    budget(&preparer, &pledge, "2024-12-01").await.expect(201);
    // Somebody who is a controller as well may.
    let both = world.user(Role::Controller, "carlos");
    let reason = json!({"reason": "Entered twice", "document": document(), "effective_date":
        "2024-11-25"});
    let journal = world.database.lines(
        "SELECT 'jnl_' || replace(id::text, '-', '') AS line FROM journals \
         WHERE kind = 'budget' ORDER BY number DESC LIMIT 1",
    );
    let journal = journal.await.remove(0);
    let at = format!("/v1/journals/{journal}/reversals");
    let reversed = both.post(&at, &reason).await;
    assert_eq!(reversed.status, 201, "{reversed:?}");

    let before = statement(&world, &pledge).await;
    let hard = close(&controller, &pledge, "2024-11", "hard").await;
    assert_eq!(hard.expect(200)["state"], "hard-closed");
    for (by, day) in [(&preparer, "2024-11-21"), (&preparer, "2024-10-30")] {
        let refused = budget(by, &pledge, day).await;
        let problem = refused.expect_problem(409, "period-closed");
        assert_eq!(problem["errors"][0]["pointer"], "/effective_date");
    }
    let journal = world.database.lines(
        "SELECT 'jnl_' || replace(id::text, '-', '') AS line FROM journals \
         WHERE kind = 'budget' ORDER BY number LIMIT 1",
    );
    let journal = journal.await.remove(0);
    let at = format!("/v1/journals/{journal}/reversals");
    let refused = both.post(&at, &reason).await;
    refused.expect_problem(409, "period-closed");
    // What was wrong is put right in an open month, and names what it corrects.
    let mut later = reason.clone();
    later["effective_date"] = json!("2024-12-02");
    let reversed = both.post(&at, &later).await;
    reversed.expect(201);
    assert_eq!(statement(&world, &pledge).await, before);
    let again = close(&controller, &pledge, "2024-10", "hard").await;
    again.expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_opened_again_by_two_people_and_that_leaves_a_trace() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (carlos, chloe) = (world.controller(), world.user(Role::Controller, "chloe"));
    for month in ["2024-11", "2024-12"] {
        close(&carlos, &pledge, month, "hard").await.expect(200);
    }
    let at = format!("/v1/pledges/{}/period-reopenings", pledge.id);
    let opening = json!({"month": "2024-12", "reason": "The bank corrected its statement",
        "document": document()});
    let waits = carlos.post(&at, &opening).await.waits();
    let refused = budget(&world.preparer(), &pledge, "2024-12-05").await;
    refused.expect_problem(409, "period-closed");
    carlos
        .approve(&waits)
        .await
        .expect_problem(409, "same-person");
    let approved = chloe.approve(&waits).await.expect(200);
    assert_eq!(approved["result"]["state"], "open");
    budget(&world.preparer(), &pledge, "2024-12-05")
        .await
        .expect(201);
    let refused = budget(&world.preparer(), &pledge, "2024-11-30").await;
    refused.expect_problem(409, "period-closed");
    let list = format!("/v1/pledges/{}/periods", pledge.id);
    let list = world.auditor().get(&list).await.expect(200);
    let told: Vec<(&str, &str, &str)> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |field: &str| it[field].as_str().unwrap();
            (text("month_end"), text("state"), text("actor"))
        })
        .collect();
    let expected = [
        ("2024-11-30", "hard-closed", "carlos"),
        ("2024-12-31", "hard-closed", "carlos"),
        ("2024-12-31", "open", "carlos"),
    ];
    assert_eq!(told, expected);
    let again = carlos.post(&at, &opening).await;
    again.expect_problem(409, "wrong-state");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_closed_when_it_is_over_and_nothing_stands_against_it() {
    let world = World::new().await;
    let pledge = with_a_lot(&world).await;
    let controller = world.controller();
    let check = |month: &str| format!("/v1/pledges/{}/period-check?month={month}", pledge.id);
    // The lot ended on 30 April 2025, and nobody has used it.
    let found = controller.get(&check("2025-04")).await.expect(200);
    assert_eq!(
        (&found["state"], &found["suspense"]),
        (&json!("open"), &json!([]))
    );
    assert_eq!(found["broken_proofs"], json!([]));
    assert_eq!(found["reasons"].as_array().unwrap().len(), 1, "{found}");
    let refused = close(&controller, &pledge, "2025-04", "hard").await;
    let problem = refused.expect_problem(409, "period-not-ready");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("hasn't lapsed")
    );
    let expiry = controller.post("/v1/jobs/expiry/runs", json!({})).await;
    expiry.expect(200);
    let found = controller.get(&check("2025-04")).await.expect(200);
    assert_eq!(found["reasons"], json!([]));
    close(&controller, &pledge, "2025-04", "hard")
        .await
        .expect(200);
    let later = close(&controller, &pledge, "2099-01", "hard").await;
    later.expect_problem(409, "period-not-over");
    // A proof that doesn't hold stands against it.
    let mut owner = world.database.connect().await;
    let tamper = "SET session_replication_role = replica; \
        UPDATE account_days SET debits = debits + 1 \
        WHERE (account, day) = (SELECT account, day FROM account_days ORDER BY 1, 2 LIMIT 1)";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut owner, tamper)
        .await
        .unwrap();
    let refused = close(&controller, &pledge, "2025-05", "soft").await;
    let problem = refused.expect_problem(409, "period-not-ready");
    assert!(problem["detail"].as_str().unwrap().contains("proof"));
    let back = tamper.replace("+ 1", "- 1");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut owner, &back)
        .await
        .unwrap();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_says_whether_it_was_reconciled_and_by_what_or_why_not() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/period-closings", pledge.id);
    let by = world.controller();
    for (change, code, pointer) in [
        (
            json!({"document": document()}),
            "missing-field",
            "/reconciliation",
        ),
        (
            json!({"reconciliation": "done"}),
            "missing-field",
            "/document",
        ),
        (
            json!({"reconciliation": "waived"}),
            "missing-field",
            "/reason",
        ),
        (
            json!({"reconciliation": "done", "document": document(), "month": "2025-13"}),
            "month-malformed",
            "/month",
        ),
        (
            json!({"reconciliation": "done", "document": document(), "firmness": "tight"}),
            "unknown-firmness",
            "/firmness",
        ),
    ] {
        let mut closing = json!({"month": "2024-11", "firmness": "soft"});
        let fields = closing.as_object_mut().unwrap();
        fields.extend(change.as_object().unwrap().clone());
        let problem = by.post(&at, closing).await.expect_problem(422, code);
        let pointers = problem["errors"].as_array().unwrap().iter();
        let pointers: Vec<&str> = pointers.map(|it| it["pointer"].as_str().unwrap()).collect();
        assert!(pointers.contains(&pointer), "{problem}");
    }
    let waived = json!({"month": "2024-11", "firmness": "soft", "reconciliation": "waived",
        "reason": "Two entries in all"});
    let waived = by.post(&at, waived).await.expect(200);
    assert_eq!(waived["reason"], "Two entries in all");
    world.finish().await;
}
