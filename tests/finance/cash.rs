//! The whole main job in cash, with the demonstration pledge's own figures.

use serde_json::{Value, json};

use crate::harness::{Agreed, Client, World, agreed, credits, demonstration, document, usd};

struct Finance {
    world: World,
    preparer: Client,
    pledge: Agreed,
}

impl Finance {
    async fn new() -> Self {
        let world = World::new().await;
        let preparer = world.preparer();
        let pledge = agreed(&preparer).await;
        Finance {
            world,
            preparer,
            pledge,
        }
    }

    async fn receive(&self, instalment: usize, received: &str, fee: &str, day: &str) -> Value {
        let at = format!(
            "/v1/instalments/{}/receipts",
            self.pledge.instalments[instalment]
        );
        let receipt = json!({"received": usd(received), "fee": usd(fee), "effective_date": day});
        let mut receipt = receipt;
        if fee == "0" {
            receipt.as_object_mut().unwrap().remove("fee");
        }
        self.preparer.post(&at, receipt).await.expect(201)["instalment"].clone()
    }

    async fn charge(&self, gross: &str, day: &str) -> Value {
        let at = format!("/v1/pledges/{}/support-costs", self.pledge.id);
        let charge = json!({"gross": usd(gross), "rate_percent": "13", "effective_date": day});
        self.preparer.post(&at, charge).await.expect(201)
    }

    fn budgets(&self) -> String {
        format!("/v1/pledges/{}/budgets", self.pledge.id)
    }

    async fn budget(&self, market: &str, amount: &str, day: &str) {
        let budget = json!({"market": market, "amount": usd(amount), "effective_date": day});
        self.preparer
            .post(&self.budgets(), budget)
            .await
            .expect(201);
    }

    async fn unallocated(&self) -> String {
        let usd = self.world.unit_summary(&self.pledge.id, "USD").await;
        usd["unallocated"].as_str().unwrap().to_owned()
    }

    async fn balance(&self, filters: &str) -> String {
        let account = self.world.account(&self.pledge.id, filters).await;
        account["balance"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_instalments_are_received_charged_and_budgeted_to_the_cent() {
    let finance = Finance::new().await;
    assert_eq!(finance.unallocated().await, "0.00");

    // C1: 700,000.00, of which the wire costs 35.00.
    let c1 = finance.receive(0, "699965.00", "35.00", "2024-10-22").await;
    assert_eq!(
        (&c1["state"], &c1["received"]),
        (&json!("received"), &usd("700000.00"))
    );
    assert_eq!(c1["outstanding"], usd("0.00"));
    assert_eq!(finance.unallocated().await, "699965.00");
    let charged = finance.charge("700000.00", "2024-10-22").await;
    assert_eq!(charged["support_cost"], usd("80530.97"));
    assert_eq!(charged["base"], usd("619469.03"));
    finance.budget("JP", "150000.00", "2024-11-04").await;
    finance.budget("US", "330000.00", "2024-11-04").await;
    assert_eq!(finance.unallocated().await, "139434.03");

    // No budget above what is funded.
    let gb = json!({"market": "GB", "amount": usd("190000.00"), "effective_date": "2024-11-04"});
    let refused = finance.preparer.post(&finance.budgets(), &gb).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("139434.03"));
    assert_eq!(problem["requested"], usd("190000.00"));
    assert_eq!(problem["shortfall"], usd("50565.97"));

    // C2, twelve days late.
    let c2 = finance.receive(1, "600000.00", "0", "2025-04-12").await;
    assert_eq!(c2["state"], "received");
    assert_eq!(
        finance.charge("600000.00", "2025-04-12").await["support_cost"],
        usd("69026.55")
    );
    for (market, amount) in [("GB", "190000"), ("FR", "150000"), ("KR", "120000")] {
        finance.budget(market, amount, "2025-04-14").await;
    }
    finance.budget("ID", "130000.00", "2025-04-14").await;
    assert_eq!(finance.unallocated().await, "80407.48");

    conditional_instalment(&finance).await;

    assert_eq!(
        finance.charge("450000.00", "2025-10-02").await["support_cost"],
        usd("51769.91")
    );
    assert_eq!(finance.balance("code=3190&unit=USD").await, "201327.43");
    finance.budget("MX", "130000.00", "2025-10-06").await;
    finance.budget("BR", "150000.00", "2025-10-06").await;
    everything_adds_up(&finance).await;
    finance.world.finish().await;
}

/// C3: part comes before its condition is met, the rest is short, and what is missing is let go.
async fn conditional_instalment(finance: &Finance) {
    let early = finance.receive(2, "100000.00", "0", "2025-08-15").await;
    assert_eq!(early["received"], usd("100000.00"));
    // It is there, but it is the donor's until the condition is met.
    assert_eq!(finance.balance("code=2300&unit=USD").await, "100000.00");
    assert_eq!(finance.unallocated().await, "80407.48");
    let mx = json!({"market": "MX", "amount": usd("130000.00"), "effective_date": "2025-08-18"});
    let refused = finance.preparer.post(&finance.budgets(), mx).await;
    refused.expect_problem(409, "insufficient-funds");

    let c3 = &finance.pledge.instalments[2];
    let met = json!({"met_on": "2025-09-12", "document": document()});
    let at = format!("/v1/instalments/{c3}/condition");
    let instalment = finance.preparer.post(&at, &met).await.expect(200);
    assert_eq!(instalment["condition_met_on"], "2025-09-12");
    assert_eq!(finance.balance("code=2300&unit=USD").await, "0.00");
    assert_eq!(finance.unallocated().await, "180407.48");
    finance
        .preparer
        .post(&at, met)
        .await
        .expect_problem(409, "wrong-state");

    let short = finance.receive(2, "300000.00", "0", "2025-10-01").await;
    assert_eq!(
        (&short["state"], &short["outstanding"]),
        (&json!("short"), &usd("50000.00"))
    );
    let at = format!("/v1/instalments/{c3}/write-offs");
    let rest = json!({"amount": usd("50000.00"), "reason": "The donor's budget was cut",
        "document": document(), "effective_date": "2025-12-01"});
    finance
        .preparer
        .post(&at, &rest)
        .await
        .expect_problem(403, "forbidden");
    let controller = finance.world.controller();
    let written = finance.world.by_two(&controller, &at, rest.clone()).await;
    let written = written.expect(201);
    assert_eq!(written["instalment"]["written_off"], usd("50000.00"));
    assert_eq!(written["instalment"]["outstanding"], usd("0.00"));
    let again = finance.world.controller().post(&at, rest).await;
    again.expect_problem(409, "exceeds-outstanding");
}

async fn everything_adds_up(finance: &Finance) {
    let summary = finance.world.unit_summary(&finance.pledge.id, "USD").await;
    for (figure, amount) in [
        ("pledged", "1750000.00"),
        ("received", "1700000.00"),
        ("written_off", "50000.00"),
        ("support_cost", "201327.43"),
        ("budgeted", "1350000.00"),
        ("available", "1350000.00"),
        ("allocated", "0.00"),
        ("unallocated", "148637.57"),
    ] {
        assert_eq!(summary[figure], amount, "{figure} in {summary}");
    }
    assert_eq!(finance.balance("code=1010&unit=USD").await, "1699965.00");
    assert_eq!(finance.balance("code=5810&unit=USD").await, "35.00");
    assert_eq!(finance.balance("code=4910&unit=USD").await, "35.00");
    let at = format!("/v1/trial-balance?pledge_id={}", finance.pledge.id);
    let balance = finance.world.auditor().get(&at).await.expect(200);
    for unit in balance["units"].as_array().unwrap() {
        assert_eq!(unit["total_debits"], unit["total_credits"], "{unit}");
    }
    assert_eq!(
        finance.world.auditor().get("/v1/proofs").await.expect(200)["holds"],
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_that_is_not_the_total_and_instalments_that_are_not_the_split_are_refused() {
    let world = World::new().await;
    let preparer = world.preparer();
    let refused = async |change: fn(&mut Value), code: &str| {
        let mut pledge = demonstration();
        change(&mut pledge);
        let problem = preparer.post("/v1/pledges", pledge).await;
        problem.expect_problem(422, code);
    };
    refused(|it| it["total"] = usd("3000000.01"), "split-not-total").await;
    refused(|it| it["split"][0] = usd("1750000.01"), "split-not-total").await;
    let c1 = |it: &mut Value| it["instalments"][0]["amount"] = usd("700000.01");
    refused(c1, "instalments-not-split").await;
    // A cent too much in one unit isn't made up for by a cent too little in the other.
    let swapped = |it: &mut Value| {
        it["instalments"][0]["amount"] = usd("700000.01");
        it["instalments"][3]["amount"] = credits("499999.99");
    };
    refused(swapped, "instalments-not-split").await;
    refused(
        |it| it["instalments"][1]["reference"] = json!("C1"),
        "repeated",
    )
    .await;
    refused(|it| it["markets"][1] = json!("US"), "repeated").await;
    assert_eq!(world.database.row_counts().await["pledges"], 0);
    preparer
        .post("/v1/pledges", demonstration())
        .await
        .created();
    let second = preparer.post("/v1/pledges", demonstration()).await;
    second.expect_problem(409, "duplicate-reference");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_received_before_the_agreement_nor_beyond_what_is_outstanding() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = preparer
        .post("/v1/pledges", demonstration())
        .await
        .expect(201);
    let c1 = pledge["instalments"][0]["id"].as_str().unwrap();
    let at = format!("/v1/instalments/{c1}/receipts");
    let receipt = json!({"received": usd("1.00"), "effective_date": "2024-10-22"});
    preparer
        .post(&at, &receipt)
        .await
        .expect_problem(409, "wrong-state");
    let signed = json!({"effective_date": "2024-09-26", "document": document()});
    let agreement = format!("/v1/pledges/{}/agreement", pledge["id"].as_str().unwrap());
    preparer.post(&agreement, signed).await.expect(200);
    let mut much = receipt.clone();
    much["received"] = usd("700000.01");
    preparer
        .post(&at, much)
        .await
        .expect_problem(409, "exceeds-outstanding");
    let mut wired = receipt;
    wired["bank_reference"] = json!("20241022-0001");
    preparer.post(&at, &wired).await.expect(201);
    // The same line of the bank's, found again under another key, isn't received twice.
    preparer
        .post(&at, &wired)
        .await
        .expect_problem(409, "duplicate-reference");
    world.finish().await;
}
