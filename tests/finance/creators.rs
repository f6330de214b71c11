//! A creator in Japan: refused for want of budget, granted, and on a statement that ties.

use csv::ReaderBuilder;
use serde_json::{Value, json};

use crate::harness::{World, allocation, credits, demonstration, money, new_key, usd};

#[tokio::test(flavor = "multi_thread")]
async fn a_creator_is_refused_for_want_of_budget_with_the_arithmetic_and_then_granted() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let first = allocation(&pledge, &creator, usd("149000.00"), "2024-12-02");
    preparer.post("/v1/allocations", first).await.created();

    let wanted = allocation(&pledge, &creator, usd("2500.00"), "2024-12-03");
    let key = new_key();
    let refused = preparer
        .post_with_key("/v1/allocations", &key, &wanted)
        .await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("1000.00"));
    assert_eq!(problem["requested"], usd("2500.00"));
    assert_eq!(problem["shortfall"], usd("1500.00"));
    assert_eq!(problem["retryable"], false);
    assert_eq!(problem["errors"][0]["pointer"], "/amount");
    let help = problem["help"].as_str().unwrap();
    assert!(
        help.contains("give market JP 1500.00 USD more budget"),
        "{help}"
    );
    assert!(help.contains("ask for at most 1000.00 USD"), "{help}");
    let account = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    assert_eq!(problem["account"]["id"], account["id"]);

    world
        .budget(&pledge, "JP", usd("1500.00"), "2024-12-03")
        .await;
    let granted = preparer
        .post_with_key("/v1/allocations", &key, &wanted)
        .await;
    assert!(!granted.replayed());
    let allocation = granted.expect(201);
    assert_eq!(allocation["market"], "JP");
    assert_eq!(
        (&allocation["state"], &allocation["remaining"]),
        (&json!("active"), &usd("2500.00"))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creator_of_another_market_and_a_unit_the_pledge_lacks_are_never_taken() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let japanese = world.creator("JP").await;
    let day = "2024-12-02";
    let yen = allocation(&pledge, &japanese, money("1", "JPY"), day);
    preparer
        .post("/v1/allocations", yen)
        .await
        .expect_problem(422, "unit-not-pledged");
    let mut american = demonstration();
    american["markets"] = json!(["US"]);
    let elsewhere = preparer.post("/v1/pledges", american).await.created();
    let body = json!({"pledge_id": elsewhere, "creator_id": japanese, "amount": usd("1.00"),
        "effective_date": day});
    preparer
        .post("/v1/allocations", body)
        .await
        .expect_problem(422, "market-not-pledged");
    // Whoever is of a market with no budget has nothing to be given.
    let french = world.creator("FR").await;
    let body = allocation(&pledge, &french, usd("1.00"), day);
    let refused = preparer.post("/v1/allocations", body).await;
    let problem = refused.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], usd("0.00"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_is_released_in_parts_and_never_by_more_than_it_holds() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let id = world
        .allocate(&pledge, &creator, usd("2500.00"), "2024-12-02")
        .await;
    let part = preparer
        .release(&id, usd("500.00"), "2025-01-15")
        .await
        .expect(200);
    assert_eq!(
        (&part["state"], &part["remaining"]),
        (&json!("active"), &usd("2000.00"))
    );
    let much = preparer.release(&id, usd("2000.01"), "2025-01-16").await;
    much.expect_problem(409, "exceeds-allocation");
    let wrong = preparer.release(&id, credits("1.00"), "2025-01-16").await;
    wrong.expect_problem(422, "wrong-unit");
    let rest = preparer
        .release(&id, usd("2000.00"), "2025-01-17")
        .await
        .expect(200);
    assert_eq!(
        (&rest["state"], &rest["released"]),
        (&json!("released"), &usd("2500.00"))
    );
    let none = preparer.release(&id, usd("0.01"), "2025-01-17").await;
    assert_eq!(none.status, 409, "{none:?}");
    let summary = world.unit_summary(&pledge.id, "USD").await;
    assert_eq!(
        (&summary["allocated"], &summary["available"]),
        (&json!("0.00"), &json!("150000.00"))
    );
    world.finish().await;
}

/// Cents, so that sums are exact.
fn cents(amount: &str) -> i64 {
    if amount.is_empty() {
        return 0;
    }
    let (whole, part) = amount.split_once('.').unwrap();
    assert_eq!(part.len(), 2, "{amount}");
    format!("{whole}{part}").parse().unwrap()
}

fn money_cents(money: &Value) -> i64 {
    cents(money["amount"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_budget_s_statement_ties_as_json_and_as_csv_line_by_line() {
    let world = World::new().await;
    let preparer = world.preparer();
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    let mut last = String::new();
    for day in 1..=9 {
        let on = format!("2024-12-0{day}");
        last = world
            .allocate(&pledge, &creator, usd(&format!("{day}00.0{day}")), &on)
            .await;
    }
    preparer
        .release(&last, usd("0.09"), "2024-12-20")
        .await
        .expect(200);
    // Outside the days asked for.
    world.budget(&pledge, "JP", usd("7.00"), "2025-01-02").await;

    let account = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    let at = format!("/v1/accounts/{}/statement", account["id"].as_str().unwrap());
    let range = "from=2024-12-02&to=2024-12-31";
    let statement = preparer.get(&format!("{at}?{range}")).await.expect(200);
    let opening = money_cents(&statement["opening"]);
    assert_eq!(opening, cents("149899.99"));
    let (debits, credited) = ties(&statement);
    assert_eq!((debits, credited), (cents("4400.44"), 9));

    let csv = preparer.get(&format!("{at}.csv?{range}")).await;
    assert_eq!(csv.status, 200);
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(
        csv.header("content-disposition")
            .unwrap()
            .contains("attachment")
    );
    csv_says_the_same(&csv.text(), &statement);
    // The same bytes by the header alone.
    let accepted = preparer
        .get_with(&format!("{at}?{range}"), ("accept", "text/csv"))
        .await;
    assert_eq!(accepted.text(), csv.text());
    world.finish().await;
}

/// Opening + credits − debits = closing, and so after each line.
fn ties(statement: &Value) -> (i64, i64) {
    let side = |line: &Value, side: &str| cents(line[side].as_str().unwrap_or_default());
    let (mut balance, mut debits, mut credited) = (money_cents(&statement["opening"]), 0, 0);
    for line in statement["lines"].as_array().unwrap() {
        let (debit, credit) = (side(line, "debit"), side(line, "credit"));
        assert!((debit == 0) != (credit == 0), "{line}");
        (debits, credited) = (debits + debit, credited + credit);
        balance += credit - debit;
        assert_eq!(cents(line["balance"].as_str().unwrap()), balance, "{line}");
    }
    assert_eq!(money_cents(&statement["total_debits"]), debits);
    assert_eq!(money_cents(&statement["total_credits"]), credited);
    assert_eq!(money_cents(&statement["closing"]), balance);
    (debits, credited)
}

fn csv_says_the_same(text: &str, statement: &Value) {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let of = |row: &csv::StringRecord, name: &str| {
        row[header.iter().position(|it| it == name).unwrap()].to_owned()
    };
    let lines = statement["lines"].as_array().unwrap();
    assert_eq!(rows.len(), lines.len() + 3);
    assert_eq!(of(&rows[0], "row"), "opening");
    assert_eq!(
        of(&rows[0], "balance"),
        statement["opening"]["amount"].as_str().unwrap()
    );
    for (row, line) in rows[1..].iter().zip(lines) {
        for name in [
            "effective_date",
            "recorded_at",
            "journal_id",
            "kind",
            "balance",
            "debit",
            "credit",
        ] {
            assert_eq!(
                of(row, name),
                line[name].as_str().unwrap_or_default(),
                "{name}"
            );
        }
        assert_eq!(of(row, "seq"), line["seq"].to_string());
        assert_eq!(of(row, "unit"), "USD");
    }
    let totals = &rows[lines.len() + 1];
    assert_eq!(
        of(totals, "debit"),
        statement["total_debits"]["amount"].as_str().unwrap()
    );
    assert_eq!(
        of(totals, "credit"),
        statement["total_credits"]["amount"].as_str().unwrap()
    );
    let closing = &rows[lines.len() + 2];
    assert_eq!(of(closing, "row"), "closing");
    assert_eq!(
        of(closing, "balance"),
        statement["closing"]["amount"].as_str().unwrap()
    );
}
