//! What is owed in yen at a month's end is worth something else than it carries: for a day.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::super::desk::{Desk, go};
use super::{balances, charged, invoice, reserve, sent};
use crate::harness::{Answer, Client, World, document, money, usd};

pub(super) async fn state(world: &World, rate: &str, source: &str, day: &str) {
    let stated = json!({"base": "USD", "quote": "JPY", "rate": rate, "source": source,
        "date": day});
    let by = world.controller();
    by.post("/v1/exchange-rates", stated).await.created();
}

fn at(desk: &Desk) -> String {
    format!("/v1/pledges/{}/revaluations", desk.pledge.id)
}

async fn revalue(by: &Client, desk: &Desk, month: &str) -> Answer {
    by.post(&at(desk), json!({"month": month})).await
}

async fn listed(world: &World, desk: &Desk) -> Vec<Value> {
    let listed = world.auditor().get(&at(desk)).await.expect(200);
    listed["data"].as_array().unwrap().clone()
}

/// 150,000 yen that carry 1,000.00 dollars are owed; there are 20.00 in reserve.
pub(super) async fn owing(world: &World) -> Desk {
    let desk = Desk::new(world).await;
    reserve(world, &desk, "20.00").await;
    let invoiced = invoice(world, &desk, "I-1", "150000", "150").await;
    invoiced.expect(201);
    desk
}

/// Balances by unit and code at the end of a day, on their normal sides. The proof of cash holds.
async fn on(world: &World, desk: &Desk, day: &str) -> BTreeMap<String, Decimal> {
    let at = format!("/v1/trial-balance?pledge_id={}&as_of={day}", desk.pledge.id);
    let found = world.auditor().get(&at).await.expect(200);
    let mut all = BTreeMap::new();
    for unit in found["units"].as_array().unwrap() {
        let code = unit["unit"].as_str().unwrap();
        let (mut purses, mut behind) = (Decimal::ZERO, Decimal::ZERO);
        for row in unit["rows"].as_array().unwrap() {
            let account = row["code"].as_str().unwrap();
            let balance: Decimal = row["balance"].as_str().unwrap().parse().unwrap();
            match (&account[..2], account) {
                ("31", _) => purses += balance,
                ("14", _) | (_, "1010" | "1110" | "1900" | "1950") => behind += balance,
                ("21" | "22" | "23" | "24", _) => behind -= balance,
                _ => {}
            }
            all.insert(format!("{account} {code}"), balance);
        }
        if !code.starts_with("ADC") {
            assert_eq!(purses, behind, "{code} on {day}: {found}");
        }
    }
    all
}

/// The unrealised difference, clearing and the reserve at the end of a day.
async fn figures(world: &World, desk: &Desk, day: &str) -> [String; 3] {
    let all = on(world, desk, day).await;
    let of = |code: &str| all.get(code).copied().unwrap_or_default();
    ["7200 USD", "1950 USD", "3150 USD"].map(|code| format!("{:.2}", of(code)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_at_the_months_end_is_there_for_a_day_and_nothing_of_it_stays() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    state(&world, "149", "ECB", "2025-01-15").await;
    state(&world, "148", "ECB", "2025-01-30").await;
    state(&world, "140", "ECB", "2025-02-01").await;
    // 150,000 / 148 = 1,013.5135…
    let done = revalue(&controller, &desk, "2025-01").await.expect(200);
    assert_eq!(done["month_end"], "2025-01-31");
    let unit = &done["units"][0];
    assert_eq!(
        (&unit["unit"], &unit["posted"], &unit["rate"]["rate"]),
        (&json!("JPY"), &usd("13.51"), &json!("148"))
    );
    let account = &unit["accounts"][0];
    assert_eq!(
        (&account["owed"], &account["carried"], &account["valued"]),
        (&money("150000", "JPY"), &usd("1000.00"), &usd("1013.51"))
    );
    for (day, expected) in [
        ("2025-01-30", ["0.00", "-1000.00", "20.00"]),
        ("2025-01-31", ["13.51", "-1013.51", "6.49"]),
        ("2025-02-01", ["0.00", "-1000.00", "20.00"]),
        ("2025-02-02", ["0.00", "-1000.00", "20.00"]),
    ] {
        assert_eq!(figures(&world, &desk, day).await, expected, "{day}");
    }
    world.prove_books().await;
    // The journal says at what rate, and the one after it which it reverses.
    let journals = format!("/v1/journals?pledge_id={}", desk.pledge.id);
    let before = world.auditor().get(&journals).await.expect(200);
    let all = before["data"].as_array().unwrap();
    let [.., posted, back] = all.as_slice() else {
        panic!("{before}");
    };
    assert_eq!(
        [&posted["kind"], &back["kind"], &back["effective_date"]],
        ["revaluation", "reversal", "2025-02-01"]
    );
    assert_eq!(back["reverses"], posted["id"]);
    assert_eq!(listed(&world, &desk).await[0]["journal_id"], posted["id"]);
    let stated = "SELECT concat_ws(' ', unit, rate_e8, source, day) AS line FROM stated_rates \
        ORDER BY journal DESC LIMIT 1";
    let stated = world.database.lines(stated).await;
    assert_eq!(stated, ["JPY 14800000000 ECB 2025-01-30"]);
    // Done again, nothing changes.
    let again = revalue(&controller, &desk, "2025-01").await.expect(200);
    assert_eq!(
        (&again["units"][0]["posted"], &again["units"][0]["accounts"]),
        (&usd("0.00"), &json!([]))
    );
    assert_eq!(world.auditor().get(&journals).await.expect(200), before);
    // Paid at what it carried, clearing is empty: the revaluation is no part of it.
    let id = sent(&world, &desk, "PO-1", "150000").await;
    let settled = go(&world.preparer(), &id, "settle", charged("B-1", "1002.00")).await;
    settled.expect(200);
    balances(
        &world,
        &desk,
        &[
            ("code=1950&unit=USD", "0.00"),
            ("code=1950&unit=JPY", "0"),
            ("code=7100&unit=USD", "2.00"),
            ("code=7200&unit=USD", "0.00"),
        ],
    )
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gain_at_the_months_end_is_in_reserve_for_a_day() {
    let world = World::new().await;
    let desk = owing(&world).await;
    state(&world, "160", "ECB", "2025-01-31").await;
    let done = revalue(&world.controller(), &desk, "2025-01").await;
    assert_eq!(done.expect(200)["units"][0]["posted"], usd("-62.50"));
    for (day, expected) in [
        ("2025-01-30", ["0.00", "-1000.00", "20.00"]),
        ("2025-01-31", ["-62.50", "-937.50", "82.50"]),
        ("2025-02-01", ["0.00", "-1000.00", "20.00"]),
    ] {
        assert_eq!(figures(&world, &desk, day).await, expected, "{day}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revaluation_without_a_rate_an_ended_month_or_a_reserve_is_refused() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    let refused = revalue(&controller, &desk, "2025-01").await;
    let problem = refused.expect_problem(409, "rate-missing");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("USD in JPY is stated for 2025-01-31"),
        "{detail}"
    );
    state(&world, "150", "ECB", "2025-02-01").await;
    revalue(&controller, &desk, "2025-01")
        .await
        .expect_problem(409, "rate-missing");
    // Two sources state the latest day: one has to be named.
    state(&world, "148", "ECB", "2025-01-31").await;
    state(&world, "147", "Bank of Japan", "2025-01-31").await;
    let refused = revalue(&controller, &desk, "2025-01").await;
    let problem = refused.expect_problem(409, "rate-ambiguous");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Bank of Japan and ECB"), "{detail}");
    // At 147 it is worth 1,020.41, at 148 1,013.51; 20.00 are in reserve.
    let by = |source: &str| json!({"month": "2025-01", "source": source});
    let much = controller.post(&at(&desk), by("Bank of Japan")).await;
    let problem = much.expect_problem(409, "insufficient-funds");
    assert_eq!(
        (
            &problem["available"],
            &problem["requested"],
            &problem["shortfall"]
        ),
        (&usd("20.00"), &usd("20.41"), &usd("0.41"))
    );
    let unknown = controller.post(&at(&desk), by("Somebody")).await;
    unknown.expect_problem(409, "rate-missing");
    controller.post(&at(&desk), by("ECB")).await.expect(200);
    for (month, status, code) in [
        ("2099-01", 409, "month-not-over"),
        ("2025-13", 422, "month-malformed"),
        ("2025-1", 422, "month-malformed"),
        ("+025-01", 422, "month-malformed"),
        ("1999-12", 422, "month-malformed"),
    ] {
        let refused = revalue(&controller, &desk, month).await;
        refused.expect_problem(status, code);
    }
    for user in [world.preparer(), world.approver(), world.auditor()] {
        let refused = revalue(&user, &desk, "2025-01").await;
        refused.expect_problem(403, "forbidden");
    }
    let elsewhere = "/v1/pledges/plg_01935c8e7a00700080000000000000ab/revaluations";
    let refused = controller
        .post(elsewhere, json!({"month": "2025-01"}))
        .await;
    refused.expect_problem(404, "not-found");
    assert_eq!(listed(&world, &desk).await.len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reserve_that_was_filled_after_the_months_end_does_not_cover_its_loss() {
    let world = World::new().await;
    let desk = Desk::new(&world).await;
    invoice(&world, &desk, "I-1", "150000", "150")
        .await
        .expect(201);
    state(&world, "148", "ECB", "2025-01-31").await;
    let late = json!({"amount": usd("50.00"), "effective_date": "2025-02-01"});
    let reserves = format!("/v1/pledges/{}/reserve", desk.pledge.id);
    world.preparer().post(&reserves, late).await.expect(201);
    let refused = revalue(&world.controller(), &desk, "2025-01").await;
    let problem = refused.expect_problem(409, "backdated-overdraft");
    assert_eq!(
        (&problem["available"], &problem["requested"]),
        (&usd("0.00"), &usd("13.51"))
    );
    // The next month's end it does.
    let done = revalue(&world.controller(), &desk, "2025-02").await;
    done.expect(200);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_entries_and_other_rates_post_the_difference_alone() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    state(&world, "148", "ECB", "2025-01-30").await;
    revalue(&controller, &desk, "2025-01").await.expect(200);
    // 15,000 yen more carry 100.00 and are worth 101.35; then the last day's rate is known.
    invoice(&world, &desk, "I-2", "15000", "150")
        .await
        .expect(201);
    let done = revalue(&controller, &desk, "2025-01").await.expect(200);
    assert_eq!(done["units"][0]["posted"], usd("1.35"));
    assert_eq!(done["units"][0]["accounts"][0]["revision"], 2);
    assert_eq!(
        figures(&world, &desk, "2025-01-31").await,
        ["14.86", "-1114.86", "5.14"]
    );
    state(&world, "149", "ECB", "2025-01-31").await;
    let done = revalue(&controller, &desk, "2025-01").await.expect(200);
    // 1,107.38 instead of 1,114.86.
    assert_eq!(done["units"][0]["posted"], usd("-7.48"));
    for (day, expected) in [
        ("2025-01-31", ["7.38", "-1107.38", "12.62"]),
        ("2025-02-01", ["0.00", "-1100.00", "20.00"]),
    ] {
        assert_eq!(figures(&world, &desk, day).await, expected, "{day}");
    }
    let revisions: Vec<_> = listed(&world, &desk).await;
    let revisions: Vec<_> = revisions.iter().map(|it| &it["revision"]).collect();
    assert_eq!(revisions, [1, 2, 3]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revaluation_ends_by_itself_and_is_not_reversed_by_hand() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    state(&world, "148", "ECB", "2025-01-31").await;
    revalue(&controller, &desk, "2025-01").await.expect(200);
    let journals = format!("/v1/journals?pledge_id={}", desk.pledge.id);
    let all = world.auditor().get(&journals).await.expect(200);
    let all = all["data"].as_array().unwrap();
    for journal in &all[all.len() - 2..] {
        let reversal = json!({"reason": "By hand", "document": document(),
            "effective_date": "2025-02-01"});
        let at = format!("/v1/journals/{}/reversals", journal["id"].as_str().unwrap());
        let refused = controller.post(&at, reversal).await;
        let problem = refused.expect_problem(422, "not-reversible");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("ends with its month by itself"), "{detail}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_work_a_revaluation_out_again_from_what_is_listed() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    let rule = json!({"payer_country": "CH", "payee_country": "JP", "payment_kind": "service",
        "rate_percent": "20.42", "legal_reference": "Article 212", "valid_from": "2025-01-01"});
    controller
        .post("/v1/withholding-rules", rule)
        .await
        .expect(201);
    // Tax is owed in yen as well, on an account of its own.
    invoice(&world, &desk, "I-2", "15001", "151.3")
        .await
        .expect(201);
    for (rate, day) in [("149.31", "2025-01-31"), ("152.07", "2025-02-28")] {
        state(&world, rate, "ECB", day).await;
    }
    for month in ["2025-01", "2025-02"] {
        revalue(&controller, &desk, month).await.expect(200);
    }
    let decimal = |it: &Value| it.as_str().unwrap().parse::<Decimal>().unwrap();
    let of = |row: &Value, name: &str| decimal(&row[name]["amount"]);
    let mut by_month: BTreeMap<String, Decimal> = BTreeMap::new();
    let rows = listed(&world, &desk).await;
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let exact = of(row, "owed") / decimal(&row["rate"]["rate"]);
        let even = RoundingStrategy::MidpointNearestEven;
        assert_eq!(
            of(row, "valued"),
            exact.round_dp_with_strategy(2, even),
            "{row}"
        );
        let difference = of(row, "valued") - of(row, "carried");
        assert_eq!(of(row, "difference"), difference, "{row}");
        let month = row["month_end"].as_str().unwrap().to_owned();
        *by_month.entry(month).or_default() += difference;
        let account = row["account_id"].as_str().unwrap();
        let day = row["month_end"].as_str().unwrap();
        let read = format!("/v1/accounts/{account}?as_of={day}");
        let read = world.auditor().get(&read).await.expect(200);
        assert_eq!(decimal(&read["balance"]), of(row, "owed"), "{row}");
    }
    for (day, difference) in by_month {
        let all = on(&world, &desk, &day).await;
        assert_eq!(all["7200 USD"], difference, "{day}");
        let carried = rows.iter().filter(|row| row["month_end"] == day.as_str());
        let carried: Decimal = carried.map(|row| of(row, "carried")).sum();
        assert_eq!(-all["1950 USD"], carried + difference, "{day}");
    }
    // A partner who sees the whole pledge sees it, one who sees a market of it doesn't.
    let whole = world.partner(&[&desk.pledge.id], &["*"]);
    let seen = whole.get(&at(&desk)).await.expect(200);
    assert_eq!(seen["data"].as_array().unwrap().len(), 4);
    let part = world.partner(&[&desk.pledge.id], &["JP"]);
    let seen = part.get(&at(&desk)).await.expect(200);
    assert_eq!(seen["data"], json!([]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_makes_up_for_every_months_end_that_was_missed_and_waits_for_what_it_lacks() {
    let world = World::new().await;
    let desk = owing(&world).await;
    let controller = world.controller();
    // Owed from January on and paid in April: three months' ends.
    let id = sent(&world, &desk, "PO-1", "150000").await;
    let mut paid = charged("B-1", "1000.00");
    paid["effective_date"] = json!("2025-04-10");
    go(&world.preparer(), &id, "settle", paid).await.expect(200);
    let run = async || {
        let at = "/v1/jobs/revaluation/runs";
        let run = controller.post(at, json!({})).await.expect(200);
        ["found", "done", "refused"].map(|it| run[it].as_i64().unwrap())
    };
    assert_eq!(run().await, [3, 0, 3]);
    // January has no rate yet, which stops neither February nor March.
    state(&world, "149", "ECB", "2025-02-10").await;
    state(&world, "148", "ECB", "2025-03-10").await;
    assert_eq!(run().await, [3, 2, 1]);
    assert_eq!(run().await, [1, 0, 1]);
    state(&world, "151", "ECB", "2025-01-10").await;
    assert_eq!(run().await, [1, 1, 0]);
    assert_eq!(run().await, [0, 0, 0]);
    for (day, unrealised) in [
        ("2025-01-31", "-6.62"),
        ("2025-02-28", "6.71"),
        ("2025-03-31", "13.51"),
        ("2025-04-01", "0.00"),
    ] {
        assert_eq!(figures(&world, &desk, day).await[0], unrealised, "{day}");
    }
    let actors = "SELECT DISTINCT actor AS line FROM revaluations";
    assert_eq!(world.database.lines(actors).await, ["carlos"]);
    world.finish().await;
}
