//! What was posted wrongly is taken back by a journal of its own, and never changed.

mod things;

use serde_json::{Value, json};

use crate::harness::{Agreed, Answer, Client, Funded, World, agreed, credits, document, usd};

/// A reversal with whatever else is given.
fn because(more: Value) -> Value {
    let mut body = json!({"reason": "Entered wrongly", "document": document(),
        "effective_date": "2025-06-01"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn lines(amounts: &[(i16, &str)]) -> Value {
    let lines = amounts.iter();
    let lines = lines.map(|(line, amount)| json!({"line": line, "amount": usd(amount)}));
    because(json!({"lines": lines.collect::<Vec<_>>()}))
}

impl Client {
    async fn reverse(&self, journal: &str, body: Value) -> Answer {
        let at = format!("/v1/journals/{journal}/reversals");
        self.post(&at, body).await
    }

    /// The id of a journal that takes another one back.
    async fn reversed(&self, journal: &str, body: Value) -> String {
        self.reverse(journal, body).await.created()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What of each line was taken back.
async fn reversed_of(world: &World, journal: &str) -> Vec<(Value, Value)> {
    let at = format!("/v1/journals/{journal}");
    let journal = world.auditor().get(&at).await.expect(200);
    let lines = journal["transfers"].as_array().unwrap().iter();
    lines
        .map(|it| (it["reversed"].clone(), it["left"].clone()))
        .collect()
}

async fn balance(world: &World, pledge: &str, filters: &str) -> Value {
    world.account(pledge, filters).await["balance"].clone()
}

/// Receives cash on the pledge's first instalment, and tells the journal.
async fn received(world: &World, pledge: &Agreed, net: &str, fee: &str, bank: &str) -> String {
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
    let receipt = json!({"received": usd(net), "fee": usd(fee), "bank_reference": bank,
        "effective_date": "2024-10-22"});
    let receipt = world.preparer().post(&at, receipt).await.expect(201);
    text(&receipt["journal_id"])
}

async fn outstanding(world: &World, instalment: &str) -> Value {
    let at = format!("/v1/instalments/{instalment}");
    let instalment = world.auditor().get(&at).await.expect(200);
    instalment["outstanding"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_receipt_is_reversed_and_posted_again_with_the_same_line_of_the_bank_s() {
    let world = World::new().await;
    let controller = world.controller();
    let pledge = agreed(&world.preparer()).await;
    let c1 = &pledge.instalments[0];
    let wrong = received(&world, &pledge, "696995.00", "35.00", "B-1").await;

    let refused = world.preparer().reverse(&wrong, because(json!({}))).await;
    refused.expect_problem(403, "forbidden");
    // On the day it was received, so that the right one can be, too.
    let whole = because(json!({"effective_date": "2024-10-22"}));
    let reversal = controller.reverse(&wrong, whole).await;
    let id = reversal.created();
    let reversal = reversal.json();
    assert_eq!(reversal["reverses"], json!(wrong));
    assert_eq!(reversal["lines"].as_array().unwrap().len(), 4);
    assert_eq!(reversal["lines"][0]["taken_back"], usd("696995.00"));
    assert_eq!(reversal["lines"][0]["left"], usd("0.00"));

    let shown = format!("/v1/journals/{id}");
    let shown = world.auditor().get(&shown).await.expect(200);
    assert_eq!(shown["kind"], "reversal");
    assert_eq!(shown["reverses"], json!(wrong));
    assert_eq!(shown["reason"], "Entered wrongly");
    assert_eq!(shown["actor"], "carlos");
    let taken = (usd("696995.00"), usd("0.00"));
    assert_eq!(reversed_of(&world, &wrong).await[0], taken);
    assert_eq!(outstanding(&world, c1).await, usd("700000.00"));
    for account in [
        "code=1010&unit=USD",
        "code=5810&unit=USD",
        "code=4910&unit=USD",
    ] {
        assert_eq!(
            balance(&world, &pledge.id, account).await,
            "0.00",
            "{account}"
        );
    }

    let right = received(&world, &pledge, "699965.00", "35.00", "B-1").await;
    assert_eq!(outstanding(&world, c1).await, usd("0.00"));
    // What was taken back can't come again: the bank's line stands for the right receipt now.
    let again = controller.reverse(&id, because(json!({}))).await;
    again.expect_problem(409, "duplicate-reference");
    let twice = controller.reverse(&wrong, because(json!({}))).await;
    let problem = twice.expect_problem(409, "exceeds-reversible");
    assert!(problem["detail"].as_str().unwrap().starts_with("0.00 USD"));
    assert_eq!(reversed_of(&world, &right).await[0].0, usd("0.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_says_why_and_what_it_rests_on() {
    let world = World::new().await;
    let pledge = agreed(&world.preparer()).await;
    let journal = received(&world, &pledge, "100.00", "0.00", "B-1").await;
    let controller = world.controller();
    for field in ["reason", "document"] {
        let mut body = because(json!({}));
        body.as_object_mut().unwrap().remove(field);
        let problem = controller.reverse(&journal, body).await;
        let problem = problem.expect_problem(422, "missing-field");
        assert_eq!(problem["errors"][0]["pointer"], json!(format!("/{field}")));
    }
    let both = because(json!({"amount": usd("1.00"),
        "lines": [{"line": 1, "amount": usd("1.00")}]}));
    let refused = controller.reverse(&journal, both).await;
    refused.expect_problem(422, "conflicting-fields");
    for (line, code) in [
        (json!(0), "not-a-place"),
        (json!(1.5), "not-a-place"),
        (json!(40_000), "not-a-place"),
        (json!("1"), "wrong-type"),
        (json!(null), "wrong-type"),
    ] {
        let body = because(json!({"lines": [{"line": line, "amount": usd("1.00")}]}));
        let problem = controller.reverse(&journal, body).await;
        let problem = problem.expect_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], "/lines/0/line");
    }
    let refused = controller
        .reverse(&journal, because(json!({"lines": []})))
        .await;
    refused.expect_problem(422, "list-length");
    let nowhere = format!("jnl_{}", "0".repeat(32));
    let refused = controller.reverse(&nowhere, because(json!({}))).await;
    refused.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn part_of_a_receipt_is_taken_back_as_far_as_the_proof_of_cash_holds() {
    let world = World::new().await;
    let controller = world.controller();
    let pledge = agreed(&world.preparer()).await;
    let journal = received(&world, &pledge, "1000.00", "35.00", "B-1").await;
    let refused = async |body: Value, status: u16, code: &str| {
        let answer = controller.reverse(&journal, body).await;
        answer.expect_problem(status, code)
    };
    // Four lines: the bank, the fee, what is funded, and the fee's release.
    refused(because(json!({"amount": usd("1.00")})), 422, "lines-differ").await;
    refused(lines(&[(5, "1.00")]), 422, "unknown-reference").await;
    refused(lines(&[(1, "1.00"), (1, "1.00")]), 422, "repeated").await;
    // The bank alone would leave the receivable open and the money funded.
    refused(lines(&[(1, "100.00")]), 422, "reversal-lopsided").await;
    let problem = refused(lines(&[(2, "5.00"), (3, "5.00")]), 422, "reversal-lopsided").await;
    assert!(problem["detail"].as_str().unwrap().contains("5.00 USD"));
    let foreign = json!({"lines": [{"line": 1, "amount": credits("1.00")}]});
    refused(because(foreign), 422, "wrong-unit").await;
    let much = lines(&[(1, "1000.01"), (3, "1000.01")]);
    let problem = refused(much, 409, "exceeds-reversible").await;
    assert_eq!(problem["errors"][0]["pointer"], "/lines/0/amount");

    let part = lines(&[(3, "100.00"), (1, "100.00")]);
    let part = controller.reverse(&journal, part).await.expect(201);
    assert_eq!(part["lines"][0]["left"], usd("900.00"));
    assert_eq!(part["lines"][1]["taken_back"], usd("0.00"));
    assert_eq!(
        outstanding(&world, &pledge.instalments[0]).await,
        usd("699065.00")
    );
    let rest = controller
        .reverse(&journal, because(json!({})))
        .await
        .expect(201);
    assert_eq!(rest["lines"][2]["taken_back"], usd("935.00"));
    assert_eq!(
        outstanding(&world, &pledge.instalments[0]).await,
        usd("700000.00")
    );
    world.finish().await;
}

/// Japan's budget of 150,000.00, and an allocation of 100.00 of it.
async fn allocated(world: &World) -> (Funded, String, String) {
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let allocation = world
        .allocate(&pledge, &creator, usd("100.00"), "2025-03-01")
        .await;
    let journal = allocation.replace("alc_", "jnl_");
    (pledge, allocation, journal)
}

async fn allocation(world: &World, id: &str) -> Value {
    let at = format!("/v1/allocations/{id}");
    world.auditor().get(&at).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_is_taken_back_in_part_and_a_release_of_it_is_undone() {
    let world = World::new().await;
    let (pledge, id, journal) = allocated(&world).await;
    let (preparer, controller) = (world.preparer(), world.controller());
    let part = because(json!({"amount": usd("30.00")}));
    let part = controller.reverse(&journal, part).await.expect(201);
    assert_eq!(part["lines"][0]["left"], usd("70.00"));
    assert_eq!(allocation(&world, &id).await["remaining"], usd("70.00"));
    assert_eq!(
        balance(&world, &pledge.id, "code=3130&unit=USD").await,
        "70.00"
    );
    let released = preparer.release(&id, usd("60.00"), "2025-06-02").await;
    let release = text(&released.expect(200)["journal_id"]);
    preparer
        .release(&id, usd("10.01"), "2025-06-02")
        .await
        .expect_problem(409, "exceeds-allocation");
    // 70.00 of the journal are left, of which 60.00 were released already.
    let much = because(json!({"amount": usd("10.01"), "effective_date": "2025-06-02"}));
    let refused = controller.reverse(&journal, much).await;
    refused.expect_problem(409, "exceeds-allocation");
    let undone = because(json!({"amount": usd("60.00"), "effective_date": "2025-06-02"}));
    let undone = controller.reversed(&release, undone).await;
    assert_eq!(allocation(&world, &id).await["remaining"], usd("70.00"));
    preparer
        .release(&id, usd("50.00"), "2025-06-03")
        .await
        .expect(200);
    // To release the 60.00 after all, 20.00 are there.
    let redone = because(json!({"effective_date": "2025-06-03"}));
    let refused = controller.reverse(&undone, redone).await;
    refused.expect_problem(409, "exceeds-allocation");
    let redone = because(json!({"amount": usd("20.00"), "effective_date": "2025-06-03"}));
    controller.reversed(&undone, redone).await;
    assert_eq!(allocation(&world, &id).await["state"], "released");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_is_reversed_as_far_as_it_still_takes_something_back() {
    let world = World::new().await;
    let (pledge, id, journal) = allocated(&world).await;
    let controller = world.controller();
    let back = controller.reversed(&journal, because(json!({}))).await;
    assert_eq!(allocation(&world, &id).await["state"], "released");
    let given = controller.reversed(&back, because(json!({}))).await;
    assert_eq!(allocation(&world, &id).await["remaining"], usd("100.00"));
    assert_eq!(
        reversed_of(&world, &journal).await,
        [(usd("0.00"), usd("100.00"))]
    );
    assert_eq!(
        reversed_of(&world, &back).await,
        [(usd("100.00"), usd("0.00"))]
    );
    // Taken back anew, there is nothing for the reversal of the reversal's reversal to take.
    let part = because(json!({"amount": usd("80.00")}));
    controller.reversed(&journal, part).await;
    let much = because(json!({"amount": usd("20.01")}));
    let refused = controller.reverse(&given, much).await;
    let problem = refused.expect_problem(409, "exceeds-reversible");
    assert!(problem["detail"].as_str().unwrap().starts_with("20.00 USD"));
    let rest = controller
        .reverse(&given, because(json!({})))
        .await
        .expect(201);
    assert_eq!(rest["lines"][0]["taken_back"], usd("20.00"));
    assert_eq!(rest["lines"][0]["left"], usd("0.00"));
    assert_eq!(
        balance(&world, &pledge.id, "code=3130&unit=USD").await,
        "0.00"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_has_moved_on_is_not_there_to_be_taken_back() {
    let world = World::new().await;
    let (pledge, _, _) = allocated(&world).await;
    let controller = world.controller();
    let at = format!("/v1/journals?pledge_id={}", pledge.id);
    let journals = world.auditor().get(&at).await.expect(200);
    let of = |kind: &str| {
        let mut all = journals["data"].as_array().unwrap().iter();
        text(&all.find(|it| it["kind"] == kind).unwrap()["id"])
    };
    let refused = controller.reverse(&of("receipt"), because(json!({}))).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["account"]["code"], "3110");
    assert_eq!(problem["shortfall"], usd("150000.00"));
    let refused = controller.reverse(&of("budget"), because(json!({}))).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["account"]["code"], "3120");
    assert_eq!(problem["shortfall"], usd("100.00"));
    let back = because(json!({"amount": usd("149900.00")}));
    controller.reversed(&of("budget"), back).await;
    // The agreement stands while something came under it, and goes as a whole.
    let refused = controller
        .reverse(&of("agreement"), because(json!({})))
        .await;
    refused.expect_problem(409, "wrong-state");
    let part = lines(&[(1, "1.00")]);
    let refused = controller.reverse(&of("agreement"), part).await;
    refused.expect_problem(422, "whole-only");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_is_backdated_leaves_no_day_negative() {
    let world = World::new().await;
    let (pledge, _, journal) = allocated(&world).await;
    let controller = world.controller();
    // Allocated on the 1st of March, so not there to be taken back the day before.
    let early = because(json!({"effective_date": "2025-02-28"}));
    let refused = controller.reverse(&journal, early).await;
    let problem = refused.expect_problem(409, "backdated-overdraft");
    assert_eq!(problem["account"]["code"], "3130");
    assert_eq!(problem["available"], usd("0.00"));
    assert_eq!(problem["shortfall"], usd("100.00"));
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("on 2025-02-28")
    );
    let same_day = because(json!({"effective_date": "2025-03-01"}));
    let id = controller.reversed(&journal, same_day).await;
    let account = world.account(&pledge.id, "code=3130&unit=USD").await;
    let at = format!("/v1/accounts/{}?as_of=2025-03-01", text(&account["id"]));
    assert_eq!(
        world.auditor().get(&at).await.expect(200)["balance"],
        "0.00"
    );
    let at = format!("/v1/journals/{id}");
    let shown = world.auditor().get(&at).await.expect(200);
    assert_eq!(shown["effective_date"], "2025-03-01");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_one_list_know_nothing_of_what_was_taken_back_meanwhile() {
    let world = World::new().await;
    let (pledge, _, journal) = allocated(&world).await;
    let at = format!("/v1/journals?pledge_id={}&limit=1", pledge.id);
    let first = world.auditor().get(&at).await.expect(200);
    let part = because(json!({"amount": usd("30.00")}));
    world.controller().reversed(&journal, part).await;
    let at = at.replace("limit=1", "limit=100");
    let next = format!("{at}&cursor={}", first["next_cursor"].as_str().unwrap());
    for (page, left) in [(next, "100.00"), (at, "70.00")] {
        let page = world.auditor().get(&page).await.expect(200);
        let mut journals = page["data"].as_array().unwrap().iter();
        let own = journals.find(|it| it["id"] == json!(journal)).unwrap();
        assert_eq!(own["transfers"][0]["left"], usd(left));
        assert_eq!(journals.next().is_some(), left == "70.00");
    }
    world.finish().await;
}
